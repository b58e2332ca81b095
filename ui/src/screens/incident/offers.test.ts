import { describe, expect, test } from 'vitest'
import type { Incident, Phase } from '../../bindings'
import { firstName, likely, offers } from './offers'

const contact = (person: string, name: string) => ({ person, name, role: '', away_until: null, methods: [] })
const incident = (phase: Phase, more: Partial<Incident> = {}): Incident => ({
  id: 'i',
  reference: 'K7-3QF',
  filed_at: 0,
  filed_by: 'Ana',
  severity: 'high',
  advice: '',
  phase,
  facts: {
    what: 'x',
    service: null,
    place: 'y',
    who: '',
    people_affected: null,
    began_at: null,
    cost_per_hour: null,
    tried: [],
    unknown: [],
  },
  answers: { affected: null, condition: null, risks: null, expertise: null, stuck: null, gut: null, colleague: null },
  plan: null,
  climb: null,
  escalated_at: null,
  opinion: null,
  check_in: null,
  snooze: null,
  told: [],
  nudges: {},
  wrong_methods: [],
  last_event_at: 0,
  ...more,
})
const climb = (level: number | null) => ({ level, round: 1, alarmed_since: null, until: 0, repeat_at: null, unreachable: [] })
const plan = {
  path: 'p',
  path_name: 'Databases',
  rounds: 1,
  levels: [
    { contacts: [contact('m', 'Marta Lindqvist')], minutes: 10, repeat_every: null },
    { contacts: [contact('j', 'Jonas Weber'), contact('m', 'Marta Lindqvist')], minutes: 10, repeat_every: null },
  ],
}

describe('what is offered', () => {
  test('what the desk tries itself can be escalated, and cannot be handed back', () => {
    const found = offers(incident({ kind: 'trying', until: 0, asked_at: null }), '')
    expect(found.has('escalate') && found.has('carry_on') && found.has('snooze')).toBe(true)
    expect(found.has('hand_back') || found.has('further') || found.has('acknowledge')).toBe(false)
  })
  test('while nobody has it, it cannot be put off', () => {
    const found = offers(incident({ kind: 'climbing' }, { plan, climb: climb(0), told: ['m'] }), 'Level 2: Jonas Weber')
    expect(found.has('snooze')).toBe(false)
    expect(found.has('acknowledge') && found.has('further') && found.has('share')).toBe(true)
  })
  test('what is resolved can only be reopened, and its facts mended', () => {
    expect([...offers(incident({ kind: 'resolved', at: 0, by: '', cause: '', fix: '', follow_ups: [] }), '')].sort()).toEqual([
      'facts',
      'reopen',
    ])
  })
  test('nobody was told, so there is nobody to share news with', () => {
    expect(offers(incident({ kind: 'climbing' }), '').has('share')).toBe(false)
  })
})

test('whoever rings now is named first, and nobody twice', () => {
  expect(likely(incident({ kind: 'climbing' }, { plan, climb: climb(1), told: ['m'] })).map((one) => one.id)).toEqual(['j', 'm'])
  expect(likely(incident({ kind: 'climbing' }, { plan, climb: climb(0) })).map((one) => one.id)).toEqual(['m', 'j'])
})

test('a name on a button stays short', () => {
  expect(firstName('Marta Lindqvist')).toBe('Marta')
  expect(firstName('x'.repeat(40))).toHaveLength(16)
})
