// 4. Is the user, or something of theirs, loaded from the database in the same request?
import type { Analysis } from '../analysis/analyse.ts'
import type { Identity } from '../analysis/identity.ts'
import { statementsFrom } from '../analysis/statements.ts'
import { type Evidence, evidenceAt, type Item, withoutRepeats } from './item.ts'

export function findRelated(analysis: Analysis, identity: Identity): Item {
  const { evaluator, graph, guarded } = analysis
  const evidence: Evidence[] = []
  let routes = 0
  for (const { route, functions } of guarded) {
    const [first] = statementsFrom(evaluator, graph, functions).filter(
      ({ call, isWrite }) => !isWrite && identity.isAboutUser(call),
    )
    if (first === undefined) continue
    routes++
    const name = `${route.method.toUpperCase()} ${route.path}`
    evidence.push(evidenceAt(analysis, first.call, `${name} asks the database about its user`))
  }
  const base = {
    id: 4,
    question: 'Is the user, or something of theirs, loaded in the same request?',
  }
  if (guarded.length === 0) {
    return {
      ...base,
      answer: 'unknown',
      confidence: 'low',
      summary: 'no authenticated route was found',
      evidence: [],
    }
  }
  return routes > 0
    ? {
        ...base,
        answer: 'yes',
        confidence: 'high',
        summary: `yes, in ${routes} of ${guarded.length} authenticated routes`,
        evidence: withoutRepeats(evidence),
      }
    : {
        ...base,
        answer: 'no',
        confidence: 'medium',
        summary: 'no statement about the user was found',
        evidence: [],
      }
}
