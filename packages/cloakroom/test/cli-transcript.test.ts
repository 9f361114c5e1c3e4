import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { cloakroom } from '../src/index.ts'
import { sqlite } from '../src/stores/sqlite/index.ts'
import { signInAs } from '../src/testing/index.ts'
import { commandLine, createProject } from './cli-project.ts'

const run = promisify(execFile)
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/
const moment = /\d{4}-\d\d-\d\d \d\d:\d\d UTC/

it('the transcript of docs/cli.md is what happens', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8')
  const [config = ''] = blocksOf(page, 'ts')
  const [beginning, ...others] = blocksOf(page, 'console').map(stepsOf)
  assert.ok(beginning && others.flat().length >= 8)
  const project = createProject()
  try {
    project.write('auth.ts', config)
    createUsers(project.folder)
    const ids = new Map<string, string>()
    await follow(beginning, project.folder, ids)
    await signIn(project.folder)
    await follow(others.flat(), project.folder, ids)
  } finally {
    project.remove()
  }
})

interface Step {
  readonly command: string
  readonly output: string
}

/** @param ids Those of the page, and those of this run in their place. */
async function follow(steps: readonly Step[], folder: string, ids: Map<string, string>) {
  for (const { command, output } of steps) {
    const shown = await execute(substitute(command, ids), folder)
    const ours = [...shown.matchAll(new RegExp(uuid, 'g'))]
    for (const [index, [id]] of [...output.matchAll(new RegExp(uuid, 'g'))].entries()) {
      ids.set(id, ids.get(id) ?? ours[index]?.[0] ?? '')
    }
    assert.equal(undated(shown), undated(substitute(output, ids)), command)
  }
}

async function execute(command: string, cwd: string): Promise<string> {
  const here = command.replaceAll('npx cloakroom', commandLine.map((word) => `'${word}'`).join(' '))
  const env = { PATH: process.env.PATH }
  const { stdout, stderr } = await run('sh', ['-c', `{ ${here}\n} 2>&1`], { cwd, env })
  assert.equal(stderr, '')
  return stdout.trimEnd()
}

function createUsers(folder: string): void {
  const database = new DatabaseSync(join(folder, 'app.db'))
  database.exec(`create table users (id integer primary key, banned integer not null default 0);
    insert into users (id) values (7), (42)`)
  database.close()
}

const hourMs = 3_600_000

/** Two devices of one user's, and one of somebody else's. */
async function signIn(folder: string): Promise<void> {
  for (const [userId, hoursAgo, device, ip] of [
    [42, 3 * 24, 'Firefox on Linux', '203.0.113.7'],
    [42, 2, 'Safari on iPhone', '198.51.100.23'],
    [7, 1, 'Chrome on Windows', '192.0.2.80'],
  ] as const) {
    const database = new DatabaseSync(join(folder, 'app.db'))
    const auth = await cloakroom({
      origin: 'https://app.example',
      store: sqlite(database),
      users: { table: 'users', id: { type: 'integer' } },
      clock: () => Date.now() - hoursAgo * hourMs - 60_000,
    })
    await signInAs(auth, userId, { methods: ['pwd'], device, ip })
    await auth.close()
    database.close()
  }
}

function blocksOf(page: string, language: string): string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))
  return [...blocks].map(([, block = '']) => block)
}

function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [command = '', ...output] = step.trimEnd().split('\n')
      return { command, output: output.join('\n') }
    })
}

function substitute(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replaceAll(new RegExp(uuid, 'g'), (id) => ids.get(id) ?? id)
}

function undated(text: string): string {
  return text
    .replaceAll(new RegExp(moment, 'g'), 'yyyy-mm-dd hh:mm UTC')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'yyyy-mm-ddThh:mm:ss.sssZ')
}
