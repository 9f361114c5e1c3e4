import type { Command } from '../command.ts'
import { blockUserCommand } from './block-user.ts'
import { listSessionsCommand } from './list-sessions.ts'
import { migrateCommand } from './migrate.ts'
import { pruneCommand } from './prune.ts'
import { revokeAllSessionsCommand } from './revoke-all-sessions.ts'
import { revokeSessionCommand } from './revoke-session.ts'
import { showUserCommand } from './show-user.ts'
import { statsCommand } from './stats.ts'
import { unblockUserCommand } from './unblock-user.ts'

/** In the order of the help. */
export const commands: readonly Command[] = [
  migrateCommand,
  listSessionsCommand,
  revokeSessionCommand,
  revokeAllSessionsCommand,
  showUserCommand,
  blockUserCommand,
  unblockUserCommand,
  pruneCommand,
  statsCommand,
]
