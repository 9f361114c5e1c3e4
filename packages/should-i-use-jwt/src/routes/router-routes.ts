// Routes with all that runs before them: middleware of their router, of the routers in which that
// is mounted, in the order in which they were told.

import type { Node } from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { Entry, Route } from './route.ts'
import { findEntries } from './router-entries.ts'

const deepestMount = 8

export function findRouterRoutes(evaluator: Evaluator): Route[] {
  const entries = findEntries(evaluator)
  const byRouter = Map.groupBy(entries, ({ router }) => router)
  const mounts = Map.groupBy(
    entries.filter(({ child }) => child),
    ({ child }) => child as Node,
  )
  const isBefore = (first: Entry, second: Entry): boolean => {
    if (first.isHook) return true
    const file = evaluator.project.fileOf(first.node)
    return file !== evaluator.project.fileOf(second.node) || first.node.start < second.node.start
  }
  // A plugin that shares its parent's instance gives its hooks to the parent.
  const usesOf = (router: Node, depth: number): Entry[] =>
    (byRouter.get(router) ?? []).flatMap((each) => {
      if (each.kind === 'use') return [each]
      const isShared = each.kind === 'mount' && each.isHook && each.child && depth < deepestMount
      return isShared && each.child ? usesOf(each.child, depth + 1) : []
    })
  const chainBefore = (
    entry: Entry,
    path: string,
    depth: number,
  ): { chain: Node[]; path: string } => {
    const own = usesOf(entry.router, 0).filter(
      (each) => each !== entry && isBefore(each, entry) && covers(each.path, path),
    )
    const chain = [...own.flatMap((each) => each.chain), ...entry.chain]
    const [mount] = mounts.get(entry.router) ?? []
    if (mount === undefined || depth > deepestMount) return { chain, path }
    const outer = chainBefore(mount, join(mount.path, path), depth + 1)
    return { chain: [...outer.chain, ...chain], path: outer.path }
  }
  return entries
    .filter(({ kind }) => kind === 'route')
    .map((entry) => {
      const { chain, path } = chainBefore(entry, entry.path, 0)
      return { method: entry.method, path, node: entry.node, chain, framework: entry.framework }
    })
}

function join(prefix: string, path: string): string {
  return `${prefix.replace(/\/?\*?$/, '')}/${path.replace(/^\//, '')}`.replace(/\/$/, '') || '/'
}

/** Whether middleware on one path runs for another. */
function covers(prefix: string, path: string): boolean {
  const parts = prefix
    .replace(/\/?\*+$/, '')
    .split('/')
    .filter(Boolean)
  const own = path.split('/').filter(Boolean)
  return parts.every(
    (part, index) => part.startsWith(':') || own[index]?.startsWith(':') || part === own[index],
  )
}
