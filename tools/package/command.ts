// The command that a package installs, as npm would link it: run with plain Node in a project whose
// config is TypeScript.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from './manifest.ts'
import { runNode } from './run-node.ts'

const config = `import { DatabaseSync } from 'node:sqlite'
import { sqlite } from 'cloakroom/sqlite'

const database: DatabaseSync = new DatabaseSync('app.db')
database.exec('create table if not exists users (id integer primary key)')
export const options = {
  store: sqlite(database),
  users: { table: 'users', id: { type: 'integer' } },
} as const
`

type Run = readonly [args: readonly string[], expected: string]

const runs: Readonly<Record<string, readonly Run[]>> = {
  cloakroom: [
    [['migrate', '--config', 'auth.ts'], 'Made the tables'],
    [['stats', '--config', 'auth.ts', '--json'], '"sessions": 0'],
  ],
  'should-i-use-jwt': [[['.'], "You don't. Good."]],
}

export async function runCommandFromConsumer(
  manifest: Manifest,
  consumer: string,
): Promise<string[]> {
  const { name, bin = {}, version } = manifest
  await writeFile(join(consumer, 'auth.ts'), config)
  const problems: string[] = []
  for (const [command, path] of Object.entries(bin)) {
    const file = join(consumer, 'node_modules', name, path)
    const text = await readFile(file, 'utf8').catch(() => '')
    if (!text.startsWith('#!/usr/bin/env node\n')) {
      problems.push(`bin "${command}" is ${path}, which does not begin with #!/usr/bin/env node`)
      continue
    }
    for (const [args, expected] of [
      [['--version'], version],
      [['--help'], `npx ${command}`],
      ...(runs[command] ?? []),
    ] as const) {
      const { code, output } = await runNode([file, ...args], consumer)
      if (code === 0 && output.includes(expected)) continue
      problems.push(
        `npx ${command} ${args.join(' ')} ends with ${code} in an application:\n${output}`,
      )
    }
  }
  return problems
}
