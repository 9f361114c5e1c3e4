export function compute(operator: '+' | '*', a: string, b: string) {
  return operator === '+' ? Number(a) + Number(b) : Number(a) * Number(b)
}
