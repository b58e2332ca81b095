// What every screen needs to know of the desk, and what time it is there. The
// program's clock is the one that counts: the window only adds what passed since.
import type { Instant, Overview } from './bindings'
import { known } from './time'

let overview = $state.raw<Overview | undefined>()
let ahead = 0
let now = $state(Date.now())

setInterval(() => {
  now = Date.now() + ahead
}, 1000)

export const desk = {
  get overview() {
    return overview
  },
  get zone() {
    return known(overview?.desk.zone || Intl.DateTimeFormat().resolvedOptions().timeZone)
  },
  get currency() {
    return overview?.desk.currency || 'EUR'
  },
  get me() {
    return overview?.desk.me ?? ''
  },
  /** Ticks every second. */
  get now(): Instant {
    return now
  },
  learn(next: Overview) {
    overview = next
    ahead = next.now - Date.now()
    now = next.now
  },
}
