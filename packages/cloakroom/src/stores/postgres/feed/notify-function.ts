/** Changes that one transaction tells one by one; beyond that, everybody's may have changed. */
const mostChanges = 1000
/** Ids of sessions in one notice, which must be shorter than 8,000 bytes. */
const idsInNotice = 180

/** The body of a trigger function that tells of everybody. */
export function everybodyBody(channel: string): string {
  return `
begin
  perform pg_notify('${channel}', '${everybody}');
  return null;
end
`
}

/**
 * The body of one that tells of the sessions in the transition table `removed`; not of those past
 * their deadline, which everybody knows by themselves.
 */
export function removedBody(channel: string): string {
  return `
declare
  ids uuid[] := array(
    select id from removed where expires_at > statement_timestamp() limit ${mostChanges + 1});
  told integer := ${countWith('cardinality(ids)')};
begin
  perform set_config('cloakroom.told', told::text, true);
  if told > ${mostChanges} then
    perform pg_notify('${channel}', '${everybody}');
  else
    perform pg_notify('${channel}',
      json_build_object('sessionIds', json_agg(id))::text)
    from (select id, (row_number() over () - 1) / ${idsInNotice} as notice from unnest(ids) id) ids
    group by notice;
  end if;
  return null;
end
`
}

/** The body of one that is called for each row, and tells of its id; if that changes, of both. */
export function rowBody(channel: string, kind: 'sessionIds' | 'userIds', column: string): string {
  return `
declare
  told integer := ${countWith('1')};
  notice text := (select json_build_object('${kind}', json_agg(distinct id))
    from unnest(array[old.${column}::text, new.${column}::text]) id where id is not null);
begin
  perform set_config('cloakroom.told', told::text, true);
  if told > ${mostChanges} or octet_length(notice) > 7999 then
    notice := '${everybody}';
  end if;
  perform pg_notify('${channel}', notice);
  return null;
end
`
}

const everybody = '{"everybody":true}'

/**
 * What the transaction has told before, and so many more. What is rolled back goes out of the count
 * as it goes out of the notices. Equal notices of a transaction are sent once.
 */
function countWith(more: string): string {
  return `least(${mostChanges + 1}, ${more}
    + coalesce(nullif(current_setting('cloakroom.told', true), ''), '0')::integer)`
}
