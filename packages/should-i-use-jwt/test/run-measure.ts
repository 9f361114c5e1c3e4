import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Figures } from '../src/measure/figures.ts'

const cli = join(import.meta.dirname, '../src/cli.ts')

export interface Measured {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

export interface Measuring {
  readonly child: ChildProcess
  readonly ended: Promise<Measured>
  /** Resolves once it says that; it ends if it never does. */
  says(what: string): Promise<void>
}

/** A run in a process of its own, in a temporary directory of its own. */
export function startMeasuring(temporary: string, args: readonly string[]): Measuring {
  const child = spawn(
    process.execPath,
    ['--conditions=cloakroom-source', cli, 'measure', '--quick', ...args],
    { env: { ...process.env, TMPDIR: temporary }, stdio: ['ignore', 'pipe', 'pipe'] },
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
  }
}

export interface Temporary {
  readonly path: string
  remove(): void
}

export function makeTemporary(): Temporary {
  const path = mkdtempSync(join(tmpdir(), 'cloakroom-measure-'))
  return { path, remove: () => rmSync(path, { recursive: true }) }
}

export function readFigures(file: string): Figures {
  return JSON.parse(readFileSync(file, 'utf8')) as Figures
}
