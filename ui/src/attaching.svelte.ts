// Files on their way to an incident, one after the other, each with its own outcome.
import type { Attachment } from './bindings'
import { inBase64 } from './file'
import { keepFile, mayAttach } from './ipc'
import { asFailure } from './live.svelte'

type One = { id: number; words: string }

export class Attaching {
  /** By name; the first of them is being looked into. */
  underWay = $state<One[]>([])
  refused = $state<One[]>([])

  #beside: () => Attachment[]
  #keep: (kept: Attachment) => unknown
  #next = 0
  #turn: Promise<void> = Promise.resolve()

  /** `beside` are those that are there already, and `keep` takes one more. */
  constructor(beside: () => Attachment[], keep: (kept: Attachment) => unknown) {
    this.#beside = beside
    this.#keep = keep
  }

  add(files: File[]) {
    this.refused = []
    for (const file of files) {
      const one = { id: this.#next++, words: file.name }
      this.underWay.push(one)
      this.#turn = this.#turn.then(() => this.#take(file, one))
    }
  }

  seen(one: One) {
    this.refused = this.refused.filter((other) => other.id !== one.id)
  }

  async #take(file: File, one: One) {
    try {
      // Before a byte of it is read.
      await mayAttach(file.name, file.size, this.#beside())
      const data = await inBase64(file).catch(() => {
        throw new Error(
          `${file.name} was not attached: it could not be read. It may be a folder, or gone, or changed meanwhile. Look where it is, and attach it again.`,
        )
      })
      await this.#keep(await keepFile(file.name, data, this.#beside()))
    } catch (error) {
      this.refused.push({ id: one.id, words: asFailure(error).message })
    } finally {
      this.underWay = this.underWay.filter((other) => other.id !== one.id)
    }
  }
}
