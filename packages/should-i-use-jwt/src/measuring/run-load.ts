import { openHttpClient } from './http-client.ts'
import type { Random } from './random.ts'
import type { RunningApplication } from './start-application.ts'
import { quantile } from './statistics.ts'
import { expectStatus, planRequests, type Workload } from './workload.ts'

/** What one round says of one application under one workload. */
export interface Round {
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Processor time of the application's process for one request, in microseconds. */
  readonly cpu: number
}

export interface LoadOptions {
  readonly milliseconds: number
  readonly random: Random
  readonly signal: AbortSignal
  /**
   * The client polls its connections instead of sleeping until one has something to read. Waking it is
   * charged to the server's `write`: on a virtual machine 20 µs, for servers that are slower than the
   * client only. Takes a core, so that it is unfair to whatever needs a third one. Default false.
   */
  readonly polling?: boolean
}

/**
 * Closed loop: a request begins when one has ended, as behind a proxy whose clients wait for answers.
 * @throws {CheckFailed} if an answer was not the expected one
 */
export async function runLoad(
  application: RunningApplication,
  workload: Workload,
  { milliseconds, random, signal, polling = false }: LoadOptions,
): Promise<Round> {
  const { concurrency } = workload
  const client = openHttpClient(application, concurrency)
  const next = planRequests(workload, application, random)
  const latencies: number[] = []

  async function request(): Promise<void> {
    const { kind, path, credential } = next()
    const begin = performance.now()
    const { status } = await client.get(path, credential)
    latencies.push(performance.now() - begin)
    expectStatus(application.name, kind, status)
  }

  async function requestUntil(end: number): Promise<void> {
    // One at least, however busy the machine is.
    do await request()
    while (performance.now() < end && !signal.aborted)
  }

  const sleep = polling ? stayAwake() : () => {}
  try {
    // Opens the connections.
    await Promise.all(Array.from({ length: concurrency }, request))
    latencies.length = 0
    const cpu = await application.cpu()
    const begin = performance.now()
    const end = begin + milliseconds
    await Promise.all(Array.from({ length: concurrency }, () => requestUntil(end)))
    const elapsed = performance.now() - begin
    signal.throwIfAborted()
    const used = (await application.cpu()) - cpu
    latencies.sort((a, b) => a - b)
    return {
      requestsPerSecond: (latencies.length / elapsed) * 1000,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      cpu: used / latencies.length,
    }
  } finally {
    sleep()
    await client.close()
  }
}

/** Keeps the event loop going round. Returns what ends it. */
function stayAwake(): () => void {
  let next = setImmediate(goRound)
  function goRound(): void {
    next = setImmediate(goRound)
  }
  return () => clearImmediate(next)
}
