// Where the keyboard goes on when what it was at is no longer there.
import { tick } from 'svelte'

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
