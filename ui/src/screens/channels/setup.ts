// A channel before it is saved for the first time.
import { tick } from 'svelte'
import type { ChannelChange, ChannelSetup, Provider, Reach } from '../../bindings'
import { newId } from '../../ipc'

/** What reaches somebody soonest comes first. */
const order: Reach[] = ['text', 'phone', 'push', 'chat', 'mail', 'ticket', 'desk']

/** The kinds of channel in groups; a group that would be empty is left out. */
export const byReach = (providers: Provider[]): [Reach, Provider[]][] =>
  order
    .map((reach): [Reach, Provider[]] => [reach, providers.filter((one) => one.reach === reach)])
    .filter(([, some]) => some.length > 0)

/** How well a kind fits what was typed, from 0 to 1: every word is in it, in its name at best. */
export function match(_: string, typed: string, [name = '', ...about]: string[] = []): number {
  const [whole, title] = [typed.trim().toLowerCase(), name.toLowerCase()]
  const parts = whole.split(/\s+/)
  if (!parts.every((part) => [title, ...about].join(' ').toLowerCase().includes(part))) return 0
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
