-- Cloakroom's tables in MySQL and MariaDB, version 1. `cloakroom_` is the default prefix.
-- `user_id_type` stands for the type of your users' ids: bigint for integers of any size,
-- binary(16) for uuid, varbinary(765) for text, in UTF-8. Times are milliseconds since 1970, UTC.

create table if not exists cloakroom_sessions (
  id                   binary(16) not null primary key, -- UUIDv7: inserts go to the end
  secret_hash          binary(32) not null,    -- SHA-256 of the token's secret; the token is nowhere
  family_hash          binary(32) not null,    -- SHA-256 of the half that outlives rotations
  previous_secret_hash binary(32),             -- these two: only for rotation with a grace
  rotation_nonce       varbinary(32),
  rotated_at           bigint,
  user_id              user_id_type,           -- null: an anonymous session
  impersonator_id      user_id_type,           -- who acts as the user; nearly always null
  epoch                bigint not null,        -- live only while it is the sum of the current ones
  client_id            varchar(255),           -- an OAuth client; null: first party
  created_at           bigint not null,
  last_seen_at         bigint not null,
  expires_at           bigint not null,        -- the absolute deadline
  persistent           tinyint not null,       -- 0: ends with the browser
  authenticated_at     bigint,                 -- when the credential was last checked
  methods              varchar(330) not null,  -- RFC 8176 names, separated by spaces
  ip                   varchar(45),
  device               varchar(40),
  data                 mediumtext not null,    -- a JSON object
  data_version         bigint not null,
  key (user_id)
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- A row for each user who was ever blocked or signed out everywhere, or signs in under a limit on
-- the number of sessions. Never deleted.
create table if not exists cloakroom_user_states (
  user_id              user_id_type not null primary key,
  epoch                bigint not null,        -- only grows
  blocked_at           bigint,                 -- null: not blocked
  sessions_valid_after bigint                  -- only for judging tokens issued elsewhere
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- One row.
create table if not exists cloakroom_state (
  one                  tinyint not null primary key check (one = 1),
  schema_version       int not null,
  epoch                bigint not null,        -- raised to sign everybody out
  largest_lease_ms     bigint not null         -- of any process's cache; only grows
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

-- At most one row; none until access tokens are issued.
create table if not exists cloakroom_signing_keys (
  one                  tinyint not null primary key check (one = 1),
  version              bigint not null,        -- of two changes at once one is refused
  document             mediumtext not null     -- JSON; the private keys in it are encrypted
) engine = innodb character set utf8mb4 collate utf8mb4_bin;

insert ignore into cloakroom_state (one, schema_version, epoch, largest_lease_ms)
  values (1, 1, 0, 0);
