// Where the keyboard goes on when what it was at is no longer there.
import { tick } from 'svelte'
import type { Attachment } from 'svelte/attachments'

const controls = 'input:not([type="file"]), textarea, button:not([tabindex="-1"])'

/** To the first control of a part of the page, once it is drawn. */
export async function goOnIn(part: () => HTMLElement | null | undefined) {
  await tick()
  part()?.querySelector<HTMLElement>('input:not([type="file"]), textarea, [role="radio"][tabindex="0"], button')?.focus()
}

/** Where what had it has gone by what was done, the keyboard goes on at the head of the screen. */
export function keepFocus() {
  // After whoever else looks after it.
  setTimeout(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('h1')?.focus()
  })
}

/**
 * What has the keyboard in this part of the page may go by what it did: the keyboard goes on at
 * what took its place, or where nothing did at what came after it, or where nothing is left at `end`.
 */
export function followFocus(end: () => HTMLElement | null | undefined): Attachment<HTMLElement> {
  return (within) => {
    const stops = () => [...within.querySelectorAll<HTMLElement>(controls)].filter((one) => one.getClientRects().length > 0)
    let last: { at: HTMLElement; among: HTMLElement[] } | null = null

    function insteadOf({ at, among }: { at: HTMLElement; among: HTMLElement[] }) {
      const now = stops()
      const there = (one: HTMLElement) => now.includes(one)
      const place = among.indexOf(at)
      const [before, after] = [among.slice(0, place).findLast(there), among.slice(place).find(there)]
      const next = before ? now[now.indexOf(before) + 1] : now[0]
      return next ?? after ?? before ?? end()
    }

    const entered = (event: FocusEvent) => {
      if (event.target instanceof HTMLElement) last = { at: event.target, among: stops() }
    }
    const left = (event: FocusEvent) => {
      if (event.relatedTarget instanceof Node && !within.contains(event.relatedTarget)) last = null
    }
    const watch = new MutationObserver(() => {
      if (!last || last.at.isConnected) return
      const gone = last
      last = null
      // After whoever else looks after it.
      setTimeout(() => {
        if (!within.contains(document.activeElement)) insteadOf(gone)?.focus()
      })
    })
    watch.observe(within, { childList: true, subtree: true })
    within.addEventListener('focusin', entered)
    within.addEventListener('focusout', left)
    return () => {
      watch.disconnect()
      within.removeEventListener('focusin', entered)
      within.removeEventListener('focusout', left)
    }
  }
}
