import type { ContenderFigures } from '../figures.ts'

export type Family = keyof typeof familyNames

/** What the colours of the page stand for. */
export const familyNames = {
  opaque: 'opaque token',
  asking: 'JWT that asks a server, too',
  signed: 'JWT by its signature alone',
  open: 'no authentication',
} as const

export function familyOf({ id, statements }: ContenderFigures): Family {
  if (id === 'open') return 'open'
  if (id.startsWith('opaque') || id === 'leased-cache') return 'opaque'
  return (statements.authenticated ?? 0) > 0 ? 'asking' : 'signed'
}

/** The page's style gives it its value, in light and in dark. */
export function colorOf(family: Family): string {
  return `var(--${family})`
}
