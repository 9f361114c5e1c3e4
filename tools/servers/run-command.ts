import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { ServerProgram } from './private-server.ts'
import { serverAccount } from './server-account.ts'

const limitMs = 60_000

/** Runs a program that ends by itself, and resolves with what it wrote; rejects with it, too. */
export async function runCommand(program: ServerProgram): Promise<string> {
  const { path, args, argv0 = path, env } = program
  const child = spawn(path, args, {
    argv0,
    cwd: '/',
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    ...serverAccount,
  })
  const written = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  const [output, errors] = await written
  if (code !== 0) throw new Error(`${path} failed:\n${output}${errors}`)
  return output
}
