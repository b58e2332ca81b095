// Tasks of a resolution while they are being typed.
import type { FollowUp } from '../../bindings'

/** `who` is empty for nobody yet. */
export type TaskTyped = { what: string; who: string; due: number | null }

/** Nothing was typed into it, or what is to be done stands there: only that it may be left away unasked. */
export const isUsable = (one: TaskTyped, begunWith: number) => one.what.trim() !== '' || (one.who === '' && one.due === begunWith)

/** Names are looked up where they are kept. */
export const asFollowUps = (tasks: TaskTyped[]): FollowUp[] =>
  tasks
    .filter((one) => one.what.trim() !== '')
    .map((one) => ({ what: one.what.trim(), person: one.who || null, name: '', due_at: one.due }))
