import { expect, test } from 'vitest'
import { money, understandNumber, wholePercent } from './number'

test('numbers as they are typed anywhere', () => {
  for (const text of ['10000', '10,000', '10.000', '10 000', "10'000", '10k']) expect(understandNumber(text)).toBe(10_000)
  for (const text of ['about 10,000', 'ca. 10.000', 'ungefähr 10000', '~10k']) expect(understandNumber(text)).toBe(10_000)
  expect(understandNumber('12.5')).toBe(12.5)
  expect(understandNumber('12,5')).toBe(12.5)
  expect(understandNumber('1,234.5')).toBe(1234.5)
  expect(understandNumber('1.234,5')).toBe(1234.5)
})

test('of a hundred parts a comma is a decimal sign, and never groups thousands', () => {
  expect(understandNumber('40,5', true)).toBe(40.5)
  expect(understandNumber('40.5', true)).toBe(40.5)
  expect(understandNumber('12,500', true)).toBe(12.5)
  expect(understandNumber('12,500')).toBe(12_500)
  expect(understandNumber('1.234,5', true)).toBeNull()
  for (const [share, whole] of [
    [40.5, 41],
    [40.4, 40],
    [0, 0],
    [0.2, 1],
    [99.7, 99],
    [100, 100],
    [100.2, 101],
    [-0.5, -1],
  ])
    expect(wholePercent(share ?? 0)).toBe(whole)
})

test('what is no number is none', () => {
  for (const text of ['', 'many', '1-2', '1.2.3', '-5', '1e9', '٣', '12 people']) expect(understandNumber(text)).toBeNull()
})

test('money in a currency nobody knows is still money', () => {
  expect(money(2000, 'EUR')).toBe('€ 2,000')
  expect(money(2000, '??')).toBe('?? 2,000')
})
