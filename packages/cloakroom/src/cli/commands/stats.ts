import { openStore } from '../application/application.ts'
import type { Command } from '../command.ts'
import { table } from '../output/table.ts'

export const statsCommand: Command = {
  words: ['stats'],
  parameters: [],
  options: [],
  summary: 'Count sessions and blocked users',
  description: 'May read every row. Counts sessions that are over as well, until they are pruned.',
  examples: ['stats --config auth.ts', 'stats --json'],
  async run({ application }) {
    const store = await openStore(application)
    const { sessions, anonymous, expired, blockedUsers } = await store.stats()
    const lines = [
      ['Sessions', sessions],
      ['  without a user', anonymous],
      ['  past their deadline', expired],
      ['Blocked users', blockedUsers],
    ] as const
    return { json: { sessions, anonymous, expired, blockedUsers }, text: countTable(lines) }
  },
}

function countTable(lines: readonly (readonly [string, number])[]): string {
  const width = Math.max(...lines.map(([, count]) => String(count).length))
  return table(
    lines.map(([name, count]) => [{ text: name }, { text: String(count).padStart(width) }]),
  )
}
