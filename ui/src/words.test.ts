import { expect, test } from 'vitest'
import type { Import, Overview } from './bindings'
import { channelsWord, firstName, importWords, nothingNew } from './words'

test('a name on a button stays short', () => {
  expect(firstName('Marta Lindqvist')).toBe('Marta')
  expect(firstName('x'.repeat(40))).toHaveLength(16)
})

test('a channel that was never tested does not count as working', () => {
  const words = (total: number, failing: number, untested: number) =>
    channelsWord({ channels_total: total, channels_failing: failing, channels_untested: untested } as Overview)
  expect(words(0, 0, 0)).toBe('No channels yet')
  expect(words(3, 1, 1)).toBe('1 of 3 channels failing')
  expect(words(3, 0, 1)).toBe('1 of 3 channels never tested')
  expect(words(1, 0, 1)).toBe('1 channel never tested')
  expect(words(1, 0, 0)).toBe('1 channel working')
})

test('what an import brings is counted by what it is', () => {
  expect(importWords({ person: 500, team: 1 })).toBe('500 people and 1 team')
  expect(importWords({ channel: 2, person: 1, path: 0, service: 3 })).toBe('1 person, 3 services and 2 channels')
  expect(importWords({})).toBe('')
})

test('a file with nobody in it is not one that is here already', () => {
  expect(nothingNew({ same: 0 } as Import)).toBe('There is nothing in it to import.')
  expect(nothingNew({ same: 2 } as Import)).toBe('All of it is here already.')
})
