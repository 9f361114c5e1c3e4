// The package has no types of its own.
declare module 'better-sqlite3' {
  import type { BetterSqliteHandle } from 'cloakroom/sqlite'

  interface Database extends BetterSqliteHandle {
    close(): void
  }
  const Database: new (file: string) => Database
  export = Database
}
