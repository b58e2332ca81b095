// Saves what is being written a moment after it was, one save at a time, and
// says truthfully how far that has come.

import type { Failure } from './bindings'
import { asFailure } from './live.svelte'

export class Autosave<T> {
  /** `saved` only once the last change is. */
  state = $state<'untouched' | 'unsaved' | 'saved' | 'failed'>('untouched')
  failure = $state.raw<Failure | null>(null)

  #save: (value: T) => Promise<unknown>
  #wait: number
  #retry: number
  #pending: { value: T } | null = null
  #running: Promise<void> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(save: (value: T) => Promise<unknown>, wait = 300, retry = 5000) {
    this.#save = save
    this.#wait = wait
    this.#retry = retry
  }

  change(value: T) {
    this.#pending = { value }
    if (this.state !== 'failed') this.state = 'unsaved'
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => void this.flush(), this.#wait)
  }

  /** Saves now what waits to be saved; resolves when nothing is under way. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Saves no more; resolves when nothing is under way. `goOn` takes it up again. */
  async stop() {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  goOn() {
    this.#stopped = false
    if (this.#pending) void this.flush()
  }

  async #run() {
    while (this.#pending && !this.#stopped) {
      const mine = this.#pending
      try {
        await this.#save(mine.value)
        this.failure = null
        if (this.#pending === mine) {
          this.#pending = null
          this.state = 'saved'
        } else this.state = 'unsaved'
      } catch (error) {
        this.state = 'failed'
        this.failure = asFailure(error)
        if (!this.#stopped) this.#timer = setTimeout(() => void this.flush(), this.#retry)
        return
      }
    }
  }
}
