// What can be said of a draft without asking the program.
import type { Consideration, Draft, FactField, Facts, Filled, Filling, PlanLine } from '../../bindings'
import { filledWord } from '../../words'
import { told } from './facts'

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

/** What is beside a field that was filled in and has not been touched. */
export const foundNote = 'found'

const keys: Record<Filled, (keyof Facts)[]> = {
  what: ['what'],
  place: ['service', 'place'],
  who: ['who'],
  reporter: ['reported_by'],
  began: ['began_at'],
  people: ['people_affected'],
  cost: ['cost_per_hour'],
  tried: ['tried'],
  share: ['affected_percent'],
  orders: ['orders_per_hour'],
  customers: ['customers_affected'],
}
const said = (field: Filled, facts: Facts) => JSON.stringify(keys[field].map((key) => facts[key]))

/** Those that still stand as they were found. */
export const untouched = (found: Filled[], asFound: Facts, now: Facts) =>
  found.filter((field) => said(field, asFound) === said(field, now))

/** Puts back what stood there before it was filled in, where nobody has touched it since. */
export function takeBack(facts: Facts, filled: Filled[], before: Facts, after: Facts) {
  for (const field of untouched(filled, after, facts)) {
    for (const key of keys[field]) Object.assign(facts, { [key]: before[key] })
  }
  facts.assumed = facts.assumed.filter((field) => before.assumed.includes(field) || told(facts, field))
}

/** "Filled in: who is affected, since when. Left as you had it: what happened." */
export function fillingWords({ filled, kept }: Filling): string {
  if (filled.length === 0) return 'Steps to try were added.'
  const named = (fields: Filled[]) => fields.map((field) => filledWord[field]).join(', ')
  const left = kept.length > 0 ? ` Left as you had it: ${named(kept)}.` : ''
  return `Filled in: ${named(filled)}.${left}`
}

/** Several lines at once are seldom a sentence of one's own: a ticket, or a mail. */
export function looksLikeTicket(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.length >= 3 && text.trim().length >= 80
}
