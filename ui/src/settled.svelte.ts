// What lies under a hand changes when things move on. The second of two clicks, or of two keys, was meant for what was
// there before.

/** Longer than a slow double click. */
const hasty = 1000

/** Whether `what` has changed only just now, or was only just shown. */
export function settling(what: () => string): () => boolean {
  let now = $state(true)
  const shown = $derived(what())
  $effect.pre(() => {
    void shown
    now = true
    const timer = setTimeout(() => {
      now = false
    }, hasty)
    return () => clearTimeout(timer)
  })
  return () => now
}
