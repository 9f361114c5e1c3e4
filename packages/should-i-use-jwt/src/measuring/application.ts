/** What a request can bring. */
export const requestKinds = [
  'authenticated',
  'missing',
  'junk',
  'expired',
  'unknown',
  'refresh',
] as const

export type RequestKind = (typeof requestKinds)[number]

/** Values of the credential's header, by what is true of them. An absent kind cannot occur. */
export type Credentials = Readonly<Partial<Record<RequestKind, readonly string[]>>>

/** An HTTP application that is measured, in a process of its own. */
export interface Application {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number
  readonly header: 'authorization' | 'cookie'
  readonly credentials: Credentials
  /** Statements that its drivers have sent so far. */
  statements?(): number
  /** Ends the session. Resolves with the seconds for which the credential will still be accepted. */
  logOut?(credential: string): Promise<number>
  /** Verifies without HTTP, so many at once for so long; resolves with how many a second. */
  verifyMany?(concurrency: number, milliseconds: number): Promise<number>
  close(): Promise<void>
}

/** What the measuring process asks of the application's; each is answered by a `Reply`. */
export type Question =
  | { readonly ask: 'open'; readonly options: unknown }
  | { readonly ask: 'cpu' | 'statements' | 'close' }
  | { readonly ask: 'logOut'; readonly credential: string }
  | { readonly ask: 'verifyMany'; readonly concurrency: number; readonly milliseconds: number }

export type Reply = { readonly value: unknown } | { readonly error: string }
