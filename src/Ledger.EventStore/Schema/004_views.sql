-- Every version of every view has a schema of its own. Of each view one version is live, which readers see; one may be
-- building, which is replayed beside it; and one may be kept, to which the ledger can be rolled back.
create table ledger.view_versions (
    view            text        not null,
    version         int         not null,
    schema_name     text        not null,
    state           text        not null,
    fingerprint     text        not null, -- of the definition that its rows were made by
    layout          text        not null, -- of its tables
    made_at         timestamptz not null default now(),
    switched_at     timestamptz null,     -- when it became live
    -- While it is being replayed: the head of the log at the start, the last stream done, and how many events that were.
    replay_to       bigint      null,
    replay_cursor   text        null,
    replay_done     bigint      null,
    replay_of       bigint      null,
    -- The event that could not be folded, and why; null while all is well.
    failed_at       timestamptz null,
    failed_position bigint      null,
    failure         text        null,
    constraint pk_view_versions primary key (view, version),
    constraint uq_view_versions_schema unique (schema_name),
    -- Checked when a statement ends: one may change two states for each other.
    constraint uq_view_versions_state unique (view, state) deferrable initially immediate,
    constraint ck_view_versions_state check (state in ('building', 'live', 'kept'))
);

-- How far each version holds. It moves in the transaction that writes the version's tables, and is locked while a batch
-- is folded. The position is part of the key, so that the row's newest version is found at the end of an index however
-- many old ones somebody's idle transaction keeps from being removed.
create table ledger.view_positions (
    view     text        not null,
    version  int         not null,
    position bigint      not null,
    moved_at timestamptz not null default now(),
    constraint pk_view_positions primary key (view, version, position),
    constraint fk_view_positions foreign key (view, version) references ledger.view_versions (view, version) on delete cascade
);

-- Locks the positions of the live versions of some views until the transaction ends, and says which those are: all but
-- those that somebody else has locked, unless these are waited for.
create function ledger.lock_live_views(views text[], wait boolean) returns text[] language plpgsql as $$
declare
    locked text[] := '{}';
    name text;
begin
    foreach name in array views loop
        if wait then
            perform from ledger.view_positions p
                where p.view = name
                    and p.version = (select v.version from ledger.view_versions v where v.view = name and v.state = 'live')
                order by p.position desc limit 1 for update;
        else
            perform from ledger.view_positions p
                where p.view = name
                    and p.version = (select v.version from ledger.view_versions v where v.view = name and v.state = 'live')
                order by p.position desc limit 1 for update skip locked;
        end if;
        if found then
            locked := locked || name;
        end if;
    end loop;
    return locked;
end $$;

grant select, insert, update, delete on ledger.view_versions, ledger.view_positions to ledger_app;

-- The position of the last event recorded at a time or before; 0 if there is none. Times never decrease with positions.
create function ledger.position_at(at timestamptz) returns bigint language plpgsql stable as $$
declare
    low bigint := 0;
    high bigint;
    middle bigint;
begin
    select h.position into strict high from ledger.log_head h order by h.position desc limit 1;
    while low < high loop
        middle := (low + high + 1) / 2;
        if (select e.timestamp from ledger.mt_events e where e.seq_id = middle) <= at then
            low := middle;
        else
            high := middle - 1;
        end if;
    end loop;
    return low;
end $$;

revoke all on function ledger.position_at, ledger.lock_live_views from public;
grant execute on function ledger.position_at, ledger.lock_live_views to ledger_app;

-- The stable names stand in this schema. Another role may read them, and nothing else.
create schema if not exists views;
grant usage, create on schema views to ledger_app;

do $$
begin
    if not exists (select from pg_roles where rolname = 'ledger_reader') then
        create role ledger_reader login;
        alter role ledger_reader set default_transaction_read_only = on;
    end if;
exception when duplicate_object or unique_violation then
    null; -- made by the migration of another database of this cluster at the same moment
end $$;

grant usage on schema views to ledger_reader;

-- Makes the schema of a version, which is the server's own, on behalf of a server that may create nothing else.
create procedure ledger.make_view_schema(name text) language plpgsql security definer set search_path = pg_catalog as $$
begin
    if name !~ '^view_[a-z0-9_]+_[0-9]+$' then
        raise exception '''%'' is no name of a version''s schema.', name;
    end if;
    execute format('create schema %I', name);
    execute format('grant all on schema %I to ledger_app', name);
end $$;

create procedure ledger.drop_view_schema(name text) language plpgsql security definer set search_path = pg_catalog as $$
begin
    if name !~ '^view_[a-z0-9_]+_[0-9]+$' then
        raise exception '''%'' is no name of a version''s schema.', name;
    end if;
    execute format('drop schema if exists %I cascade', name);
end $$;

revoke all on procedure ledger.make_view_schema, ledger.drop_view_schema from public;
grant execute on procedure ledger.make_view_schema, ledger.drop_view_schema to ledger_app;
