import { expect, test } from 'vitest'
import type { Fault, Finding } from '../../bindings'
import { tornOpen } from './holes'

const finding = (words: string, id: string, grave = true, fault: Fault = 'reaches_nobody', when = ''): Finding => ({
  fault,
  grave,
  words,
  when,
  mend: { kind: 'path', id },
})

test('a path that reaches nobody says so as it is saved, and why', () => {
  const now = [
    finding('Nights reaches nobody, because Ana has no working method: only this desk would be alarmed', 'nights'),
    finding('Ana has no way to be reached', 'ana', true, 'no_method'),
  ]
  expect(tornOpen([], now, 'nights')).toBe(
    'Nights reaches nobody, because Ana has no working method: only this desk would be alarmed.',
  )
  expect(tornOpen(now, now, 'nights'), 'saved anew it is as bad').toBe(
    'Nights reaches nobody, because Ana has no working method: only this desk would be alarmed.',
  )
  expect(tornOpen(now, now, 'days'), 'which is no news to another path').toBe('')
})

test('where somebody else is there whoever is out of reach is named alone', () => {
  expect(tornOpen([], [finding('Ana has no way to be reached', 'ana', true, 'no_method')], 'ana')).toBe(
    'Ana has no way to be reached.',
  )
})

test('whoever is saved without a way tears open every path they alone are on', () => {
  const now = [
    finding('Shop reaches nobody', 'shop', true, 'reaches_nobody', 'from Sat 08:00'),
    finding('Network: level 2 is skipped', 'net', false),
  ]
  expect(tornOpen([], now, 'ana'), 'what is not grave can wait').toBe('Shop reaches nobody, from Sat 08:00.')
})

test('many at once are counted', () => {
  const now = ['A', 'B', 'C', 'D', 'E'].map((name) => finding(`${name} reaches nobody`, name))
  expect(tornOpen([], now, 'ana')).toBe('A reaches nobody. B reaches nobody. C reaches nobody. And 2 more.')
})
