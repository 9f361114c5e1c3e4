-- Cloakroom's tables in PostgreSQL, version 1. `cloakroom_` is the default prefix. `user_id_type`
-- stands for the type and the collation of your users' ids. Columns are in the order that wastes no
-- space on alignment.

create table cloakroom_sessions (
  id                   uuid primary key,        -- version 7: inserts go to the end of the index
  created_at           timestamptz(3) not null,
  last_seen_at         timestamptz(3) not null,
  expires_at           timestamptz(3) not null, -- the absolute deadline
  authenticated_at     timestamptz(3),          -- when the credential was last checked
  epoch                integer not null,        -- live while it is the sum of the current ones
  data_version         integer not null,
  user_id              user_id_type,            -- null: an anonymous session
  impersonator_id      user_id_type,            -- who acts as the user; nearly always null
  persistent           boolean not null,        -- false: ends with the browser
  secret_hash          bytea not null,          -- SHA-256 of the token's secret, which is nowhere
  family_hash          bytea not null,          -- SHA-256 of the half that outlives rotations
  previous_secret_hash bytea,                   -- these three: only for rotation with a grace
  rotation_nonce       bytea,
  rotated_at           timestamptz(3),
  client_id            text,                    -- an OAuth client; null: first party
  methods              text not null,           -- RFC 8176 names, separated by spaces
  ip                   text,
  device               text,                    -- at most 40 characters
  data                 json not null            -- an object; as text, because jsonb refuses \u0000
) with (fillfactor = 90);  -- room for heap-only updates: a touch then writes to no index

-- The only other index: one on a time would make every touch write to it.
create index cloakroom_sessions_user_id on cloakroom_sessions (user_id) where user_id is not null;

-- A row for each user who was ever blocked or signed out everywhere. Never deleted.
create table cloakroom_user_states (
  user_id              user_id_type primary key,
  epoch                integer not null,        -- only grows
  blocked_at           timestamptz(3),          -- null: not blocked
  sessions_valid_after timestamptz(3)           -- only for judging tokens issued elsewhere
);

-- One row.
create table cloakroom_state (
  one                    boolean primary key default true check (one),
  schema_version         integer not null,
  epoch                  integer not null,      -- raised to sign everybody out
  idle_seconds           integer not null,      -- these three: for cloakroom_verify, where the
  absolute_seconds       integer not null,      -- statement that calls it gives none
  non_persistent_seconds integer not null,
  largest_lease_ms       integer not null       -- of any process's cache; only grows
);

insert into cloakroom_state
  (schema_version, epoch, idle_seconds, absolute_seconds, non_persistent_seconds, largest_lease_ms)
  values (1, 0, 604800, 2592000, 86400, 0);

-- At most one row; none until access tokens are issued.
create table cloakroom_signing_keys (
  one      boolean primary key default true check (one),
  version  integer not null,                    -- of two changes at once one is refused
  document text not null                        -- JSON; the private keys in it are encrypted
);
