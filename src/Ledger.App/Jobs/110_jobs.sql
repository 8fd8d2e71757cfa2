-- What runs by the clock. This tells of work and not of the record, so finished runs are cleared away after a time.
create schema jobs;
-- Quartz, which says when a job is due, makes and upgrades its own tables here.
grant usage, create on schema jobs to ledger_app;

create table jobs.job (
    name      text        not null,
    -- Counts the runs that began. What an earlier run than the last would still write is refused by it.
    fence     bigint      not null default 0,
    -- While it is paused only those of its runs begin that somebody asks for.
    paused_by text,
    paused_at timestamptz,
    constraint pk_job primary key (name)
);

-- A run waits until a server takes it, or the command that asked for it.
create table jobs.run (
    id              bigint      generated always as identity,
    job             text        not null,
    state           text        not null default 'waiting',
    cause           text        not null,
    asked_by        text,                 -- null: the clock
    asked_key       text,                 -- the asker's own name for the request
    asked_at        timestamptz not null default clock_timestamp(),
    due_at          timestamptz,          -- the time by its schedule; null where somebody asked
    not_before      timestamptz not null default clock_timestamp(),
    attempt         int         not null default 1,
    next_run        bigint,               -- what follows where it did not succeed; null where that is given up
    fence           bigint,
    server          text,
    began_at        timestamptz,
    seen_at         timestamptz,          -- when its server last said that it goes on
    ended_at        timestamptz,
    done            bigint,
    total           bigint,
    unit            text,
    changed         bigint      not null default 0,
    result          text,
    failure         text,
    cancelled_by    text,
    acknowledged_by text,
    acknowledged_at timestamptz,
    constraint pk_run primary key (id),
    constraint fk_run_job foreign key (job) references jobs.job (name),
    constraint state_known check (state in ('waiting', 'running', 'succeeded', 'failed', 'cancelled', 'lost')),
    constraint cause_known check (cause in ('schedule', 'request', 'retry', 'takeover'))
);

-- A job runs once at a time, however many servers there are, and once for each of its times.
create unique index uq_run_running on jobs.run (job) where state = 'running';
create unique index uq_run_due on jobs.run (job, due_at) where cause = 'schedule';
create unique index uq_run_asked on jobs.run (job, asked_by, asked_key) where asked_key is not null;
create index ix_run_open on jobs.run (state) where state in ('waiting', 'running');
create index ix_run_job on jobs.run (job, id);

create table jobs.run_line (
    run    bigint      not null,
    number int         not null,
    at     timestamptz not null,
    text   text        not null,
    constraint pk_run_line primary key (run, number),
    constraint fk_run_line foreign key (run) references jobs.run (id) on delete cascade
);

-- Who runs jobs: whether a command has to run one itself.
create table jobs.server (
    name     text        not null,
    began_at timestamptz not null default clock_timestamp(),
    seen_at  timestamptz not null default clock_timestamp(),
    constraint pk_server primary key (name)
);

grant select, insert, update, delete on jobs.job, jobs.run, jobs.run_line, jobs.server to ledger_app;
