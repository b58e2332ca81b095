// A channel before it is saved for the first time.
import type { ChannelChange, ChannelSetup, Provider } from '../../bindings'
import { newId } from '../../ipc'

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
