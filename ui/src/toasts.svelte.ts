// Short words about what was just done, with a way back where there is one.
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
}

/** Long enough to read, and to think again where there is a way back. */
const shownFor = (one: Toast) => (one.way ? 10_000 : 4000)
let next = 0
export const toasts = $state<Toast[]>([])

export function toast(words: string, undo?: () => unknown) {
  // Done twice by a hasty hand, it is still one thing to say.
  if (!undo) for (const same of toasts.filter((one) => one.words === words && !one.stays && !one.way)) dismiss(same.id)
  show({ id: next++, words, way: undo && { words: 'Undo', take: undo } })
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

function show(one: Toast) {
  toasts.push(one)
  if (toasts.length > 3) toasts.shift()
  // Something done goes by itself.
  if (!one.stays) setTimeout(() => dismiss(one.id), shownFor(one))
}
