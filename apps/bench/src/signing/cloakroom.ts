import { createPublicKey, type JsonWebKey, type KeyObject, randomBytes } from 'node:crypto'
import { type Authenticated, cloakroom } from 'cloakroom'
import {
  issueAccessTokens,
  type TokenVerification,
  verifyAccessTokens,
} from 'cloakroom/access-tokens'
import { memory } from 'cloakroom/memory'
import type { Target } from '../targets/target.ts'
import { asReceived } from '../workload/as-received.ts'
import { inTurns } from '../workload/in-turns.ts'
import { audience, issuer, type SignedTokens } from '../workload/signed-tokens.ts'
import { emailOf, nameOf, type Workload } from '../workload/workload.ts'
import {
  lifetimeSeconds,
  type SessionClaims,
  sessionClaims,
  subjectOf,
  withSignatureOf,
} from './claims.ts'

type SignedIn = Authenticated<{ id: number; email: string; name: string }, unknown>

interface CloakroomSigner {
  readonly mint: Target<SignedIn, string>
  /** What the tokens of each session say. */
  readonly claims: readonly SessionClaims[]
  /** The public key, and the tokens as verifiers receive them, with such as must be refused. */
  publish(tokens: readonly string[]): Promise<Omit<SignedTokens, 'algorithm'> & { key: KeyObject }>
  verify(signed: SignedTokens): Target<string, TokenVerification<number>>
}

const otherAudience = 'https://other.example'

/** The issuer and the verifier. Sessions are in memory: minting reads no database, whichever it is. */
export async function openCloakroomSigner({ owners }: Workload): Promise<CloakroomSigner> {
  const auth = await cloakroom({
    origin: 'http://localhost:3000',
    store: memory(),
    users: {
      idType: 'integer',
      load: async (id: number) => ({ id, email: emailOf(id), name: nameOf(id) }),
    },
    pruneIntervalSeconds: false,
  })
  const signedIn: SignedIn[] = []
  for await (const user of inTurns(owners)) {
    const attempt = await auth.beginSignIn(user)
    const verification = await auth.verify((await attempt.complete({ methods: ['pwd'] })).token)
    if (verification.status !== 'authenticated') throw new Error('A sign-in made no session')
    signedIn.push(verification)
  }
  const issuing = await issueAccessTokens({
    auth,
    issuer,
    audiences: { [audience]: {}, [otherAudience]: {} },
    keyEncryptionKey: randomBytes(32),
    lifetimeSeconds,
  })
  // As a verifier elsewhere holds them: read once, and used for minutes.
  const jwks = await issuing.jwks()

  return {
    claims: signedIn.map(({ session }) => sessionClaims(session)),
    mint: {
      name: 'Cloakroom',
      note: 'issuer.mint(verification, { audience }): the session judged once more, the key in memory',
      credentials: signedIn,
      wrong: {},
      authenticate: async (each) => (await issuing.mint(each, { audience })).token,
      userOf: subjectOf,
      async close() {
        await issuing.close()
        await auth.close()
      },
    },
    async publish(tokens) {
      const signer = (await issuing.keys()).find(({ state }) => state === 'signing')
      const jwk = jwks.keys.find(({ kid }) => kid === signer?.id)
      const elsewhere = await issuing.mint(signedIn[0] as SignedIn, { audience: otherAudience })
      return {
        key: createPublicKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' }),
        tokens: tokens.map(asReceived),
        wrongTokens: {
          'the signature of another token': withSignatureOf(tokens[0], tokens[1]),
          'another audience': elsewhere.token,
        },
      }
    },
    verify({ tokens, wrongTokens }) {
      const verifier = verifyAccessTokens({ issuer, audience, jwks, userIdType: 'integer' })
      return {
        name: 'Cloakroom',
        note: 'verifyAccessTokens().verify(token): syntax, key by its id, signature, every claim and its type',
        credentials: tokens,
        wrong: wrongTokens,
        authenticate: (token) => verifier.verify(token),
        userOf: (answer) =>
          answer.status === 'authenticated' ? answer.identity.userId : undefined,
        close: () => verifier.close(),
      }
    },
  }
}
