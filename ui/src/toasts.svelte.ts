// Short words about what was just done, with a way back where there is one.
import { getContext, onDestroy, setContext } from 'svelte'
import { router } from './router.svelte'

/** What can be done about it, in a word. */
export type Way = { words: string; take: () => unknown }
export type Toast = {
  id: number
  words: string
  way?: Way | undefined
  bad?: boolean
  stays?: boolean
  /** The place it belongs to, for what is nobody's business elsewhere. */
  place?: string
  /** What its way back belongs to: it ends with that. */
  of?: Owner | undefined
}

/** A draft or a form that is open: what was done in it can be taken back for as long as it is. */
export type Owner = symbol
const owned = Symbol('owner of toasts')

/** What is done in this part of the page belongs to it. Call it while a component starts. */
export function ownsToasts(): Owner {
  const mine = Symbol('owner')
  setContext(owned, mine)
  onDestroy(() => endOf(mine))
  return mine
}

/** Whose the toasts of this component are, if anybody's. Call it while a component starts. */
export const toastOwner = () => getContext<Owner | undefined>(owned)

/** There is nothing left to take back. */
export function endOf(owner: Owner) {
  for (const one of toasts.filter((each) => each.of === owner)) dismiss(one.id)
}

/** Long enough to read, and to think again where there is a way back. */
const shownFor = (one: Toast) => (one.way ? 10_000 : 4000)
let next = 0
export const toasts = $state<Toast[]>([])

/** Returns what it is dismissed by. */
export function toast(words: string, undo?: () => unknown, of?: Owner): number {
  // Done twice by a hasty hand, it is still one thing to say.
  if (!undo) for (const same of toasts.filter((one) => one.words === words && !one.stays && !one.way)) dismiss(same.id)
  return show({ id: next++, words, way: undo && { words: 'Undo', take: undo }, of })
}

/** Done, and something about it wants to be thought of: it stays until it is read. */
export function remark(words: string, way?: Way) {
  show({ id: next++, words, way, stays: true })
}

/** For a failure that has no place of its own on screen. It ends when its screen is left. */
export function alarm(words: string) {
  show({ id: next++, words, bad: true, stays: true, place: router.place })
}

/** Another screen has other work. */
export function leftFor(place: string) {
  for (const one of toasts.filter((each) => each.place !== undefined && each.place !== place)) dismiss(one.id)
}

export function dismiss(id: number) {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

function show(one: Toast): number {
  toasts.push(one)
  if (toasts.length > 3) toasts.shift()
  // Something done goes by itself.
  if (!one.stays) setTimeout(() => dismiss(one.id), shownFor(one))
  return one.id
}
