import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkLayers } from './check-layers.ts'
import { withTemporaryTree } from './testing/temporary-tree.ts'

const manifest = JSON.stringify({
  name: 'cloakroom',
  exports: {
    '.': { 'cloakroom-source': './src/index.ts' },
    './sqlite': { 'cloakroom-source': './src/stores/sqlite/index.ts' },
    './memory': { 'cloakroom-source': './src/stores/memory.ts' },
    './node': { 'cloakroom-source': './src/adapters/node.ts' },
    './hono': { 'cloakroom-source': './src/adapters/hono.ts' },
    './package.json': './package.json',
  },
})

const library = 'packages/cloakroom/src'

/** A library in which every layer does what it may. */
const sound: Readonly<Record<string, string>> = {
  'packages/cloakroom/package.json': manifest,
  [`${library}/errors.ts`]: 'export class CloakroomError extends Error {}',
  [`${library}/core/token.ts`]: "import { createHash } from 'node:crypto'\nimport '../errors.ts'",
  [`${library}/core/data.ts`]: "import type { A } from '@standard-schema/spec'",
  [`${library}/http/cookie.ts`]: "import { mint } from '../core/token.ts'",
  [`${library}/options.ts`]: "import './http/cookie.ts'\nimport './core/token.ts'",
  [`${library}/cloakroom.ts`]: "import './http/cookie.ts'\nimport './options.ts'",
  [`${library}/index.ts`]: "export * from './cloakroom.ts'\nexport * from './errors.ts'",
  [`${library}/stores/memory.ts`]: "import type { Store } from '../core/token.ts'",
  [`${library}/stores/sqlite/index.ts`]: "import './rows.ts'\nimport 'node:sqlite'",
  [`${library}/stores/sqlite/rows.ts`]: "import '../../errors.ts'",
  [`${library}/adapters/shared.ts`]: "import type { IncomingMessage } from 'node:http'",
  [`${library}/adapters/node.ts`]: "import type { C } from '../cloakroom.ts'\nimport './shared.ts'",
  [`${library}/adapters/hono.ts`]: "import type { Context } from 'hono'\nimport './shared.ts'",
  [`${library}/access-tokens/issue.ts`]: "import { SignJWT } from 'jose'",
  [`${library}/cli/main.ts`]:
    "await import(name)\nimport '../stores/memory.ts'\nimport 'node:module'",
  [`${library}/testing/index.ts`]: "import 'node:test'\nimport '../stores/memory.ts'",
  [`${library}/core/token.test.ts`]: "import '../testing/index.ts'\nimport 'hono'",
  [`${library}/core/token.test-d.ts`]: "import '../index.ts'",
  'apps/service/src/main.ts': "import 'cloakroom/sqlite'\nimport './server.ts'\nimport 'hono'",
  'apps/service/src/server.ts': 'export {}',
  'examples/node.ts': "import 'cloakroom/node'\nimport './users.ts'",
}

