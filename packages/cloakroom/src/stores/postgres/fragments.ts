/**
 * Always true. What it is a condition of is on the disk when it is acknowledged, even where the
 * application has turned that off; with `locally` it waits for nothing else. `set_config` lasts as
 * long as the transaction, which ends with the statement unless there is one around it.
 */
export function durably(locally = 'false'): string {
  return `case when current_setting('synchronous_commit') = 'off' or ${locally}::boolean
    then set_config('synchronous_commit', 'local', true) = 'local' else true end`
}

/** Milliseconds as an interval. */
export function lasting(milliseconds: string): string {
  return `${milliseconds} * interval '1 millisecond'`
}

/** A string that is a body of a function, whatever is in it. */
export function dollarQuoted(body: string): string {
  let quotes = '$cloakroom$'
  while (body.includes(quotes)) quotes = `$_${quotes.slice(1)}`
  return `${quotes}${body}${quotes}`
}
