-- Views which move together share one position. The row is locked while a batch is folded, by whichever process
-- folds it, and moves in the same transaction as the views.
create table ledger.projection_groups (
    name              text        not null,
    position          bigint      not null default 0,
    moved_at          timestamptz not null default now(),
    -- The event which could not be folded, and why; null while all is well.
    failed_at         timestamptz null,
    failed_position   bigint      null,
    failed_projection text        null,
    failure           text        null,
    constraint pk_projection_groups primary key (name)
);

-- Finds the row's newest version at the end of an index, however many old ones an idle transaction keeps alive.
create index ix_projection_groups_position on ledger.projection_groups (name, position);

-- The version of each projection's definition whose tables stand in the database.
create table ledger.projections (
    name       text not null,
    group_name text not null,
    version    int  not null,
    constraint pk_projections primary key (name),
    constraint fk_projections_group foreign key (group_name) references ledger.projection_groups (name)
);

grant select, update on ledger.projection_groups to ledger_app;
grant select on ledger.projections to ledger_app;
