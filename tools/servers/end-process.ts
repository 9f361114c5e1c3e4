import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, sendSignal, signalTree } from './process-tree.ts'

const graceMs = 5000
const pollMs = 10

/**
 * Ends a process, paused or not: politely, and if that takes too long by force. What it has
 * started and not ended itself is killed.
 */
export async function endProcess(pid: number, signal: NodeJS.Signals): Promise<void> {
  const tree = signalTree(pid, 'SIGCONT')
  sendSignal(pid, signal)
  const deadline = performance.now() + graceMs
  while (isRunning(pid) && performance.now() < deadline) await delay(pollMs)
  await killTree(pid, tree)
}

/** Kills a process, all that it has started, and `others`; resolves when they are gone. */
export async function killTree(pid: number, others: readonly number[] = []): Promise<void> {
  for (const each of others) sendSignal(each, 'SIGKILL')
  const killed = [...signalTree(pid, 'SIGKILL'), ...others]
  while (killed.some(isRunning)) await delay(pollMs)
}
