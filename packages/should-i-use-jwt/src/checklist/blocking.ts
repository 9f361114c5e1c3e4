// 3. Can users be blocked? A flag of the user's row that decides after the token was verified.
import type { Analysis } from '../analysis/analyse.ts'
import type { Identity } from '../analysis/identity.ts'
import {
  isQuery,
  type Statement,
  sqlOf,
  statementOf,
  statementsFrom,
} from '../analysis/statements.ts'
import {
  argumentsOf,
  type CallNode,
  type FunctionNode,
  isCall,
  type Node,
  propertyName,
  textOf,
  walk,
} from '../scan/syntax.ts'
import { type Evidence, evidenceAt, type Item, withoutRepeats } from './item.ts'

const states =
  'active|activated|banned|blocked|disabled|deleted|suspended|locked|enabled|inactive|archived|deactivated|frozen|terminated|revoked'
const flag = new RegExp(
  `^(?:is_?|has_?been_?|account_?|user_?)?(?:${states})(?:_?(?:at|on|until|date))?$`,
  'i',
)
const status = /^(?:account_?|user_?)?(?:status|state)$/i
const flagInSql = new RegExp(`\\b(?:is_)?(?:${states})(?:_(?:at|on|until))?\\b`, 'i')
const people =
  /user|account|member|customer|person|people|profile|employee|staff|admin|player|student|patient|driver|author|principal|operator|subscriber|teacher|agent|client|tenant/i

export function findBlocking(
  analysis: Analysis,
  identity: Identity,
  functions: ReadonlySet<FunctionNode>,
): Item {
  const evidence = [
    ...conditionsOnRows(analysis, identity, functions),
    ...conditionsInStatements(analysis, identity, functions),
  ]
  const base = { id: 3, question: 'Can users be blocked?' }
  return evidence.length > 0
    ? {
        ...base,
        answer: 'yes',
        confidence: 'high',
        summary: 'yes: a flag of the user decides on each request',
        evidence: withoutRepeats(evidence),
      }
    : {
        ...base,
        answer: 'no',
        confidence: 'medium',
        summary: 'no flag of the user is looked at after the token',
        evidence: [],
      }
}

// The row of the user, not one of theirs: found by its own id, or among people.
function isUserRow(identity: Identity, statement: Statement): boolean {
  if (!identity.isAboutUser(statement.call)) return false
  if (people.test(statement.subject)) return true
  return (
    statement.args.some((each) => isFoundById(identity, each, statement.methods)) ||
    statement.chain.some((each) => comparesId(identity, each))
  )
}

// `where('id', '=', payload.sub)`, `eq(users.id, payload.sub)`
function comparesId(identity: Identity, call: CallNode): boolean {
  const args = argumentsOf(call)
  const [first] = args
  const last = args.at(-1)
  if (first === undefined || last === undefined) return false
  const name = textOf(first) ?? propertyName(first) ?? ''
  if (args.length > 1 && ownId.test(name.replace(/^.*\./, ''))) return identity.dependsOnUser(last)
  return args.some((each) => isCall(each) && comparesId(identity, each))
}

const ownId = /^(?:_?id|sub|uuid|email|username)$/

const byId = /^(?:findById|findByPk|findOneById)/

function isFoundById(identity: Identity, node: Node, methods: readonly string[]): boolean {
  if (node.type !== 'ObjectExpression') {
    return methods.some((each) => byId.test(each)) && identity.dependsOnUser(node)
  }
  return node.properties.some((each) => {
    if (each.type !== 'Property') return false
    const name = propertyName(each) ?? ''
    if (name === 'where') return isFoundById(identity, each.value, [])
    return ownId.test(name) && identity.dependsOnUser(each.value)
  })
}

