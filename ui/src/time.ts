// Moments as people at a desk write and read them: "13:42", "yesterday 9:00",
// "10 min ago", always in the desk's own zone, whatever the computer's is.

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const monthNames = months.map((name) => name.charAt(0).toUpperCase() + name.slice(1))
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

type Wall = { year: number; month: number; day: number; hour: number; minute: number; weekday: number }

const formats = new Map<string, Intl.DateTimeFormat>()

const shows = (zone: string) =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })

/** The zone itself, or, where there is none of that name (any more), UTC: as the program counts, which says so. */
export function known(zone: string): string {
  if (formats.has(zone)) return zone
  try {
    formats.set(zone, shows(zone))
    return zone
  } catch {
    return 'UTC'
  }
}

function format(zone: string) {
  const there = known(zone)
  const made = formats.get(there) ?? shows(there)
  formats.set(there, made)
  return made
}

/** What the clock on the wall shows in that zone. */
export function wall(at: number, zone: string): Wall {
  const parts: Record<string, string> = {}
  for (const part of format(zone).formatToParts(at)) parts[part.type] = part.value
  return {
    year: Number(parts.year),
    month: Number(parts.month),
    day: Number(parts.day),
    hour: Number(parts.hour),
    minute: Number(parts.minute),
    weekday: weekdays.indexOf((parts.weekday ?? '').toLowerCase()),
  }
}

/**
 * The moment at which the wall shows this; days past the end of a month roll
 * over. Where a clock change skips it, the moment as far after the change;
 * where it happens twice, the first.
 */
export function moment(zone: string, year: number, month: number, dayOfMonth: number, hours: number, minutes: number): number {
  const wanted = Date.UTC(year, month - 1, dayOfMonth, hours, minutes)
  const offset = (at: number) => {
    const w = wall(at, zone)
    return Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute) - Math.floor(at / minute) * minute
  }
  const before = wanted - offset(wanted - day)
  const after = wanted - offset(wanted + day)
  const shows = (at: number) => at + offset(at) === wanted
  if (shows(before)) return before
  if (shows(after)) return after
  return before
}

const two = (n: number) => String(n).padStart(2, '0')
const dayNumber = (w: Wall) => Math.round(Date.UTC(w.year, w.month - 1, w.day) / day)

/** "23 Nov". */
export function dayAndMonth(at: number, zone: string): string {
  const w = wall(at, zone)
  return `${w.day} ${monthNames[w.month - 1]}`
}

/** "13:42", "yesterday 13:42", "tomorrow 09:00", "Thu 09:00", "23 Nov 13:42", "23 Nov 2025 13:42". */
export function short(at: number, now: number, zone: string): string {
  const a = wall(at, zone)
  const n = wall(now, zone)
  const clock = `${two(a.hour)}:${two(a.minute)}`
  const away = dayNumber(a) - dayNumber(n)
  if (away === 0) return clock
  if (away === -1) return `yesterday ${clock}`
  if (away === 1) return `tomorrow ${clock}`
  if (away > 1 && away < 7) {
    const name = weekdays[a.weekday] ?? ''
    return `${name.charAt(0).toUpperCase()}${name.slice(1)} ${clock}`
  }
  const date = dayAndMonth(at, zone)
  return a.year === n.year ? `${date} ${clock}` : `${date} ${a.year} ${clock}`
}

/** As `short`, and says "today" where the day would go without saying. */
export function spelled(at: number, now: number, zone: string): string {
  const words = short(at, now, zone)
  return /^\d\d:\d\d$/.test(words) ? `today ${words}` : words
}

