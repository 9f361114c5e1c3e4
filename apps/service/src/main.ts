import { runClientsCommand } from './commands/clients-command.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { reasonOf } from './database/failure.ts'
import { createLog, type Log } from './log.ts'
import { type Started, start } from './start.ts'
import { startMessage } from './start-message.ts'

const log = createLog((line) => process.stdout.write(line))
const [command, ...rest] = process.argv.slice(2)
if (command === 'clients') process.exitCode = await runClientsCommand(rest, process)
else await run()

async function run(): Promise<void> {
  const config = configOrExit()
  reportCrashes()
  const started = await start({ config, log }).catch((error: unknown) => {
    exitWith(`Cannot start: ${problemOf(error as NodeJS.ErrnoException, config)}.`)
  })
  stopOnSignals(started, log)
  process.stderr.write(startMessage(started, config))
}

function reportCrashes(): void {
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

function configOrExit(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return exitWith(error.problems.map((problem) => `Cannot start: ${problem}.`).join('\n'))
  }
}

function problemOf(error: NodeJS.ErrnoException, { host, port }: Config): string {
  const { code } = error
  if (code === 'EADDRINUSE') return `another program listens on ${host}:${port}; set PORT`
  if (code === 'EADDRNOTAVAIL') return `HOST=${host} is no address of this machine`
  if (code === 'EACCES' && port < 1024) return `PORT=${port} needs privileges; set another`
  return reasonOf(error)
}

function exitWith(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** The first signal drains; a second one does not wait. */
function stopOnSignals(started: Started, log: Log): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    started.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log('sys_crash', { level: 'ERROR', reason: signal, error })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
