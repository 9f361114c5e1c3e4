import { Redis } from 'iovalkey'
import { singleHarness } from '../../../test/valkey-database.ts'
import { singleSkips } from '../../../test/valkey-skips.ts'
import { storeContract } from '../../testing/index.ts'
import type { ValkeyClient } from './index.ts'

// What iovalkey does when a connection breaks after the server has done what it was told, and before
// it could say so: here, of every command.
function sendTwice(client: ValkeyClient): ValkeyClient {
  if (!(client instanceof Redis)) throw new TypeError('Expected an iovalkey client')
  const twice = client.duplicate()
  twice.on('error', () => undefined)
  const callBuffer = async (command: string, ...words: string[]): Promise<unknown> => {
    await client.callBuffer(command, ...words)
    return client.callBuffer(command, ...words)
  }
  twice.callBuffer = callBuffer as Redis['callBuffer']
  client.once('end', () => twice.disconnect())
  return twice
}

storeContract(
  'a driver that sends every command twice',
  (userIdType) => singleHarness('iovalkey', userIdType, sendTwice),
  { userIdTypes: ['text'], skip: singleSkips },
)
