// The report that people look at: the answer first, then why, then where.
import { advice, linkTo } from '../checklist/bugs/advice.ts'
import { itemsOf } from '../checklist/fill-in.ts'
import type { Item } from '../checklist/item.ts'
import { describeMeasuredRate } from '../verdict/measured-rate.ts'
import { rules } from '../verdict/rules.ts'
import type { Report } from './report.ts'
import type { Style } from './style.ts'

const width = 78
const placesShown = 3

export function formatTerminal(report: Report, style: Style): string {
  const { verdict, checklist } = report
  const items = itemsOf(checklist).filter(({ id }) => id !== 7)
  const parts = [
    style(['bold'], verdict.answer),
    wrap(verdict.because, ''),
    items.map((each) => formatItem(each, style)).join('\n'),
    formatBugs(report, style),
    formatMeasured(report, style),
    `${style(['bold'], 'What to do')}\n${wrap(verdict.todo, '  ')}`,
    formatRules(report, style),
    formatUnseen(report, style),
    style(
      ['dim'],
      `${count(report.lines)} lines in ${count(report.files)} files. Nothing was executed, nothing was sent.`,
    ),
  ]
  return `${parts.filter((each) => each !== '').join('\n\n')}\n\n`
}

const marks = { yes: '●', no: '○', unknown: '?' }

function formatItem(
  { id, question, answer, confidence, summary, evidence }: Item,
  style: Style,
): string {
  const sure = confidence === 'high' ? '' : ` (${confidence} confidence)`
  const head = `${marks[answer]} ${id}  ${question}`
  const lines = [
    style(answer === 'yes' ? ['yellow'] : [], head),
    wrap(summary + sure, '     '),
    ...evidence
      .slice(0, placesShown)
      .map(({ file, line, text }) => style(['dim'], `     ${file}:${line}  ${text}`)),
  ]
  const more = evidence.length - placesShown
  if (more > 0) lines.push(style(['dim'], `     … and ${more} more (--json)`))
  return lines.join('\n')
}

function formatBugs({ checklist }: Report, style: Style): string {
  const { bugs } = checklist
  if (bugs === undefined) return ''
  const head = `${marks[bugs.answer]} 7  ${bugs.question}`
  if (bugs.bugs.length === 0) return `${head}\n     ${bugs.summary}`
  const found = bugs.bugs.map(({ kind, evidence }) => {
    const { title, todo } = advice[kind]
    const places = evidence
      .slice(0, placesShown)
      .map(({ file, line, text }) => style(['dim'], `       ${file}:${line}  ${text}`))
    return [
      `     ${style(['red', 'bold'], title)}  ${style(['dim'], linkTo(kind))}`,
      ...places,
      wrap(todo, '       '),
    ].join('\n')
  })
  return [style(['red'], head), ...found].join('\n')
}

function formatMeasured({ measured }: Report, style: Style): string {
  if (measured === undefined) return ''
  const lines = describeMeasuredRate(measured).map((line) => wrap(line, '  ', '    '))
  return [style(['bold'], 'What was measured'), ...lines].join('\n')
}

function formatRules({ verdict }: Report, style: Style): string {
  const lines = rules.map(({ kind, when, answer }, index) => {
    const isOurs = kind === verdict.kind
    const text = wrap(`${isOurs ? '→' : ' '} ${index + 1}. ${when}: ${answer}`, '  ', '       ')
    return isOurs ? text : style(['dim'], text)
  })
  return [style(['bold'], 'The rules, of which the first that holds is taken'), ...lines].join('\n')
}

function formatUnseen({ broken, notRead, checklist }: Report, style: Style): string {
  const lines = broken.slice(0, 5).map(({ path, reason }) => `  ${path}: ${reason.split('\n')[0]}`)
  if (broken.length > 5) lines.push(`  … and ${broken.length - 5} more`)
  if (notRead.length > 0) {
    lines.push(`  ${notRead.length} files in formats that are not read (${extensions(notRead)})`)
  }
  for (const { id, answer, question } of itemsOf(checklist)) {
    if (answer === 'unknown')
      lines.push(wrap(`${id}. ${question} You know: should-i-use-jwt questions`, '  '))
  }
  return lines.length === 0 ? '' : [style(['bold'], 'What could not be seen'), ...lines].join('\n')
}

function extensions(paths: readonly string[]): string {
  return [...new Set(paths.map((each) => each.replace(/^.*\./, '.')))].join(', ')
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function wrap(text: string, first: string, rest: string = first): string {
  const lines: string[] = []
  let line = first
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + word.length > width) {
      lines.push(line.trimEnd())
      line = rest
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()].join('\n')
}
