/** Every reason for which the service refuses, with the HTTP status that it has. Stable. */
export const refusals = {
  invalid_input: 400,
  invalid_credentials: 401,
  not_authenticated: 401,
  step_up_required: 403,
  forbidden: 403,
  sign_up_closed: 403,
  invite_invalid: 403,
  setup_code_invalid: 403,
  setup_closed: 403,
  impersonated_session: 403,
  not_found: 404,
  email_taken: 409,
  not_yourself: 409,
  email_invalid: 422,
  password_too_short: 422,
  password_too_long: 422,
  password_common: 422,
  password_contextual: 422,
  throttled: 429,
  overloaded: 503,
} as const

export type RefusalCode = keyof typeof refusals

/** A refusal for which the person who asked can do something. Holds nothing secret. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: RefusalCode
  readonly retryAfterSeconds: number | undefined

  constructor(code: RefusalCode, retryAfterSeconds?: number) {
    super(code)
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }

  get status(): number {
    return refusals[this.code]
  }
}
