-- Who is told of which changes, and how that went. It stands beside the log and not in it: addresses and secrets must not be kept for ever.
create schema alerts;
grant usage on schema alerts to ledger_app;

-- How far the log has been looked through. Nothing moves it back, so no replay of a view sends anything.
create table alerts.runner (
    -- There is one row at most.
    one      boolean not null default true,
    position bigint  not null default 0,
    constraint pk_runner primary key (one),
    constraint one_row check (one)
);

-- What a subscription was, from one decision about it to the next. Deciding waits for the runner's row, and so holds for every change after
-- the log's end at that moment, and for none before.
create table alerts.subscription (
    id           bigint      generated always as identity,
    subscription text        not null,
    number       int         not null,
    what         text        not null,
    by           text        not null,
    at           timestamptz not null default clock_timestamp(),
    name         text        not null,
    target       text        not null,
    -- A party's, a sector's or a list's id, or a rule.
    follows      text        not null,
    -- Null: all.
    kinds        text[],
    is_active    boolean     not null,
    after        bigint      not null,
    until        bigint,               -- null: it is the last one
    constraint pk_subscription primary key (id),
    constraint uq_subscription unique (subscription, number),
    constraint what_known check (what in ('made', 'changed', 'paused', 'resumed', 'deleted')),
    constraint target_known check (target in ('investor', 'company', 'sector', 'watchlist', 'rule')),
    constraint kinds_not_empty check (cardinality(kinds) > 0)
);
create unique index uq_subscription_last on alerts.subscription (subscription) where until is null;

-- An address of somebody's. Who deletes it deletes with it whatever was sent there or was to be.
create table alerts.endpoint (
    id              bigint      generated always as identity,
    address         text        not null,
    made_by         text        not null,
    made_at         timestamptz not null default clock_timestamp(),
    disabled_at     timestamptz,
    disabled_why    text,
    failing_since   timestamptz,
    -- How often it has failed since it last took something.
    failures        int         not null default 0,
    -- Nothing is sent there before.
    not_before      timestamptz not null default '-infinity',
    -- One server at a time sends there.
    lease           uuid,
    leased_until    timestamptz not null default '-infinity',
    served_at       timestamptz not null default '-infinity',
    constraint pk_endpoint primary key (id),
    constraint uq_endpoint unique (address)
);

-- What its requests are signed with. The server signs, so they are here as they are.
create table alerts.secret (
    endpoint   bigint      not null,
    secret     bytea       not null,
    made_at    timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    constraint pk_secret primary key (endpoint, secret),
    constraint fk_secret foreign key (endpoint) references alerts.endpoint (id) on delete cascade
);

-- The secret address of a subscription's feed; of the secret only the hash is here.
create table alerts.feed (
    subscription text        not null,
    hash         bytea       not null,
    made_by      text        not null,
    made_at      timestamptz not null default clock_timestamp(),
    constraint pk_feed primary key (subscription),
    constraint uq_feed unique (hash),
    constraint hash_length check (length(hash) = 32)
);

create table alerts.channel (
    subscription text   not null,
    endpoint     bigint not null,
    constraint pk_channel primary key (subscription, endpoint),
    constraint fk_channel foreign key (endpoint) references alerts.endpoint (id) on delete cascade
);
create index ix_channel_endpoint on alerts.channel (endpoint);

-- A change that concerned somebody, told once for all of them. Subject: the deal or the list that changed.
create table alerts.change (
    position    bigint      not null,
    subject     text        not null,
    recorded_at timestamptz not null,
    kinds       text[]      not null,
    content     text        not null,
    constraint pk_change primary key (position, subject)
);

create table alerts.alert (
    subscription text   not null,
    position     bigint not null,
    subject      text   not null,
    constraint pk_alert primary key (subscription, position, subject),
    constraint fk_alert foreign key (position, subject) references alerts.change (position, subject)
);
create index ix_alert_change on alerts.alert (position, subject);

create table alerts.delivery (
    -- Follows from the subscription, the position, the subject and the channel.
    id           text        not null,
    number       bigint      generated always as identity,
    subscription text        not null,
    position     bigint      not null,
    subject      text        not null,
    endpoint     bigint      not null,
    state        text        not null default 'pending',
    -- Attempts by the present schedule; one that is sent again begins it anew.
    tries        int         not null default 0,
    next_at      timestamptz not null default clock_timestamp(),
    made_at      timestamptz not null default clock_timestamp(),
    ended_at     timestamptz,
    constraint pk_delivery primary key (id),
    constraint fk_delivery_alert foreign key (subscription, position, subject) references alerts.alert (subscription, position, subject),
    constraint fk_delivery_endpoint foreign key (endpoint) references alerts.endpoint (id) on delete cascade,
    constraint state_known check (state in ('pending', 'sent', 'failed'))
);
create index ix_delivery_due on alerts.delivery (endpoint, next_at) where state = 'pending';
create unique index uq_delivery_number on alerts.delivery (number);
create index ix_delivery_alert on alerts.delivery (subscription, position, subject);

create table alerts.attempt (
    delivery  text        not null,
    number    int         not null,
    at        timestamptz not null,
    request   text        not null,  -- the headers that were sent; the body is the delivery's
    status    int,                   -- null where there was no answer
    answer    text,
    failure   text,
    millis    int         not null,
    constraint pk_attempt primary key (delivery, number),
    constraint fk_attempt foreign key (delivery) references alerts.delivery (id) on delete cascade
);

grant select, insert, update on alerts.runner to ledger_app;
grant select, insert, update (until) on alerts.subscription to ledger_app;
grant select, insert, update, delete on alerts.endpoint, alerts.secret, alerts.feed, alerts.channel, alerts.delivery, alerts.attempt to ledger_app;
grant select, insert on alerts.change, alerts.alert to ledger_app;
