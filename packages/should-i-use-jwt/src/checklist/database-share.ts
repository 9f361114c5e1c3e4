// 5. Which share of the authenticated routes asks a database anyway?
import type { Analysis, GuardedRoute } from '../analysis/analyse.ts'
import { statementsFrom } from '../analysis/statements.ts'
import { type CallNode, calleeOf, unwrap } from '../scan/syntax.ts'
import { evidenceAt, type Item, withoutRepeats } from './item.ts'

export interface ShareItem extends Item {
  /** From 0 to 1; `undefined` where it cannot be told. */
  readonly share: number | undefined
}

// With more than this unseen, the rest says nothing about the whole.
const mostUnseen = 0.3

export function findDatabaseShare(analysis: Analysis): ShareItem {
  const { guarded } = analysis
  const base = {
    id: 5,
    question: 'Which share of the authenticated routes asks a database anyway?',
  }
  const seen = guarded.map((each) => ({ each, touches: touchesDatabase(analysis, each) }))
  const yes = seen.filter(({ touches }) => touches === 'yes')
  const unseen = seen.filter(({ touches }) => touches === 'unknown')
  if (guarded.length === 0 || unseen.length > guarded.length * mostUnseen) {
    const summary =
      guarded.length === 0
        ? 'no authenticated route was found'
        : 'too much of the code could not be seen'
    return {
      ...base,
      answer: 'unknown',
      confidence: 'low',
      summary,
      evidence: [],
      share: undefined,
    }
  }
  const share = yes.length / (guarded.length - unseen.length)
  const evidence = yes.map(({ each: { route } }) =>
    evidenceAt(analysis, route.node, `${route.method.toUpperCase()} ${route.path}`),
  )
  return {
    ...base,
    answer: share > 0 ? 'yes' : 'no',
    confidence: unseen.length > 0 ? 'medium' : 'high',
    summary: `${yes.length} of ${guarded.length - unseen.length} (${Math.round(share * 100)} %)`,
    evidence: withoutRepeats(evidence),
    share,
  }
}

// Something is waited for, on an object of which nothing is known: it may be a database.
function isUnseen({ evaluator }: Analysis, call: CallNode): boolean {
  if (call.parent?.type !== 'AwaitExpression') return false
  let root = unwrap(calleeOf(call))
  while (root.type === 'MemberExpression') root = unwrap(root.object)
  if (root.type === 'ThisExpression') return true
  const binding = evaluator.bindingOf(root)
  return binding?.kind === 'import' || (binding?.kind === 'variable' && !evaluator.evaluate(root))
}

function touchesDatabase(
  analysis: Analysis,
  { functions }: GuardedRoute,
): 'yes' | 'no' | 'unknown' {
  const { evaluator, graph } = analysis
  if (statementsFrom(evaluator, graph, functions).length > 0) return 'yes'
  for (const call of graph.callsFrom(functions)) {
    const value = evaluator.evaluate(calleeOf(call))
    if (value?.kind === 'missing') return 'unknown'
    if (value === undefined && isUnseen(analysis, call)) return 'unknown'
  }
  return 'no'
}
