import type { Queries } from '../database/database.ts'

/** What was counted under one key. */
export interface Count {
  readonly failures: number
  /** Until then nothing is let through under the key. */
  readonly freeAt: number
}

/**
 * The count under a key; `undefined`: nothing that still matters. Until the transaction ends nobody
 * else can claim it.
 */
export async function claimCount(
  queries: Queries,
  key: Uint8Array,
  now: number,
): Promise<Count | undefined> {
  const sql = 'select failures, free_at, forget_at from throttles where key_hash = ?'
  for (;;) {
    const row = await queries.lockOne<Row>(sql, key)
    if (row !== undefined) {
      return row.forget_at > now ? { failures: row.failures, freeAt: row.free_at } : undefined
    }
    // What is not there cannot be locked.
    const nothing = { key_hash: key, failures: 0, free_at: 0, forget_at: 0 }
    await queries.insertIfAbsent('throttles', nothing)
  }
}

interface Row {
  readonly failures: number
  readonly free_at: number
  readonly forget_at: number
}

/** Of a key that was claimed. */
export async function writeCount(
  queries: Queries,
  key: Uint8Array,
  { failures, freeAt }: Count,
  forgetAt: number,
): Promise<void> {
  const sql = 'update throttles set failures = ?, free_at = ?, forget_at = ? where key_hash = ?'
  await queries.run(sql, failures, freeAt, forgetAt, key)
}

export async function forgetCount(queries: Queries, key: Uint8Array): Promise<void> {
  await queries.run('delete from throttles where key_hash = ?', key)
}

/** One failure less. */
export async function takeBackOne(queries: Queries, key: Uint8Array): Promise<void> {
  const sql = 'update throttles set failures = failures - 1 where key_hash = ? and failures > 0'
  await queries.run(sql, key)
}
