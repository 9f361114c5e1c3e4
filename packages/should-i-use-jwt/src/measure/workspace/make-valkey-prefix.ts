import { openValkey, type ValkeyClient, type ValkeyPlace } from '../databases/open-valkey.ts'
import { type Made, newName } from './made.ts'

/** The names of runs that may have left something, so that nobody's keys are scanned for nothing. */
const runsKey = 'should_i_use_jwt:runs'

/** Longer than a server under full load makes the owner wait. */
const ownerSeconds = 30

/** Keys under a prefix of their own, with an owner's key that is gone soon after its process. */
export async function makeValkeyPrefix(
  url: string,
  onLeftover: (name: string) => void,
): Promise<Made<ValkeyPlace>> {
  const { client } = await openValkey(url)
  try {
    for (const name of (await client.call('SMEMBERS', runsKey)) as string[]) {
      if ((await client.call('EXISTS', ownerKey(name))) === 1) continue
      await removeRun(client, name)
      onLeftover(name)
    }
    const name = newName()
    const own = () => client.call('SET', ownerKey(name), '1', 'EX', ownerSeconds)
    await own()
    await client.call('SADD', runsKey, name)
    const timer = setInterval(() => void own().catch(() => {}), (ownerSeconds * 1000) / 3)
    return {
      place: { url, prefix: prefixOf(name) },
      async remove() {
        clearInterval(timer)
        await removeRun(client, name)
        client.disconnect()
      },
    }
  } catch (error) {
    client.disconnect()
    throw error
  }
}

const prefixOf = (name: string) => `${name}:`
const ownerKey = (name: string) => `${name}.owner`

async function removeRun(client: ValkeyClient, name: string): Promise<void> {
  let cursor = '0'
  do {
    const [next, keys] = (await client.call(
      ...(['SCAN', cursor, 'MATCH', `${name}*`, 'COUNT', 1000] as const),
    )) as [string, string[]]
    if (keys.length > 0) await client.call('UNLINK', ...keys)
    cursor = next
  } while (cursor !== '0')
  await client.call('SREM', runsKey, name)
}
