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

export const freshLevel = (targets: Target[] = [], minutes = 10, name = ''): Level => ({
  name,
  targets,
  minutes,
  repeat_every: null,
  in_turn: false,
  least: null,
  hours: null,
})

/** Ladders to start from; who stands on each rung is the desk's to say. */
export const ladders: { label: string; levels: () => Level[] }[] = [
  {
    label: 'First, second and third line, then the manager',
    levels: () => [
      freshLevel([], 10, 'First line'),
      freshLevel([], 15, 'Second line'),
      freshLevel([], 20, 'Third line'),
      freshLevel([], 30, 'Manager'),
    ],
  },
  {
    label: 'On call, then the team, then the manager',
    levels: () => [freshLevel([], 10, 'On call'), freshLevel([], 15, 'The team'), freshLevel([], 30, 'Manager')],
  },
  {
    label: 'Everybody at once, then the manager',
    levels: () => [freshLevel([], 15, 'Everybody'), freshLevel([], 30, 'Manager')],
  },
]
