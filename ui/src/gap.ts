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

/** The first control that is wrong, or empty and not optional; nothing is greyed out without a reason to be found. */
export function firstGap(form: HTMLElement): HTMLElement | undefined {
  const all = [...form.querySelectorAll<HTMLElement>('input, textarea, [role="radiogroup"]')]
  const waits = (one: HTMLElement) => {
    if (one.getAttribute('aria-invalid') === 'true') return true
    if (one.closest('[data-optional]')) return false
    if (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) return one.value.trim() === ''
    return one.querySelector('[aria-checked="true"]') === null
  }
  const found = all.find(waits)
  return found?.matches('[role="radiogroup"]') ? (found.querySelector<HTMLElement>('[tabindex="0"], button') ?? undefined) : found
}
