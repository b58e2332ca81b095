// Advice in words, wherever it is shown.
import type { Advice } from './bindings'
import { short } from './time'

export function verdictWords({ verdict }: Advice, now: number, zone: string): string {
  if (verdict.kind === 'escalate') return 'Escalate now'
  if (verdict.kind === 'ask_colleague') return 'Ask a colleague first'
  if (verdict.kind === 'carry_on') return `Carry on until ${short(verdict.until, now, zone)}`
  return 'Answer what you can'
}
