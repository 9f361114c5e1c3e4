export type { AccessTokenAlgorithm, AccessTokenClaims } from './access-token.ts'
export { type BearerAnswer, bearerAnswer, bearerToken } from './bearer-answer.ts'
export { eventStreamHeaders } from './ended-sessions.ts'
export {
  type AccessTokenIssuer,
  type AuthOf,
  type IssueAccessTokensOptions,
  type IssuerMetadata,
  issueAccessTokens,
  type JsonWebKeySet,
  type KeySummary,
} from './issue-access-tokens.ts'
export type { AudienceOptions, IssuerOptions } from './issuer-options.ts'
export type { KeyEncryptionKey } from './key-encryption.ts'
export type { MintedToken, MintOptions, SignedIn } from './mint-token.ts'
export type { PublicJwk } from './signing-keys.ts'
export {
  type EndedSessions,
  type TellEndedSessionsOptions,
  tellEndedSessions,
} from './tell-ended-sessions.ts'
export type {
  TokenAnonymous,
  TokenAuthenticated,
  TokenIdentity,
  TokenRefused,
  TokenRequirements,
  TokenVerification,
  UserIdOf,
} from './token-verification.ts'
export type { RevokedSessionsOptions, VerifyAccessTokensOptions } from './verifier-options.ts'
export { type AccessTokenVerifier, verifyAccessTokens } from './verify-access-tokens.ts'
