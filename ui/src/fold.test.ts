import { expect, test } from 'vitest'
import { finds, fold } from './fold'

test('a name is found by anybody, whatever is on their keyboard', () => {
  for (const [typed, name] of [
    ['muller', 'Çiğdem Müller 102'],
    ['mueller', 'Çiğdem Müller 102'],
    ['MÜLLER', 'Çiğdem Müller 102'],
    ['cigdem', 'Çiğdem Müller 102'],
    ['odegard', 'Øyvind Ødegård'],
    ['oyvind', 'Øyvind Ødegård'],
    ['strasse', 'Bahnhofstraße'],
    ['straße', 'Bahnhofstrasse'],
    ['lukasz', 'Łukasz'],
    ['nguyen', 'Øyvind Nguyễn 75'],
    // The mark may be a sign of its own.
    ['zoe', 'Zoe\u0308 Ångström'],
    ['angstrom zoe', 'Zoë Ångström'],
  ] as const)
    expect(finds(typed, name), `${typed} means ${name}`).toBe(true)
})

test('other names are not', () => {
  expect(finds('moller', 'Müller')).toBe(false)
  expect(finds('anna berg', 'Anna', 'Meier')).toBe(false)
  expect(finds('berg anna', 'Anna', 'Berg')).toBe(true)
  expect(finds('', 'anybody')).toBe(true)
})

test('a zone is found by either of its halves', () => {
  expect(finds('europe/ber', 'Europe/Berlin')).toBe(true)
  expect(finds('new york', 'America/New York')).toBe(true)
})

test('folding takes nothing away that is a letter', () => {
  expect(fold('Straße Ærø Ħal')).toBe('strasse aero hal')
  expect(fold('日本 قاعدة')).toBe('日本 قاعدة')
})
