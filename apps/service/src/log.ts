/** Names of the OWASP Logging Vocabulary, as log collectors know them. Nothing else is logged. */
export type LogEvent =
  | 'authn_login_success'
  | 'authn_login_fail'
  | 'authn_password_change'
  | 'authn_password_change_fail'
  | 'authn_token_created'
  | 'authn_token_reuse'
  | 'authn_token_revoked'
  | 'authz_admin'
  | 'authz_change'
  | 'authz_fail'
  | 'excess_rate_limit_exceeded'
  | 'malicious_csrf'
  | 'malicious_extraneous'
  | 'session_created'
  | 'session_expired'
  | 'session_renewed'
  | 'session_use_after_expire'
  | 'sys_crash'
  | 'sys_shutdown'
  | 'sys_startup'
  | 'user_created'

export type LogLevel = 'INFO' | 'WARN' | 'ERROR'

/** Facts about an event. Never a password, a token, a cookie, a code, or an address that was typed. */
export interface LogFields {
  readonly level?: LogLevel
  /** A stable code. */
  readonly reason?: string | undefined
  readonly action?: string | undefined
  readonly userId?: string | null | undefined
  readonly targetId?: string | null | undefined
  readonly sessionId?: string | undefined
  readonly clientId?: string | undefined
  readonly ip?: string | null | undefined
  readonly count?: number | undefined
  readonly origin?: string | undefined
  readonly errorId?: string | undefined
  readonly pid?: number | undefined
  /** Of another process. */
  readonly worker?: number | undefined
  /** How a process ended: its code, or the signal that killed it. */
  readonly exit?: number | string | undefined
  readonly error?: unknown
}

export type Log = (event: LogEvent, fields?: LogFields) => void

/**
 * Longest value in characters: nobody fills a disk with one request. Stack traces get more, but so
 * that a line stays below 4096 bytes, which several processes can write to one pipe without mixing.
 */
const maxLength = 200
const maxStackLength = 2000

/**
 * One JSON object a line, in ASCII: a value can end neither its line nor a terminal's sanity.
 * @param worker Which of several processes this is.
 */
export function createLog(
  write: (line: string) => void,
  clock: () => number = Date.now,
  worker?: number,
): Log {
  return (event, { level = 'INFO', error, ...fields } = {}) => {
    const line: Record<string, unknown> = {
      datetime: new Date(clock()).toISOString(),
      appid: 'cloakroom',
      ...(worker !== undefined && { worker }),
      level,
      event,
    }
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined || value === null) continue
      line[snakeCase(name)] = typeof value === 'string' ? value.slice(0, maxLength) : value
    }
    if (error !== undefined) line.error = describe(error)
    write(`${toAscii(JSON.stringify(line))}\n`)
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, maxLength)
  const cause = error.cause === undefined ? '' : `; cause: ${describe(error.cause)}`
  return `${error.stack ?? error.message}${cause}`.slice(0, maxStackLength)
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function toAscii(json: string): string {
  return json.replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
