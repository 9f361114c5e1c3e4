export type MeasureErrorCode = 'usage' | 'driver_missing' | 'not_confirmed' | 'not_removed'

/** What a person is told without a stack; never holds a password. */
export class MeasureError extends Error {
  override readonly name = 'MeasureError'
  readonly code: MeasureErrorCode

  constructor(code: MeasureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
