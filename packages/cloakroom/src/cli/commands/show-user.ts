import { openStore } from '../application/application.ts'
import { formatUserId, toUserId } from '../arguments.ts'
import type { Command } from '../command.ts'
import { moment } from '../output/moment.ts'
import { stateOf } from '../session-rows.ts'

export const showUserCommand: Command = {
  words: ['users', 'show'],
  parameters: [{ name: 'user-id' }],
  options: [],
  summary: 'Show whether a user is blocked, and how many sessions are live',
  description: `Only Cloakroom's own block is meant: whether the application has banned the user is
in its users table. Of users that it has never heard of it says the same as of
others who have no session.`,
  examples: ['users show 42 --config auth.ts'],
  async run({ application, parameters: [text = ''] }) {
    const { policy, userIdType } = application
    const userId = toUserId(userIdType, text)
    const store = await openStore(application)
    const at = await store.blockedAt(userId)
    const rows = await store.list(userId)
    const live = rows.filter((row) => stateOf(row, policy) === 'live').length
    const state = at === null ? 'is not blocked' : `has been blocked since ${moment(at)}`
    return {
      json: {
        userId,
        blockedAt: at === null ? null : new Date(at).toISOString(),
        liveSessions: live,
      },
      text: `User ${formatUserId(userId)} ${state}, and has ${liveSessions(live)}.`,
    }
  },
}

function liveSessions(count: number): string {
  if (count === 0) return 'no live session'
  return `${count} live ${count === 1 ? 'session' : 'sessions'}`
}
