import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { verifyAccessTokens } from 'cloakroom/access-tokens'
import { isSignedBy, type KeySet, readKeySet } from '../../src/access-tokens/key-set.ts'
import { splitToken } from '../../src/access-tokens/token-syntax.ts'
import { audience, issuer } from './forge.ts'

// Project Wycheproof's vectors for JOSE, which are not part of this repository.
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const folder = process.env.WYCHEPROOF_VECTORS ?? join(root, '../shared/vectors')

interface Vector {
  readonly tcId: number
  readonly comment: string
  readonly jws?: unknown
  readonly jwe?: unknown
  readonly result: 'valid' | 'invalid'
}

interface Group {
  readonly public?: object
  readonly private?: object
  readonly tests: readonly Vector[]
}

/**
 * Per file: the vectors that are accepted. Those are all of the valid ones that are signed with ES256;
 * the others use algorithms that are not offered.
 */
const files = {
  'json_web_signature_test.json': [18, 378],
  'json_web_key_test.json': [],
  'json_web_crypto_test.json': [18],
} as const

/** Vectors whose verdict is wrong. None of them matters here: all are refused for their algorithm. */
const faulty: Readonly<Record<number, string>> = {
  346: 'says that the key is for PS256, and signs with PS384',
  347: 'says that the key is for ES521, which does not exist',
  350: 'as 346',
  351: 'as 347',
  367: 'is the string of 357, which is valid',
  370: 'is the string of 357, which is valid',
  372: 'has a ? within base64url, and is called valid',
  373: 'has a ? within base64url, and is called valid',
}

for (const [file, expected] of Object.entries(files)) {
  const path = join(folder, file)
  const skip = existsSync(path)
    ? false
    : `there is no ${file}: set WYCHEPROOF_VECTORS to its folder`

  describe(`Wycheproof, ${file}`, { skip }, () => {
    const groups = () =>
      (JSON.parse(readFileSync(path, 'utf8')) as { testGroups: Group[] }).testGroups

    it('accepts what is signed with ES256 and valid, and nothing else', async () => {
      const accepted: number[] = []
      for (const group of groups()) {
        for (const vector of group.tests) {
          if (!(await isAccepted(group, vector))) continue
          accepted.push(vector.tcId)
          assert.equal(vector.result, 'valid', `${vector.tcId}: ${vector.comment}`)
        }
      }
      assert.deepEqual(accepted, expected)
    })

    it('refuses no valid vector of an algorithm that is offered', async () => {
      for (const group of groups()) {
        for (const vector of group.tests) {
          if (vector.result !== 'valid' || faulty[vector.tcId] !== undefined) continue
          const header = typeof vector.jws === 'string' ? splitToken(vector.jws)?.header : undefined
          if (header?.alg === 'ES256' || header?.alg === 'EdDSA') {
            assert.ok(await isAccepted(group, vector), `${vector.tcId}: ${vector.comment}`)
          }
        }
      }
    })

    it('has no vector that is an access token, or makes the verifier throw', async () => {
      for (const group of groups()) {
        const jwks = keysOf(group) === undefined ? undefined : (jwkSet(group) as never)
        const verifier = verifyAccessTokens({
          issuer,
          audience,
          jwks: jwks ?? (async () => ({ keys: [] })),
        })
        for (const { tcId, jws, jwe } of group.tests) {
          const result = await verifier.verify((jws ?? jwe) as string)
          const reason = jws === '' ? 'missing' : 'malformed'
          assert.deepEqual(result, { status: 'anonymous', reason }, String(tcId))
        }
      }
    })
  })
}

/** By the layer of signatures alone: the vectors' payloads are no claims. */
async function isAccepted(group: Group, { jws, jwe }: Vector): Promise<boolean> {
  const token = jws ?? jwe
  const unverified = typeof token === 'string' ? splitToken(token) : undefined
  if (unverified === undefined) return false
  const { alg, kid, ...others } = unverified.header
  const key = typeof kid === 'string' ? keysOf(group)?.get(kid) : undefined
  if (key?.algorithm !== alg || Object.keys(others).length > 0) return false
  return isSignedBy(token as string, key as NonNullable<typeof key>)
}

function keysOf(group: Group): KeySet | undefined {
  try {
    return readKeySet(jwkSet(group))
  } catch (error) {
    assert.ok(error instanceof TypeError)
    return undefined
  }
}

/** Where a key is symmetric there is only a private one. */
function jwkSet(group: Group): object {
  const key = group.public ?? group.private ?? {}
  return 'keys' in key ? key : { keys: [key] }
}
