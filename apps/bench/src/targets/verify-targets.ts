import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeBetterAuthDatabase } from '../workload/better-auth-database.ts'
import { makeCloakroomDatabase } from '../workload/cloakroom-database.ts'
import { copyDatabase } from '../workload/copy-database.ts'
import { makeSignedTokens } from '../workload/signed-tokens.ts'
import type { Workload } from '../workload/workload.ts'
import { betterAuth } from './better-auth.ts'
import { cloakroomRequest, cloakroomVerify } from './cloakroom.ts'
import { fastJwt } from './fast-jwt.ts'
import { floor, takeApart } from './floor.ts'
import { jose } from './jose.ts'
import type { Target } from './target.ts'

export interface VerifyTargets {
  readonly floor: Target
  readonly cloakroom: Target
  readonly joseEs256: Target
  /** Better Auth as it can be set up, one request at a time. */
  readonly betterAuth: readonly Target[]
  /** All that are compared, these included, in the order of the table. */
  readonly compared: readonly Target[]
  readonly floorSteps: readonly FloorStep[]
}

/** A setting that makes the floor faster, and the floor with it and all before it. */
export interface FloorStep {
  readonly setting: string
  readonly target: Target
}

const plainPageSize = 4096
const tunedPageSize = 16_384
const cache = 'cache_size = -65536'
const mmap = 'mmap_size = 1073741824'
/** What the floor gained from, given to all that read a database. */
const tuned = [cache, mmap]

/** Enough to keep every thread of libuv's pool busy. */
const concurrency = 16

/** Makes the data and opens every target on it. */
export async function openTargets(
  workload: Workload,
  directory: string,
  progress: (line: string) => void,
): Promise<VerifyTargets> {
  progress(`Signing in ${workload.owners.length} sessions with Cloakroom`)
  const { floor, floorSteps, cloakroom, variants } = await openCloakroomTargets(workload, directory)
  progress('Signing JWTs')
  const { joseEs256, tokens } = await openTokenTargets(workload)
  progress('Making the sessions of Better Auth')
  const { oneAtATime, manyAtOnce } = await openBetterAuthTargets(workload, directory)
  return {
    floor,
    cloakroom,
    joseEs256,
    betterAuth: oneAtATime,
    compared: [floor, cloakroom, ...variants, ...tokens, ...oneAtATime, manyAtOnce],
    floorSteps,
  }
}

async function openCloakroomTargets(workload: Workload, directory: string) {
  const database = await makeCloakroomDatabase(workload, directory)
  const plainFile = copyDatabase(database.file, join(directory, 'plain.db'), plainPageSize)
  const tunedFile = copyDatabase(database.file, join(directory, 'tuned.db'), tunedPageSize)
  const exclusiveFile = copyOf(tunedFile, join(directory, 'exclusive.db'))
  const betterFile = copyOf(tunedFile, join(directory, 'better-sqlite3.db'))

  const credentials = database.tokens.map(takeApart)
  const floorWith = (
    file: string,
    pragmas: readonly string[],
    rows: 'arrays' | 'objects' = 'arrays',
  ) => floor(database, { file, pragmas, rows, credentials })
  const tunedFloor = floorWith(tunedFile, tuned)
  const node = { driver: 'node:sqlite', file: tunedFile, pragmas: tuned } as const

  return {
    floor: tunedFloor,
    floorSteps: [
      {
        setting: 'SQLite as it comes, rows as objects',
        target: floorWith(plainFile, [], 'objects'),
      },
      { setting: 'rows as arrays', target: floorWith(plainFile, []) },
      { setting: 'cache_size 64 MiB', target: floorWith(plainFile, [cache]) },
      { setting: 'mmap_size 1 GiB', target: floorWith(plainFile, tuned) },
      { setting: 'page_size 16 KiB: the floor', target: tunedFloor },
      {
        setting: 'locking_mode exclusive: not used, it locks everybody else out',
        target: floorWith(exclusiveFile, ['locking_mode = exclusive', ...tuned]),
      },
    ],
    cloakroom: await cloakroomVerify(database, node),
    variants: [
      await cloakroomVerify(database, {
        ...node,
        file: plainFile,
        pragmas: [],
        remark: ', SQLite as it comes',
      }),
      await cloakroomRequest(database, node),
      await cloakroomVerify(database, { ...node, driver: 'better-sqlite3', file: betterFile }),
    ],
  }
}

async function openTokenTargets(workload: Workload) {
  const hs256 = await makeSignedTokens('HS256', workload)
  const es256 = await makeSignedTokens('ES256', workload)
  const eddsa = await makeSignedTokens('EdDSA', workload)
  const joseEs256 = await jose(es256)
  return {
    joseEs256,
    tokens: [
      await jose(hs256),
      joseEs256,
      await jose(es256, { concurrency }),
      await jose(eddsa),
      await fastJwt(hs256, { cache: 'off' }),
      await fastJwt(es256, { cache: 'off' }),
      await fastJwt(es256, { cache: 'default' }),
      await fastJwt(hs256, { cache: 'everything' }),
    ],
  }
}

async function openBetterAuthTargets(workload: Workload, directory: string) {
  const database = await makeBetterAuthDatabase(workload, directory, tunedPageSize)
  const betterFile = copyOf(database.file, join(directory, 'better-auth-better-sqlite3.db'))
  const node = { driver: 'node:sqlite', file: database.file, pragmas: tuned } as const
  const better = { driver: 'better-sqlite3', file: betterFile, pragmas: tuned } as const
  return {
    oneAtATime: [
      await betterAuth(database, { ...node, joins: false }),
      await betterAuth(database, { ...better, joins: false }),
      await betterAuth(database, { ...better, joins: true }),
    ],
    manyAtOnce: await betterAuth(database, { ...node, joins: false, concurrency }),
  }
}

/**
 * The two drivers each bring their own copy of SQLite, and two copies in one process must not open
 * the same file: whichever closes it drops the other's locks (sqlite.org/howtocorrupt.html §2.2.1).
 */
function copyOf(file: string, copy: string): string {
  copyFileSync(file, copy)
  return copy
}