describe('layers', () => {
  it('lets pass what keeps to them', () => {
    assert.deepEqual(problemsWith({}), [])
  })

  for (const [title, file, source, expected] of [
    [
      'a value import of a higher layer',
      'core/a.ts',
      "import { x } from '../http/b.ts'",
      'core may',
    ],
    [
      'a type import of a higher layer',
      'core/a.ts',
      "import type { X } from '../http/b.ts'",
      'core may',
    ],
    ['export from', 'core/a.ts', "export { x } from '../http/b.ts'", 'core may'],
    ['export type from', 'core/a.ts', "export type { X } from '../http/b.ts'", 'core may'],
    ['export everything from', 'core/a.ts', "export * from '../http/b.ts'", 'core may'],
    ['a bare import', 'core/a.ts', "import '../http/b.ts'", 'core may'],
    ['a dynamic import', 'core/a.ts', "const b = await import('../http/b.ts')", 'core may'],
    ['an import type in an annotation', 'core/a.ts', "let b: import('../http/b.ts').B", 'core may'],
    ['a typeof import', 'core/a.ts', "type B = typeof import('../http/b.ts')", 'core may'],
    ['a module augmentation', 'core/a.ts', "declare module '../http/b.ts' {}", 'core may'],
    ['a computed import', 'core/a.ts', 'const b = await import(name)', 'plain text'],
    ['an application in core', 'core/a.ts', "import '../cloakroom.ts'", 'core may'],
    ['the options in core', 'core/a.ts', "import type { O } from '../options.ts'", 'core may'],
    [
      'a driver in core',
      'core/a.ts',
      "import { DatabaseSync } from 'node:sqlite'",
      'node:sqlite is for',
    ],
    ['HTTP in core', 'core/a.ts', "import type { Server } from 'node:http'", 'node:http is for'],
    [
      'a server in http',
      'http/a.ts',
      "import type { Server } from 'node:http'",
      'node:http is for',
    ],
    ['a store in http', 'http/a.ts', "import type { M } from '../stores/memory.ts'", 'http may'],
    ['http in a store', 'stores/memory.ts', "import '../http/cookie.ts'", 'stores may'],
    ['another store in a store', 'stores/memory.ts', "import './sqlite/rows.ts'", 'its neighbour'],
    ['another adapter in an adapter', 'adapters/hono.ts', "import './node.ts'", 'its neighbour'],
    [
      'a value of cloakroom.ts in an adapter',
      'adapters/node.ts',
      "import { c } from '../cloakroom.ts'",
      'only types',
    ],
    [
      'an inline type, which leaves an import',
      'adapters/node.ts',
      "import { type C } from '../cloakroom.ts'",
      'only types',
    ],
    [
      'a value of core in an adapter',
      'adapters/node.ts',
      "import { x } from '../core/token.ts'",
      'only types',
    ],
    [
      'a store in an adapter',
      'adapters/node.ts',
      "import type { M } from '../stores/memory.ts'",
      'adapters may',
    ],
    [
      'a framework at run time',
      'adapters/hono.ts',
      "import { Hono } from 'hono'",
      'no package at run time',
    ],
    [
      'a framework type outside the adapters',
      'http/a.ts',
      "import type { Context } from 'hono'",
      'types of packages',
    ],
    [
      'a schema library at run time',
      'core/a.ts',
      "import * as v from 'valibot'",
      'no package at run time',
    ],
    [
      'jose outside of access-tokens',
      'core/a.ts',
      "import { SignJWT } from 'jose'",
      'no package at run time',
    ],
    [
      'http in access-tokens',
      'access-tokens/a.ts',
      "import '../http/cookie.ts'",
      'access-tokens may',
    ],
    [
      'the testing folder in what ships',
      'cloakroom.ts',
      "import './testing/index.ts'",
      'cloakroom may',
    ],
    [
      'a type of the testing folder in what ships',
      'index.ts',
      "export type { T } from './testing/index.ts'",
      'index may',
    ],
    [
      'the test runner in what ships',
      'core/a.ts',
      "import assert from 'node:assert/strict'",
      'node:assert is for',
    ],
    [
      'a builtin without node:',
      'core/a.ts',
      "import { join } from 'path'",
      'no package at run time',
    ],
    [
      'itself by its published name',
      'core/a.ts',
      "import { c } from 'cloakroom'",
      'no package at run time',
    ],
    ['createRequire', 'core/a.ts', "import { createRequire } from 'node:module'", 'for cli'],
    ['the command in cloakroom.ts', 'cloakroom.ts', "import './cli/main.ts'", 'cloakroom may'],
    ['the command in testing', 'testing/index.ts', "import '../cli/main.ts'", 'testing may'],
    ['testing in the command', 'cli/a.ts', "import '../testing/index.ts'", 'cli may'],
    ['a driver in the command', 'cli/a.ts', "import { Pool } from 'pg'", 'at run time'],
    ['a path out of src', 'core/a.ts', "import '../../test/clock.ts'", 'belongs to no layer'],
  ] as const) {
    it(`refuses ${title}`, () => {
      const [problem = 'nothing', ...others] = problemsWith({ [`${library}/${file}`]: source })
      assert.ok(problem.startsWith(`${library}/${file}:1 imports `), problem)
      assert.ok(problem.includes(expected), problem)
      assert.deepEqual(
        others.filter((line) => !line.includes('has a cycle')),
        [],
      )
    })
  }

  it('says the line of the import', () => {
    const source = "// one\nimport 'node:crypto'\nimport type {\n  X,\n} from '../http/cookie.ts'\n"
    const [problem] = problemsWith({ [`${library}/core/a.ts`]: source })
    assert.match(problem ?? '', /core\/a\.ts:3 imports \.\.\/http\/cookie\.ts: /)
  })

  it('refuses a file that is in none', () => {
    assert.deepEqual(problemsWith({ [`${library}/extra.ts`]: 'export const x = 1' }), [
      `${library}/extra.ts belongs to no layer`,
    ])
  })
})

