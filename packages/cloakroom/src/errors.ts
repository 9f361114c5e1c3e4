/**
 * Every reason why Cloakroom throws, apart from arguments that are wrong in the program itself (a
 * `TypeError` or `RangeError`).
 *
 * - `store_unavailable`: the database could not answer. HTTP: 503. It never means "not signed in".
 * - `sign_in_superseded`: the user was blocked, or all of the user's sessions were ended, after this
 *   sign-in began; or the user is blocked. HTTP: 401, and the user signs in again.
 * - `user_inactive`: there is no such user, or its `active` condition is false.
 * - `too_many_sessions`: the cap on sessions is reached and its policy is `refuse`.
 * - `not_authenticated`: a signed-in user was required.
 * - `cross_site`: another site's page may have sent this request to sign in, step up or sign out.
 * - `ambiguous_credentials`: this request carries more than one credential. HTTP: 400.
 * - `malformed_authorization`: its Bearer header is not one of RFC 6750 §2.1. HTTP: 400.
 * - `session_ended`: the reason of `session.signal`, when it aborts.
 * - `step_up_required`: the credential was last checked too long ago for what was asked.
 * - `impersonated_session`: an impersonated session may not do this.
 * - `invalid_user_id`: not a user id of the configured type.
 * - `invalid_data`: session `data` does not fit its schema, is not JSON, or is too large.
 * - `update_conflict`: `data` kept changing under an `update`; nothing was written.
 * - `clock_skew`: the clocks of this process and of the database differ too much.
 * - `invalid_target`, `invalid_scope`: an access token was asked for that is not offered: for another
 *   audience (RFC 8707 §2), or with another scope (RFC 6749 §5.2). HTTP: 400.
 * - `wrong_key_encryption_key`: the stored signing keys were encrypted with another key.
 * - `schema_missing`, `schema_newer`: the database was not migrated, or by a later version.
 * - `schema_mismatch`: the options do not fit the database.
 */
export type CloakroomErrorCode =
  | 'store_unavailable'
  | 'sign_in_superseded'
  | 'user_inactive'
  | 'too_many_sessions'
  | 'not_authenticated'
  | 'cross_site'
  | 'ambiguous_credentials'
  | 'malformed_authorization'
  | 'session_ended'
  | 'step_up_required'
  | 'impersonated_session'
  | 'invalid_user_id'
  | 'invalid_data'
  | 'update_conflict'
  | 'clock_skew'
  | 'invalid_target'
  | 'invalid_scope'
  | 'wrong_key_encryption_key'
  | 'schema_missing'
  | 'schema_newer'
  | 'schema_mismatch'

/** The one error class. Switch on `code`; messages are for people, and never hold a token. */
export class CloakroomError extends Error {
  override readonly name = 'CloakroomError'
  readonly code: CloakroomErrorCode

  constructor(code: CloakroomErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
