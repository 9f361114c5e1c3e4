import type { Config } from './config.ts'
import { reasonOf } from './database/failure.ts'
import type { Log } from './log.ts'
import { type Started, type StartOptions, start } from './start.ts'

/** Starts, or says on stderr why not, and ends the process. */
export function startOrExit(options: StartOptions): Promise<Started> {
  return start(options).catch((error: unknown) =>
    exitWith(`Cannot start: ${problemOf(error as NodeJS.ErrnoException, options.config)}.`),
  )
}

function problemOf(error: NodeJS.ErrnoException, { host, port }: Config): string {
  const { code } = error
  if (code === 'EADDRINUSE') return `another program listens on ${host}:${port}; set PORT`
  if (code === 'EADDRNOTAVAIL') return `HOST=${host} is no address of this machine`
  if (code === 'EACCES' && port < 1024) return `PORT=${port} needs privileges; set another`
  return reasonOf(error)
}

export function exitWith(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

export function reportCrashes(log: Log): void {
  process.on('unhandledRejection', (error) => {
    log('sys_crash', { level: 'ERROR', reason: 'unhandled_rejection', error })
  })
  // Nobody knows what state things are in after this, so somebody else starts the service again.
  process.on('uncaughtException', (error) => {
    log('sys_crash', { level: 'ERROR', reason: 'uncaught_exception', error })
    process.exit(1)
  })
  // Whoever read the log has gone; the service goes on without.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
}

/** What drains and then ends the process; asked again, it goes on with that. */
export function endingBy(stop: () => Promise<void>, log: Log): () => void {
  let ending = false
  return () => {
    if (ending) return
    ending = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log('sys_crash', { level: 'ERROR', reason: 'shutdown', error })
        process.exit(1)
      },
    )
  }
}

/** The first signal ends the process in good order; a second one does not wait. */
export function onSignals(signals: readonly NodeJS.Signals[], end: () => void): void {
  let signalled = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (signalled) process.exit(1)
      signalled = true
      end()
    })
  }
}
