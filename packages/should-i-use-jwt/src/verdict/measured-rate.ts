import { famousRate } from '../measure/famous-rate.ts'

/** The rate that there is, beside what `should-i-use-jwt measure` found out about the database. */
export interface MeasuredRate {
  /** Requests a second that there are. */
  readonly requestsPerSecond: number
  /** Verifications a second that the database answers, at most. */
  readonly saturation: number
  /** What ended it was the machine that asked, and not the database. */
  readonly isStillRising: boolean
  /** Without a password. */
  readonly database: string
  /** ISO 8601. */
  readonly date: string
  /** Of the machine that asked. */
  readonly cores: number
}

/** A sentence each. */
export function describeMeasuredRate(measured: MeasuredRate): string[] {
  const { requestsPerSecond, saturation, isStillRising, database, date, cores } = measured
  const share = (rate: number) => `${count((rate / saturation) * 100)} %`
  return [
    `${count(saturation)} verifications a second: ${database}, asked by ${cores} cores on ${date.slice(0, 10)}.`,
    ...(isStillRising ? ['That still rose with the last process added.'] : []),
    `Yours: ${count(requestsPerSecond)} a second, ${share(requestsPerSecond)} of that.`,
    `${count(famousRate)} a second would be ${share(famousRate)}; that decides nothing.`,
  ]
}

export function count(rate: number): string {
  return rate.toLocaleString('en-US', { maximumFractionDigits: rate < 10 ? 2 : 0 })
}
