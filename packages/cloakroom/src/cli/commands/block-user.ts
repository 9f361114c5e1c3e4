import { openStore } from '../application/application.ts'
import { formatUserId, toUserId } from '../arguments.ts'
import type { Command } from '../command.ts'
import { countSessions, endSessions } from '../revocation.ts'

export const blockUserCommand: Command = {
  words: ['users', 'block'],
  parameters: [{ name: 'user-id' }],
  options: ['replicated', 'settled', 'yes'],
  summary: 'End all sessions of a user, and let none begin',
  description: `Lasts until \`users unblock\`. The users table is not touched. Harmless for a user who
is blocked already.`,
  examples: ['users block 42 --config auth.ts'],
  async run({ application, parameters: [text = ''], options, confirm }) {
    const userId = toUserId(application.userIdType, text)
    const store = await openStore(application)
    await confirm({
      text: () => `Block user ${userId} in ${application.name} and end all of the user's sessions`,
    })
    const revoked = await endSessions(store, options, (durability) =>
      store.block(userId, durability),
    )
    return {
      json: { userId, revoked },
      text: `Blocked user ${formatUserId(userId)}, and ended ${countSessions(revoked.length)}.`,
    }
  },
}
