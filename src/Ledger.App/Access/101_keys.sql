-- Who may do what over HTTP. Keys stand beside the log and never in it, since they must not be kept for ever; of a key's
-- secret only the hash is here. Keys are made and revoked by the owner of the database; the server recognises them.
create table ledger.keys (
    id           text        not null,
    -- Whom everything that is written with the key is by.
    name         text        not null,
    role         text        not null,
    -- What of the record the key may change; null: whatever its role may.
    scope        text[],
    -- SHA-256 of the secret, which is 256 random bits: there is nothing to guess that a slow hash would have to protect.
    hash         bytea       not null,
    made_by      text        not null,
    made_at      timestamptz not null default now(),
    expires_at   timestamptz,
    revoked_by   text,
    revoked_at   timestamptz,
    -- A day is enough to tell which keys are of no use any more.
    last_used_on date,
    constraint pk_keys primary key (id),
    constraint role_known check (role in ('reader', 'editor', 'admin')),
    constraint scope_not_empty check (cardinality(scope) > 0),
    constraint hash_length check (length(hash) = 32)
);

grant select, update (last_used_on) on ledger.keys to ledger_app;
