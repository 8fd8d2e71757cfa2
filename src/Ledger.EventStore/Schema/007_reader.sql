-- Who reads the views writes nothing: PostgreSQL lets everybody make temporary tables and large objects, also a role whose
-- transactions begin as read-only ones, since it may begin others. The ledger's own roles use neither. Functions of the
-- system are changed by a superuser only, and a database by its owner: where whoever migrates is neither, they stay.
do $$
declare
    writing regprocedure;
begin
    if (select rolsuper from pg_roles where rolname = current_user) then
        for writing in
            select oid from pg_proc
            where pronamespace = 'pg_catalog'::regnamespace
                and proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_truncate', 'lo_truncate64', 'lo_unlink', 'lo_import', 'lo_export')
        loop
            execute format('revoke execute on function %s from public', writing);
        end loop;
    end if;
    if (select pg_has_role(datdba, 'usage') from pg_database where datname = current_database()) then
        execute format('revoke temporary on database %I from public', current_database());
    end if;
end $$;
