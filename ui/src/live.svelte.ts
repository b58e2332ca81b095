// What is on screen is fetched again whenever it may have changed. A change that
// is announced is only a hint; coming back to the window is another.

import type { Failure } from './bindings'
import { isFailure, onChanged, type Topic } from './ipc'

type Change = { topic: Topic; id: string | null }
const listeners = new Set<(change: Change) => void>()
let listening = false

function listenOnce() {
  if (listening) return
  listening = true
  onChanged((change) => {
    for (const listener of listeners) listener(change)
  }).catch(() => {
    listening = false
  })
}

/** Calls `then` on every announced change of these kinds while the component is there. */
export function whenChanged(topics: Topic[], then: () => void) {
  $effect(() => {
    listenOnce()
    const listener = (change: Change) => {
      if (topics.includes(change.topic)) then()
    }
    const back = () => {
      if (document.visibilityState === 'visible') then()
    }
    listeners.add(listener)
    document.addEventListener('visibilitychange', back)
    return () => {
      listeners.delete(listener)
      document.removeEventListener('visibilitychange', back)
    }
  })
}

/** Calls `then` once a minute while the component is there and can be seen: what is said of time grows stale on a quiet desk. */
export function eachMinute(then: () => void) {
  $effect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') then()
    }, 60_000)
    return () => clearInterval(timer)
  })
}

/** Any thrown thing as the failure it is, or in the words it came with. */
export function asFailure(error: unknown): Failure {
  if (isFailure(error)) return error
  return { code: 'other', message: error instanceof Error ? error.message : String(error), details: [] }
}

export type Live<T> = {
  readonly value: T | undefined
  readonly failure: Failure | null
  /** Fetches now; resolves when the answer is on screen. */
  again: () => Promise<void>
}

/**
 * Fetches now, and again whenever one of `topics` changed or something that
 * `fetch` reads before it first waits did; `besides` may know more reasons. Call it while a component starts.
 */
export function live<T>(fetch: () => Promise<T>, topics: Topic[], besides?: (then: () => void) => void): Live<T> {
  let value = $state.raw<T | undefined>()
  let failure = $state.raw<Failure | null>(null)
  let asked = 0
  let running = false
  let stale = false

  async function settle(promise: Promise<T>) {
    const turn = ++asked
    running = true
    try {
      const got = await promise
      // An answer that a later question has overtaken is not shown.
      if (turn !== asked) return
      value = got
      failure = null
    } catch (error) {
      if (turn === asked) failure = asFailure(error)
    } finally {
      if (turn === asked) {
        running = false
        if (stale) {
          stale = false
          void again()
        }
      }
    }
  }

  const again = () => settle(fetch())

  // Many changes while one answer is under way need only one more question.
  const hint = () => {
    if (running) stale = true
    else void again()
  }

  $effect(() => {
    void settle(fetch())
  })

  whenChanged(topics, hint)
  besides?.(hint)
  // An answer that comes after the component has gone is nobody's.
  $effect(() => () => {
    asked++
  })

  return {
    get value() {
      return value
    },
    get failure() {
      return failure
    },
    again,
  }
}
