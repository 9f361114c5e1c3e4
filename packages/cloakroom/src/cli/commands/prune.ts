import { openStore } from '../application/application.ts'
import type { Command } from '../command.ts'
import { countSessions } from '../revocation.ts'

export const pruneCommand: Command = {
  words: ['prune'],
  parameters: [],
  options: [],
  summary: 'Delete sessions that are past their deadline',
  description: `Applications do this by themselves, every hour unless told otherwise. In small
batches, so that it is in nobody's way.`,
  examples: ['prune --config auth.ts'],
  async run({ application }) {
    const store = await openStore(application)
    const pruned = await store.prune()
    return { json: { pruned }, text: `Deleted ${countSessions(pruned)}.` }
  },
}
