import { openStore } from '../application/application.ts'
import { formatUserId, toUserId } from '../arguments.ts'
import type { Command } from '../command.ts'

export const unblockUserCommand: Command = {
  words: ['users', 'unblock'],
  parameters: [{ name: 'user-id' }],
  options: [],
  summary: 'Let a blocked user sign in again',
  description: 'Brings no session back. Harmless for a user who is not blocked.',
  examples: ['users unblock 42 --config auth.ts'],
  async run({ application, parameters: [text = ''] }) {
    const userId = toUserId(application.userIdType, text)
    const store = await openStore(application)
    await store.unblock(userId)
    return { json: { userId }, text: `User ${formatUserId(userId)} may sign in.` }
  },
}
