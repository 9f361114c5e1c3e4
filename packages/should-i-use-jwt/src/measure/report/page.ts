import type { Estimate } from '../../measuring/bootstrap.ts'
import type { ContenderFigures, Figures } from '../figures.ts'
import { unauthenticatedKinds, usualConcurrency } from '../workloads.ts'
import { describeConclusions } from './conclusions.ts'
import { describeRatio } from './differences.ts'
import { colorOf, type Family, familyNames } from './families.ts'
import { formatInteger, formatRatio, formatSeconds, formatShort } from './format.ts'
import { pageStyle } from './page-style.ts'
import { revocationOf, workloadOf } from './pick.ts'
import {
  kindSymbols,
  plotCost,
  plotLatency,
  plotOrders,
  plotRevocation,
  plotSaturation,
  plotStrangers,
} from './plots.ts'

/** One page without scripts, which asks nothing of any network. */
export function renderPage(figures: Figures): string {
  const { machine, database, valkey, sessions, rounds, milliseconds, date, isQuick } = figures
  const concurrency = usualConcurrency(figures.concurrencies)
  const where = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}`,
    [database, valkey].filter((each) => each !== undefined).join(' and '),
    `${formatInteger(sessions)} sessions, ${rounds} interleaved rounds of ${milliseconds} ms, ${date.slice(0, 10)}`,
  ]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Should I use JWTs? Measured.</title>
<style>${pageStyle}</style>
<main>
<h1>Should I use JWTs? Measured.</h1>
${isQuick ? '<p class="quick">A quick run, to see that it runs. Do not cite these figures.</p>' : ''}
<ul class="conclusions">${describeConclusions(figures).map(item).join('')}</ul>
<p class="where">${where.map(escapeHtml).join('<br>')}</p>
${renderLegend()}
<h2>How much the database can verify</h2>
<p>By as many processes as this machine has cores, with nothing else to do.</p>
${figure(plotSaturation(figures))}
<h2>Until a log-out is effective</h2>
<p>Ended by another process, asked for again until it is refused; of a JWT that nobody can end, the life
that was left.</p>
${figure(plotRevocation(figures))}
<h2>What a request costs</h2>
<p>With ${concurrency} requests at once. The thin line is where the median lies with 95&nbsp;% confidence.</p>
${figure(plotCost(figures))}
<p>You are asking the database anyway? Then this is the comparison that counts:</p>
${figure(plotOrders(figures))}
<h2>Latency against load</h2>
<p>Each point is a number of requests at once; further right and further down is better.</p>
<div class="many">${plotLatency(figures)
    .map((plot, index) => figure(plot, figures.contenders[index]?.name))
    .join('')}</div>
<h2>Who is signed in, and who is not</h2>
<p>${describeKinds()}. What is refused without a statement costs the database nothing.</p>
${figure(plotStrangers(figures))}
<h2>The figures</h2>
<p>With ${concurrency} requests at once, statements by the driver’s count. ≈: no difference from the opaque token
in the database that means anything.</p>
${renderFigures(figures, concurrency)}
</main>
</html>
`
}

function renderLegend(): string {
  const entries = Object.entries(familyNames) as [Family, string][]
  const list = entries.map(
    ([family, name]) =>
      `<li><span class="swatch" style="background: ${colorOf(family)}"></span>${name}</li>`,
  )
  return `<ul class="legend">${list.join('')}</ul>`
}

const shapes = { circle: '○', square: '□', triangle: '△', cross: '✚', diamond: '◇' }

function describeKinds(): string {
  return Object.values(kindSymbols)
    .map(([name, symbol]) => `${shapes[symbol]} ${name}`)
    .join(', ')
}

function renderFigures({ contenders, noise }: Figures, concurrency: number): string {
  const headings = [
    'requests/s',
    '÷ opaque (95 %)',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'bytes',
    'statements',
    ...unauthenticatedKinds.map((kind) => `…${kindSymbols[kind][0]}`),
    'log-out',
    'sees bans',
  ]
  const rows = contenders.map((contender) => {
    const cells = cellsOf(contender, concurrency, noise).map((cell) => `<td>${cell}</td>`)
    return `<tr><th scope="row">${contender.name}</th>${cells.join('')}</tr>`
  })
  return `<div class="scroll" tabindex="0" role="region" aria-label="The figures"><table><thead><tr><td></td>${headings
    .map((heading) => `<th scope="col">${heading}</th>`)
    .join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function cellsOf(contender: ContenderFigures, concurrency: number, noise: Estimate): string[] {
  const { requestsPerSecond, ratio, p50, p99, cpu } = workloadOf(contender, 'load', concurrency)
  const seconds = revocationOf(contender)
  const statements = (kind: string) => {
    const count = contender.statements[kind]
    return count === undefined ? '' : formatShort(count)
  }
  return [
    formatInteger(requestsPerSecond.median),
    describeInterval(contender, ratio, noise),
    formatShort(p50.median),
    formatShort(p99.median),
    formatInteger(cpu.median),
    formatInteger(contender.credentialBytes),
    statements('authenticated'),
    ...unauthenticatedKinds.map(statements),
    seconds === undefined ? 'never' : formatSeconds(seconds),
    contender.seesBans ? 'yes' : 'no',
  ]
}

function describeInterval(contender: ContenderFigures, ratio: Estimate, noise: Estimate): string {
  const text = describeRatio(contender, ratio, noise)
  return text && `${text} (${formatRatio(ratio.low)}–${formatRatio(ratio.high)})`
}

function figure(svg: string, caption?: string): string {
  return `<figure>${caption === undefined ? '' : `<figcaption>${caption}</figcaption>`}${svg}</figure>`
}

function item(text: string): string {
  return `<li>${escapeHtml(text)}</li>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
