// The button that calls the next level, wherever it stands.
import type { IncidentView } from '../../bindings'

/** "Level 2 now: Jonas +1". */
export function furtherNow({ further, incident }: IncidentView): string {
  if (!further) return ''
  return further.level === incident.climb?.level
    ? `Again now: ${further.short}`
    : `Level ${further.level + 1} now: ${further.short}`
}
