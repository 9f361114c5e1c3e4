// SARIF 2.1.0 (OASIS), for code scanning: the bugs as results, each kind as a rule.
import { advice, linkTo } from '../checklist/bugs/advice.ts'
import type { BugKind } from '../checklist/bugs/bug.ts'
import { bugKinds } from '../checklist/bugs/find-bugs.ts'
import type { Evidence } from '../checklist/item.ts'
import type { Report } from './report.ts'

export function formatSarif({ version, checklist, broken }: Report): string {
  const bugs = checklist.bugs?.bugs ?? []
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'should-i-use-jwt', version, rules: bugKinds.map(toRule) },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: broken.map(({ path, reason }) => ({
              level: 'warning',
              message: { text: reason },
              locations: [{ physicalLocation: { artifactLocation: { uri: toUri(path) } } }],
            })),
          },
        ],
        results: bugs.flatMap(({ kind, evidence }) => evidence.map((each) => toResult(kind, each))),
      },
    ],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function toRule(kind: BugKind): object {
  const { title, todo, severity } = advice[kind]
  return {
    id: kind,
    shortDescription: { text: title },
    help: { text: `${todo} See ${linkTo(kind)}.` },
    defaultConfiguration: { level: levelOf(severity) },
    properties: { 'security-severity': severity.toFixed(1), tags: ['security'] },
  }
}

function toResult(kind: BugKind, { file, line, text }: Evidence): object {
  return {
    ruleId: kind,
    ruleIndex: bugKinds.indexOf(kind),
    level: levelOf(advice[kind].severity),
    message: { text: `${advice[kind].title}: ${text}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(file) },
          region: { startLine: line },
        },
      },
    ],
  }
}

function levelOf(severity: number): 'error' | 'warning' {
  return severity >= 7 ? 'error' : 'warning'
}

function toUri(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
