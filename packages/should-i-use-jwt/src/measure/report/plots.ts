import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Estimate } from '../../measuring/bootstrap.ts'
import { famousRate } from '../famous-rate.ts'
import type { ContenderFigures, Figures } from '../figures.ts'
import { unauthenticatedKinds, usualConcurrency } from '../workloads.ts'
import { colorOf, familyOf } from './families.ts'
import { formatSeconds, formatShort } from './format.ts'
import { revocationOf, workloadOf } from './pick.ts'

// Plot wants somebody's document to make its elements in; nothing is ever shown in this one.
const { document } = parseHTML('<!doctype html><html><body></body></html>')

const wide = { width: 860, marginLeft: 270, marginRight: 60, marginBottom: 44 }
const faint = 'var(--faint)'
const ink = 'currentColor'

function draw(label: string, options: Plot.PlotOptions): string {
  const svg = Plot.plot({
    document,
    ariaLabel: label,
    style: { background: 'none', fontSize: '12px' },
    ...options,
  } as Plot.PlotOptions)
  svg.setAttribute('role', 'img')
  // What is inside of an image has no name of its own (WAI-ARIA 1.2, 5.2.8.6).
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
  return svg.outerHTML
}

/** A plot for each contender: the 99th percentile against the rate, the others behind it. */
export function plotLatency({ contenders, concurrencies }: Figures): string[] {
  const points = contenders.flatMap((contender) =>
    concurrencies.map((concurrency) => {
      const { requestsPerSecond, p99 } = workloadOf(contender, 'load', concurrency)
      const { name } = contender
      return { name, concurrency, rate: requestsPerSecond.median, latency: p99.median }
    }),
  )
  const place = { x: 'rate', y: 'latency' }
  return contenders.map((contender) => {
    const own = points.filter(({ name }) => name === contender.name)
    const color = colorOf(familyOf(contender))
    return draw(`99th percentile against requests a second: ${contender.name}`, {
      ...{ width: 280, height: 210, marginLeft: 44, marginTop: 24, marginBottom: 40 },
      x: { label: 'requests/s', ticks: 4, tickFormat: 's', zero: true, nice: true },
      y: { label: 'p99 ms', type: 'log', ticks: 4, tickFormat: formatShort, nice: true },
      marks: [
        Plot.line(points, { ...place, z: 'name', stroke: faint }),
        Plot.line(own, { ...place, stroke: color, strokeWidth: 2.5 }),
        Plot.dot(own, { ...place, fill: color, r: 3.5 }),
        Plot.text(own, { ...place, text: 'concurrency', dy: -10, fill: ink }),
      ],
    })
  })
}

/** Processor time of the application for a request. */
export function plotCost({ contenders, concurrencies }: Figures): string {
  const concurrency = usualConcurrency(concurrencies)
  const rows = contenders.map((contender) =>
    toBar(contender, workloadOf(contender, 'load', concurrency).cpu),
  )
  return plotBars('Processor time of the application for a request, in microseconds', rows)
}

/** Requests a second of a handler that itself queries the database. */
export function plotOrders({ contenders, concurrencies }: Figures): string {
  const concurrency = usualConcurrency(concurrencies)
  const rows = contenders.map((contender) =>
    toBar(contender, workloadOf(contender, 'orders', concurrency).requestsPerSecond),
  )
  return plotBars('Requests a second where the handler queries the database, too', rows)
}

/** What the database answers without HTTP, beside the rates that people have, or fear. */
export function plotSaturation({ saturation, rps }: Figures): string {
  const exactly = (rate: number) => ({ median: rate, low: rate, high: rate })
  const rows = [
    ...(rps === undefined ? [] : [{ name: 'yours', color: ink, ...exactly(rps) }]),
    { name: '10,000 a second', color: 'var(--open)', ...exactly(famousRate) },
    ...saturation.steps.map(({ processes, perSecond }) => ({
      name: `this database, asked by ${processes} ${processes === 1 ? 'process' : 'processes'}`,
      color: 'var(--opaque)',
      ...perSecond,
    })),
  ]
  return plotBars('Verifications a second, without HTTP', rows)
}

interface Bar extends Estimate {
  readonly name: string
  readonly color: string
}

function toBar(contender: ContenderFigures, estimate: Estimate): Bar {
  return { name: contender.name, color: colorOf(familyOf(contender)), ...estimate }
}

