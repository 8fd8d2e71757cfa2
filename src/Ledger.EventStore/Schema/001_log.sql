-- The log, in the table layout of Marten 9 (stream identity string, single tenancy, all metadata).
-- Nothing may be added to the mt_ tables: no column, no index, no constraint. Triggers are not part of the layout.
create schema if not exists ledger;

create table ledger.mt_streams (
    id          varchar     not null,
    type        varchar     null,
    version     bigint      null,
    timestamp   timestamptz not null default now(),
    created     timestamptz not null default now(),
    tenant_id   varchar     null default '*DEFAULT*',
    is_archived boolean     null default false,
    constraint pkey_mt_streams_id primary key (id)
);

create sequence ledger.mt_events_sequence as bigint start 1;

create table ledger.mt_events (
    seq_id         bigint       not null,
    id             uuid         not null,
    stream_id      varchar      null,
    version        bigint       not null,
    data           jsonb        not null,
    bdata          bytea        null,
    type           varchar(500) not null,
    timestamp      timestamptz  not null default now(),
    tenant_id      varchar      null default '*DEFAULT*',
    mt_dotnet_type varchar      null,
    correlation_id varchar      null,
    causation_id   varchar      null,
    headers        jsonb        null,
    is_archived    boolean      null default false,
    constraint pkey_mt_events_seq_id primary key (seq_id),
    constraint fkey_mt_events_stream_id foreign key (stream_id) references ledger.mt_streams (id) on delete cascade
);

create unique index pk_mt_events_stream_and_version on ledger.mt_events (stream_id, version);

alter sequence ledger.mt_events_sequence owned by ledger.mt_events.seq_id;

-- Marten's own table. The ledger leaves it alone.
create table ledger.mt_event_progression (
    name         varchar     not null,
    last_seq_id  bigint      null,
    last_updated timestamptz null default transaction_timestamp(),
    constraint pk_mt_event_progression primary key (name)
);

-- One row: the last committed position and its time. Its lock, held for the length of a commit, is the order of the
-- log. The position is the key, so that the newest version of the row is found at the end of an index however many
-- old versions somebody's idle transaction keeps from being removed.
create table ledger.log_head (
    position    bigint      not null,
    recorded_at timestamptz not null,
    constraint pk_log_head primary key (position)
);

insert into ledger.log_head (position, recorded_at) values (0, '-infinity');

-- Answers to appends which carried an idempotency key, kept for 30 days.
create table ledger.idempotency_keys (
    author         text        not null,
    key            text        not null,
    content        bytea       not null,
    first_position bigint      not null,
    last_position  bigint      not null,
    recorded_at    timestamptz not null,
    constraint pk_idempotency_keys primary key (author, key)
);

-- Long texts, by the SHA-256 of their UTF-8 bytes; events carry the hash.
create table ledger.texts (
    sha256  bytea not null,
    content text  not null,
    constraint pk_texts primary key (sha256),
    constraint ck_texts_sha256 check (sha256 = sha256(convert_to(content, 'UTF8')))
);
