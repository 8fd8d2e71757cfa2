-- Counters of an investor, and one row a deal it is in. A row goes when its last deal goes.
create table views.investor (
    id text primary key,
    deals bigint not null,
    led bigint not null,
    joined bigint not null,
    backed bigint not null
);

comment on table views.investor is 'Investors that are named in deals, under the party ids that the deals name.';
comment on column views.investor.led is 'Deals in the role lead.';
comment on column views.investor.joined is 'Deals in the role participant.';
comment on column views.investor.backed is 'Deals in the role backer: named as backing the company, in no round that the source names.';

create table views.investor_deal (
    investor_id text not null,
    deal_id text not null,
    company_id text not null,
    role text not null,
    existing boolean not null,
    position bigint not null,
    primary key (investor_id, deal_id)
);

create index investor_deal_latest on views.investor_deal (investor_id, position desc);
create index investor_deal_of_deal on views.investor_deal (deal_id);

comment on table views.investor_deal is 'Who is in which deal, now.';
comment on column views.investor_deal.existing is 'The source says that the investor had invested in the company before.';
comment on column views.investor_deal.position is 'Position in the log of the last event of the deal.';
