import { expect, test } from 'vitest'
import type { Loss } from './bindings'
import { lostWords, moneyLost, workedOut } from './impact'

const hour = 3_600_000
const now = Date.UTC(2026, 10, 23, 12, 42)
const loss = (of: Loss['of'], perHour: number, hours: number | null): Loss => ({
  of,
  rate: 'a rate',
  hundredths_per_hour: perHour * 100,
  since: hours === null ? null : now - hours * hour,
  until: null,
  assumed: false,
})

test('each loss is said in what it is counted in', () => {
  expect(lostWords(loss('money', 4000, 1.5), now, 'EUR')).toBe('€ 6,000')
  expect(lostWords(loss('working_time', 180, 0.5), now, 'EUR')).toBe('90 person-minutes')
  expect(lostWords(loss('working_time', 3200 * 60, 1.5), now, 'EUR')).toBe('4,800 person-hours')
  expect(lostWords(loss('orders', 1, 1), now, 'EUR')).toBe('1 order')
})

test('nothing is lost before it began, and nothing more once it is over', () => {
  expect(lostWords(loss('money', 4000, null), now, 'EUR')).toBe('')
  expect(lostWords(loss('money', 4000, -1), now, 'EUR')).toBe('')
  const over = { ...loss('money', 4000, 3), until: now - 2 * hour }
  expect(moneyLost({ losses: [over], customers: null, share: null }, now, 'EUR')).toBe('€ 4,000')
  expect(workedOut(over, now, 'Europe/Berlin')).toBe('a rate × 1 h since 10:42')
})
