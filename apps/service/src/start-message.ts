import type { Config } from './config.ts'
import type { Started } from './start.ts'

/** What whoever started the service is told, on stderr: the log never holds the code. */
export function startMessage(
  { origin, setupCode }: Pick<Started, 'origin' | 'setupCode'>,
  { signUp }: Pick<Config, 'signUp'>,
): string {
  const open = `Open ${origin}\n`
  if (setupCode === undefined) return open
  const signUpHint =
    signUp === 'open' ? 'Sign up' : `Sign up (SIGN_UP=${signUp}: this code is your invite)`
  return `${open}\n${box([
    'There is no administrator yet.',
    `${signUpHint}, and hand in this code within 30 minutes at`,
    `${origin}/setup`,
    '',
    `    ${setupCode}`,
    '',
    'Whoever has it becomes administrator. Each start prints a new one.',
  ])}\n`
}

function box(lines: readonly string[]): string {
  const width = Math.max(...lines.map((line) => line.length))
  const edge = '─'.repeat(width + 2)
  const middle = lines.map((line) => `│ ${line.padEnd(width)} │\n`).join('')
  return `┌${edge}┐\n${middle}└${edge}┘`
}
