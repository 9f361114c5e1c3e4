/** Ids that one transaction tells one by one; beyond that, everybody's sessions may have changed. */
export const mostIds = 1000
/** Bytes of ids in a notice. One more id of that length may come on top; 8,000 are a notice's limit. */
const pieceBytes = 3500

/** What a trigger function tells, and of whom. */
export interface Telling {
  readonly channel: string
  readonly kind: 'sessionIds' | 'userIds'
  /** Selects the ids, as text. */
  readonly ids: string
}

/** The body of a trigger function that tells of everybody. */
export function everybodyBody(channel: string): string {
  return `
begin
  perform pg_notify('${channel}', '{"everybody":true}');
  return null;
end
`
}

/**
 * The body of a trigger function that tells of some. It counts for the whole transaction, and what is
 * rolled back goes out of the count as it goes out of the notices. Of equal notices the server
 * sends one.
 */
export function someBody({ channel, kind, ids }: Telling): string {
  return `
declare
  ids text[] := array(${ids});
  told integer := coalesce(nullif(current_setting('cloakroom.told', true), ''), '0')::integer;
begin
  if cardinality(ids) = 0 then
    return null;
  end if;
  told := least(told + cardinality(ids), ${mostIds + 1});
  perform set_config('cloakroom.told', told::text, true);
  if told > ${mostIds} or exists (
    select from unnest(ids) id where octet_length(to_json(id)::text) > ${pieceBytes}
  ) then
    perform pg_notify('${channel}', '{"everybody":true}');
  else
    perform pg_notify('${channel}', '{"${kind}":[' || string_agg(id, ',') || ']}') from (
      select id, sum(octet_length(id) + 1) over (rows unbounded preceding) / ${pieceBytes} as piece
      from (select to_json(id)::text as id from unnest(ids) id) quoted
    ) pieces group by piece;
  end if;
  return null;
end
`
}
