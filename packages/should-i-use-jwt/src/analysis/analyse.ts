// From sources to facts: tokens and what they are for, routes and who guards them.
import { Tracer } from '../flow/tracer.ts'
import { findNestRoutes } from '../routes/nest-routes.ts'
import { findNextRoutes, isPage } from '../routes/next-routes.ts'
import type { Route } from '../routes/route.ts'
import { findRouterRoutes } from '../routes/router-routes.ts'
import { findSocketRoutes } from '../routes/socket-routes.ts'
import { findTrpcRoutes } from '../routes/trpc-routes.ts'
import type { Project } from '../scan/project.ts'
import type { FunctionNode } from '../scan/syntax.ts'
import { Evaluator } from '../values/evaluator.ts'
import { CallGraph } from './call-graph.ts'
import { findGuards, type Guards } from './guards.ts'
import { findStrategies, type Strategy } from './strategies.ts'
import { findTokens, type Tokens } from './tokens.ts'

export interface Analysis {
  readonly project: Project
  readonly evaluator: Evaluator
  readonly tracer: Tracer
  readonly graph: CallGraph
  readonly tokens: Tokens
  readonly strategies: readonly Strategy[]
  readonly routes: readonly Route[]
  /** Those that ask for a token. */
  readonly guarded: readonly GuardedRoute[]
  readonly guards: Guards
}

export interface GuardedRoute {
  readonly route: Route
  /** All functions that are registered for it, guards included. */
  readonly functions: ReadonlySet<FunctionNode>
}

export function analyse(project: Project): Analysis {
  const evaluator = new Evaluator(project)
  const tracer = new Tracer(evaluator)
  const graph = new CallGraph(evaluator)
  const strategies = findStrategies(tracer)
  const tokens = findTokens(tracer, graph, strategies)
  const guards = findGuards(evaluator, graph, tokens, strategies)
  const all = [
    ...findRouterRoutes(evaluator),
    ...findNestRoutes(evaluator),
    ...findNextRoutes(evaluator),
    ...findSocketRoutes(evaluator),
    ...findTrpcRoutes(evaluator),
  ]
  const guarded: GuardedRoute[] = []
  const routes: Route[] = []
  for (const route of all) {
    const found = guards.check(route.chain)
    if (found.isGuarded) guarded.push({ route, functions: found.functions })
    if (found.isGuarded || !isPage(route, evaluator)) routes.push(route)
  }
  return { project, evaluator, tracer, graph, tokens, strategies, routes, guarded, guards }
}
