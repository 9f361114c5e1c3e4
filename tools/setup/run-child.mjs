// Runs one command in a process group of its own, so that a signal reaches it once and by one
// road, and that nothing which it started is left behind when it, or the launcher, ends.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forwardSignals } from './signals.mjs'

const hasProcessGroups = process.platform !== 'win32'

/** To be loaded by the Node that the command is, by way of `--require`. */
export const endWithLauncher = join(
  dirname(fileURLToPath(import.meta.url)),
  'end-with-launcher.cjs',
)

/**
 * @typedef {object} Ending
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal what ended it, where it was not itself
 * @property {NodeJS.Signals | undefined} interruptedBy the first signal that was passed on
 */

/**
 * Resolves once the command and whatever it started are gone; rejects if it does not start.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, stdin: 'inherit' | 'ignore', shell?: boolean }} options
 * @returns {Promise<Ending>}
 */
export function runChild(command, args, { cwd, env, stdin, shell = false }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...env, CLOAKROOM_LAUNCHER_FD: '3' },
    stdio: [stdin, 'inherit', 'inherit', 'pipe'],
    detached: hasProcessGroups,
    shell,
  })
  // Reset when the command is killed; that it ended is told by 'exit'.
  if (child.stdio[3]) child.stdio[3].on('error', () => {})
  const forwarding = forwardSignals((signal) => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      forwarding.stop()
      reject(error)
    })
    child.on('exit', (code, signal) => {
      killGroup(child.pid)
      resolve({ code, signal, interruptedBy: forwarding.stop() })
    })
  })
}

/** @param {number | undefined} leader */
function killGroup(leader) {
  if (leader === undefined || !hasProcessGroups) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Nobody was left.
  }
}
