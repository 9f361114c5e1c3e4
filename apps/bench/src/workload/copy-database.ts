import { DatabaseSync } from 'node:sqlite'

/** A copy of a SQLite file with pages of `pageSize` bytes, in WAL mode. */
export function copyDatabase(from: string, to: string, pageSize: number): string {
  const source = new DatabaseSync(from)
  source.exec(`pragma page_size = ${pageSize}`)
  source.prepare('vacuum into ?').run(to)
  source.close()
  const copy = new DatabaseSync(to)
  copy.exec('pragma journal_mode = wal')
  copy.close()
  return to
}
