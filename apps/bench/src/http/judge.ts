import type { Round } from 'should-i-use-jwt/measuring'
import { compareRounds, type Ratio } from '../reporting/summary.ts'
import { atLeast, atMost, type Verdict } from '../reporting/verdict.ts'
import type { Contender, Contenders } from './contenders.ts'

/** What was measured of a contender's route without queries of its own, by rounds. */
export type RoundsOf = (contender: Contender) => readonly Round[]

export function compareFigures(
  one: readonly Round[],
  other: readonly Round[],
  figure: keyof Round,
): Ratio {
  const of = (rounds: readonly Round[]) => rounds.map((round) => round[figure])
  return compareRounds(of(one), of(other))
}

export function judge({ hono, express, rivals }: Contenders, of: RoundsOf): Verdict[] {
  const rate = (one: Contender, other: Contender) =>
    compareFigures(of(one), of(other), 'requestsPerSecond')
  return [
    ...[hono, express].map(({ sqlite, statement }) =>
      atLeast(
        0.85,
        `requests a second: ${sqlite.name} ÷ ${statement.name}`,
        rate(sqlite, statement),
      ),
    ),
    ...[hono, express].map(({ cached, map }) =>
      atLeast(0.9, `requests a second: ${cached.name} ÷ ${map.name}`, rate(cached, map)),
    ),
    ...rivals.flatMap(({ rival, cloakroom }) => [
      atLeast(1, `requests a second: ${cloakroom.name} ÷ ${rival.name}`, rate(cloakroom, rival)),
      atMost(
        1,
        `p99: ${cloakroom.name} ÷ ${rival.name}`,
        compareFigures(of(cloakroom), of(rival), 'p99'),
      ),
    ]),
  ]
}
