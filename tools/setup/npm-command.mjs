// Finds the npm that was used to get here, else the one on PATH.
import { basename } from 'node:path'

/** @returns {{ command: string, args: string[], shell: boolean }} */
export function npmCommand() {
  const script = process.env.npm_execpath
  // Yarn and pnpm set the same variable to themselves.
  if (script !== undefined && basename(script) === 'npm-cli.js') {
    return { command: process.execPath, args: [script], shell: false }
  }
  // npm is a .cmd on Windows, which only a shell can run.
  return { command: 'npm', args: [], shell: process.platform === 'win32' }
}
