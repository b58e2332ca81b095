// Where a form that cannot be sent yet waits for something.

/** What is said where no field is in the way. */
export const nothingNamed = 'Something that is needed is still empty or cannot be used.'

/** The name of a field or a question, as it is read on screen. */
function nameOf(one: HTMLElement): string {
  const named = one.getAttribute('aria-labelledby')
  const label = named ? document.getElementById(named) : (one as HTMLInputElement).labels?.[0]
  return (label?.textContent ?? one.ariaLabel ?? '').trim()
}

/** What a gap waits for, by its name. A field may say it in words of its own, by `data-needed`. */
export function gapWords(gap: HTMLElement): string {
  const group = gap.closest<HTMLElement>('[role="radiogroup"]')
  const name = nameOf(group ?? gap)
  if (!name) return nothingNamed
  if (group) return `“${name}” has no answer yet.`
  const said = [...(gap.closest('.field')?.querySelectorAll('.says.bad') ?? [])].map((words) => words.textContent?.trim())
  if (said.length > 0) return `“${name}”: ${said.join(' ')}`
  return gap.dataset.needed ? `“${name}” ${gap.dataset.needed}` : `“${name}” is still empty.`
}

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

/** Goes to a gap and marks it until something is put there; `told` is where it is said in words. */
export function showGap(gap: HTMLElement, told: string) {
  const group = gap.closest<HTMLElement>('[role="radiogroup"]')
  const marked = group ?? gap
  if (!marked.hasAttribute('data-gap') && !marked.hasAttribute('aria-invalid')) {
    const mark = group ? 'data-gap' : 'aria-invalid'
    const kinds = group ? ['click', 'keydown'] : ['input']
    const before = marked.getAttribute('aria-describedby')
    const mended = () => {
      if (!group && waits(marked, false)) return
      marked.removeAttribute(mark)
      if (before) marked.setAttribute('aria-describedby', before)
      else marked.removeAttribute('aria-describedby')
      for (const kind of kinds) marked.removeEventListener(kind, mended)
    }
    marked.setAttribute(mark, 'true')
    marked.setAttribute('aria-describedby', [before, told].filter(Boolean).join(' '))
    for (const kind of kinds) marked.addEventListener(kind, mended)
  }
  goTo(gap)
}

/** Whether it is empty and not optional, or wrong. */
function waits(one: HTMLElement, wrong = true): boolean {
  if (wrong && one.getAttribute('aria-invalid') === 'true') return true
  if (one.closest('[data-optional]')) return false
  if (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) return one.value.trim() === ''
  return one.querySelector('[aria-checked="true"]') === null
}

/** The first control that is wrong, or empty and not optional; nothing is greyed out without a reason to be found. */
export function firstGap(form: HTMLElement): HTMLElement | undefined {
  const all = [
    ...form.querySelectorAll<HTMLElement>('input:not([type="file"], [type="checkbox"]), textarea, [role="radiogroup"]'),
  ]
  const found = all.find((one) => waits(one))
  return found?.matches('[role="radiogroup"]') ? (found.querySelector<HTMLElement>('[tabindex="0"], button') ?? undefined) : found
}
