import { expect, test } from 'vitest'
import { outOf, said, ticks, within, written } from './figures'

const minute = 60_000

test('a length is said as the program says it', () => {
  expect([null, 40_000, 12.5 * minute, 185 * minute, 120 * minute, 1500 * minute, 2880 * minute].map(said)).toEqual([
    '–',
    '40 s',
    '12 min',
    '3 h 5 min',
    '2 h',
    '1 day',
    '2 days',
  ])
})

test('what was done within a time took no longer than is said', () => {
  expect([null, 59_400, 80_000, 7 * minute, 1439.5 * minute, 1500 * minute].map(within)).toEqual([
    '–',
    '1 min',
    '2 min',
    '7 min',
    '1 day',
    '2 days',
  ])
})

test('the lines of a chart lie at lengths that people count in, and the highest has room', () => {
  expect(ticks(0)).toEqual([0, minute])
  expect(ticks(7 * minute).map((at) => at / minute)).toEqual([0, 2, 4, 6, 8])
  expect(ticks(100 * minute).map((at) => at / minute)).toEqual([0, 30, 60, 90, 120])
  expect(ticks(30 * 60 * minute).map(said)).toEqual(['0 s', '1 day', '2 days'])
  for (const highest of [1, 59 * minute, 1441 * minute, 400_000 * minute]) {
    expect(ticks(highest).at(-1)).toBeGreaterThanOrEqual(highest)
    expect(ticks(highest).length).toBeLessThanOrEqual(6)
  }
})

test('of few a share says nothing, and labels that have no room are left out from the oldest on', () => {
  expect([outOf(0, 0), outOf(1, 4), outOf(3, 12), outOf(600, 1200)]).toEqual([
    '–',
    '1 of 4',
    '3 of 12 (25 %)',
    '600 of 1,200 (50 %)',
  ])
  expect([0, 1, 2, 3, 4].filter(written(5, 3))).toEqual([0, 2, 4])
  expect([0, 1, 2, 3].filter(written(4, 2))).toEqual([1, 3])
})
