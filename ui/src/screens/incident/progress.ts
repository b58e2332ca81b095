// What the desk can answer when its time is over, wherever it is asked.
import type { Action, ProgressQuestion } from '../../bindings'

export type ProgressAnswer = 'solved' | 'more' | 'escalate'
type Offered = { answer: ProgressAnswer; key: string; label: string }

/** A key keeps its meaning where more time is not offered. */
export function answers(asked: ProgressQuestion): Offered[] {
  const all: Offered[] = [{ answer: 'solved', key: '1', label: 'Solved' }]
  if (asked.more !== null) all.push({ answer: 'more', key: '2', label: `${asked.more} more minutes` })
  all.push({ answer: 'escalate', key: '3', label: 'Escalate' })
  return all
}

/** The answer that a key without Ctrl, Alt or Meta gives. */
export function answerOf(event: KeyboardEvent, asked: ProgressQuestion): ProgressAnswer | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null
  return answers(asked).find((one) => one.key === event.key)?.answer ?? null
}

/** What is done at once; null for escalating, which is looked at first. */
export function doneAtOnce(answer: ProgressAnswer, asked: ProgressQuestion): { action: Action; done: string } | null {
  if (answer === 'solved')
    return { action: { type: 'resolve', cause: '', fix: '', follow_ups: [] }, done: 'Resolved. Cause and fix may follow.' }
  if (answer === 'more' && asked.more !== null) {
    return { action: { type: 'carry_on', minutes: asked.more }, done: `The question comes back in ${asked.more} min.` }
  }
  return null
}
