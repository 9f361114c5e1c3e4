import { beginning, isViolation, nextWorlds, type Sabotage, type World } from './model.ts'

export interface Exploration {
  /** Different worlds that can come about. */
  readonly worlds: number
  /** What had to happen for the first violation; `undefined`: there is none. */
  readonly violation: readonly string[] | undefined
}

/** Every world that can come about, breadth first: so a violation is found by a shortest way. */
export function explore(sabotage?: Sabotage): Exploration {
  const seen = new Set([JSON.stringify(beginning)])
  let frontier: Step[] = [{ world: beginning, name: 'the beginning', before: undefined }]
  while (frontier.length > 0) {
    const next: Step[] = []
    for (const step of frontier) {
      for (const [name, world] of nextWorlds(step.world, sabotage)) {
        const key = JSON.stringify(world)
        if (seen.has(key)) continue
        seen.add(key)
        const after = { name, world, before: step }
        if (isViolation(world)) return { worlds: seen.size, violation: namesOf(after) }
        next.push(after)
      }
    }
    frontier = next
  }
  return { worlds: seen.size, violation: undefined }
}

interface Step {
  readonly world: World
  readonly name: string
  readonly before: Step | undefined
}

function namesOf(last: Step): string[] {
  const names: string[] = []
  for (let step: Step | undefined = last; step?.before; step = step.before) names.unshift(step.name)
  return names
}
