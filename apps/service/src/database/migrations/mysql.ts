/**
 * What migrations/sqlite.ts explains, for MySQL and MariaDB. There every statement that changes
 * tables commits by itself, so a step must bear to be begun again where it was broken off.
 */
export const mysqlSteps: readonly string[] = [
  `
  create table if not exists users (
    id char(36) character set ascii collate ascii_bin primary key,
    email varchar(254) character set utf8mb4 collate utf8mb4_bin not null unique,
    password_hash varchar(255) character set ascii collate ascii_bin not null,
    password_version integer not null default 1,
    admin boolean not null default false,
    banned boolean not null default false,
    created_at bigint not null,
    index users_admin (admin)
  ) engine = InnoDB;

  create table if not exists throttles (
    key_hash binary(32) primary key,
    failures integer not null,
    free_at bigint not null,
    forget_at bigint not null,
    index throttles_forget_at (forget_at)
  ) engine = InnoDB;

  create table if not exists known_networks (
    key_hash binary(32) primary key,
    forget_at bigint not null,
    index known_networks_forget_at (forget_at)
  ) engine = InnoDB;

  create table if not exists invites (
    code_hash binary(32) primary key,
    created_by char(36) character set ascii collate ascii_bin not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_by char(36) character set ascii collate ascii_bin,
    used_at bigint,
    foreign key (created_by) references users (id),
    foreign key (used_by) references users (id)
  ) engine = InnoDB;

  create table if not exists setup_codes (
    code_hash binary(32) primary key,
    expires_at bigint not null
  ) engine = InnoDB;

  create table if not exists set_up (id integer primary key check (id = 1)) engine = InnoDB;
  insert ignore into set_up (id) values (1);

  create table if not exists audit_log (
    id bigint auto_increment primary key,
    at bigint not null,
    actor_id char(36) character set ascii,
    actor_email varchar(254) character set utf8mb4,
    action varchar(255) character set ascii not null,
    target_id char(36) character set ascii,
    target_email varchar(254) character set utf8mb4,
    ip varchar(255) character set ascii,
    detail text character set utf8mb4,
    index audit_log_at (at)
  ) engine = InnoDB;

  create table if not exists audit_retention (
    id integer primary key check (id = 1),
    delete_before bigint not null
  ) engine = InnoDB;
  insert ignore into audit_retention (id, delete_before) values (1, 0);

  drop trigger if exists audit_log_is_not_updated;
  create trigger audit_log_is_not_updated before update on audit_log for each row
    signal sqlstate '45000' set message_text = 'audit_log is append-only';

  drop trigger if exists audit_log_is_not_deleted;
  create trigger audit_log_is_not_deleted before delete on audit_log for each row
    if old.at >= (select delete_before from audit_retention) then
      signal sqlstate '45000' set message_text = 'audit_log is append-only';
    end if;

  drop trigger if exists audit_retention_only_grows;
  create trigger audit_retention_only_grows before update on audit_retention for each row
    if new.delete_before < old.delete_before then
      signal sqlstate '45000' set message_text = 'audit_retention only grows';
    end if;

  drop trigger if exists audit_retention_stays;
  create trigger audit_retention_stays before delete on audit_retention for each row
    signal sqlstate '45000' set message_text = 'audit_retention has one row';
  `,
  `
  create table if not exists clients (
    id varchar(40) character set ascii collate ascii_bin primary key,
    name varchar(40) character set utf8mb4 not null,
    confidential boolean not null,
    secret_hash binary(32),
    old_secret_hash binary(32),
    serves varchar(255) character set ascii,
    grants text character set ascii not null,
    created_at bigint not null
  ) engine = InnoDB;
  `,
  `
  -- For whoever makes sure of addresses: the service sends no mail, and never sets it.
  -- Only MariaDB knows 'add column if not exists'.
  set @missing = not exists (
    select 1 from information_schema.columns where table_schema = database()
      and table_name = 'users' and column_name = 'email_verified'
  );
  set @change = if(
    @missing,
    'alter table users add column email_verified boolean not null default false',
    'do 0'
  );
  prepare change_users from @change;
  execute change_users;
  deallocate prepare change_users;
  `,
]
