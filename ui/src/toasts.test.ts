import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const router = { place: 'board' }
vi.mock('./router.svelte', () => ({ router }))
const { alarm, endOf, leftFor, remark, toast, toasts } = await import('./toasts.svelte')
const said = () => toasts.map((one) => one.words)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  toasts.splice(0)
  vi.useRealTimers()
})

test('an alarm does not follow anybody into other work', () => {
  alarm('Nobody else is on the path.')
  remark('Another Hans Meier is here.')
  leftFor('board')
  expect(said(), 'still there').toHaveLength(2)
  leftFor('settings')
  expect(said(), 'what is worth a thought anywhere stays').toEqual(['Another Hans Meier is here.'])
})

test('an alarm that is raised on the way somewhere is of that place', () => {
  router.place = 'settings'
  alarm('It could not be loaded.')
  leftFor('settings')
  expect(said()).toEqual(['It could not be loaded.'])
})

test('what is done twice by a hasty hand is said once', () => {
  toast('Saved as directory.json')
  vi.advanceTimersByTime(3000)
  toast('Saved as directory.json')
  expect(said()).toEqual(['Saved as directory.json'])
  vi.advanceTimersByTime(3000)
  expect(said(), 'and as long as the second time').toHaveLength(1)
  vi.advanceTimersByTime(3000)
  expect(said()).toEqual([])
})

test('two things that each have a way back keep both', () => {
  toast('Draft discarded.', () => 1)
  toast('Draft discarded.', () => 2)
  expect(said()).toHaveLength(2)
})

test('a way back ends with the draft it would change', () => {
  const [draft, other] = [Symbol('draft'), Symbol('other')]
  toast('Filled in: what happened.', () => 1, draft)
  toast('Removed from what was tried.', () => 2, other)
  toast('Draft discarded.', () => 3)
  endOf(draft)
  expect(said(), 'what is of no draft, or of another, stays').toEqual(['Removed from what was tried.', 'Draft discarded.'])
})
