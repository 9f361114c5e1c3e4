import { openValkey, type ValkeyClient, type ValkeyPlace } from '../databases/open-valkey.ts'
import { type Made, newName } from './made.ts'

/** The names of runs that may have left something, so that nobody's keys are scanned for nothing. */
const runsKey = 'should_i_use_jwt:runs'

/**
 * Keys under a prefix of their own, and a connection of that name, which the server drops with the
 * process: so a later run knows whose run is dead.
 */
export async function makeValkeyPrefix(
  url: string,
  onLeftover: (name: string) => void,
): Promise<Made<ValkeyPlace>> {
  const connectionName = newName()
  const { client } = await openValkey(url, { connectionName })
  try {
    for (const name of await deadRuns(client)) {
      await removeRun(client, name)
      onLeftover(name)
    }
    await client.call('SADD', runsKey, connectionName)
    return {
      place: { url, prefix: `${connectionName}:` },
      async remove() {
        try {
          await removeRun(client, connectionName)
        } finally {
          client.disconnect()
        }
      },
    }
  } catch (error) {
    client.disconnect()
    throw error
  }
}

async function deadRuns(client: ValkeyClient): Promise<string[]> {
  const runs = (await client.call('SMEMBERS', runsKey)) as string[]
  if (runs.length === 0) return []
  const connections = String(await client.call('CLIENT', 'LIST'))
  return runs.filter((name) => !connections.includes(` name=${name} `))
}

async function removeRun(client: ValkeyClient, name: string): Promise<void> {
  let cursor = '0'
  do {
    const [next, keys] = (await client.call(
      ...(['SCAN', cursor, 'MATCH', `${name}:*`, 'COUNT', 1000] as const),
    )) as [string, string[]]
    if (keys.length > 0) await client.call('UNLINK', ...keys)
    cursor = next
  } while (cursor !== '0')
  await client.call('SREM', runsKey, name)
}