describe('cycles', () => {
  it('are found through type imports', () => {
    const problems = problemsWith({
      [`${library}/core/a.ts`]: "import type { B } from './b.ts'",
      [`${library}/core/b.ts`]: "import type { C } from './c.ts'",
      [`${library}/core/c.ts`]: "import { a } from './a.ts'",
    })
    assert.deepEqual(problems, [
      `${library} has a cycle: core/a.ts → core/b.ts → core/c.ts → core/a.ts`,
    ])
  })

  it('are found where a file imports itself', () => {
    const problems = problemsWith({ [`${library}/core/a.ts`]: "import './a.ts'" })
    assert.deepEqual(problems, [`${library} has a cycle: core/a.ts → core/a.ts`])
  })

  it('are all told, each once', () => {
    const problems = problemsWith({
      [`${library}/core/a.ts`]: "import './b.ts'",
      [`${library}/core/b.ts`]: "import './a.ts'",
      [`${library}/http/c.ts`]: "import './d.ts'\nimport '../core/a.ts'",
      [`${library}/http/d.ts`]: "import './c.ts'",
    })
    assert.equal(problems.length, 2)
  })
})

describe('applications', () => {
  for (const [title, source, expected] of [
    ['a subpath that is not exported', "import 'cloakroom/core/token'", 'exports no such path'],
    ['a path into the library', "import '../../../packages/cloakroom/src/index.ts'", 'lead out'],
    ['a path into another application', "import '../../bench/src/main.ts'", 'lead out'],
    [
      'a type by a path into the library',
      "let x: import('../../../packages/cloakroom/src/errors.ts').E",
      'lead out',
    ],
  ] as const) {
    it(`are refused ${title}`, () => {
      const [problem = 'nothing', ...others] = problemsWith({ 'apps/service/src/main.ts': source })
      assert.ok(problem.startsWith('apps/service/src/main.ts:1 imports '), problem)
      assert.ok(problem.includes(expected), problem)
      assert.deepEqual(others, [])
    })
  }

  for (const file of ['apps/service/test/a.test.ts', 'examples/a.ts']) {
    it(`are refused the same in ${file}`, () => {
      assert.equal(problemsWith({ [file]: "import 'cloakroom/nothing'" }).length, 1)
      assert.equal(problemsWith({ [file]: "import '../../../packages/x.ts'" }).length, 1)
    })
  }
})

describe('a check that sees nothing', () => {
  it('fails', () => {
    assert.deepEqual(checkTree({ 'packages/cloakroom/package.json': manifest }), [
      'packages/cloakroom/src has no sources to check',
    ])
  })

  it('fails on a file that does not parse', () => {
    assert.throws(() => problemsWith({ [`${library}/core/a.ts`]: 'import {' }), SyntaxError)
  })
})

function problemsWith(changes: Readonly<Record<string, string>>): string[] {
  return checkTree({ ...sound, ...changes })
}

function checkTree(files: Readonly<Record<string, string>>): string[] {
  return withTemporaryTree(files, checkLayers)
}
