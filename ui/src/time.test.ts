import { describe, expect, test } from 'vitest'
import { known, type Leaning, minutes, moment, short, span, spelled, stopwatch, understand } from './time'

const zone = 'Europe/Berlin'
/** A Monday, 14:05 on the wall in Berlin. */
const now = Date.UTC(2026, 10, 23, 13, 5)
const at = (text: string, leaning: Leaning = 'past') => {
  const found = understand(text, now, zone, leaning)
  return found === null ? null : new Date(found).toISOString().slice(0, 16)
}

describe('what a person meant', () => {
  test('a date without its year is the nearest where it may lie either way', () => {
    expect(at('30 Nov 8:00', 'nearest')).toBe('2026-11-30T07:00')
    expect(at('16 Nov 8:00', 'nearest')).toBe('2026-11-16T07:00')
    expect(at('4 Jan 8:00', 'nearest')).toBe('2027-01-04T07:00')
  })

  test('a time of day is the last such when it has begun, the next such when it is to come', () => {
    expect(at('13:42')).toBe('2026-11-23T12:42')
    expect(at('15:00')).toBe('2026-11-22T14:00')
    expect(at('15:00', 'future')).toBe('2026-11-23T14:00')
    expect(at('9:00', 'future')).toBe('2026-11-24T08:00')
    expect(at('13.42')).toBe('2026-11-23T12:42')
    expect(at('1:42 pm')).toBe('2026-11-23T12:42')
    expect(at('9am')).toBe('2026-11-23T08:00')
  })

  test('a day of work begins at nine', () => {
    expect(at('nächsten Dienstag', 'working')).toBe('2026-11-24T08:00')
    expect(at('tomorrow', 'working')).toBe('2026-11-24T08:00')
    expect(at('Monday', 'working')).toBe('2026-11-30T08:00')
    expect(at('24 Dec', 'working')).toBe('2026-12-24T08:00')
    expect(at('15:00', 'working')).toBe('2026-11-23T14:00')
    expect(at('tomorrow 00:00', 'working')).toBe('2026-11-23T23:00')
  })

  test('as a German desk types it', () => {
    expect(at('morgen 9:00', 'future')).toBe('2026-11-24T08:00')
    expect(at('morgen 9 Uhr', 'future')).toBe('2026-11-24T08:00')
    expect(at('9 Uhr')).toBe('2026-11-23T08:00')
    expect(at('heute 13.42 Uhr')).toBe('2026-11-23T12:42')
    expect(at('vor 20 Minuten')).toBe('2026-11-23T12:45')
    expect(at('in 2 Stunden', 'future')).toBe('2026-11-23T15:05')
    expect(at('24. Dezember', 'future')).toBe('2026-12-23T23:00')
    expect(at('Donnerstag', 'future')).toBe('2026-11-25T23:00')
    expect(at('übermorgen 8 Uhr', 'future')).toBe('2026-11-25T07:00')
    expect(at('nächsten Montag', 'future')).toBe('2026-11-29T23:00')
    expect(at('in einer Woche', 'future')).toBe('2026-11-30T13:05')
    expect(at('2026-12-24 18h', 'future')).toBe('2026-12-24T17:00')
    expect(at('next monday', 'future')).toBe('2026-11-29T23:00')
    expect(at('Neujahr', 'future')).toBe(null)
  })

  test('days by name', () => {
    expect(at('today 13:42')).toBe('2026-11-23T12:42')
    expect(at('Yesterday 9:00')).toBe('2026-11-22T08:00')
    expect(at('yesterday at 9:00')).toBe('2026-11-22T08:00')
    expect(at('tomorrow 9:00', 'future')).toBe('2026-11-24T08:00')
    expect(at('fri 17:00')).toBe('2026-11-20T16:00')
    expect(at('Thursday 9:00', 'future')).toBe('2026-11-26T08:00')
    expect(at('mon 15:00')).toBe('2026-11-16T14:00')
  })

  test('dates, with and without a year', () => {
    expect(at('23 Nov 13:42')).toBe('2026-11-23T12:42')
    expect(at('Nov 20, 8:15')).toBe('2026-11-20T07:15')
    expect(at('20.11. 8:15')).toBe('2026-11-20T07:15')
    expect(at('20.11.2025 8:15')).toBe('2025-11-20T07:15')
    expect(at('2026-07-01 8:15')).toBe('2026-07-01T06:15')
    // Without a time of day it is the whole day that is meant, from its beginning.
    expect(at('24 Dec', 'future')).toBe('2026-12-23T23:00')
    expect(at('24.12.', 'future')).toBe('2026-12-23T23:00')
    expect(at('Monday', 'future')).toBe('2026-11-29T23:00')
    expect(at('in 1 week', 'future')).toBe('2026-11-30T13:05')
    expect(at('yesterday')).toBe('2026-11-21T23:00')
    // A December that has not come yet was last year's.
    expect(at('24 dec 8:15')).toBe('2025-12-24T07:15')
    expect(at('2 jan 8:15', 'future')).toBe('2027-01-02T07:15')
  })

  test('time passed and time to come', () => {
    expect(at('10 min ago')).toBe('2026-11-23T12:55')
    expect(at('10 min')).toBe('2026-11-23T12:55')
    expect(at('20 min', 'future')).toBe('2026-11-23T13:25')
    expect(at('in 1 h 30 min', 'future')).toBe('2026-11-23T14:35')
    expect(at('+20m', 'future')).toBe('2026-11-23T13:25')
    expect(at('now')).toBe('2026-11-23T13:05')
  })

  test('what is no moment is none, rather than a guess', () => {
    for (const text of ['', 'soon', '25:00', '12:60', '31 feb 9:00', '13:42 xyz', '5 apples ago', 'in 5 min ago', '99'])
      expect(at(text)).toBeNull()
  })
})

