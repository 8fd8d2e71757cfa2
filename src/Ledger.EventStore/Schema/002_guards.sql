-- What is recorded stays as it was recorded. The role of the server has no right to change it, and these triggers
-- refuse everybody else who has not disabled them; who has is found by verifying the log against its Merkle tree.
create function ledger.refuse_rewriting() returns trigger language plpgsql as $$
begin
    raise exception 'The log is append-only: % of %.% is refused.', lower(tg_op), tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on ledger.mt_events
    for each statement execute function ledger.refuse_rewriting();
create trigger append_only before delete or truncate on ledger.mt_streams
    for each statement execute function ledger.refuse_rewriting();
create trigger append_only_columns before update of id, type, created, tenant_id, is_archived on ledger.mt_streams
    for each statement execute function ledger.refuse_rewriting();
create trigger append_only before update or delete or truncate on ledger.texts
    for each statement execute function ledger.refuse_rewriting();
create trigger one_row before insert or delete or truncate on ledger.log_head
    for each statement execute function ledger.refuse_rewriting();

-- Also while session_replication_role says that triggers rest.
alter table ledger.mt_events enable always trigger append_only;
alter table ledger.mt_streams enable always trigger append_only;
alter table ledger.mt_streams enable always trigger append_only_columns;
alter table ledger.texts enable always trigger append_only;
alter table ledger.log_head enable always trigger one_row;

do $$
begin
    if not exists (select from pg_roles where rolname = 'ledger_app') then
        create role ledger_app login;
    end if;
exception when duplicate_object or unique_violation then
    null; -- made by the migration of another database of this cluster at the same moment
end $$;

revoke all on all tables in schema ledger from public, ledger_app;
revoke all on all functions in schema ledger from public;
grant usage on schema ledger to ledger_app;
grant select on all tables in schema ledger to ledger_app;
grant insert on ledger.mt_events, ledger.mt_streams, ledger.idempotency_keys, ledger.texts to ledger_app;
grant update (version, timestamp) on ledger.mt_streams to ledger_app;
grant update on ledger.log_head to ledger_app;
grant delete on ledger.idempotency_keys to ledger_app;
grant select, update on sequence ledger.mt_events_sequence to ledger_app;
