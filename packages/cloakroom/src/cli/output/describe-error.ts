import { type ExpectedError, isExpected } from '../exit-codes.ts'
import { printable, withoutPasswords } from './printable.ts'

/** For people. What is a defect comes with its stack, so that it can be reported. */
export function describeError(error: unknown): string {
  const text = isExpected(error) ? describeExpected(error) : describeUnexpected(error)
  const lines = withoutPasswords(text).split('\n')
  return lines.map(printable).join('\n')
}

function describeExpected(error: ExpectedError): string {
  const what = `cloakroom: ${error.message.replace(/\.$/, '')} (${error.code})`
  if (error.code === 'usage') return `${what}\nnpx cloakroom --help tells what there is.`
  // Only the driver knows whether it is the address, the password or the name of the database.
  return [what, ...(error.code === 'store_unavailable' ? reasons(error.cause) : [])].join('\n  ')
}

function describeUnexpected(error: unknown): string {
  return `cloakroom failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

/** From the nearest cause to the last; Node tries several addresses of one host at once. */
function reasons(cause: unknown): string[] {
  if (!(cause instanceof Error)) return []
  const attempts = cause instanceof AggregateError ? cause.errors.flatMap(reasons) : []
  const inside = [...attempts, ...reasons(cause.cause)]
  if (cause.message !== '') return [cause.message, ...inside]
  return inside.length > 0 || !('code' in cause) ? inside : [String(cause.code)]
}
