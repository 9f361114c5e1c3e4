// Signals to a process and all that it has started: PostgreSQL's backends go on for a while when
// only their parent is stopped or killed, which is neither a hang nor a crash of the server.
import { readdirSync, readFileSync } from 'node:fs'

/** The process and its descendants that run; empty when it has ended, reaped or not. */
export function listTree(pid: number): number[] {
  const running = listProcesses()
  if (!running.has(pid)) return []
  const tree = [pid]
  for (const parent of tree) {
    for (const [child, itsParent] of running) if (itsParent === parent) tree.push(child)
  }
  return tree
}

/** Signals the process and its descendants, and returns which those were. */
export function signalTree(pid: number, signal: NodeJS.Signals): number[] {
  // Stopped first, so that it starts none while they are listed.
  sendSignal(pid, 'SIGSTOP')
  const tree = listTree(pid)
  for (const each of tree) sendSignal(each, signal)
  return tree
}

/** Nothing happens if the process is gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

export function isRunning(pid: number): boolean {
  return parentOf(pid) !== undefined
}

/** Parents by process. */
function listProcesses(): Map<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    const parent = Number.isInteger(pid) ? parentOf(pid) : undefined
    if (parent !== undefined) parents.set(pid, parent)
  }
  return parents
}

// A zombie counts as gone: not every container has a first process that reaps orphans.
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The program's name, in parentheses, may have anything in it.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : Number(parent)
  } catch {
    return undefined
  }
}
