import type { StoreSelector } from '../../core/store.ts'
import type { UserIdType } from '../../core/user.ts'
import { openStore } from '../application/application.ts'
import { formatUserId, toSessionId, toUserId } from '../arguments.ts'
import type { Command } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { OptionValues } from '../command-options.ts'
import type { Question } from '../confirm.ts'
import { countSessions, endSessions } from '../revocation.ts'

export const revokeAllSessionsCommand: Command = {
  words: ['sessions', 'revoke-all'],
  parameters: [{ name: 'user-id', isOptional: true }],
  options: ['everybody', 'except', 'replicated', 'settled', 'yes'],
  summary: 'End all sessions of a user, or of everybody',
  description: `Sign-ins that are under way get no session either. Users may sign in again at once:
to prevent that, use \`users block\`.`,
  examples: [
    'sessions revoke-all 42 --config auth.ts',
    'sessions revoke-all 42 --except 019f2c3a-5b1e-7c44-9d2e-0a1b2c3d4e5f',
    'sessions revoke-all --everybody',
  ],
  async run({ application, parameters: [text], options, confirm }) {
    const selector = toSelector(application.userIdType, text, options)
    const store = await openStore(application)
    await confirm(question(selector, application.name))
    const revoked = await endSessions(store, options, (durability) =>
      store.revoke(selector, durability),
    )
    return {
      json: { revoked },
      text: sentence(selector, revoked.length),
    }
  },
}

type WholeSelector = Exclude<StoreSelector, { readonly sessionId: Uint8Array }>

function toSelector(
  type: UserIdType,
  text: string | undefined,
  { everybody, except }: OptionValues,
): WholeSelector {
  if (everybody) {
    if (text === undefined && except === undefined) return { everybody }
    throw usage('--everybody means all users: name none, and no session to keep')
  }
  if (text === undefined) throw usage('sessions revoke-all needs a <user-id>, or --everybody')
  const userId = toUserId(type, text)
  return except === undefined ? { userId } : { userId, except: toSessionId(except) }
}

function question(selector: WholeSelector, name: string): Question {
  if ('everybody' in selector) {
    return { text: () => `This signs out every user in ${name}`, word: 'everybody' }
  }
  const { userId, except } = selector
  const but = except === undefined ? '' : ' but one'
  return { text: () => `End all sessions${but} of user ${userId} in ${name}` }
}

function sentence(selector: WholeSelector, count: number): string {
  const sessions = countSessions(count)
  if ('everybody' in selector) return `Signed out everybody: ${sessions} ended.`
  return `Ended ${sessions} of user ${formatUserId(selector.userId)}.`
}

function usage(message: string): CommandError {
  return new CommandError('usage', message)
}
