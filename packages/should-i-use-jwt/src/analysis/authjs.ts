// Auth.js keeps sessions in a token, or in a database: with an adapter unless told otherwise.
import type { Project } from '../scan/project.ts'
import { packageOf } from '../scan/project.ts'
import { argumentsOf, calleeOf, type FunctionNode, type Node, returnsOf } from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import { findOption } from './settings.ts'
import type { TokenCall } from './token-calls.ts'

/** Tokens, without those of Auth.js where its sessions are in a database. */
export function withoutDatabaseSessions(
  evaluator: Evaluator,
  calls: readonly TokenCall[],
): TokenCall[] {
  const { project } = evaluator
  const inDatabase = new Set(
    settingsOf(evaluator)
      .filter((each) => usesDatabase(evaluator, each))
      .map((each) => packageAt(project, each)),
  )
  return calls.filter(
    ({ library, call }) => library.name !== 'Auth.js' || !inDatabase.has(packageAt(project, call)),
  )
}

/** `callbacks.jwt` and `callbacks.session`, which run whenever a session is asked for. */
export function sessionCallbacks(evaluator: Evaluator): FunctionNode[] {
  return settingsOf(evaluator).flatMap((settings) =>
    ['callbacks.jwt', 'callbacks.session'].flatMap((name) => {
      const setting = findOption(evaluator, settings, name)
      const value = setting.state === 'set' ? evaluator.evaluate(setting.node) : undefined
      return value?.kind === 'function' ? [value.node] : []
    }),
  )
}

function packageAt(project: Project, node: Node): unknown {
  return packageOf(project, project.fileOf(node).path)
}

function settingsOf(evaluator: Evaluator): Node[] {
  return [...evaluator.project.files.values()].flatMap((file) =>
    file.calls.flatMap((call) => {
      const value = evaluator.evaluate(calleeOf(call))
      const [first] = argumentsOf(call)
      if (value?.kind !== 'api' || value.path !== '' || !first) return []
      if (!/^(?:next-auth|@auth\/\w+)$/.test(value.package)) return []
      const made = evaluator.evaluate(first)
      return made?.kind === 'function' ? returnsOf(made.node) : [first]
    }),
  )
}

function usesDatabase(evaluator: Evaluator, settings: Node): boolean {
  const strategy = findOption(evaluator, settings, 'session.strategy')
  const value = strategy.state === 'set' ? evaluator.evaluate(strategy.node) : undefined
  if (value?.kind === 'text') return value.text === 'database'
  return findOption(evaluator, settings, 'adapter').state === 'set'
}
