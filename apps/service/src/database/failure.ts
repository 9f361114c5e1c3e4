import { CloakroomError } from 'cloakroom'

/** What the driver threw, as what it means to everybody else: try again later. */
export function databaseFailure(cause: unknown): CloakroomError {
  return new CloakroomError('store_unavailable', 'The database failed.', { cause })
}

/** In words for whoever starts the service. Drivers tell no passwords in their messages. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Of several addresses that were tried in vain, Node tells nothing in the message itself.
  const cause = error instanceof AggregateError ? error.errors[0] : error.cause
  const message = error.message.replace(/\.$/, '')
  if (message === '') return reasonOf(cause)
  return error instanceof CloakroomError && cause !== undefined
    ? `${message}: ${reasonOf(cause)}`
    : message
}
