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

/** A secret left empty keeps the value it has. */
export const change = (setup: ChannelSetup, secrets: Record<string, string>): ChannelChange => ({
  setup,
  secrets: Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== '')),
})
