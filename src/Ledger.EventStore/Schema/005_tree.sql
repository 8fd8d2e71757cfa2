-- The Merkle tree over the log (RFC 6962), in tiles of up to 256 hashes as C2SP's tlog-tiles cuts them. A tile at the
-- right edge is rewritten as it fills; a full one never changes.
create table ledger.tree_tiles (
    level  smallint not null,
    index  bigint   not null,
    hashes bytea    not null,
    constraint pk_tree_tiles primary key (level, index)
);

-- Hashes do not compress.
alter table ledger.tree_tiles alter column hashes set storage external;

-- One row: how many events the tiles hold. Its lock elects, of several servers, the one that extends the tree and signs.
create table ledger.tree_head (
    size bigint not null,
    constraint pk_tree_head primary key (size)
);

insert into ledger.tree_head (size) values (0);

create trigger one_row before insert or delete or truncate on ledger.tree_head
    for each statement execute function ledger.refuse_rewriting();

-- Every checkpoint that was signed, as a signed note.
create table ledger.tree_checkpoints (
    size      bigint      not null,
    note      text        not null,
    signed_at timestamptz not null default now(),
    constraint pk_tree_checkpoints primary key (size)
);

create trigger append_only before update or delete or truncate on ledger.tree_checkpoints
    for each statement execute function ledger.refuse_rewriting();

grant select on ledger.tree_tiles, ledger.tree_head, ledger.tree_checkpoints to ledger_app;
grant insert, update on ledger.tree_tiles to ledger_app;
grant update on ledger.tree_head to ledger_app;
grant insert on ledger.tree_checkpoints to ledger_app;
