// Where a form that cannot be sent yet waits for something.

/** What is said beside it. */
export const gapWords = 'Something that is needed is still empty or cannot be used.'

/** What stands there and cannot be read: each such field says so itself. */
export const unusable = (form: HTMLElement) => form.querySelector<HTMLElement>('[data-unusable]')

/** Where what was refused is put right: the field itself, or the first control of what is marked as wrong. */
export function firstWrong(form: HTMLElement): HTMLElement | null {
  const found = form.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong]')
  return found?.matches('[data-wrong]') ? found.querySelector<HTMLElement>('input, textarea, [tabindex="0"], button') : found
}

/** Where the keyboard begins: at what is marked for it, else at the first control that is in sight. */
export function firstStop(within: ParentNode, controls = 'input, textarea, [role="radio"], button'): HTMLElement | undefined {
  const reached = (one: HTMLElement) => one.tabIndex >= 0 && one.getClientRects().length > 0
  return within.querySelector<HTMLElement>('[data-first]') ?? [...within.querySelectorAll<HTMLElement>(controls)].find(reached)
}

/** To a control that waits for something, wherever in a long form it is. */
export function goTo(control: HTMLElement) {
  control.focus({ preventScroll: true })
  // In the middle, so that its label and what is said below it are seen too.
  ;(control.closest('[role="radiogroup"], [role="group"]') ?? control).scrollIntoView({ block: 'center' })
}

/** Goes to the first gap and marks it until something is put there. */
export function showGap(form: HTMLElement) {
  const gap = firstGap(form)
  if (!gap) return
  const group = gap.closest<HTMLElement>('[role="radiogroup"]')
  const marked = group ?? gap
  const done = () => marked.removeAttribute(group ? 'data-gap' : 'aria-invalid')
  if (group) marked.setAttribute('data-gap', '')
  if (group || !gap.hasAttribute('aria-invalid')) {
    if (!group) marked.setAttribute('aria-invalid', 'true')
    for (const kind of group ? ['click', 'keydown'] : ['input']) marked.addEventListener(kind, done, { once: true })
  }
  goTo(gap)
}

/** The first control that is wrong, or empty and not optional; nothing is greyed out without a reason to be found. */
export function firstGap(form: HTMLElement): HTMLElement | undefined {
  const all = [
    ...form.querySelectorAll<HTMLElement>('input:not([type="file"], [type="checkbox"]), textarea, [role="radiogroup"]'),
  ]
  const waits = (one: HTMLElement) => {
    if (one.getAttribute('aria-invalid') === 'true') return true
    if (one.closest('[data-optional]')) return false
    if (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) return one.value.trim() === ''
    return one.querySelector('[aria-checked="true"]') === null
  }
  const found = all.find(waits)
  return found?.matches('[role="radiogroup"]') ? (found.querySelector<HTMLElement>('[tabindex="0"], button') ?? undefined) : found
}
