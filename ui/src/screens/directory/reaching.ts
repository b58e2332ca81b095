// What the directory needs to know of channels.
import type { AddressKind, ChannelId, ChannelSetup, Directory, Method } from '../../bindings'

export const addressKind = (directory: Directory, channel: ChannelId): AddressKind => {
  const setup = directory.channels.find((one) => one.id === channel)
  return directory.providers.find((one) => one.id === setup?.provider)?.address ?? 'none'
}

export const channelName = (directory: Directory, channel: ChannelId) =>
  directory.channels.find((one) => one.id === channel)?.name ?? 'a channel that was removed'

/** "Mail marta@example.org", "Call by hand +49 30 23125011". */
export const methodWords = (directory: Directory, method: Method) =>
  [channelName(directory, method.channel), directory.shown[method.address] ?? method.address].filter(Boolean).join(' ')

export const freshMethod = (id: string, channel: ChannelSetup): Method => ({
  id,
  channel: channel.id,
  address: '',
  proven_at: null,
  proven_by: null,
  wrong_since: null,
})

/** Nothing was written into it: it says of nobody how to reach them. */
export const isBlank = (directory: Directory, method: Method) =>
  method.address.trim() === '' && addressKind(directory, method.channel) !== 'none'

/** What a new method begins with: what leaves this computer, before what does not. */
export const preferred = (channels: ChannelSetup[]) => {
  const last = ['call', 'desktop']
  return channels.filter((one) => one.enabled).toSorted((a, b) => last.indexOf(a.provider) - last.indexOf(b.provider))[0]
}
