// For tests of what is left when the process that started a server ends, however it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Goes at the end of an owner's text, to make it stay until it is killed. */
export const stay = 'setInterval(() => {}, 2 ** 30)'

interface Owner<Told> {
  readonly owner: ChildProcess
  readonly told: Told
}

/**
 * Runs a module's text, as if from this folder, in a process group of its own. The first line that
 * it writes is JSON: `told`.
 */
export async function startOwner<Told>(source: string): Promise<Owner<Told>> {
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  for await (const line of createInterface({ input: owner.stdout })) {
    return { owner, told: JSON.parse(line) as Told }
  }
  throw new Error('The process ended before it said anything')
}
