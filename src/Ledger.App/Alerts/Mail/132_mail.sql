-- An address for mails is an endpoint, too: who forgets it forgets with it whatever was mailed there or was to be.
alter table alerts.endpoint add column kind text not null default 'webhook', add constraint kind_known check (kind in ('webhook', 'mail'));
create unique index uq_endpoint_mail on alerts.endpoint (lower(address)) where kind = 'mail';

-- When a subscription's mails go to an address. It stays when it has ended, so that the link of an old mail still says so.
create table alerts.mailing (
    subscription text        not null,
    endpoint     bigint      not null,
    -- The secret of the link that ends it. Mails hold it, so it is here as it is.
    token        text        not null,
    digest       text        not null,  -- immediate, daily or weekly
    hour         time        not null,
    day          text        not null,  -- of the week
    zone         text        not null,
    quiet_from   time,                  -- null: no hours are quiet
    quiet_until  time,
    made_by      text        not null,
    made_at      timestamptz not null default clock_timestamp(),
    ended_at     timestamptz,
    -- Whether whoever reads the mails has ended it.
    by_reader    boolean     not null default false,
    constraint pk_mailing primary key (subscription, endpoint),
    constraint uq_mailing_token unique (token),
    constraint fk_mailing foreign key (endpoint) references alerts.endpoint (id) on delete cascade,
    constraint digest_known check (digest in ('immediate', 'daily', 'weekly')),
    constraint quiet_whole check ((quiet_from is null) = (quiet_until is null))
);
create index ix_mailing_endpoint on alerts.mailing (endpoint);

-- A mail as it was put together before it was sent for the first time: what is sent again is the same mail.
create table alerts.mail (
    id           text        not null,  -- follows from the deliveries that it is made of
    subscription text        not null,
    endpoint     bigint      not null,
    made_at      timestamptz not null default clock_timestamp(),
    constraint pk_mail primary key (id),
    constraint fk_mail foreign key (endpoint) references alerts.endpoint (id) on delete cascade
);
create index ix_mail_endpoint on alerts.mail (endpoint);

-- The mail that tells it; null of what is not mailed, or not yet put into one.
alter table alerts.delivery add column mail text, add constraint fk_delivery_mail foreign key (mail) references alerts.mail (id) on delete cascade;
create index ix_delivery_mail on alerts.delivery (mail) where mail is not null;
create index ix_delivery_mailed on alerts.delivery (endpoint, position, subject) where mail is not null;

grant select, insert, update, delete on alerts.mailing, alerts.mail to ledger_app;
