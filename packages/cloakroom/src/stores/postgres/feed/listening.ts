/** A connection that listens to the channel. It never begins anew by itself. */
export interface Listening {
  /**
   * One round trip, on the connection itself. Resolves only if that listens, and to a primary; when it
   * does, all that was committed before it began has been heard.
   */
  prove(): Promise<void>
  /** Ends it at once, and what waits for it. */
  close(): void
}

export interface Ears {
  hear(payload: string): void
  /** The connection is lost, or can no longer be trusted. May be called more than once. */
  fail(error: unknown): void
}

/** Connects and listens. Rejects, with everything closed, if that cannot be done in time. */
export type Listen = (channel: string, ears: Ears) => Promise<Listening>

/**
 * Gives the process of the server that this connection leads to, if it listens to the channel and the
 * server is a primary.
 */
export const proof = `select pg_backend_pid() from pg_listening_channels() c
  where c = $1 and not pg_is_in_recovery()`

/**
 * @param known The process that the driver was told of when it connected: behind a pooler that is not
 * the one that answers, and the notices of one connection may go to another.
 * @throws {Error} if the answer proves nothing
 */
export function checkProof(answered: unknown, known: unknown): void {
  if (answered === undefined) {
    throw new Error('The connection of the feed does not listen any more, or to a standby')
  }
  if (answered !== known) {
    throw new Error(
      'The feed needs a connection of its own to PostgreSQL: there is a pooler between',
    )
  }
}
