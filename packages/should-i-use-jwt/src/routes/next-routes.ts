// Next.js: a route is a file, and what runs before it is `middleware.ts`.
import { packageOf } from '../scan/project.ts'
import type { SourceFile } from '../scan/source-file.ts'
import { type Node, propertyName, textOf, walk } from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { Route } from './route.ts'

const appRoute = /(?:^|\/)app\/(.*?)\/?route\.[cm]?[jt]sx?$/
const appPage = /(?:^|\/)app\/(.*?)\/?(?:page|layout)\.[cm]?[jt]sx?$/
const apiRoute = /(?:^|\/)pages\/(api\/.*?)(?:\/index)?\.[cm]?[jt]sx?$/
const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

export function findNextRoutes(evaluator: Evaluator): Route[] {
  const routes: Route[] = []
  const { project } = evaluator
  for (const file of project.files.values()) {
    const own = packageOf(project, file.path)
    if (own && !own.dependencies.has('next')) continue
    for (const [name, path] of entriesOf(file)) {
      const node = handlerOf(evaluator, file, name)
      if (node === undefined) continue
      const before = middlewareFor(evaluator, file, path)
      const method = name === 'default' ? 'all' : name.toLowerCase()
      routes.push({ method, path, node, chain: [...before, node], framework: 'Next.js' })
    }
  }
  return routes
}

/** Pages are counted only where they look at who asks. */
export function isPage(route: Route, evaluator: Evaluator): boolean {
  return route.framework === 'Next.js' && appPage.test(evaluator.project.fileOf(route.node).path)
}

function entriesOf({ path, exports }: SourceFile): [string, string][] {
  const inApp = appRoute.exec(path)?.[1]
  if (inApp !== undefined) {
    return httpMethods.filter((each) => exports.named.has(each)).map((each) => [each, toUrl(inApp)])
  }
  const other = apiRoute.exec(path)?.[1] ?? appPage.exec(path)?.[1]
  return other === undefined || !exports.named.has('default') ? [] : [['default', toUrl(other)]]
}

function toUrl(path: string): string {
  return `/${path.replaceAll(/\([^)]*\)\/?/g, '')}`
}

function handlerOf(evaluator: Evaluator, file: SourceFile, name: string): Node | undefined {
  const exported = file.exports.named.get(name)
  if (exported === undefined || !('node' in exported)) return undefined
  const { node } = exported
  const binding = evaluator.bindingOf(node)
  // `export const GET = withAuth(async (request) => …)`: all of it runs.
  if (binding?.declaration.type === 'VariableDeclarator') return binding.declaration.init ?? node
  const value = evaluator.evaluate(node)
  return value?.kind === 'function' ? value.node : node
}

function middlewareFor(evaluator: Evaluator, file: SourceFile, path: string): Node[] {
  const { project } = evaluator
  const own = packageOf(project, file.path)
  for (const each of project.files.values()) {
    if (!/(?:^|\/)(?:middleware|proxy)\.[cm]?[jt]s$/.test(each.path)) continue
    if (packageOf(project, each.path) !== own) continue
    const matchers = matchersOf(each)
    if (matchers.length > 0 && !matchers.some((matcher) => matches(matcher, path))) continue
    const names = ['middleware', 'proxy', 'default']
    const found = names.flatMap((name) => handlerOf(evaluator, each, name) ?? [])
    return found.slice(0, 1)
  }
  return []
}

function matchersOf(file: SourceFile): string[] {
  const found: string[] = []
  walk(file.program, (node) => {
    if (node.type !== 'Property' || propertyName(node) !== 'matcher') return
    walk(node.value, (each) => {
      const text = textOf(each)
      if (text !== undefined) found.push(text)
    })
  })
  return found
}

function matches(matcher: string, path: string): boolean {
  // `/((?!api|_next).*)` is a pattern already.
  const pattern = matcher.includes('(')
    ? matcher
    : matcher.replaceAll(/\/:\w+\*/g, '(?:/.*)?').replaceAll(/:\w+/g, '[^/]+')
  try {
    return new RegExp(`^${pattern}$`).test(path)
  } catch {
    return true
  }
}
