// Leaves nothing behind, however this process ends. A server, once started, would outlive a test
// that was killed, and an interrupted one has no time to be polite; so a small process of its own,
// the guard, is told of every server and folder, and ends and removes them when its input closes.
import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { join } from 'node:path'

/** A line of the guard's input, as JSON. */
export type GuardMessage =
  | { readonly guard: number; readonly kept: Guarded }
  | { readonly release: number }

export type Guarded =
  | { readonly pid: number; readonly endSignal: NodeJS.Signals }
  | { readonly folder: string }

let guard: ChildProcess | undefined
let lastNumber = 0

/** Has it ended or removed when this process ends; call the result once that has been done. */
export function keepGuarded(kept: Guarded): () => void {
  lastNumber += 1
  const number = lastNumber
  tell({ guard: number, kept })
  return () => tell({ release: number })
}

function tell(message: GuardMessage): void {
  guard ??= startGuard()
  guard.stdin?.write(`${JSON.stringify(message)}\n`)
}

function startGuard(): ChildProcess {
  // A session of its own: Ctrl-C in the terminal must not end it before its work.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'guard-process.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  })
  // It waits for this process, so this process must not wait for it.
  child.unref()
  if (child.stdin instanceof Socket) child.stdin.unref()
  return child
}
