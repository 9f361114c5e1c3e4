// What is asked of a database: the whole statement, of which the call that a library is known by
// may be the first or the last part.
import type { Origin } from '../flow/origin.ts'
import { roleOf } from '../libraries/roles.ts'
import {
  argumentsOf,
  type CallNode,
  calleeOf,
  type FunctionNode,
  isCall,
  type Node,
  propertyName,
  textOf,
  unwrap,
} from '../scan/syntax.ts'
import type { Evaluator } from '../values/evaluator.ts'
import type { CallGraph } from './call-graph.ts'

export interface Statement {
  readonly call: CallNode
  /** Arguments of all calls in the chain. */
  readonly args: readonly Node[]
  /** The calls of the chain, inside out. */
  readonly chain: readonly CallNode[]
  /** Their methods. */
  readonly methods: readonly string[]
  readonly isWrite: boolean
  /** What is named: the model, the table. */
  readonly subject: string
}

const writing =
  /^(?:set|setex|psetex|setnx|add|sadd|zadd|hset|create\w*|insert\w*|update\w*|upsert\w*|delete\w*|destroy|save\w*|remove\w*|del|unlink|expire|incr\w*|decr\w*|srem|hdel|replace\w*|bulkWrite|put|push|soft\w*|restore|increment|decrement)$/i

/** Statements in what these functions may run. */
export function statementsFrom(
  evaluator: Evaluator,
  graph: CallGraph,
  functions: Iterable<FunctionNode>,
): Statement[] {
  return [...graph.callsFrom(functions)].flatMap((call) => {
    const value = evaluator.evaluate(calleeOf(call))
    return value?.kind === 'api' && roleOf(value) === 'query' ? [statementOf(evaluator, call)] : []
  })
}

export function statementOf(evaluator: Evaluator, call: CallNode): Statement {
  const chain = [...innerCalls(call), ...outerCalls(call)]
  const args = chain.flatMap((each) => argumentsOf(each))
  const methods = chain.map((each) => propertyName(unwrap(calleeOf(each))) ?? '')
  const texts = textsOf(evaluator, call, args)
  const sql = texts.find((each) => /^\s*(?:with|select|insert|update|delete)\b/i.test(each))
  const isSqlWrite = sql !== undefined && /^\s*(?:insert|update|delete)\b/i.test(sql)
  const { text } = evaluator.project.fileOf(call)
  const callee = calleeOf(call)
  return {
    call,
    chain,
    args,
    methods,
    isWrite: isSqlWrite || methods.some((each) => writing.test(each)),
    subject:
      sql === undefined
        ? `${text.slice(callee.start, callee.end)} ${texts.join(' ')} ${nodeNames(args)}`
        : tablesIn(sql),
  }
}

function textsOf(evaluator: Evaluator, call: CallNode, args: readonly Node[]): string[] {
  if (call.type === 'TaggedTemplateExpression') {
    return [call.quasi.quasis.map(({ value }) => value.raw).join('?')]
  }
  return args.flatMap((each) => {
    if (each.type === 'TemplateLiteral')
      return [each.quasis.map(({ value }) => value.raw).join('?')]
    if (each.type === 'TaggedTemplateExpression') {
      return [each.quasi.quasis.map(({ value }) => value.raw).join('?')]
    }
    const value = each.type === 'Identifier' ? evaluator.evaluate(each) : undefined
    const text = textOf(each) ?? (value?.kind === 'text' ? value.text : undefined)
    return text === undefined ? [] : [text]
  })
}

/** The SQL of a statement, where it is written out. */
export function sqlOf(evaluator: Evaluator, { call, args }: Statement): string {
  return textsOf(evaluator, call, args).join(' ')
}

function tablesIn(sql: string): string {
  return [...sql.matchAll(/\b(?:from|into|update)\s+["`[]?([\w.]+)/gi)]
    .map(([, name]) => name)
    .join(' ')
}

// `db.select().from(users)`, `getRepository(User)`
function nodeNames(args: readonly Node[]): string {
  return args.flatMap((each) => (each.type === 'Identifier' ? [each.name] : [])).join(' ')
}

function innerCalls(call: CallNode): CallNode[] {
  const callee = unwrap(calleeOf(call))
  const object = callee.type === 'MemberExpression' ? unwrap(callee.object) : callee
  return isCall(object) ? [...innerCalls(object), object] : []
}

function outerCalls(call: CallNode): CallNode[] {
  const chain: CallNode[] = [call]
  let node: Node = call
  for (;;) {
    const member: Node | null | undefined = node.parent
    if (member?.type !== 'MemberExpression' || member.object !== node) return chain
    const outer: Node | null | undefined = member.parent
    if (!outer || !isCall(outer) || calleeOf(outer) !== member) return chain
    if (/^(?:then|catch|finally|map|filter|find|some|forEach)$/.test(propertyName(member) ?? ''))
      return chain
    chain.push(outer)
    node = outer
  }
}

export function isQuery(origin: Origin): origin is Extract<Origin, { kind: 'call' }> {
  return origin.kind === 'call' && origin.role === 'query'
}
