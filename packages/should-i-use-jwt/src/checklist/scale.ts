// 8. Scale: services that verify without the users' database. The rate is asked, not read.
import type { Analysis } from '../analysis/analyse.ts'
import { statementsFrom } from '../analysis/statements.ts'
import { packageOf } from '../scan/project.ts'
import { evidenceAt, type Item, withoutRepeats } from './item.ts'

export interface ScaleItem extends Item {
  /** Packages that verify tokens which another one signs, without a look into a database. */
  readonly services: readonly string[]
  readonly requestsPerSecond: number | undefined
}

export function findScale(analysis: Analysis, requestsPerSecond: number | undefined): ScaleItem {
  const { project, tokens, evaluator, graph } = analysis
  const folderOf = (node: Parameters<typeof project.fileOf>[0]) =>
    packageOf(project, project.fileOf(node).path)?.folder ?? ''
  const signing = new Set(
    tokens.signatures
      .filter(({ purpose }) => purpose === 'authentication')
      .map(({ call }) => folderOf(call)),
  )
  const services = new Map<string, (typeof tokens.verifications)[number]>()
  for (const token of tokens.verifications) {
    if (token.purpose !== 'authentication') continue
    const isAsking = token.fn && statementsFrom(evaluator, graph, [token.fn]).length > 0
    const folder = folderOf(token.call)
    const isAnothers = token.model.longestLife !== undefined || signing.size > 0
    if (!isAnothers || signing.has(folder) || isAsking) continue
    services.set(folder === '' ? project.fileOf(token.call).path : folder, token)
  }
  const names = [...services.keys()]
  const rate =
    requestsPerSecond === undefined
      ? 'how many requests a second is not known (--rps)'
      : `${requestsPerSecond} requests a second`
  return {
    id: 8,
    question: 'Are there services that verify without the users’ database, and how many requests?',
    answer: names.length > 0 ? 'yes' : 'no',
    confidence: names.length > 0 ? 'medium' : 'low',
    summary: `${names.length > 0 ? `services of their own: ${names.join(', ')}` : 'no such service'}; ${rate}`,
    evidence: withoutRepeats(
      [...services.values()].map(({ call }) =>
        evidenceAt(analysis, call, 'verified without a database'),
      ),
    ),
    services: names,
    requestsPerSecond,
  }
}
