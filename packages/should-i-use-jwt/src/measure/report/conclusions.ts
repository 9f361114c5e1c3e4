import { isDifferent } from '../../measuring/bootstrap.ts'
import type { Figures } from '../figures.ts'
import { usualConcurrency } from '../workloads.ts'
import { formatInteger, formatRatio, formatSeconds } from './format.ts'
import { revocationOf, workloadOf } from './pick.ts'

/** The rate that is so often said to be too much for a database. */
const famousRate = 10_000

/** What the figures say, a sentence each. */
export function describeConclusions(figures: Figures): string[] {
  return [
    ...describeSaturation(figures),
    ...describeGap(figures),
    ...describeStrangers(figures),
    ...describeNoise(figures),
  ]
}

function describeSaturation({ saturation, rps }: Figures): string[] {
  const { perSecond } = saturation
  const share = (rate: number) => `${((rate / perSecond) * 100).toPrecision(2)} %`
  return [
    `This database answers ${formatInteger(perSecond)} verifications a second from this machine, at most.`,
    ...(rps === undefined
      ? ['How many do you have? --rps N sets your own rate beside it.']
      : [describeOwnRate(rps, perSecond, share(rps))]),
    `${formatInteger(famousRate)} a second would be ${share(famousRate)} of it.`,
  ]
}

function describeOwnRate(rps: number, perSecond: number, share: string): string {
  const yours = `Your ${formatInteger(rps)} a second are ${share} of that`
  if (rps > perSecond) {
    return `${yours}: perhaps you do need something else. Look at the leased cache first.`
  }
  return `${yours}: the database is not why you would need JWTs.`
}

function describeGap({ contenders }: Figures): string[] {
  const late = contenders.flatMap((contender) => {
    const seconds = revocationOf(contender)
    return seconds === undefined || seconds < 1
      ? []
      : [`${contender.name} (${formatSeconds(seconds)})`]
  })
  return late.length === 0
    ? []
    : [
        `Who has logged out stays signed in with: ${late.join(', ')}. With all others the log-out is effective.`,
      ]
}

function describeStrangers({ contenders }: Figures): string[] {
  const saving = contenders.filter(
    ({ statements }) =>
      (statements.authenticated ?? 0) >= 1 && statements.junk === 0 && statements.expired === 0,
  )
  return saving.length === 0
    ? []
    : [
        `Junk and expired tokens cost no statement with: ${saving.map(({ name }) => name).join(', ')}.`,
      ]
}

function describeNoise({ noise, contenders, concurrencies, machine }: Figures): string[] {
  const concurrency = usualConcurrency(concurrencies)
  const same = contenders
    .filter(({ id }) => id !== 'opaque-database')
    .filter((contender) => !isDifferent(workloadOf(contender, 'load', concurrency).ratio))
    .map(({ name }) => name)
  const spread = `${formatRatio(noise.low)} to ${formatRatio(noise.high)}`
  return [
    `Noise: the same contender measured twice differed by ${spread} (95 %); the load was ${machine.load} before.`,
    ...(isDifferent(noise)
      ? ['The machine was too busy to trust small differences: measure again when it is quiet.']
      : []),
    ...(same.length === 0
      ? []
      : [`No difference from the opaque token in the database: ${same.join(', ')}.`]),
  ]
}
