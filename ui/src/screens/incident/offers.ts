// What can be done with an incident as it stands. The program refuses what does
// not fit; the window does not offer it.
import type { Incident } from '../../bindings'

export type Offer =
  | 'escalate'
  | 'carry_on'
  | 'colleague_said'
  | 'acknowledge'
  | 'further'
  | 'still_on_it'
  | 'hand_back'
  | 'check_in'
  | 'share'
  | 'nudge'
  | 'snooze'
  | 'wake_up'
  | 'severity'
  | 'facts'
  | 'resolve'
  | 'reopen'

export function offers(incident: Incident, further: string): Set<Offer> {
  const found = new Set<Offer>(['facts'])
  const { phase } = incident
  if (phase.kind === 'resolved') return found.add('reopen')

  for (const always of ['check_in', 'severity', 'resolve'] as const) found.add(always)
  if (incident.told.length > 0) found.add('share').add('nudge')
  if (incident.snooze) found.add('wake_up')
  if (incident.opinion && incident.opinion.answer === null) found.add('colleague_said')
  if (further !== '') found.add('further')

  if (phase.kind === 'trying') found.add('escalate').add('carry_on')
  if (phase.kind === 'climbing') found.add('acknowledge')
  if (phase.kind === 'held') found.add('acknowledge').add('still_on_it').add('hand_back')
  // While nobody has it, putting it off would stop the climb.
  if (phase.kind !== 'climbing') found.add('snooze')
  return found
}

/** Who may be the one that has it: those of the level that rings now first, then everybody who was told. */
export function likely(incident: Incident): { id: string; name: string }[] {
  const everybody = (incident.plan?.levels ?? []).flatMap((level) => level.contacts)
  const now = incident.plan?.levels[incident.climb?.level ?? -1]?.contacts ?? []
  const told = everybody.filter((contact) => incident.told.includes(contact.person))
  const found = new Map<string, string>()
  for (const contact of [...now, ...told, ...everybody]) if (!found.has(contact.person)) found.set(contact.person, contact.name)
  return [...found].map(([id, name]) => ({ id, name }))
}

/** The first word of a name is enough on a button. */
export const firstName = (name: string) => {
  const first = name.trim().split(/\s+/)[0] ?? name
  return first.length > 16 ? `${first.slice(0, 15)}…` : first
}
