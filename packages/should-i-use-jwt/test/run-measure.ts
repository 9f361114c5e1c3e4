import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Figures } from '../src/measure/figures.ts'

const quick = ['--quick', '--milliseconds', '20', '--concurrency', '4', '--sessions', '100']
const cli = join(import.meta.dirname, '../src/cli.ts')

export interface Measured {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

export interface Measuring {
  readonly child: ChildProcess
  readonly ended: Promise<Measured>
  /** Resolves once it says that; rejects if it ends without. */
  says(what: string): Promise<void>
  /** As a terminal has it: the signal goes to all processes of the run. */
  pressCtrlC(): void
}

/** A quick run in processes of its own, in a temporary directory of its own. */
export function startMeasuring(temporary: string, args: readonly string[]): Measuring {
  const child = spawn(
    process.execPath,
    ['--conditions=cloakroom-source', cli, 'measure', ...quick, ...args],
    {
      detached: true,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = Promise.all([text(child.stdout), once(child, 'close')]).then(
    ([output, [code]]): Measured => ({ code, output, errors }),
  )
  return {
    child,
    ended,
    async says(what) {
      while (!errors.includes(what)) {
        if (child.exitCode !== null) throw new Error(`It ended without saying ${what}: ${errors}`)
        await Promise.race([once(child.stderr, 'data'), ended])
      }
    },
    pressCtrlC() {
      process.kill(-(child.pid as number), 'SIGINT')
    },
  }
}

/** Of a run with `--json`. */
export function toFigures({ code, output, errors }: Measured): Figures {
  assert.equal(code, 0, errors)
  return JSON.parse(output) as Figures
}

export interface Temporary {
  readonly path: string
  remove(): void
}

export function makeTemporary(): Temporary {
  const path = mkdtempSync(join(tmpdir(), 'cloakroom-measure-'))
  return { path, remove: () => rmSync(path, { recursive: true }) }
}
