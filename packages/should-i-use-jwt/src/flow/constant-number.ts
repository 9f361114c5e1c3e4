import type { Node } from '../scan/syntax.ts'

/** The number that an expression of numbers is: `60 * 60`; `leaf` knows what is not written out. */
export function constantNumber(
  node: Node,
  leaf: (node: Node) => number | undefined = () => undefined,
): number | undefined {
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : undefined
  if (node.type !== 'BinaryExpression') return leaf(node)
  const left = constantNumber(node.left, leaf)
  const right = constantNumber(node.right, leaf)
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
