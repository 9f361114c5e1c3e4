import { createHmac } from 'node:crypto'
import { nextGeneration, type Token } from '../core/token.ts'

/**
 * The token that takes the place of this one: same id, same family half, and a generation half that
 * follows from this one's secret and a nonce. So whoever shows the old token once more is given the
 * same new one, though of both only hashes are stored.
 */
export function childToken(parent: Token, nonce: Uint8Array): Token {
  const generation = createHmac('sha256', parent.secret)
    .update('cloakroom rotate')
    .update(parent.id)
    .update(nonce)
    .digest()
  return nextGeneration(parent, generation.subarray(0, generationLength))
}

const generationLength = 16
