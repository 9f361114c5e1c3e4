import type { Node } from '../scan/syntax.ts'

/** The number that an expression of numbers is: `60 * 60`. */
export function constantNumber(node: Node): number | undefined {
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : undefined
  if (node.type !== 'BinaryExpression') return undefined
  const left = constantNumber(node.left)
  const right = constantNumber(node.right)
  if (left === undefined || right === undefined) return undefined
  switch (node.operator) {
    case '*':
      return left * right
    case '/':
      return left / right
    case '+':
      return left + right
    case '-':
      return left - right
    default:
      return undefined
  }
}
