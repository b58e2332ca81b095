// The button that calls the next level, wherever it stands.
import type { IncidentView } from '../../bindings'

/** Names are long; the rest stands in what the button says when it is pointed at. */
const longest = 28

/** "Level 2 now: Ana Ruiz". */
export function furtherNow({ further, incident }: IncidentView): string {
  if (!further) return ''
  const who = further.who.length > longest ? `${further.who.slice(0, longest - 1).trimEnd()}…` : further.who
  return further.level === incident.climb?.level ? `Again now: ${who}` : `Level ${further.level + 1} now: ${who}`
}
