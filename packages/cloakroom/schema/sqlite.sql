-- Cloakroom's tables in SQLite, version 1. `cloakroom_` is the default prefix. `user_id_type` stands
-- for the type of your users' ids: text, or integer. Times are milliseconds since 1970, UTC.

create table cloakroom_sessions (
  id                   blob primary key,       -- UUIDv7: inserts go to the end
  secret_hash          blob not null,          -- SHA-256 of the token's secret; the token is nowhere
  family_hash          blob not null,          -- SHA-256 of the half that outlives rotations
  previous_secret_hash blob,                   -- these two: only for rotation with a grace
  rotation_nonce       blob,
  rotated_at           integer,
  user_id              user_id_type,           -- null: an anonymous session
  impersonator_id      user_id_type,           -- who acts as the user; nearly always null
  epoch                integer not null,       -- live only while it is the sum of the current ones
  client_id            text,                   -- an OAuth client; null: first party
  created_at           integer not null,
  last_seen_at         integer not null,
  expires_at           integer not null,       -- the absolute deadline
  persistent           integer not null,       -- 0: ends with the browser
  authenticated_at     integer,                -- when the credential was last checked
  methods              text not null,          -- RFC 8176 names, separated by spaces
  ip                   text,
  device               text,                   -- at most 40 characters
  data                 text not null,          -- a JSON object
  data_version         integer not null
) strict, without rowid;

create index cloakroom_sessions_user_id on cloakroom_sessions (user_id) where user_id is not null;

-- A row for each user who was ever blocked or signed out everywhere. Never deleted.
create table cloakroom_user_states (
  user_id              user_id_type primary key not null,
  epoch                integer not null,       -- only grows
  blocked_at           integer,                -- null: not blocked
  sessions_valid_after integer                 -- only for judging tokens issued elsewhere
) strict, without rowid;

-- One row.
create table cloakroom_state (
  one                  integer primary key check (one = 1),
  schema_version       integer not null,
  epoch                integer not null,       -- raised to sign everybody out
  largest_lease_ms     integer not null        -- of any process's cache; only grows
) strict;

insert into cloakroom_state (one, schema_version, epoch, largest_lease_ms) values (1, 1, 0, 0);

-- At most one row; none until access tokens are issued.
create table cloakroom_signing_keys (
  one                  integer primary key check (one = 1),
  version              integer not null,       -- of two changes at once one is refused
  document             text not null           -- JSON; the private keys in it are encrypted
) strict;
