import { openStore } from '../application/application.ts'
import { formatUserId, toUserId } from '../arguments.ts'
import type { Command } from '../command.ts'
import { toJson, toTable } from '../session-rows.ts'

export const listSessionsCommand: Command = {
  words: ['sessions', 'list'],
  parameters: [{ name: 'user-id' }],
  options: [],
  summary: "Show a user's sessions, newest first",
  description: `Shows every session that the database holds, also those that are over and wait to be
cleaned up: STATE is live, expired, idle or revoked. Without --config the timeouts
of the application are not known, and a session that they have ended may show as
live.`,
  examples: ['sessions list 42 --config auth.ts', 'sessions list 42 --json'],
  async run({ application, parameters: [text = ''] }) {
    const { policy, userIdType } = application
    const userId = toUserId(userIdType, text)
    const store = await openStore(application)
    const rows = await store.list(userId)
    return {
      json: { userId, sessions: rows.map((row) => toJson(row, policy)) },
      text:
        rows.length === 0 ? `User ${formatUserId(userId)} has no sessions.` : toTable(rows, policy),
    }
  },
}
