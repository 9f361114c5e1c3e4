// How the set-up speaks: on stderr, because stdout belongs to the program that it starts.

/** What went wrong, in words for the person at the terminal; no stack is shown. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {number} exitCode
   */
  constructor(message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** @param {string} message */
export function report(message) {
  process.stderr.write(`[setup] ${message}\n`)
}
