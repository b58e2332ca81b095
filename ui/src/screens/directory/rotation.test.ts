import { expect, test } from 'vitest'
import { clock, freshLayer, fromWall, minutesOf, toWall, weeks } from './rotation'

test('a wall time is the same there and back, on both sides of a clock change', () => {
  for (const text of ['2026-03-28T08:00:00', '2026-03-29T08:00:00', '2026-10-25T08:00:00']) {
    expect(toWall(fromWall(text, 'Europe/Berlin'), 'Europe/Berlin')).toBe(text)
  }
})

test('a time of day is understood as people write it', () => {
  expect(['8', '08:00', '17.30', '24:00'].map(minutesOf)).toEqual([480, 480, 1050, 1440])
  expect(['25:00', '8:75', 'noon', ''].map(minutesOf)).toEqual([null, null, null, null])
  expect(clock(485)).toBe('08:05')
})

test('a new rotation begins on the Monday of this week', () => {
  // Wednesday, 25 November 2026.
  expect(freshLayer(Date.UTC(2026, 10, 25, 12), 'Europe/Berlin').from).toBe('2026-11-23T08:00:00')
})

test('a week is drawn whole, and a shift over its end is cut', () => {
  const monday = Date.UTC(2026, 10, 23)
  const day = 86_400_000
  const shift = (from: number, to: number) => ({ from: monday + from * day, to: monday + to * day, people: [] })
  const drawn = weeks([shift(0, 3), shift(3, 10), shift(10, 14)], monday, 2, 'UTC')
  expect(drawn.map((week) => week.pieces.map((piece) => Math.round(piece.width * 7)))).toEqual([
    [3, 4],
    [3, 4],
  ])
})
