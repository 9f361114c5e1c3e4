// One file, parsed once and indexed: who declares which name, what is called, what is exported.
import { type Program, parseSync } from 'oxc-parser'
import { declareBindings, type Scopes } from './declare-bindings.ts'
import { type Exports, readExports } from './read-exports.ts'
import {
  type CallNode,
  type Class,
  childrenOf,
  type FunctionNode,
  isCall,
  isClass,
  isFunction,
  type Node,
} from './syntax.ts'

export interface SourceFile {
  /** Relative to the project, with slashes. */
  readonly path: string
  readonly text: string
  readonly program: Program
  /** What the parser could not read; the rest of the file may still be there. */
  readonly errors: readonly string[]
  readonly scopes: Scopes
  readonly exports: Exports
  readonly calls: readonly CallNode[]
  readonly functions: readonly FunctionNode[]
  readonly classes: readonly Class[]
  readonly assignments: readonly Node[]
  /** Every identifier by its name, for what looks for uses. */
  readonly identifiers: ReadonlyMap<string, readonly Node[]>
}

export function readSourceFile(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text, {
    preserveParens: false,
    lang: languageOf(path),
  })
  const calls: CallNode[] = []
  const functions: FunctionNode[] = []
  const classes: Class[] = []
  const assignments: Node[] = []
  const identifiers = new Map<string, Node[]>()
  const index = (node: Node): void => {
    if (isCall(node)) calls.push(node)
    else if (isFunction(node)) functions.push(node)
    else if (isClass(node)) classes.push(node)
    else if (node.type === 'AssignmentExpression') assignments.push(node)
    else if (node.type === 'Identifier') {
      const same = identifiers.get(node.name)
      if (same) same.push(node)
      else identifiers.set(node.name, [node])
    }
    for (const child of childrenOf(node)) {
      child.parent = node
      index(child)
    }
  }
  index(program)
  return {
    path,
    text,
    program,
    errors: errors.map(({ message }) => message),
    scopes: declareBindings(program),
    exports: readExports(program),
    calls,
    functions,
    classes,
    assignments,
    identifiers,
  }
}

// JSX is often written into plain `.js`; in `.ts` it would clash with type assertions.
function languageOf(path: string): 'ts' | 'tsx' | 'jsx' {
  if (path.endsWith('.tsx')) return 'tsx'
  return /\.[cm]?ts$/.test(path) ? 'ts' : 'jsx'
}

/** The line on which an offset is, from 1. */
export function lineAt({ text }: SourceFile, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line++
  return line
}
