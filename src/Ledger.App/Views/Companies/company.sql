-- Counters of a company; its deals stand in views.deal. A row goes when its last deal goes.
create table views.company (
    id text primary key,
    deals bigint not null,
    counted bigint not null,
    undisclosed bigint not null
);

comment on table views.company is 'Companies that have deals, under the party ids that the deals name.';
comment on column views.company.deals is 'All deals, whatever their kind and status.';
comment on column views.company.counted is 'Deals whose sum counts as money raised.';
comment on column views.company.undisclosed is 'Of these, deals whose amount is undisclosed.';

create table views.company_total (
    company_id text not null,
    currency text not null,
    pledged boolean not null,
    deals bigint not null,
    low numeric not null,
    high numeric not null,
    unbounded bigint not null,
    primary key (company_id, currency, pledged)
);

comment on table views.company_total is 'Money raised by company and currency as announced, what is only pledged apart.';
comment on column views.company_total.low is 'Sum of the lower bounds; an amount without one adds nothing.';
comment on column views.company_total.high is 'Sum of the upper bounds of those deals that have one.';
comment on column views.company_total.unbounded is 'Deals without an upper bound; while there are any, the total has none.';
