// Whom a level calls, as one choice among people, teams and rotations.
import type { Directory, Level, Target } from '../../bindings'

export const keyOf = (target: Target) => `${target.kind}:${target.id}`

export const targetOf = (key: string): Target => {
  const [kind, id = ''] = key.split(':')
  return { kind: kind as Target['kind'], id }
}

export function targetName(directory: Directory, target: Target): string {
  const among = { person: directory.people, team: directory.teams, rotation: directory.rotations }[target.kind]
  const name = among.find((one) => one.id === target.id)?.name
  if (name === undefined) return 'somebody who was removed'
  return target.kind === 'rotation' ? `on call in ${name}` : target.kind === 'team' ? `team ${name}` : name
}

/** Rotations and teams before people: who answers for something comes before who happens to be there. */
export function targetOptions(directory: Directory) {
  return [
    ...directory.rotations.map((one) => ({ value: `rotation:${one.id}`, label: one.name, note: 'whoever is on call' })),
    ...directory.teams.map((one) => ({ value: `team:${one.id}`, label: one.name, note: 'team' })),
    ...directory.people.map((one) => ({ value: `person:${one.id}`, label: one.name, note: one.role })),
  ]
}

export const freshLevel = (targets: Target[] = []): Level => ({
  targets,
  minutes: 10,
  repeat_every: null,
  in_turn: false,
  least: null,
})
