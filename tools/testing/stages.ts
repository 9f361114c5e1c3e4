// The stages of `npm test`, in order: what is quick to fail comes first. A suite that needs
// servers or a program of the system is one more row of test files that says so.
import { globSync } from 'node:fs'
import { commandStage } from './command-stage.ts'
import { root } from './root.ts'
import type { Stage } from './stage.ts'
import { testStage } from './test-stage.ts'

const browserTests = ['{apps,packages}/*/test/browser/**/*.test.ts']

// A test file says in its name which real server it needs: `x.postgres.test.ts`.
const serverKinds = ['postgres', 'mysql', 'valkey', 'servers', 'proxies']

// More than there are cores, because such tests wait for their servers.
const serverConcurrency = 3

export const stages: readonly Stage[] = [
  commandStage(
    'types',
    'TypeScript, every project, tests and type tests included',
    projects().map((project) => ['node_modules/typescript/bin/tsc', '--project', project]),
  ),
  commandStage('lint', 'Biome: format, imports and lint', [
    ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', colors()],
  ]),
  commandStage(
    'layers',
    'the direction of imports, file sizes and names, the lock file, links in pages',
    [
      ['tools/check-layers.ts'],
      ['tools/check-size.ts'],
      ['tools/check-lock.ts'],
      ['tools/check-links.ts'],
    ],
  ),
  commandStage('package', 'what npm would publish, installed and type-checked by a consumer', [
    ['tools/check-package.ts'],
  ]),
  testStage('unit', 'unit and contract tests without a server', {
    files: [anyTests('')],
    except: [...browserTests, ...serverKinds.map((kind) => anyTests(`.${kind}`))],
  }),
  testStage('postgres', 'stores and service on a real PostgreSQL', {
    files: [anyTests('.postgres')],
    servers: ['postgres'],
    concurrency: serverConcurrency,
  }),
  testStage('mysql', 'stores and service on a real MariaDB', {
    files: [anyTests('.mysql')],
    servers: ['mariadb'],
    concurrency: serverConcurrency,
  }),
  testStage('valkey', 'stores and service on a real Valkey, alone and as a cluster', {
    files: [anyTests('.valkey')],
    servers: ['valkey', 'valkey-cluster'],
    concurrency: serverConcurrency,
  }),
  testStage('servers', 'what takes several of these servers', {
    files: [anyTests('.servers')],
    servers: ['postgres', 'mariadb', 'valkey', 'valkey-cluster'],
    concurrency: serverConcurrency,
  }),
  testStage('proxies', 'applications behind nginx and Caddy, which ask the service', {
    files: [anyTests('.proxies')],
    needs: ['nginx', 'caddy'],
  }),
  testStage('browser', 'pages in a real Chromium', {
    files: browserTests,
    needs: ['chromium'],
    concurrency: 1,
  }),
]

function anyTests(kind: string): string {
  return `{packages,apps,examples,tools}/**/*${kind}.test.ts`
}

// Found, so that none is forgotten.
function projects(): string[] {
  const exclude = ['**/node_modules', 'packages/should-i-use-jwt/test/corpus*']
  return globSync('**/tsconfig.json', { cwd: root, exclude }).sort()
}

// Left to itself, Biome colours what goes into a file, too.
function colors(): string {
  return process.stdout.isTTY ? '--colors=force' : '--colors=off'
}
