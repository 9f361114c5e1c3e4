import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ApplicationSettings } from './application.ts'
import type { AuthoritySettings } from './authority.ts'

export interface RunningProcess {
  /** Without a slash at the end. */
  readonly url: string
  stop(): Promise<void>
}

/** Processes that end together. */
export interface Processes {
  /** One that has the sessions: it signs in, signs out, and issues access tokens. */
  startAuthority(settings: AuthoritySettings): Promise<RunningProcess>
  /** One that answers the client. */
  startApplication(settings: ApplicationSettings): Promise<RunningProcess>
  stop(): Promise<void>
}

export function createProcesses(): Processes {
  const running: RunningProcess[] = []
  async function start(module: string, settings: object): Promise<RunningProcess> {
    const started = await startProcess(module, settings)
    running.push(started)
    return started
  }
  return {
    startAuthority: (settings) => start('./authority.ts', settings),
    startApplication: (settings) => start('./application.ts', settings),
    async stop() {
      await Promise.all(running.map((each) => each.stop()))
    },
  }
}

async function startProcess(module: string, settings: object): Promise<RunningProcess> {
  const file = fileURLToPath(new URL(module, import.meta.url))
  const child = fork(file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  child.send(settings)
  const failed = exited.then(([code]) => {
    throw new Error(`${module} ended with ${code}`)
  })
  const [port] = (await Promise.race([once(child, 'message'), failed])) as [number]
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