/** "0:21", "12:05", "1:02:09": time passed, as a stopwatch shows it. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const h = Math.floor(seconds / 3600)
  const m = Math.floor((seconds % 3600) / 60)
  const s = two(seconds % 60)
  return h > 0 ? `${h}:${two(m)}:${s}` : `${m}:${s}`
}

/** "less than a minute", "12 min", "2 h 5 min", "3 days". */
export function span(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / minute)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`
  return `${Math.floor(minutes / (24 * 60))} days`
}

/** "10 min", "2 h", "24 h", "7 days": a time that was agreed on, to the minute. */
export function minutes(count: number): string {
  if (count < 120) return `${count} min`
  if (count >= 2880 && count % 1440 === 0) return `${count / 1440} days`
  return [`${Math.floor(count / 60)} h`, count % 60 ? `${count % 60} min` : ''].filter(Boolean).join(' ')
}

const units: [RegExp, number][] = [
  [/^(m|min|mins|minute|minutes)$/, minute],
  [/^(h|hr|hrs|hour|hours)$/, hour],
  [/^(d|day|days)$/, day],
  [/^(w|week|weeks)$/, 7 * day],
]

/** What a desk in a German office types, word for word. */
const german: [RegExp, string][] = [
  [/(^| )übermorgen\b/, '$1overmorrow'],
  [/\bein(?:e[rnm]?)?(?= (?:minute|stunde|tag|woche))/, '1'],
  [/\b(?:nächste[rnms]?|kommende[rnms]?|next|this)\b ?/, ''],
  [/\bheute\b/, 'today'],
  [/\bgestern\b/, 'yesterday'],
  [/\bmorgen\b/, 'tomorrow'],
  [/\bjetzt\b/, 'now'],
  [/\b(?:um|ab|am|den)\b ?/, ''],
  [/\b(\d{1,2})(?:[:.](\d\d))? uhr\b/, '$1:$2'],
  [/^vor (.+)$/, '$1 ago'],
  [/\bminuten?\b/, 'min'],
  [/\b(?:stunden?|std)\b/, 'h'],
  [/\btage?n?\b/, 'days'],
  [/\bwochen?\b/, 'weeks'],
  [/\b(?:sonntag|so)\b/, 'sun'],
  [/\b(?:montag|mo)\b/, 'mon'],
  [/\b(?:dienstag|di)\b/, 'tue'],
  [/\b(?:mittwoch|mi)\b/, 'wed'],
  [/\b(?:donnerstag|do)\b/, 'thu'],
  [/\b(?:freitag|fr)\b/, 'fri'],
  [/\b(?:samstag|sonnabend|sa)\b/, 'sat'],
  [/(\d\.?) ?(?:märz|maerz)\b/, '$1 mar'],
  [/(\d\.?) ?mai\b/, '$1 may'],
  [/(\d\.?) ?(?:oktober|okt)\b/, '$1 oct'],
  [/(\d\.?) ?(?:dezember|dez)\b/, '$1 dec'],
]

const inEnglish = (said: string) =>
  german
    .reduce((words, [theirs, ours]) => words.replace(theirs, ours), said)
    .replace(/(\d):(?!\d)/, '$1:00')
    .trim()

/** Which way a time without its day, or a day without its year, is meant. On a working day one begins at nine. */
export type Leaning = 'past' | 'future' | 'working' | 'nearest'

/** The moment a person meant, or null where the words say none. */
export function understand(text: string, now: number, zone: string, leaning: Leaning): number | null {
  const said = inEnglish(
    text
      .trim()
      .toLowerCase()
      .replace(/[,\s]+/g, ' '),
  ).replace(/(\d)\.(\d\d)$/, '$1:$2')
  if (said === '') return null
  if (said === 'now' || said === 'just now') return now

  const apart = apartFrom(said, leaning)
  if (apart !== null) return now + apart

  const today = wall(now, zone)
  const ahead = leaning === 'future' || leaning === 'working'
  // A day without a time of day begins at midnight, or with the work; what stands below the field says so.
  const { hours, minutes, rest } = takeClock(said) ?? { hours: leaning === 'working' ? 9 : 0, minutes: 0, rest: said }
  const on = (year: number, month: number, dayOfMonth: number) => moment(zone, year, month, dayOfMonth, hours, minutes)
  const daysAway = (days: number) => on(today.year, today.month, today.day + days)

  if (rest === '') {
    const at = daysAway(0)
    if (leaning === 'past' && at > now) return daysAway(-1)
    if (ahead && at <= now) return daysAway(1)
    return at
  }
  if (rest === 'today') return daysAway(0)
  if (rest === 'yesterday') return daysAway(-1)
  if (rest === 'tomorrow') return daysAway(1)
  if (rest === 'overmorrow') return daysAway(2)

  if (/^\d+$/.test(rest)) return null
  const weekday = weekdays.findIndex((name) => rest === name || (rest.length > 3 && `${fullDay(name)}`.startsWith(rest)))
  if (weekday >= 0) {
    const away = (weekday - today.weekday + 7) % 7
    const at = daysAway(leaning === 'past' && away > 0 ? away - 7 : away)
    if (leaning === 'past' && at > now) return daysAway(-7)
    if (ahead && at <= now) return daysAway(7)
    return at
  }
  const date = takeDate(rest)
  if (!date) return null
  if (date.year !== null) return on(date.year, date.month, date.day)
  const at = on(today.year, date.month, date.day)
  // A date without a year is the one nearest in the direction that is meant.
  if (leaning === 'past' && at > now + day) return on(today.year - 1, date.month, date.day)
  if (ahead && at < now - day) return on(today.year + 1, date.month, date.day)
  if (leaning === 'nearest' && Math.abs(at - now) > 183 * day) return on(today.year + (at < now ? 1 : -1), date.month, date.day)
  return at
}

const fullDay = (name: string) =>
  ({ sun: 'sunday', mon: 'monday', tue: 'tuesday', wed: 'wednesday', thu: 'thursday', fri: 'friday', sat: 'saturday' })[name] ??
  name

/** "10 min ago", "in 2 h", "+20 min", "1 h 30 min". */
function apartFrom(said: string, leaning: Leaning): number | null {
  const shape = /^(in |\+)?\s*((?:\d+(?:[.]\d+)? ?[a-z]+ ?)+?)( ago)?$/.exec(said)
  if (!shape) return null
  let total = 0
  for (const [, amount, unit] of (shape[2] ?? '').matchAll(/(\d+(?:\.\d+)?) ?([a-z]+)/g)) {
    const found = units.find(([name]) => name.test(unit ?? ''))
    if (!found) return null
    total += Number(amount) * found[1]
  }
  if (shape[1] && shape[3]) return null
  const back = shape[3] ? true : shape[1] ? false : leaning === 'past'
  return back ? -total : total
}

function takeClock(said: string): { hours: number; minutes: number; rest: string } | null {
  const shape = /(?:^|\s)(?:at )?(\d{1,2}):(\d{2})(?: ?(am|pm)|h)?$|(?:^|\s)(?:at )?(\d{1,2}) ?(am|pm|h)$/.exec(said)
  if (!shape) return null
  let hours = Number(shape[1] ?? shape[4])
  const minutes = Number(shape[2] ?? 0)
  const half = shape[3] ?? shape[5]
  if (half && half !== 'h') {
    if (hours < 1 || hours > 12) return null
    hours = (hours % 12) + (half === 'pm' ? 12 : 0)
  }
  if (hours > 23 || minutes > 59) return null
  return { hours, minutes, rest: said.slice(0, shape.index).trim() }
}

/** "23 nov", "nov 23", "23 november 2025", "2025-11-23", "23.11.", "23/11/2025". */
function takeDate(text: string): { year: number | null; month: number; day: number } | null {
  const named = /^(\d{1,2})\.? ([a-z]{3,9})(?: (\d{4}))?$/.exec(text)
  const turned = /^([a-z]{3,9}) (\d{1,2})(?: (\d{4}))?$/.exec(text)
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  const numeric = /^(\d{1,2})[./](\d{1,2})[./]?(\d{4})?$/.exec(text)
  let year: string | undefined
  let month: number
  let date: number
  if (named) [month, date, year] = [months.indexOf((named[2] ?? '').slice(0, 3)) + 1, Number(named[1]), named[3]]
  else if (turned) [month, date, year] = [months.indexOf((turned[1] ?? '').slice(0, 3)) + 1, Number(turned[2]), turned[3]]
  else if (iso) [month, date, year] = [Number(iso[2]), Number(iso[3]), iso[1]]
  else if (numeric) [month, date, year] = [Number(numeric[2]), Number(numeric[1]), numeric[3]]
  else return null
  const exists = new Date(Date.UTC(year ? Number(year) : 2024, month - 1, date))
  if (month < 1 || exists.getUTCMonth() !== month - 1 || exists.getUTCDate() !== date) return null
  return { year: year ? Number(year) : null, month, day: date }
}
