-- One row a version of a deal, with the positions in the log from which (included) to which (left out) it held.
create table views.deal (
    id text not null,
    version bigint not null,
    from_position bigint not null,
    to_position bigint,
    recorded_at timestamptz not null,
    author text not null,
    kind text not null,
    company_id text not null,
    status text not null,
    series text,
    modifier text,
    instrument text,
    round_as_written text,
    qualifier text not null,
    currency text,
    amount_low numeric,
    amount_high numeric,
    amount_as_written text,
    usd_low numeric,
    usd_high numeric,
    announced text not null,
    announced_from date,
    announced_to date,
    counts boolean not null,
    contested text[] not null,
    state jsonb not null,
    primary key (id, from_position)
);

create unique index deal_current on views.deal (id) where to_position is null;
create index deal_of_company on views.deal (company_id, from_position) where to_position is null;
create index deal_by_position on views.deal (from_position);

comment on table views.deal is 'Deals, one row a version; the current ones have no to_position.';
comment on column views.deal.from_position is 'Position in the log of the event that made this version.';
comment on column views.deal.to_position is 'Position of the event that ended it; null while it is current.';
comment on column views.deal.kind is 'round, aggregate, fund or listing.';
comment on column views.deal.company_id is 'The party that raises, or sponsors a fund.';
comment on column views.deal.amount_low is 'Whole units of currency; null where there is no lower bound.';
comment on column views.deal.amount_high is 'Null where there is no upper bound; left out of the interval where the qualifier is orderOfMagnitude.';
comment on column views.deal.usd_low is 'Dollars as the source itself gives them beside another currency; never computed.';
comment on column views.deal.announced is 'As precisely as the source says: 2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03, XXXX-04 or unknown.';
comment on column views.deal.counts is 'Whether the sum counts as money raised: pledged, announced or closed, and no aggregate.';
comment on column views.deal.contested is 'Fields whose claims cannot all be true.';
comment on column views.deal.state is 'Every claim with its quote and source, as the deal is folded on.';
