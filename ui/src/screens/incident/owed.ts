// Something that somebody is to do by a time, while it is being typed.
import type { Action, IncidentView, PersonId } from '../../bindings'

export type Owed = { who: string; name: string; what: string; due: number | null }

/** Whoever is not among those to choose from. */
export const somebodyElse = 'somebody else'

/** Whoever has it is likeliest to have promised it; while nobody has, nobody is chosen for the hand. */
export function begun(view: IncidentView, due: number | null, task = false): Owed {
  const { phase } = view.incident
  const holder = phase.kind === 'held' ? phase : null
  const known = holder?.by && view.candidates.some((one) => one.person === holder.by)
  if (holder && known && holder.by) return { who: holder.by, name: '', what: '', due }
  return { who: somebodyElse, name: task ? '' : (holder?.name ?? ''), what: '', due }
}

const person = (owed: Owed): PersonId | null => (owed.who === somebodyElse ? null : owed.who)

export const isWhole = (owed: Owed, task = false) =>
  owed.what.trim() !== '' && owed.due !== null && (task || owed.who !== somebodyElse || owed.name.trim() !== '')

export function promised(owed: Owed): Action {
  return { type: 'promise', person: person(owed), name: owed.name.trim(), what: owed.what.trim(), due: owed.due }
}

export function toDo(owed: Owed): Action {
  return { type: 'task', person: person(owed), name: owed.name.trim(), what: owed.what.trim(), due: owed.due }
}
