import type { ContenderFigures, Figures } from '../figures.ts'
import { unauthenticatedKinds, usualConcurrency } from '../workloads.ts'
import { describeConclusions } from './conclusions.ts'
import { describeRatio } from './differences.ts'
import { formatInteger, formatSeconds, formatShort } from './format.ts'
import { revocationOf, workloadOf } from './pick.ts'
import { renderTable } from './table.ts'

/** Everything for somebody who reads a terminal. */
export function renderTerminal(figures: Figures): string {
  const { machine, database, valkey, sessions, rounds, milliseconds, isQuick } = figures
  return [
    '',
    ...describeConclusions(figures).map(wrap),
    '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}`,
    `${database}${valkey === undefined ? '' : `; ${valkey}`}; ${formatInteger(sessions)} sessions; ${rounds} rounds of ${milliseconds} ms`,
    ...(isQuick ? ['Quick: to see that it runs. Do not cite these figures.'] : []),
    '',
    renderUsual(figures),
    '',
    renderSaturation(figures),
    '',
    renderLoads(figures),
    '',
    renderStrangers(figures),
    '',
    '',
  ].join('\n')
}

const width = 110

function wrap(sentence: string): string {
  let line = ''
  let text = ''
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      text += `${line}\n`
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return text + line
}

function renderUsual({ contenders, concurrencies, noise }: Figures): string {
  const concurrency = usualConcurrency(concurrencies)
  const headings = [
    `${concurrency} requests at once`,
    'requests/s',
    '÷ opaque',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'statements',
    'with orders/s',
    'bytes',
    'log-out effective',
    'sees bans',
  ]
  const rows = contenders.map((contender) => {
    const { requestsPerSecond, ratio, p50, p99, cpu } = workloadOf(contender, 'load', concurrency)
    const orders = workloadOf(contender, 'orders', concurrency)
    return [
      contender.name,
      formatInteger(requestsPerSecond.median),
      describeRatio(contender, ratio, noise),
      formatShort(p50.median),
      formatShort(p99.median),
      formatInteger(cpu.median),
      describeStatements(contender),
      formatInteger(orders.requestsPerSecond.median),
      formatInteger(contender.credentialBytes),
      describeRevocation(contender),
      contender.seesBans ? 'yes' : 'no',
    ]
  })
  return `${renderTable(headings, rows)}\n≈ no difference from the opaque token in the database that means anything`
}

function describeStatements({ statements }: ContenderFigures): string {
  const one = formatShort(statements.authenticated ?? 0)
  return statements.refresh === undefined
    ? one
    : `${one} (${formatShort(statements.refresh)} a refresh)`
}

function describeRevocation(contender: ContenderFigures): string {
  const seconds = revocationOf(contender)
  return seconds === undefined ? 'never' : formatSeconds(seconds)
}

function renderLoads({ contenders, concurrencies }: Figures): string {
  const rows = contenders.map((contender) => [
    contender.name,
    ...concurrencies.map((concurrency) => {
      const { requestsPerSecond, p99 } = workloadOf(contender, 'load', concurrency)
      return `${formatInteger(requestsPerSecond.median)} (${formatShort(p99.median)})`
    }),
  ])
  const headings = concurrencies.map((concurrency) => `${concurrency} at once`)
  return renderTable(['requests/s (p99 in ms)', ...headings], rows)
}

function renderSaturation({ saturation }: Figures): string {
  const rows = saturation.steps.map(({ processes, perSecond: { median, low, high } }) => [
    `${processes} ${processes === 1 ? 'process' : 'processes'}`,
    formatInteger(median),
    `${formatInteger(low)} to ${formatInteger(high)}`,
  ])
  return renderTable(['database alone, without HTTP', 'verifications/s', '95 %'], rows)
}

function renderStrangers({ contenders, concurrencies }: Figures): string {
  const concurrency = usualConcurrency(concurrencies)
  const rows = contenders
    .filter(({ id }) => id !== 'open')
    .map((contender) => [
      contender.name,
      ...unauthenticatedKinds.map((kind) => {
        const { requestsPerSecond } = workloadOf(contender, kind, concurrency)
        const statements = formatShort(contender.statements[kind] ?? 0)
        return `${formatInteger(requestsPerSecond.median)} (${statements})`
      }),
      formatInteger(workloadOf(contender, 'mix', concurrency).requestsPerSecond.median),
    ])
  const headings = ['requests/s (statements)', 'no token', 'junk', 'expired', 'unknown', 'your mix']
  return renderTable(headings, rows)
}
