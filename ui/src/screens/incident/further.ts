// The button that calls the next level, wherever it stands.
import type { Action, IncidentView } from '../../bindings'

/** "Level 2 now: Jonas +1". */
export function furtherNow({ further, incident }: IncidentView): string {
  if (!further) return ''
  return further.level === incident.climb?.level
    ? `Again now: ${further.short}`
    : `Level ${further.level + 1} now: ${further.short}`
}

/** From what was shown: a second click finds it moved on. */
export const callNext = ({ incident }: IncidentView): Action => ({
  type: 'escalate_further',
  from_level: incident.climb?.level ?? null,
  from_round: incident.climb?.round ?? 1,
})

/** "Level 2: Jonas Weber and Marta Lindqvist". */
export const nextInFull = ({ further }: IncidentView) => (further ? `Level ${further.level + 1}: ${further.who}` : '')
