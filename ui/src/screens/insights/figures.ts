// How the figures are said and how high they are drawn.

const minute = 60_000

/** A length as the program says it: "40 s", "12 min", "3 h 5 min", "2 days". */
export function said(milliseconds: number | null): string {
  if (milliseconds === null) return '–'
  if (milliseconds < minute) return `${Math.floor(milliseconds / 1000)} s`
  const minutes = Math.floor(milliseconds / minute)
  if (minutes < 60) return `${minutes} min`
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours < 24) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
  const days = Math.floor(hours / 24)
  return days === 1 ? '1 day' : `${days} days`
}

const day = 24 * 60 * minute

/** The same of a length within which something was done: never shorter than it was. */
export function within(milliseconds: number | null): string {
  if (milliseconds === null) return '–'
  const unit = milliseconds < minute ? 1000 : milliseconds < day ? minute : day
  return said(Math.ceil(milliseconds / unit) * unit)
}

/** "3,200". */
export const count = (n: number) => n.toLocaleString('en')

/** "3 of 12", with the share where there is enough to speak of one. */
export function outOf(part: number, whole: number): string {
  if (whole === 0) return '–'
  const words = `${count(part)} of ${count(whole)}`
  return whole < 5 ? words : `${words} (${Math.round((100 * part) / whole)} %)`
}

const steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 1440, 2880, 10080, 20160, 43200].map((n) => n * minute)

/** The lines across a chart: from nothing to at least this, at lengths that people count in. */
export function ticks(highest: number): number[] {
  const last = steps.at(-1) ?? minute
  const step = steps.find((one) => highest <= 4 * one) ?? last * Math.ceil(highest / (4 * last))
  const lines = Math.max(1, Math.ceil(highest / step))
  return Array.from({ length: lines + 1 }, (_, at) => at * step)
}

/** Which of so many labels are written where only so many have room: the last, and evenly back from it. */
export function written(count: number, room: number): (at: number) => boolean {
  const every = Math.max(1, Math.ceil(count / Math.max(1, room)))
  return (at) => (count - 1 - at) % every === 0
}