describe('clock changes', () => {
  test('an hour that is skipped means the moment as far after the change', () => {
    expect(new Date(moment(zone, 2026, 3, 29, 2, 30)).toISOString()).toBe('2026-03-29T01:30:00.000Z')
  })
  test('an hour that comes twice means the first', () => {
    expect(new Date(moment(zone, 2026, 10, 25, 2, 30)).toISOString()).toBe('2026-10-25T00:30:00.000Z')
  })
  test('the hours around a change are themselves', () => {
    expect(new Date(moment(zone, 2026, 3, 29, 3, 0)).toISOString()).toBe('2026-03-29T01:00:00.000Z')
    expect(new Date(moment(zone, 2026, 10, 25, 3, 0)).toISOString()).toBe('2026-10-25T02:00:00.000Z')
  })
})

test('a moment is written as short as it can be and still be right', () => {
  const minutes = (n: number) => now + n * 60_000
  expect(short(minutes(-23), now, zone)).toBe('13:42')
  expect(short(minutes(-24 * 60), now, zone)).toBe('yesterday 14:05')
  expect(short(minutes(3 * 24 * 60), now, zone)).toBe('Thu 14:05')
  expect(short(minutes(-3 * 24 * 60), now, zone)).toBe('20 Nov 14:05')
  expect(short(minutes(-400 * 24 * 60), now, zone)).toBe('19 Oct 2025 15:05')
  expect(spelled(minutes(-23), now, zone)).toBe('today 13:42')
  // What is written back is understood as the same moment.
  expect(understand(spelled(minutes(-23), now, zone), now, zone, 'past')).toBe(minutes(-23))
})

test('time passed', () => {
  expect(stopwatch(21_000)).toBe('0:21')
  expect(stopwatch(3_729_000)).toBe('1:02:09')
  expect(stopwatch(-5)).toBe('0:00')
  expect(span(12 * 60_000)).toBe('12 min')
  expect(span(125 * 60_000)).toBe('2 h 5 min')
})

test('a zone that does not exist counts as UTC, and nothing breaks', () => {
  expect(short(now, now, 'Mars/Olympus')).toBe('13:05')
  expect([known('Mars/Olympus'), known('Asia/Kolkata'), known('Mars/Olympus')]).toEqual(['UTC', 'Asia/Kolkata', 'UTC'])
})

test('minutes that are hours are said as hours', () => {
  expect(minutes(90)).toBe('90 min')
  expect(minutes(120)).toBe('2 h')
  expect(minutes(150)).toBe('2 h 30 min')
  expect(minutes(1440)).toBe('24 h')
  expect(minutes(10_080)).toBe('7 days')
  expect(minutes(4000), 'to the minute').toBe('66 h 40 min')
})
