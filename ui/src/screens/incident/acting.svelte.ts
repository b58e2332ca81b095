// What the hand on an incident is doing, wherever it is shown.
import type { Action, Failure } from '../../bindings'
import { keepFocus } from '../../focus'
import { act } from '../../ipc'
import { asFailure } from '../../live.svelte'
import { remark, toast } from '../../toasts.svelte'

export class Acting {
  underWay = $state(false)
  failure = $state.raw<Failure | null>(null)

  #id: string
  #again: () => Promise<void>

  /** `again` shows the incident as it stands now. */
  constructor(id: string, again: () => Promise<void>) {
    this.#id = id
    this.#again = again
  }

  /** Does it, says that it is done, where there are words for it, and shows what came of it before anything else can be done. */
  perform = async (action: Action, done: string) => {
    const besides = await act(this.#id, action)
    if (done) toast(done)
    if (besides) remark(besides)
    await this.#again()
  }

  /** Whether it was done; why not is said by `failure`. */
  atOnce = async (action: Action, done: string) => {
    if (this.underWay) return false
    this.underWay = true
    this.failure = null
    try {
      await this.perform(action, done)
      return true
    } catch (error) {
      this.failure = asFailure(error)
      // It moved on meanwhile: show where to.
      if (this.failure.code === 'moved_on') void this.#again()
      return false
    } finally {
      this.underWay = false
      keepFocus()
    }
  }
}
