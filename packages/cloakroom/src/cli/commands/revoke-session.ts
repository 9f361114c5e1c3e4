import type { Store } from '../../core/store.ts'
import { openStore } from '../application/application.ts'
import { toSessionId } from '../arguments.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { endSessions } from '../revocation.ts'

export const revokeSessionCommand: Command = {
  words: ['sessions', 'revoke'],
  parameters: [{ name: 'session-id' }],
  options: ['replicated', 'settled', 'yes'],
  summary: 'End one session',
  description: 'The id is that of `sessions list`, of the logs and of the list of devices.',
  examples: ['sessions revoke 019f2c3a-5b1e-7c44-9d2e-0a1b2c3d4e5f --config auth.ts'],
  async run({ application, parameters: [text = ''], options, confirm }) {
    const sessionId = toSessionId(text)
    const store = await openStore(application)
    await confirm({ text: () => question(store, sessionId, application.name) })
    const revoked = await endSessions(store, options, (durability) =>
      store.revoke({ sessionId }, durability),
    )
    const json = { revoked }
    if (revoked.length > 0) return { json, text: 'Ended the session.' }
    return { json, text: 'There is no such session.', exitCode: exitCodes.noSuchSession }
  },
}

/** Says whose it is: an id alone is easily the wrong line of a list. */
async function question(
  store: Store,
  sessionId: Uint8Array,
  name: string,
): Promise<string | undefined> {
  const found = await store.find(sessionId)
  if (found === undefined) return undefined
  const { userId, device, ip } = found.session
  const whose = userId === null ? 'that belongs to nobody yet' : `of user ${userId}`
  const where = [device, ip].filter((text) => text !== null).join(', ')
  return `End the session ${whose}${where === '' ? '' : ` (${where})`} in ${name}`
}
