// A rotation as its form sees it: wall times as text, and times of day as minutes.
import type { Hours, Layer, Rotation, Shift } from '../../bindings'
import { moment, wall } from '../../time'

export const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

const two = (number: number) => String(number).padStart(2, '0')

/** The moment at which the wall of that zone shows "2026-11-23T08:00:00". */
export function fromWall(text: string, zone: string): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = text.split(/[-T:]/).map(Number)
  return moment(zone, year, month, day, hour, minute)
}

export function toWall(at: number, zone: string): string {
  const w = wall(at, zone)
  return `${w.year}-${two(w.month)}-${two(w.day)}T${two(w.hour)}:${two(w.minute)}:00`
}

/** "08:00" for 480. */
export const clock = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

/** 480 for "8", "8:00" and "08.00"; null for what is no time of day. */
export function minutesOf(text: string): number | null {
  const found = /^\s*(\d{1,2})(?:[:.]?(\d{2}))?\s*(?:uhr|h)?\s*$/i.exec(text)
  if (!found) return null
  const minutes = Number(found[1]) * 60 + Number(found[2] ?? 0)
  return Number(found[2] ?? 0) < 60 && minutes <= 24 * 60 ? minutes : null
}

/** What most people work. */
export const officeHours = (): Hours => ({ days: [1, 2, 3, 4, 5], from: 480, to: 1020 })

/** Turns of a week from this Monday 08:00 on, which is what most desks have. */
export function freshLayer(now: number, zone: string): Layer {
  const w = wall(now, zone)
  const monday = moment(zone, w.year, w.month, w.day - ((w.weekday + 6) % 7), 8, 0)
  return { people: [], from: toWall(monday, zone), shift_hours: 168, hours: [] }
}

export const turnWords = (layer: Layer) =>
  layer.shift_hours === 24 ? 'daily' : layer.shift_hours === 168 ? 'weekly' : `every ${layer.shift_hours} h`

/** "Ana, Ben and Caro, weekly". */
export function words(rotation: Rotation, name: (id: string) => string): string[] {
  return rotation.layers.map((layer) => `${layer.people.map(name).join(', ') || 'nobody'}, ${turnWords(layer)}`)
}

export type Piece = { from: number; to: number; width: number; people: string[] }
export type Week = { from: number; pieces: Piece[] }

/** The schedule cut into weeks, each piece as wide as its part of the week. */
export function weeks(shifts: Shift[], from: number, count: number, zone: string): Week[] {
  const w = wall(from, zone)
  const start = (week: number) => moment(zone, w.year, w.month, w.day + 7 * week, 0, 0)
  return Array.from({ length: count }, (_, at) => {
    const [begins, ends] = [start(at), start(at + 1)]
    const within = shifts.filter((shift) => shift.from < ends && shift.to > begins)
    const pieces = within.map((shift) => {
      const [from, to] = [Math.max(shift.from, begins), Math.min(shift.to, ends)]
      return { from, to, width: (to - from) / (ends - begins), people: shift.people.map((one) => one.person) }
    })
    return { from: begins, pieces }
  })
}
