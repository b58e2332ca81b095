// What can be said of a draft without asking the program.
import type { Consideration, Draft, FactField, PlanLine } from '../../bindings'

export const stepNames = ['Recognise', 'Path', 'Channels', 'Details', 'Follow up']

export type Decision = 'escalate' | 'carry_on'

/** Only what happened and where are ever needed. */
export function whatIsMissing(draft: Draft): FactField[] {
  const missing: FactField[] = []
  if (draft.facts.what.trim() === '') missing.push('what')
  if (draft.facts.service === null && draft.facts.place.trim() === '') missing.push('place')
  return missing
}

/** Whether one line of reason is asked. Never for escalating: that is always the safe side. */
export function against(considered: Consideration | null, decision: Decision): boolean {
  return decision === 'carry_on' && considered?.advice.verdict.kind === 'escalate'
}

export const needsReason = (draft: Draft, considered: Consideration | null, decision: Decision) =>
  draft.against_advice.trim() === '' && against(considered, decision)

/** The draft as it is sent: a row that was begun and left empty is none. */
export function asSent(draft: Draft): Draft {
  return { ...draft, facts: { ...draft.facts, tried: draft.facts.tried.filter((one) => one.what.trim() !== '') } }
}

/** "text, call by hand +2 min". */
export const viaWords = (line: PlanLine) => line.ways.map((way) => [way.via, way.after].filter(Boolean).join(' ')).join(', ')

/** The question to a colleague, to be made their own. */
export function drafted(draft: Draft): string {
  const what = draft.facts.what.trim().slice(0, 500)
  const where = draft.facts.place.trim()
  return `${what || 'Something looks wrong'}${where ? ` (${where})` : ''}. Would you escalate this now, or wait?`
}
