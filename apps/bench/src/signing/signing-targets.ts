import { fastJwt } from '../targets/fast-jwt.ts'
import { jose } from '../targets/jose.ts'
import type { Target } from '../targets/target.ts'
import { inTurns } from '../workload/in-turns.ts'
import type { SignedTokens } from '../workload/signed-tokens.ts'
import type { Workload } from '../workload/workload.ts'
import { openBetterAuthSigner } from './better-auth.ts'
import { openCloakroomSigner } from './cloakroom.ts'
import { fastJwtMint } from './fast-jwt.ts'
import { joseMint } from './jose.ts'

/** Of each, Cloakroom is the first, and jose the second. */
export interface SigningTargets {
  /** What makes a token for a session. */
  readonly mint: readonly Target[]
  /** What verifies one. */
  readonly verify: readonly Target[]
}

/** A token for each session of the workload, and what makes and verifies such tokens with ES256. */
export async function openSigningTargets(workload: Workload): Promise<SigningTargets> {
  const cloakroom = await openCloakroomSigner(workload)
  const betterAuth = await openBetterAuthSigner(cloakroom.claims)
  const tokens: string[] = []
  for await (const signedIn of inTurns(cloakroom.mint.credentials)) {
    tokens.push(await cloakroom.mint.authenticate(signedIn))
  }
  const signed: SignedTokens = { algorithm: 'ES256', ...(await cloakroom.publish(tokens)) }
  const betterAuthTokens: string[] = []
  for await (const claims of inTurns(cloakroom.claims)) {
    betterAuthTokens.push(await betterAuth.mint.authenticate(claims))
  }
  return {
    mint: [
      cloakroom.mint,
      await joseMint(cloakroom.claims),
      fastJwtMint(cloakroom.claims),
      betterAuth.mint,
    ],
    verify: [
      cloakroom.verify(signed),
      await jose(signed),
      await fastJwt(signed, { cache: 'off' }),
      betterAuth.verify(betterAuthTokens),
    ],
  }
}
