// Runs a script the way that a user's machine would: without the repository's own condition.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface NodeRun {
  readonly code: number
  /** Standard output and error together. */
  readonly output: string
}

export async function runNode(args: readonly string[], folder: string): Promise<NodeRun> {
  const { NODE_OPTIONS: _, NODE_ENV: __, ...env } = process.env
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const [code] = await once(child, 'close')
  return { code: typeof code === 'number' ? code : 1, output }
}
