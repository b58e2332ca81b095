// What a change of the directory tore open, said where it was made.
import type { Finding } from '../../bindings'

/** More than so many are for the list of all of them. */
const most = 3

const about = (one: Finding) => ('id' in one.mend ? one.mend.id : '')

/**
 * By what was saved nobody would be reached somewhere: what is grave of that thing itself, and
 * what is grave now and was not before. Empty where all is well.
 */
export function tornOpen(before: Finding[], now: Finding[], saved: string): string {
  const known = new Set(before.map((one) => one.words))
  const torn = now.filter((one) => one.grave && (about(one) === saved || !known.has(one.words)))
  // What reaches nobody says because of whom.
  const grave = torn.some((one) => one.fault === 'reaches_nobody') ? torn.filter((one) => one.fault !== 'no_method') : torn
  const said = [...new Set(grave.map((one) => `${one.words}${one.when ? `, ${one.when}` : ''}.`))]
  if (said.length <= most) return said.join(' ')
  return `${said.slice(0, most).join(' ')} And ${said.length - most} more.`
}
