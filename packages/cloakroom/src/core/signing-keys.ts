/**
 * Where the keys that sign access tokens are kept: one small document, of which a store knows nothing
 * but its version. An optional ability of stores; `signingKeysContract` in `cloakroom/testing` tests it.
 */
export interface SigningKeyStore {
  /**
   * The document as it was last committed, read where it is written: a replica may not know yet of a
   * key that was withdrawn. Rejects with `store_unavailable` only.
   */
  read(): Promise<StoredSigningKeys>
  /**
   * Replaces the document if its version is still `version`, and raises the version by one. `false`:
   * another process was first, and nothing was written. Durable when it resolves.
   */
  write(document: string, version: number): Promise<boolean>
}

export interface StoredSigningKeys {
  /** 0: there is no document yet. */
  readonly version: number
  /** JSON text; `''` at version 0. The private keys in it are encrypted. */
  readonly document: string
  /** The database's time at this statement, in milliseconds since 1970. */
  readonly now: number
}
