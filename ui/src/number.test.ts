import { expect, test } from 'vitest'
import { money, understandNumber } from './number'

test('numbers as they are typed anywhere', () => {
  for (const text of ['10000', '10,000', '10.000', '10 000', "10'000", '10k']) expect(understandNumber(text)).toBe(10_000)
  for (const text of ['about 10,000', 'ca. 10.000', 'ungefähr 10000', '~10k']) expect(understandNumber(text)).toBe(10_000)
  expect(understandNumber('12.5')).toBe(12.5)
  expect(understandNumber('12,5')).toBe(12.5)
  expect(understandNumber('1,234.5')).toBe(1234.5)
  expect(understandNumber('1.234,5')).toBe(1234.5)
})

test('what is no number is none', () => {
  for (const text of ['', 'many', '1-2', '1.2.3', '-5', '1e9', '٣', '12 people']) expect(understandNumber(text)).toBeNull()
})

test('money in a currency nobody knows is still money', () => {
  expect(money(2000, 'EUR')).toBe('€ 2,000')
  expect(money(2000, '??')).toBe('?? 2,000')
})
