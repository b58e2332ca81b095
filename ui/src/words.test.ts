import { expect, test } from 'vitest'
import type { Overview } from './bindings'
import { channelsWord, firstName } from './words'

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
