/** What tokens may be asked for: audiences (RFC 8707 §2: absolute URIs), each with its scopes. */
export type Grants = Readonly<Record<string, readonly string[]>>

/**
 * Reads `https://orders.example orders:read orders:write; https://billing.example`: an audience and
 * its scopes, separated by spaces, and a semicolon before the next one.
 * @throws {Error} saying what is wrong with it
 */
export function parseGrants(text: string): Grants {
  const entries = text
    .split(';')
    .map((part) => part.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0)
    .map(([audience = '', ...scopes]) => [checkAudience(audience), scopes.map(checkScope)] as const)
  const audiences = new Set(entries.map(([audience]) => audience))
  if (audiences.size < entries.length) throw new Error('must name each audience once')
  return Object.fromEntries(entries.map(([audience, scopes]) => [audience, [...new Set(scopes)]]))
}

export function formatGrants(grants: Grants): string {
  return Object.entries(grants)
    .map((entry) => entry.flat().join(' '))
    .join('; ')
}

/** What of `wanted` is offered. */
export function commonGrants(wanted: Grants, offered: Grants): Grants {
  const common = Object.entries(wanted).flatMap(([audience, scopes]) => {
    if (!Object.hasOwn(offered, audience)) return []
    return [[audience, scopes.filter((scope) => offered[audience]?.includes(scope))]]
  })
  return Object.fromEntries(common)
}

export function checkAudience(audience: string): string {
  const isUri = audience.length <= 255 && /^[\x21-\x7e]+$/.test(audience) && URL.canParse(audience)
  if (isUri && !/[#"\\]/.test(audience)) return audience
  throw new Error(
    `must name audiences by absolute URIs without a fragment, such as https://orders.example; one is ${quote(audience)}`,
  )
}

function checkScope(scope: string): string {
  // RFC 6749 §3.3.
  if (/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(scope)) return scope
  throw new Error(
    `must name scopes in at most 100 characters without quotes and backslashes; one is ${quote(scope)}`,
  )
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
