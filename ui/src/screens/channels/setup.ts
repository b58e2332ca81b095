// A channel before it is saved for the first time.
import { tick } from 'svelte'
import type { ChannelChange, ChannelSetup, Provider, Reach } from '../../bindings'
import { finds, fold } from '../../fold'
import { newId } from '../../ipc'
import { reachWord } from '../../words'

/** What reaches somebody soonest comes first. */
const order: Reach[] = ['text', 'phone', 'push', 'chat', 'mail', 'ticket', 'desk']

/** The kinds of channel in groups; a group that would be empty is left out. */
export const byReach = (providers: Provider[]): [Reach, Provider[]][] =>
  order
    .map((reach): [Reach, Provider[]] => [reach, providers.filter((one) => one.reach === reach)])
    .filter(([, some]) => some.length > 0)

/** What else it is called: whoever has "an SMS gateway" looks for that. */
const alsoCalled: Record<Reach, string> = {
  text: 'SMS',
  phone: 'telephone voice call',
  push: 'notification app',
  chat: 'messenger',
  mail: 'email e-mail SMTP Outlook Exchange',
  ticket: 'ITSM help desk',
  desk: 'notification',
}

/** What a kind is found by, its name first. */
export const foundBy = (one: Provider) => [one.name, reachWord[one.reach], alsoCalled[one.reach], one.about]

/** How well a kind fits what was typed, from 0 to 1: every word is in it, in its name at best. */
export function match(_: string, typed: string, [name = '', ...about]: string[] = []): number {
  const [whole, title] = [fold(typed).trim(), fold(name)]
  if (!finds(whole, name, ...about)) return 0
  if (title === whole) return 1
  if (title.startsWith(whole)) return 0.9
  return title.includes(whole) ? 0.7 : 0.4
}

/** The keyboard goes on at the form, once it is there. */
export async function toTheForm() {
  await tick()
  document.querySelector<HTMLElement>('input[data-first]')?.focus()
}

export async function fresh(provider: Provider): Promise<ChannelSetup> {
  const settings = Object.fromEntries(provider.fields.filter((one) => one.default !== '').map((one) => [one.key, one.default]))
  return {
    id: await newId(),
    provider: provider.id,
    name: provider.name,
    reach: provider.reach,
    settings,
    secrets_set: [],
    enabled: true,
    last_test: null,
    sample: false,
  }
}

/** A key for signatures by the Standard Webhooks convention: 32 bytes that nobody can guess. */
export const makeSigningSecret = () => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`

/** What was done to a channel's secrets: one left out keeps its value, `null` takes it away. */
export type Secrets = Record<string, string | null>

/** A secret left empty keeps the value it has. */
export const change = (setup: ChannelSetup, secrets: Secrets): ChannelChange => {
  const touched = Object.entries(secrets)
  return {
    setup,
    secrets: Object.fromEntries(touched.filter((one): one is [string, string] => !!one[1])),
    forget: touched.filter(([, value]) => value === null).map(([key]) => key),
  }
}