function conditionsOnRows(
  analysis: Analysis,
  identity: Identity,
  functions: ReadonlySet<FunctionNode>,
): Evidence[] {
  const { evaluator, tracer } = analysis
  const found: Evidence[] = []
  const seen = new Set<Node>()
  const look = (node: Node): void => {
    const name = node.type === 'Identifier' ? node.name : (propertyName(node) ?? '')
    if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return
    const isFlag = flag.test(name) || (status.test(name) && isComparedWithState(node))
    if (!isFlag || !decides(node)) return
    const isOfUser = tracer.trace(node).some((each) => {
      if (!isQuery(each)) return false
      return isUserRow(identity, statementOf(evaluator, each.call))
    })
    if (isOfUser) found.push(evidenceAt(analysis, node, `"${name}" of the user decides`))
  }
  for (const fn of functions) {
    walk(fn, (node) => {
      if (seen.has(node)) return
      seen.add(node)
      look(node)
    })
  }
  return found
}

// Whether something depends on the value, rather than only passing it on.
function decides(node: Node): boolean {
  let inner = node
  for (let outer = node.parent; outer; inner = outer, outer = outer.parent) {
    switch (outer.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        return outer.test === inner
      case 'UnaryExpression':
        if (outer.operator === '!') return true
        break
      case 'SwitchStatement':
        return outer.discriminant === inner
      case 'BinaryExpression':
        return true
      case 'LogicalExpression':
      case 'MemberExpression':
      case 'ChainExpression':
      case 'TSNonNullExpression':
      case 'TSAsExpression':
        break
      case 'CallExpression':
        // `user.isBanned()`
        if (outer.callee !== inner) return false
        break
      case 'ReturnStatement':
        return true
      default:
        return false
    }
  }
  return false
}

function isComparedWithState(node: Node): boolean {
  const { parent } = node
  if (parent?.type !== 'BinaryExpression') return false
  const other = parent.left === node ? parent.right : parent.left
  const text = textOf(other) ?? propertyName(other) ?? ''
  return new RegExp(states, 'i').test(text)
}

// `where: { id: payload.sub, banned: false }`, `… and not banned`
function conditionsInStatements(
  analysis: Analysis,
  identity: Identity,
  functions: ReadonlySet<FunctionNode>,
): Evidence[] {
  const { evaluator, graph } = analysis
  return statementsFrom(evaluator, graph, functions)
    .filter((each) => !each.isWrite && isUserRow(identity, each))
    .filter((each) => hasFlag(each) || hasFlagInSql(sqlOf(evaluator, each)))
    .map(({ call }) => evidenceAt(analysis, call, 'only users that are not blocked are found'))
}

function hasFlag({ args, methods }: Statement): boolean {
  let isFound = false
  for (const each of args) {
    walk(each, (node) => {
      const { parent } = node
      const isSelected =
        parent?.type === 'ObjectExpression' &&
        parent.parent?.type === 'Property' &&
        /^(?:select|attributes|projection|include|fields)$/.test(propertyName(parent.parent) ?? '')
      if (isSelected) return
      const name =
        node.type === 'Property' || node.type === 'MemberExpression'
          ? propertyName(node)
          : undefined
      const text = textOf(node) ?? ''
      const isColumn =
        methods.some((method) => /^(?:where|andWhere|and|filter)$/.test(method)) &&
        flag.test(text.replace(/^.*\./, ''))
      if (flag.test(name ?? '') && isCondition(node)) isFound = true
      else if (isColumn) isFound = true
    })
  }
  return isFound
}

// In Drizzle columns are named in `select({ banned: users.banned })`, too.
function isCondition(node: Node): boolean {
  for (let outer = node.parent; outer; outer = outer.parent) {
    if (outer.type !== 'CallExpression') continue
    const name = propertyName(outer.callee) ?? ''
    if (/^(?:select|returning|columns)$/.test(name)) return false
  }
  return true
}

function hasFlagInSql(sql: string): boolean {
  const [, condition] = /\bwhere\b([\s\S]*)/i.exec(sql) ?? []
  return condition !== undefined && flagInSql.test(condition)
}
