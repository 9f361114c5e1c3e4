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

/** The process that has the sessions: it signs in, signs out, and issues access tokens. */
export function startAuthority(settings: AuthoritySettings): Promise<RunningProcess> {
  return startProcess('./authority.ts', settings)
}

/** The process that answers the client. */
export function startApplication(settings: ApplicationSettings): Promise<RunningProcess> {
  return startProcess('./application.ts', settings)
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
