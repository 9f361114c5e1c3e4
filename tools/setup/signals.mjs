// One place that knows which signals end a launcher, and how they reach what it has started.
import { constants } from 'node:os'

// A terminal signals npm and the launcher at once, and npm passes its own on: one Ctrl-C arrives
// twice. A program may take a second one to mean "do not drain, die", so echoes are dropped.
const echoMs = 300

/** @type {NodeJS.Signals[]} */
const endingSignals =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGTERM', 'SIGHUP']
    : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

// npm gives a script a shell, and passes its signals to the shell, which may die of one alone:
// that the parent has changed is then the only sign. Elsewhere a parent may well go first (nohup).
const parentMs = 500
const parent = process.env.npm_lifecycle_event === undefined ? undefined : process.ppid

/**
 * Passes ending signals on until `stop()`, which returns the first that came.
 *
 * @param {(signal: NodeJS.Signals) => void} send
 * @returns {{ stop(): NodeJS.Signals | undefined }}
 */
export function forwardSignals(send) {
  /** @type {NodeJS.Signals | undefined} */
  let first
  let sentAt = -Infinity
  /** @param {NodeJS.Signals} signal */
  const listener = (signal) => {
    if (first === undefined) first = signal
    if (Date.now() - sentAt < echoMs) return
    sentAt = Date.now()
    send(signal)
  }
  for (const signal of endingSignals) process.on(signal, listener)
  const parentWatch = setInterval(() => {
    if (parent === undefined || process.ppid === parent) return
    clearInterval(parentWatch)
    if (first === undefined) listener('SIGTERM')
  }, parentMs)
  return {
    stop() {
      clearInterval(parentWatch)
      for (const signal of endingSignals) process.removeListener(signal, listener)
      return first
    },
  }
}

/**
 * The exit code that a shell would report.
 *
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitCodeOf(code, signal) {
  if (code !== null) return code
  return signal === null ? 1 : 128 + constants.signals[signal]
}
