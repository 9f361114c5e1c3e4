import type { NewClient } from './clients.ts'
import { commonGrants, formatGrants, type Grants, parseGrants } from './grants.ts'

/** What somebody typed, on the command line or in a form. */
export interface ClientInput {
  readonly name: string
  readonly confidential: boolean
  /** An audience; empty: none. */
  readonly serves: string
  /** As `parseGrants` reads it. */
  readonly grants: string
}

/** What is wrong with one of the inputs, in words for whoever typed it. */
export class ClientInputError extends Error {
  override readonly name = 'ClientInputError'
  readonly field: keyof ClientInput

  constructor(field: keyof ClientInput, message: string) {
    super(message)
    this.field = field
  }
}

/** Longer ones would be cut in the list of devices. */
const longestName = 40

/** @throws {ClientInputError} */
export function checkNewClient(input: ClientInput, audiences: Grants): NewClient {
  const name = input.name.trim()
  if (name === '' || [...name].length > longestName || /\p{Cc}/u.test(name)) {
    throw new ClientInputError('name', `must have 1 to ${longestName} characters`)
  }
  const serves = input.serves.trim() || null
  if (serves !== null && !Object.hasOwn(audiences, serves)) {
    throw new ClientInputError('serves', `must be one of AUDIENCES: ${namesOf(audiences)}`)
  }
  if (serves !== null && !input.confidential) {
    throw new ClientInputError(
      'serves',
      'is for confidential clients: it takes a secret to introspect',
    )
  }
  const grants = grantsOf(input.grants)
  if (formatGrants(commonGrants(grants, audiences)) !== formatGrants(grants)) {
    throw new ClientInputError(
      'grants',
      `must be among AUDIENCES, which are: ${formatGrants(audiences)}`,
    )
  }
  if (serves === null && Object.keys(grants).length === 0) {
    throw new ClientInputError('grants', 'must name an audience, or the client is good for nothing')
  }
  return { name, confidential: input.confidential, serves, grants }
}

function grantsOf(text: string): Grants {
  try {
    return parseGrants(text)
  } catch (error) {
    throw new ClientInputError('grants', (error as Error).message)
  }
}

function namesOf(audiences: Grants): string {
  return Object.keys(audiences).join(', ')
}