function plotBars(label: string, rows: readonly Bar[]): string {
  return draw(label, {
    ...wide,
    height: rows.length * 28 + 74,
    x: { label, grid: true, zero: true, nice: true },
    y: { label: null, domain: rows.map(({ name }) => name) },
    marks: [
      Plot.barX(rows, { x: 'median', y: 'name', fill: 'color', fillOpacity: 0.75, insetTop: 3 }),
      Plot.ruleY(rows, { x1: 'low', x2: 'high', y: 'name', stroke: ink, strokeWidth: 1.5 }),
      Plot.text(rows, {
        ...{ x: 'high', y: 'name', dx: 6, textAnchor: 'start', fill: ink },
        text: ({ median }: Estimate) => formatShort(Math.round(median)),
      }),
    ],
  })
}

/** Seconds that people can imagine. */
const moments = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 86_400, 864_000, 8_640_000, 86_400_000]

/** Seconds until a log-out is effective, from a millisecond to days. */
export function plotRevocation({ contenders }: Figures): string {
  const rows = contenders.flatMap((contender) => {
    const seconds = revocationOf(contender)
    const { name } = contender
    return seconds === undefined ? [] : [{ name, seconds, color: colorOf(familyOf(contender)) }]
  })
  const all = rows.map(({ seconds }) => seconds)
  const [least, most] = [Math.min(...all, 0.001) / 2, Math.max(...all, 1) * 2]
  const ticks = moments.filter((moment) => moment >= least && moment <= most)
  return draw('Seconds until a log-out is effective, on a logarithmic scale', {
    ...wide,
    height: rows.length * 28 + 74,
    x: { label: 'until a log-out is effective', type: 'log', domain: [least, most] },
    y: { label: null, domain: rows.map(({ name }) => name) },
    marks: [
      Plot.gridX(ticks),
      // As text: its own format leaves most of a logarithmic axis without.
      Plot.axisX(ticks, { text: (seconds: number) => formatSeconds(seconds) }),
      Plot.ruleY(rows, { x1: least, x2: 'seconds', y: 'name', stroke: 'color', strokeWidth: 2 }),
      Plot.dot(rows, { x: 'seconds', y: 'name', fill: 'color', r: 5 }),
      Plot.text(rows, {
        ...{ x: 'seconds', y: 'name', dx: 9, textAnchor: 'start', fill: ink },
        text: ({ seconds }: { seconds: number }) => formatSeconds(seconds),
      }),
    ],
  })
}

export const kindSymbols = {
  authenticated: ['valid token', 'circle'],
  missing: ['no token', 'square'],
  junk: ['junk', 'triangle'],
  expired: ['expired', 'cross'],
  unknown: ['unknown', 'diamond'],
} as const

/** Requests a second of those who are signed in, and of those who are not. */
export function plotStrangers({ contenders, concurrencies }: Figures): string {
  const concurrency = usualConcurrency(concurrencies)
  const known = contenders.filter(({ id }) => id !== 'open')
  const rows = known.flatMap((contender) =>
    (['load', ...unauthenticatedKinds] as const).map((workload) => {
      const [kind, symbol] = kindSymbols[workload === 'load' ? 'authenticated' : workload]
      const { requestsPerSecond } = workloadOf(contender, workload, concurrency)
      return { name: contender.name, kind, symbol, rate: requestsPerSecond.median }
    }),
  )
  return draw('Requests a second by what they bring', {
    ...wide,
    height: known.length * 32 + 74,
    x: { label: 'requests/s', grid: true, zero: true, nice: true },
    y: { label: null, domain: known.map(({ name }) => name) },
    marks: [
      Plot.ruleY(rows, Plot.groupY({ x1: 'min', x2: 'max' }, ruleOptions)),
      Plot.dot(rows, {
        ...{ x: 'rate', y: 'name', r: 6, strokeWidth: 1.8 },
        symbol: ({ symbol }: { symbol: Plot.SymbolType }) => symbol,
        stroke: ({ kind }: { kind: string }) =>
          kind === kindSymbols.authenticated[0] ? 'var(--opaque)' : 'var(--signed)',
      }),
    ],
  })
}

const ruleOptions = { x1: 'rate', x2: 'rate', y: 'name', stroke: faint }
