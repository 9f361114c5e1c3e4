import cluster from 'node:cluster'
import { readCommandLine } from './command-line.ts'
import { runClientsCommand } from './commands/clients-command.ts'
import { ConfigError, readConfig } from './config.ts'
import { createLog } from './log.ts'
import { endingBy, exitWith, onSignals, reportCrashes, startOrExit } from './run.ts'
import { startMessage } from './start-message.ts'
import { runWorker } from './workers/run-worker.ts'
import { superviseWorkers } from './workers/supervise-workers.ts'

const [command, ...rest] = process.argv.slice(2)
if (command === 'clients') process.exitCode = await runClientsCommand(rest, process)
else await serve()

async function serve(): Promise<void> {
  const { config, workers } = settingsOrExit()
  if (cluster.isWorker) return runWorker(config)
  const log = createLog((line) => process.stdout.write(line))
  reportCrashes(log)
  if (workers > 1) return superviseWorkers(workers, config, log)
  const started = await startOrExit({ config, log })
  onSignals(['SIGTERM', 'SIGINT'], endingBy(started.stop, log))
  process.stderr.write(startMessage(started, config))
}

function settingsOrExit() {
  try {
    return { config: readConfig(process.env), ...readCommandLine(process.argv.slice(2)) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return exitWith(error.problems.map((problem) => `Cannot start: ${problem}.`).join('\n'))
  }
}
