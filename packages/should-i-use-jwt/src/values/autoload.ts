// Plugins that @fastify/autoload finds in a folder: nobody names them, and a whole application is
// made of them.
import { basename, dirname } from 'node:path/posix'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  type FunctionNode,
  type Node,
  propertyName,
  textOf,
  unwrap,
  walk,
} from '../scan/syntax.ts'
import type { Evaluator } from './evaluator.ts'

export interface AutoloadedPlugin {
  readonly fn: FunctionNode
  /** The `register` that loads it. */
  readonly call: CallNode
  /** By its folder. */
  readonly prefix: string
  readonly folder: string
  /** `autohooks.js`: its hooks are those of the plugins beside it. */
  readonly isHooks: boolean
}

export function findAutoloadedPlugins(evaluator: Evaluator): AutoloadedPlugin[] {
  return [...evaluator.project.files.values()].flatMap((file) =>
    file.calls.flatMap((call) => {
      const [plugin, options] = argumentsOf(call)
      if (!plugin || !options || propertyName(unwrap(calleeOf(call))) !== 'register') return []
      const value = evaluator.evaluate(plugin)
      if (value?.kind !== 'api' || !/^@?fastify[/-]autoload$/.test(value.package)) return []
      const folder = folderIn(options)
      return folder === undefined ? [] : pluginsIn(evaluator, call, dirname(file.path), folder)
    }),
  )
}

// `dir: path.join(__dirname, 'routes')`
function folderIn(options: Node): string | undefined {
  const parts: string[] = []
  walk(options, (node) => {
    if (node.type !== 'Property' || propertyName(node) !== 'dir') return
    walk(node.value, (each) => {
      const text = textOf(each)
      if (text !== undefined) parts.push(text.replace(/^[./]+|\/$/g, ''))
    })
  })
  const folder = parts.filter((each) => each !== '').join('/')
  return folder === '' ? undefined : folder
}

function pluginsIn(
  evaluator: Evaluator,
  call: CallNode,
  base: string,
  folder: string,
): AutoloadedPlugin[] {
  const root = base === '.' ? folder : `${base}/${folder}`
  return [...evaluator.project.files.values()].flatMap(({ path }) => {
    if (!path.startsWith(`${root}/`)) return []
    const main = evaluator.member({ kind: 'module', path }, 'default')
    if (main?.kind !== 'function') return []
    const inner = dirname(path).slice(root.length)
    const isHooks = /^\.?autohooks\./.test(basename(path))
    return [{ fn: main.node, call, prefix: inner, folder: dirname(path), isHooks }]
  })
}
