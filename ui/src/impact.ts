// What was lost so far, counted on between two looks at the program.

import type { Impact, Loss } from './bindings'
import { grouped, money } from './number'
import { short, span } from './time'

/** In currency, minutes or orders; null while it has not begun or nobody knows since when. */
export function lostBy(loss: Loss, now: number): number | null {
  if (loss.since === null || loss.since > now) return null
  const lasted = Math.max(0, Math.min(loss.until ?? now, now) - loss.since)
  return (lasted / 3_600_000) * (loss.hundredths_per_hour / 100)
}

/** "€ 6,012", "4,800 person-hours", "72 orders"; empty where nothing is lost yet. */
export function lostWords(loss: Loss, now: number, currency: string): string {
  const lost = lostBy(loss, now)
  if (lost === null || lost < 1) return ''
  if (loss.of === 'money') return money(lost, currency)
  const inHours = loss.of === 'working_time' && lost >= 120
  const count = Math.floor(inHours ? lost / 60 : lost)
  const [one, more] =
    loss.of === 'orders' ? ['order', 'orders'] : inHours ? ['person-hour', 'person-hours'] : ['person-minute', 'person-minutes']
  return `${grouped(count)} ${count === 1 ? one : more}`
}

/** "€ 10,000 per hour × 40 % affected × 1 h 30 min since 14:02". */
export function workedOut(loss: Loss, now: number, zone: string): string {
  if (loss.since === null || loss.since > now) return loss.rate
  return `${loss.rate} × ${span((loss.until ?? now) - loss.since)} since ${short(loss.since, now, zone)}`
}

/** The money, as the heads of screens show it. */
export function moneyLost(impact: Impact | undefined, now: number, currency: string): string {
  const loss = impact?.losses.find((one) => one.of === 'money')
  return loss ? lostWords(loss, now, currency) : ''
}
