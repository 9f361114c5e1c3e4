/** What migrations/sqlite.ts explains, for PostgreSQL. */
export const postgresSteps: readonly string[] = [
  `
  create table users (
    id uuid primary key,
    -- In the order of code points, so that a range finds what begins with the same letters.
    email text collate "C" not null unique,
    password_hash text not null,
    password_version integer not null default 1,
    admin boolean not null default false,
    banned boolean not null default false,
    created_at bigint not null
  );
  create index users_admin on users (admin) where admin = true;

  create table throttles (
    key_hash bytea primary key,
    failures integer not null,
    free_at bigint not null,
    forget_at bigint not null
  );
  create index throttles_forget_at on throttles (forget_at);

  create table known_networks (
    key_hash bytea primary key,
    forget_at bigint not null
  );
  create index known_networks_forget_at on known_networks (forget_at);

  create table invites (
    code_hash bytea primary key,
    created_by uuid not null references users (id),
    created_at bigint not null,
    expires_at bigint not null,
    used_by uuid references users (id),
    used_at bigint
  );

  create table setup_codes (
    code_hash bytea primary key,
    expires_at bigint not null
  );

  create table set_up (id integer primary key check (id = 1));
  insert into set_up (id) values (1);

  create table audit_log (
    id bigint generated always as identity primary key,
    at bigint not null,
    actor_id text,
    actor_email text,
    action text not null,
    target_id text,
    target_email text,
    ip text,
    detail text
  );
  create index audit_log_at on audit_log (at);

  create table audit_retention (
    id integer primary key check (id = 1),
    delete_before bigint not null
  );
  insert into audit_retention (id, delete_before) values (1, 0);

  create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is not changed like this', tg_table_name;
    end
  $$;
  create trigger audit_log_is_not_updated before update or truncate on audit_log
    execute function refuse_change();
  create function refuse_early_delete() returns trigger language plpgsql as $$
    begin
      if old.at >= (select delete_before from audit_retention) then
        raise exception 'audit_log is append-only';
      end if;
      return old;
    end
  $$;
  create trigger audit_log_is_not_deleted before delete on audit_log
    for each row execute function refuse_early_delete();
  create trigger audit_retention_only_grows before update on audit_retention
    for each row when (new.delete_before < old.delete_before) execute function refuse_change();
  create trigger audit_retention_stays before delete or truncate on audit_retention
    execute function refuse_change();
  `,
  `
  create table clients (
    id text primary key,
    name text not null,
    confidential boolean not null,
    secret_hash bytea,
    old_secret_hash bytea,
    serves text,
    grants text not null,
    created_at bigint not null
  );
  `,
  `
  -- For whoever makes sure of addresses: the service sends no mail, and never sets it.
  alter table users add column email_verified boolean not null default false;
  `,
]
