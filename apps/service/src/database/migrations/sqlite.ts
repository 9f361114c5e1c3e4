/**
 * The service's own tables, one step after the other. A step that was released is never changed.
 * Times are milliseconds since 1970. Whatever opens a door is stored as a hash of it.
 */
export const sqliteSteps: readonly string[] = [
  `
  create table users (
    id text primary key,
    email text not null unique,
    password_hash text not null,
    -- Counts changes of the password, and not of the hash's parameters.
    password_version integer not null default 1,
    admin integer not null default 0 check (admin in (0, 1)),
    -- For operators with an SQL shell: effective on the user's next request.
    banned integer not null default 0 check (banned in (0, 1)),
    created_at integer not null
  ) strict;
  create index users_admin on users (admin) where admin = 1;

  create table throttles (
    key blob primary key,
    failures integer not null,
    free_at integer not null,
    forget_at integer not null
  ) strict, without rowid;
  create index throttles_forget_at on throttles (forget_at);

  create table known_networks (
    key blob primary key,
    forget_at integer not null
  ) strict, without rowid;
  create index known_networks_forget_at on known_networks (forget_at);

  create table invites (
    code_hash blob primary key,
    created_by text not null references users (id),
    created_at integer not null,
    expires_at integer not null,
    used_by text references users (id),
    used_at integer
  ) strict, without rowid;

  create table setup_codes (
    code_hash blob primary key,
    expires_at integer not null
  ) strict, without rowid;

  -- No foreign keys: an entry outlives what it is about.
  create table audit_log (
    id integer primary key autoincrement,
    at integer not null,
    actor_id text,
    actor_email text,
    action text not null,
    target_id text,
    target_email text,
    ip text,
    detail text
  ) strict;
  create index audit_log_at on audit_log (at);

  -- One row: entries from before this time may be deleted. Retention moves it forward first.
  create table audit_retention (
    id integer primary key check (id = 1),
    delete_before integer not null
  ) strict;
  insert into audit_retention (id, delete_before) values (1, 0);

  create trigger audit_log_is_not_updated before update on audit_log begin
    select raise(abort, 'audit_log is append-only');
  end;
  create trigger audit_log_is_not_deleted before delete on audit_log
    when old.at >= (select delete_before from audit_retention) begin
    select raise(abort, 'audit_log is append-only');
  end;
  -- insert or replace deletes without asking the trigger above.
  create trigger audit_log_is_not_replaced before insert on audit_log
    when exists (select 1 from audit_log where id = new.id) begin
    select raise(abort, 'audit_log is append-only');
  end;
  create trigger audit_retention_only_grows before update on audit_retention
    when new.delete_before < old.delete_before begin
    select raise(abort, 'audit_retention only grows');
  end;
  create trigger audit_retention_stays before delete on audit_retention begin
    select raise(abort, 'audit_retention has one row');
  end;
  `,
  `
  -- 'key' is a reserved word elsewhere.
  alter table throttles rename column key to key_hash;
  alter table known_networks rename column key to key_hash;

  -- For conditions that all databases understand, who have no 1 for true.
  drop index users_admin;
  create index users_admin on users (admin) where admin = true;

  -- One row, which holds nothing: it is locked while the first administrator is made.
  create table set_up (id integer primary key check (id = 1)) strict;
  insert into set_up (id) values (1);
  `,
  `
  create table clients (
    id text primary key,
    name text not null,
    confidential integer not null check (confidential in (0, 1)),
    -- Two are valid at once, so that a secret can be replaced without an outage.
    secret_hash blob,
    old_secret_hash blob,
    -- The audience for which it introspects access tokens.
    serves text,
    -- A JSON object: the audiences that it may ask tokens for, each with its scopes.
    grants text not null,
    created_at integer not null
  ) strict;
  `,
  `
  -- For whoever makes sure of addresses: the service sends no mail, and never sets it.
  alter table users add column
    email_verified integer not null default 0 check (email_verified in (0, 1));
  `,
]
