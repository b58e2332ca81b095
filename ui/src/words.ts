// The words for what crosses as a name, once for the whole window.
import type {
  AcknowledgedHow,
  AddressKind,
  FactField,
  Filled,
  Import,
  ImportKind,
  Overview,
  Reach,
  Severity,
  TriedResult,
} from './bindings'

/** Worst first, as it is always shown. */
export const severities: Severity[] = ['critical', 'high', 'medium', 'low']

export const severityWord: Record<Severity, string> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' }
export const severityShape: Record<Severity, string> = { critical: '▲', high: '◆', medium: '●', low: '○' }

export const reachWord: Record<Reach, string> = {
  chat: 'chat',
  mail: 'mail',
  text: 'text message',
  phone: 'phone',
  push: 'push message',
  ticket: 'ticket',
  desk: 'notice on this desk',
}

export const triedWord: Record<TriedResult, string> = {
  helped: 'helped',
  no_effect: 'no effect',
  made_worse: 'made it worse',
  could_not: 'could not be done',
}

export const howWord: Record<AcknowledgedHow, string> = {
  call: 'by phone',
  chat: 'in the chat',
  mail: 'by mail',
  in_person: 'in person',
  text: 'by text',
  push: 'by push message',
  other: 'another way',
}

/** What an address is called, and what one looks like; nothing where the channel is the address. */
export const addressWords = (kind: AddressKind): { label: string; example: string } | null => {
  if (kind === 'none') return null
  if (kind === 'mail') return { label: 'Mail address', example: 'marta@example.org' }
  if (kind === 'phone') return { label: 'Phone number, with the country', example: '+49 30 123456' }
  const { label, example } = kind.handle
  return { label: label.charAt(0).toUpperCase() + label.slice(1), example }
}

export const addressInput = (kind: AddressKind) => (kind === 'phone' ? 'tel' : kind === 'mail' ? 'email' : 'text')

export const factWord: Record<FactField, string> = {
  what: 'What happened',
  place: 'Where',
  who: 'Who is affected',
  began: 'Since when',
  impact: 'Business impact',
  tried: 'What was tried',
  people: 'People affected',
  share: 'Share affected',
  orders: 'Orders lost',
  customers: 'Customers affected',
  reporter: 'Reported by',
}

export const filledWord: Record<Filled, string> = {
  what: 'what happened',
  place: 'where',
  who: 'who is affected',
  reporter: 'who reported it',
  began: 'since when',
  people: 'people affected',
  cost: 'money lost',
  tried: 'what was tried',
  share: 'share affected',
  orders: 'orders lost',
  customers: 'customers affected',
}

/** The first word of a name is enough on a button. */
export const firstName = (name: string) => {
  const first = name.trim().split(/\s+/)[0] ?? name
  return first.length > 16 ? `${first.slice(0, 15)}…` : first
}

/** How it stands with what messages go out by. */
export function channelsWord({ channels_total: total, channels_failing: failing, channels_untested: untested }: Overview) {
  const channels = total === 1 ? '1 channel' : `${total} channels`
  if (total === 0) return 'No channels yet'
  const some = (count: number) => (count === total ? channels : `${count} of ${channels}`)
  if (failing > 0) return `${some(failing)} failing`
  if (untested > 0) return `${some(untested)} never tested`
  return `${channels} working`
}

const importNames: Record<ImportKind, [string, string]> = {
  person: ['person', 'people'],
  team: ['team', 'teams'],
  rotation: ['rotation', 'rotations'],
  service: ['service', 'services'],
  path: ['path', 'paths'],
  channel: ['channel', 'channels'],
}
export const importKinds = Object.keys(importNames) as ImportKind[]

/** Where an import would change nothing. */
export const nothingNew = ({ same }: Import) => (same > 0 ? 'All of it is here already.' : 'There is nothing in it to import.')

/** "500 people and 1 team": how many of what an import is about. */
export function importWords(of: Partial<Record<ImportKind, number>>) {
  const counted = importKinds.map((kind) => [of[kind] ?? 0, ...importNames[kind]] as const).filter(([count]) => count > 0)
  const words = counted.map(([count, one, more]) => `${count} ${count === 1 ? one : more}`)
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words.join('')
}
