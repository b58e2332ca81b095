import { expect, test } from 'vitest'
import { answerOf, answers, doneAtOnce } from './progress'

const asked = { title: 'Any progress?', words: '', more: 10 }
const usedUp = { ...asked, more: null }
const key = (pressed: string, ctrlKey = false) => ({ key: pressed, ctrlKey, altKey: false, metaKey: false }) as KeyboardEvent

test('a key means the same when more time is not offered', () => {
  expect(answers(usedUp).map((one) => one.label)).toEqual(['Solved', 'Escalate'])
  expect(answerOf(key('3'), asked)).toBe('escalate')
  expect(answerOf(key('3'), usedUp)).toBe('escalate')
  expect(answerOf(key('2'), usedUp)).toBe(null)
  expect(answerOf(key('1', true), asked)).toBe(null)
})

test('escalating is looked at first, and the others are done at once', () => {
  expect(doneAtOnce('escalate', asked)).toBe(null)
  expect(doneAtOnce('more', asked)?.action).toEqual({ type: 'carry_on', minutes: 10 })
  expect(doneAtOnce('solved', asked)?.action.type).toBe('resolve')
})
