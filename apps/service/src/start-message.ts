import type { Config } from './config.ts'
import type { Started } from './start.ts'

/** What whoever started the service is told, on stderr: the log never holds the code. */
export function startMessage(
  { origin, setupCode }: Pick<Started, 'origin' | 'setupCode'>,
  { signUp, trustedProxyHops }: Pick<Config, 'signUp' | 'trustedProxyHops'>,
): string {
  const open = `Open ${origin}\n${proxyHint(origin, trustedProxyHops)}`
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

// The service speaks no TLS itself. If all clients seem to be the proxy, one of them can use up the
// sign-in attempts of all.
function proxyHint(origin: string, trustedProxyHops: number): string {
  if (trustedProxyHops > 0 || !origin.startsWith('https:')) return ''
  return 'ORIGIN is https, so there is a proxy in front: set TRUST_PROXY_HOPS to the number of proxies that append to X-Forwarded-For, usually 1, or attempts are counted for all clients together\n'
}

function box(lines: readonly string[]): string {
  const width = Math.max(...lines.map((line) => line.length))
  const edge = '─'.repeat(width + 2)
  const middle = lines.map((line) => `│ ${line.padEnd(width)} │\n`).join('')
  return `┌${edge}┐\n${middle}└${edge}┘`
}
