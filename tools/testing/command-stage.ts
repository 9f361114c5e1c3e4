// A stage that is a row of commands: it passes when every one of them ends with 0.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root } from './root.ts'
import { failedOnce, passedOnce, type Stage } from './stage.ts'

/** Each command is a script for this Node with its arguments. All run, even when one has failed. */
export function commandStage(
  name: string,
  about: string,
  commands: readonly (readonly string[])[],
): Stage {
  return {
    name,
    about,
    async run({ signal }) {
      let outcome = passedOnce
      for (const command of commands) {
        if (signal.aborted || !(await succeeds(command, signal))) outcome = failedOnce
      }
      return outcome
    },
  }
}

async function succeeds(command: readonly string[], signal: AbortSignal): Promise<boolean> {
  const child = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' })
  const kill = () => child.kill()
  signal.addEventListener('abort', kill)
  const [code] = await once(child, 'exit')
  signal.removeEventListener('abort', kill)
  if (code !== 0) console.log(`failed: ${command.join(' ')}`)
  return code === 0
}
