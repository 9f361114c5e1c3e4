import { referenceId } from '../contenders/reference.ts'
import { famousRate } from '../famous-rate.ts'
import type { ContenderFigures, Figures } from '../figures.ts'
import { usualConcurrency } from '../workloads.ts'
import { indistinguishable } from './differences.ts'
import { formatInteger, formatRatio, formatSeconds, formatShort } from './format.ts'
import { revocationOf, workloadOf } from './pick.ts'

/** More than this, and no machine is quiet. */
const quietShare = 0.1

/** Somebody could do something in that time. */
const lateSeconds = 1

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
  const { perSecond, isStillRising } = saturation
  const share = (rate: number) => `${formatShort((rate / perSecond) * 100)} %`
  return [
    `This database answers ${formatInteger(perSecond)} verifications a second from this machine, at most.`,
    ...(isStillRising
      ? ['That still rose with the last process added: with more cores there is more.']
      : []),
    ...(rps === undefined
      ? ['How many do you have? --rps N sets your own rate beside it.']
      : [describeOwnRate(rps, perSecond, share(rps))]),
    `${formatInteger(famousRate)} a second would be ${share(famousRate)} of it.`,
  ]
}

function describeOwnRate(rps: number, perSecond: number, share: string): string {
  const yours = `Your ${formatShort(rps)} a second are ${share} of that`
  if (rps > perSecond) {
    return `${yours}: perhaps you do need something else. Look at the leased cache first.`
  }
  return `${yours}: the database is not why you would need JWTs.`
}

function describeGap({ contenders }: Figures): string[] {
  const gaps = contenders.flatMap((contender) => {
    const seconds = revocationOf(contender)
    return seconds === undefined ? [] : [{ name: contender.name, seconds }]
  })
  const late = gaps.filter(({ seconds }) => seconds >= lateSeconds)
  const prompt = gaps.filter(({ seconds }) => seconds < lateSeconds)
  const most = Math.max(...prompt.map(({ seconds }) => seconds))
  const names = late.map(({ name, seconds }) => `${name} (${formatSeconds(seconds)})`)
  return [
    ...(late.length === 0 ? [] : [`Who has logged out stays signed in with: ${names.join(', ')}.`]),
    ...(prompt.length === 0
      ? []
      : [
          `A log-out is effective after ${formatSeconds(most)} at most with: ${prompt.map(({ name }) => name).join(', ')}.`,
        ]),
  ]
}

function describeStrangers({ contenders, concurrencies }: Figures): string[] {
  const names = contenders
    .filter(({ statements: { authenticated = 0, unknown = 0 } }) => authenticated + unknown >= 1)
    .filter(({ statements: { junk, expired } }) => junk === 0 && expired === 0)
    .map(({ name }) => name)
  if (names.length === 0) return []
  const reference = contenders.find(({ id }) => id === referenceId) as ContenderFigures
  const refusals = (kind: 'junk' | 'expired' | 'unknown', what: string) => {
    const figures = workloadOf(reference, kind, usualConcurrency(concurrencies))
    const cpu = formatInteger(figures.cpu.median)
    return `${formatInteger(figures.requestsPerSecond.median)} ${what} (${cpu} µs of CPU each)`
  }
  return [
    `Junk and expired tokens cost no statement with: ${names.join(', ')}.`,
    `What that saves: the ${reference.name} refuses ${refusals('junk', 'junk tokens')} or ` +
      `${refusals('expired', 'expired ones')} a second, but ${refusals('unknown', 'unknown ones')}, which it has to look up.`,
  ]
}

function describeNoise(figures: Figures): string[] {
  const { noise, machine } = figures
  const same = indistinguishable(figures)
  const spread = `${formatRatio(noise.low)} to ${formatRatio(noise.high)}`
  return [
    `Noise: the same contender measured twice differed by ${spread} (95 %); the load was ${machine.load} before.`,
    ...(noise.low < 1 - quietShare || noise.high > 1 + quietShare
      ? ['The machine was too busy to trust small differences: measure again when it is quiet.']
      : []),
    ...(same.length === 0
      ? []
      : [
          `No difference from the opaque token in the database that means anything: ${same.join(', ')}.`,
        ]),
  ]
}
