import { afterEach, beforeEach, expect, test, vi } from 'vitest'

vi.mock('./ipc', () => ({ isFailure: () => false, onChanged: () => Promise.resolve(() => {}) }))
const { Autosave } = await import('./autosave.svelte')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A place to save to, whose saves end when the test says so. */
function disk() {
  const saves: { value: string; done: () => void; fail: (why: Error) => void }[] = []
  const save = (value: string) => new Promise<void>((done, fail) => saves.push({ value, done, fail }))
  return { saves, save }
}

test('many changes in a short time are one save of the last', async () => {
  const { saves, save } = disk()
  const autosave = new Autosave(save)
  for (const value of ['a', 'ab', 'abc']) autosave.change(value)
  await vi.advanceTimersByTimeAsync(300)
  expect(saves.map((one) => one.value)).toEqual(['abc'])
})

test('"saved" is said only when the last change is', async () => {
  const { saves, save } = disk()
  const autosave = new Autosave(save)
  autosave.change('a')
  await vi.advanceTimersByTimeAsync(300)
  expect(autosave.state).toBe('unsaved')
  // Written while the first is still on its way.
  autosave.change('ab')
  saves[0]?.done()
  await vi.advanceTimersByTimeAsync(0)
  expect(autosave.state).toBe('unsaved')
  expect(saves.map((one) => one.value)).toEqual(['a', 'ab'])
  saves[1]?.done()
  await vi.advanceTimersByTimeAsync(0)
  expect(autosave.state).toBe('saved')
})

test('a save that failed is said, and tried again by itself with what was written', async () => {
  const { saves, save } = disk()
  const autosave = new Autosave(save)
  autosave.change('a')
  await vi.advanceTimersByTimeAsync(300)
  saves[0]?.fail(new Error('the disk is full'))
  await vi.advanceTimersByTimeAsync(0)
  expect(autosave.state).toBe('failed')
  expect(autosave.failure?.message).toBe('the disk is full')
  await vi.advanceTimersByTimeAsync(5000)
  expect(saves.map((one) => one.value)).toEqual(['a', 'a'])
  saves[1]?.done()
  await vi.advanceTimersByTimeAsync(0)
  expect(autosave.state).toBe('saved')
  expect(autosave.failure).toBeNull()
})

test('once stopped nothing is saved any more, until it goes on', async () => {
  const { saves, save } = disk()
  const autosave = new Autosave(save)
  autosave.change('a')
  await autosave.stop()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(saves).toEqual([])
  // Typed while it was being handed over, which then failed.
  autosave.change('ab')
  autosave.goOn()
  expect(saves.map((one) => one.value)).toEqual(['ab'])
})
