-- Alerts are forgotten after a time: the server may take them away.
grant delete on alerts.change, alerts.alert to ledger_app;
create index ix_change_recorded on alerts.change (recorded_at);

-- What was answered to requests with an Idempotency-Key. An answer may hold a secret, so it is locked with the key, of which only the hash is here.
create table alerts.request (
    author  text        not null,
    key     bytea       not null,
    request text        not null,
    answer  bytea       not null,
    at      timestamptz not null default clock_timestamp(),
    constraint pk_request primary key (author, key),
    constraint key_length check (length(key) = 32)
);
grant select, insert, delete on alerts.request to ledger_app;
