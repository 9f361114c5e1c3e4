import { CloakroomError } from '../../errors.ts'
import type { Calls } from './calls.ts'
import { unavailable } from './failure.ts'
import { type Info, parseInfo } from './info.ts'
import type { Link, Reply } from './link.ts'
import { toText } from './row.ts'

/**
 * Checks that every primary can keep what it is told, as far as it tells.
 * @param maxmemoryPolicy what the application says where the server does not
 * @throws {CloakroomError} `schema_mismatch`, `store_unavailable`
 */
export async function checkServers(
  calls: Calls,
  link: Link,
  maxmemoryPolicy: string | undefined,
): Promise<void> {
  const primaries = await calls.limit(() => link.primaries())
  if (primaries.length === 0) throw unavailable('No primary is known.')
  await Promise.all(
    primaries.map(async ({ name, send }) => {
      const info = parseInfo(await askInfo(calls, send))
      checkVersion(name, info)
      checkRole(name, info)
      checkCluster(name, info, link.isCluster)
      checkPolicy(name, info.get('maxmemory_policy') ?? maxmemoryPolicy)
    }),
  )
}

type Send = (command: readonly string[]) => Promise<Reply>

async function askInfo(calls: Calls, send: Send): Promise<string> {
  try {
    return toText(await calls.limit(() => send(['info']))) ?? ''
  } catch (error) {
    const { cause } = error as CloakroomError
    // Some hosts let nobody ask: then what can be told is not checked.
    if (cause instanceof Error && /^NOPERM|unknown command/.test(cause.message)) return ''
    throw error
  }
}

// Valkey tells the version of Redis that it is compatible with, 7.2.4, besides its own.
function checkVersion(name: string, info: Info): void {
  const version = info.get('redis_version')
  if (version === undefined || Number.parseInt(version, 10) >= 7) return
  throw mismatch(`${name} is a Redis ${version}. It takes Redis 7 or Valkey 7.2, or later`)
}

function checkRole(name: string, info: Info): void {
  if ((info.get('role') ?? 'master') === 'master') return
  throw mismatch(`${name} is a replica. Connect to the primary, by Sentinel if it may change`)
}

function checkCluster(name: string, info: Info, isCluster: boolean): void {
  const enabled = info.get('cluster_enabled')
  if (enabled === undefined || (enabled === '1') === isCluster) return
  throw mismatch(
    isCluster
      ? `${name} is not part of a cluster. Use a client for a single server`
      : `${name} is part of a cluster. Use the cluster client of your driver`,
  )
}

// What has no expiry must stay: that a user is blocked, and that everybody was signed out.
function checkPolicy(name: string, policy: string | undefined): void {
  if (policy === undefined) {
    throw mismatch(
      `${name} does not tell its maxmemory-policy. Look it up, and pass it as maxmemoryPolicy`,
    )
  }
  if (policy === 'noeviction' || policy.startsWith('volatile-')) return
  throw mismatch(
    `${name} has the maxmemory-policy ${policy}, under which it may forget that a user is blocked. Set it to noeviction, or to one that begins with volatile-`,
  )
}

function mismatch(message: string): CloakroomError {
  return new CloakroomError('schema_mismatch', `${message}.`)
}
