import type { Analysis } from '../../analysis/analyse.ts'
import { findGuards } from '../../analysis/guards.ts'
import { type Evidence, evidenceAt } from '../item.ts'

// A token may be decoded where somebody has verified it before: in the same function, or in a
// guard of every route that gets there.
export function findDecodings(analysis: Analysis): Evidence[] {
  const { evaluator, graph, tokens, strategies, guarded } = analysis
  const guards = findGuards(evaluator, graph, { ...tokens, decodings: [] }, strategies)
  return tokens.decodings
    .filter(({ purpose }) => purpose === 'authentication')
    .filter(({ fn }) => {
      if (fn === undefined) return true
      if ([...graph.reachable(fn)].some((each) => guards.verifying.has(each))) return false
      const routes = guarded.filter(({ functions }) =>
        [...functions].some((each) => graph.reachable(each).has(fn)),
      )
      return routes.length === 0 || routes.some(({ route }) => !guards.check(route.chain).isGuarded)
    })
    .map(({ call, library }) =>
      evidenceAt(analysis, call, `${library.name} decodes here, and nobody verifies`),
    )
}
