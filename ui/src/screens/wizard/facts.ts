// What can be said of facts without asking the program.
import type { FactField, Facts, Service } from '../../bindings'

/** Fields that have to be read, by the name under which what cannot be is kept, with their labels. */
export const figures = {
  began: 'Since when?',
  people: 'People affected',
  cost: 'Money lost',
  share: 'Share affected',
  orders: 'Orders lost',
  customers: 'Customers affected',
}
export type Figure = keyof typeof figures

/** "Not understood, and so not sent with it: Since when? “the other day”." */
export const notUnderstood = (left: { field: string; text: string }[]) =>
  `Not understood, and so not sent with it: ${left.map(({ field, text }) => `${figures[field as Figure] ?? field} “${text}”`).join('; ')}.`

/** Whether anything is said of it. */
export function told(facts: Facts, field: FactField): boolean {
  switch (field) {
    case 'what':
      return facts.what.trim() !== ''
    case 'place':
      return facts.service !== null || facts.place.trim() !== ''
    case 'who':
      return facts.who.trim() !== ''
    case 'began':
      return facts.began_at !== null
    case 'impact':
      return facts.cost_per_hour !== null
    case 'tried':
      return facts.tried.some((one) => one.what.trim() !== '')
    case 'people':
      return facts.people_affected !== null
    case 'share':
      return facts.affected_percent !== null
    case 'orders':
      return facts.orders_per_hour !== null
    case 'customers':
      return facts.customers_affected !== null
    case 'reporter':
      return facts.reported_by.trim() !== ''
  }
}

export function assume(facts: Facts, field: FactField) {
  if (told(facts, field)) facts.assumed = [...facts.assumed.filter((one) => one !== field), field]
  else known(facts, field)
}

/** What somebody types or confirms is no assumption. */
export function known(facts: Facts, field: FactField) {
  facts.assumed = facts.assumed.filter((one) => one !== field)
}

export function turnAssumed(facts: Facts, field: FactField) {
  if (facts.assumed.includes(field)) known(facts, field)
  else assume(facts, field)
}

/** What is usual for the service comes and goes with it, unless somebody knew better. */
export function takeUsual(facts: Facts, before: Service | undefined, service: Service | undefined) {
  const unasked = (field: FactField) => !facts.unknown.some((one) => one.field === field)
  if (facts.cost_per_hour === (before?.cost_per_hour ?? null) && unasked('impact')) {
    facts.cost_per_hour = service?.cost_per_hour ?? null
    assume(facts, 'impact')
  }
  if (facts.orders_per_hour === (before?.orders_per_hour ?? null) && unasked('orders')) {
    facts.orders_per_hour = service?.orders_per_hour ?? null
    assume(facts, 'orders')
  }
  facts.customers_in_all = service?.customers ?? null
}

const plain = (step: string) => step.trim().replace(/\s+/g, ' ').replace(/\.+$/, '').toLowerCase()

/** What one usually tries first, of the service and of where it began, and nobody has yet. */
export function untried(facts: Facts, service: Service | undefined): string[] {
  const tried = new Set(facts.tried.map((one) => plain(one.what)))
  const steps = new Map([...facts.checklist, ...(service?.checklist ?? [])].map((step) => [plain(step), step]))
  return [...steps].filter(([step]) => !tried.has(step)).map(([, words]) => words)
}
