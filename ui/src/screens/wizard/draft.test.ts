import { expect, test } from 'vitest'
import type { Consideration, Draft, Verdict } from '../../bindings'
import { against, asSent, fillingWords, looksLikeTicket, needsReason, takeBack, untouched, whatIsMissing } from './draft'

const draft = (facts: Partial<Draft['facts']> = {}, more: Partial<Draft> = {}): Draft => ({
  id: 'a',
  began_at: 0,
  saved_at: 0,
  step: 1,
  severity: null,
  path: null,
  against_advice: '',
  attachments: [],
  found: [],
  links: [],
  left_out: [],
  stakeholders: [],
  answers: { affected: null, condition: null, risks: null, expertise: null, stuck: null, gut: null, colleague: null },
  facts: {
    what: '',
    service: null,
    place: '',
    who: '',
    reported_by: '',
    people_affected: null,
    began_at: null,
    cost_per_hour: null,
    affected_percent: null,
    orders_per_hour: null,
    customers_affected: null,
    customers_in_all: null,
    assumed: [],
    checklist: [],
    tried: [],
    unknown: [],
    ...facts,
  },
  ...more,
})
const advised = (verdict: Verdict) => ({ advice: { verdict } }) as Consideration

test('only what and where are ever needed', () => {
  expect(whatIsMissing(draft())).toEqual(['what', 'place'])
  expect(whatIsMissing(draft({ what: '  \n', place: 'Mail' }))).toEqual(['what'])
  expect(whatIsMissing(draft({ what: 'Mail is down', place: 'Mail' }))).toEqual([])
  expect(whatIsMissing(draft({ what: 'Mail is down', service: 's' }))).toEqual([])
})

test('one line of reason is asked only for carrying on against the advice, and only once', () => {
  expect(against(null, 'escalate')).toBe(false)
  expect(against(advised({ kind: 'open' }), 'escalate')).toBe(false)
  expect(against(advised({ kind: 'escalate' }), 'escalate')).toBe(false)
  expect(against(advised({ kind: 'carry_on', until: 0, minutes: 20 }), 'escalate')).toBe(false)
  expect(against(advised({ kind: 'escalate' }), 'carry_on')).toBe(true)
  expect(against(advised({ kind: 'ask_colleague' }), 'carry_on')).toBe(false)
  expect(needsReason(draft({}, { against_advice: 'the boss is on the phone' }), advised({ kind: 'escalate' }), 'carry_on')).toBe(
    false,
  )
})

test('a row that was begun and left empty is not sent, and what is on screen is left alone', () => {
  const written = draft({
    tried: [
      { what: ' ', result: 'helped', at: 0 },
      { what: 'Restarted it', result: 'no_effect', at: 1 },
    ],
  })
  expect(asSent(written).facts.tried.map((one) => one.what)).toEqual(['Restarted it'])
  expect(written.facts.tried).toHaveLength(2)
})

test('a field is marked as found until what stands in it is another', () => {
  const asFound = draft({ what: 'The belt stands', who: 'Anna Weber' }).facts
  const now = { ...asFound, who: 'Anna Weber, hall 3' }
  expect(untouched(['what', 'who'], asFound, now)).toEqual(['what'])
  expect(untouched(['place'], draft({ place: 'Hall 3' }).facts, draft({ place: 'Hall 3', service: 's' }).facts)).toEqual([])
})

test('taking it back leaves what somebody has written since', () => {
  const before = draft({ place: 'Hall' }).facts
  const after = draft({ what: 'The belt stands', who: 'Anna', place: 'Hall' }).facts
  const now = { ...after, who: 'Anna, hall 3' }
  takeBack(now, ['what', 'who'], before, after)
  expect([now.what, now.who, now.place]).toEqual(['', 'Anna, hall 3', 'Hall'])
})

test('what was filled in is said, and what was left', () => {
  expect(fillingWords({ filled: ['who', 'began'], kept: ['what'] })).toBe(
    'Filled in: who is affected, since when. Left as you had it: what happened.',
  )
})

test('a ticket is offered to be read, a sentence is not', () => {
  expect(
    looksLikeTicket('Subject: the belt stands\nFrom: hall 3\n\nIt stopped at 13:20, and nobody can get anything out any more.'),
  ).toBe(true)
  expect(looksLikeTicket('Checkout shows an error\nfor everybody')).toBe(false)
})
