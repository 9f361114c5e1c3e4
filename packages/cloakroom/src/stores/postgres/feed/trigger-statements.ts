import { quote } from '../dialect.ts'
import { dollarQuoted } from '../fragments.ts'
import type { FeedFunction, FeedTrigger } from './triggers.ts'

/**
 * Makes the triggers and their functions, or replaces them.
 *
 * @param columns Of the users table, that matter. They are compared as bytes (`*<>`; PostgreSQL
 * manual, 9.25.6 Composite Type Comparison): some types have no other comparison.
 */
export function triggerStatements(
  triggers: readonly FeedTrigger[],
  columns: readonly string[],
): string[] {
  const functions = new Map(triggers.map(({ calls }) => [calls.name, calls]))
  const condition = `when (${rowOf('old', columns)}
    *<> ${rowOf('new', columns)})`
  return [
    ...[...functions.values()].map(functionStatement),
    ...triggers.map(
      ({ name, table, calls, events, each, isForColumns }) =>
        `create or replace trigger ${quote(name)}
  after ${events}
  on ${table} ${each}${isForColumns ? `\n  ${condition}` : ''}
  execute function ${calls.name}()`,
    ),
  ]
}

// The caller's search path is anybody's.
function functionStatement({ name, body }: FeedFunction): string {
  return `create or replace function ${name}() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as ${dollarQuoted(body)}`
}

function rowOf(version: 'old' | 'new', columns: readonly string[]): string {
  return `row(${columns.map((column) => `${version}.${quote(column)}`).join(', ')})::record`
}
