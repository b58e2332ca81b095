// Short words about what was just done, with a way back where there is one.
export type Toast = { id: number; words: string; undo?: (() => unknown) | undefined; bad?: boolean; stays?: boolean }

/** Long enough to read, and to think again where there is a way back. */
const shownFor = (one: Toast) => (one.undo ? 10_000 : 4000)
let next = 0
export const toasts = $state<Toast[]>([])

export function toast(words: string, undo?: () => unknown) {
  show({ id: next++, words, undo })
}

/** Done, and something about it wants to be thought of: it stays until it is read. */
export function remark(words: string) {
  show({ id: next++, words, stays: true })
}

/** For a failure that has no place of its own on screen. */
export function alarm(words: string) {
  show({ id: next++, words, bad: true, stays: true })
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
