-- Feeds that are looked at for articles, and the articles that somebody is to read. None of it is of the record: what is recorded
-- of an article begins with its text.
create table ledger.feeds (
    id            text        not null,
    address       text        not null,
    title         text,
    added_by      text        not null,
    added_at      timestamptz not null default now(),
    -- What it said of itself when it was last read, so that it answers only if it has changed.
    etag          text,
    last_modified text,
    asked_at      timestamptz,
    answered_at   timestamptz,
    -- Why it could not be read the last time, and since when; null while all is well.
    failure       text,
    failing_since timestamptz,
    constraint pk_feeds primary key (id),
    constraint uq_feeds_address unique (address)
);

create table ledger.inbox (
    id           bigint      generated always as identity,
    feed         text        not null,
    guid         text        not null, -- the feed's own name for it
    address      text,
    title        text        not null,
    summary      text,
    published_at timestamptz,
    found_at     timestamptz not null default now(),
    seen_at      timestamptz not null default now(), -- when it last stood in the feed
    done_by      text,
    done_at      timestamptz,
    constraint pk_inbox primary key (id),
    constraint uq_inbox_guid unique (feed, guid),
    constraint fk_inbox_feed foreign key (feed) references ledger.feeds (id) on delete cascade
);
create index ix_inbox_address on ledger.inbox (address);

grant select, insert, update, delete on ledger.feeds, ledger.inbox to ledger_app;
