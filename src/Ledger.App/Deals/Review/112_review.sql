-- What somebody should look at, as the job found it last. It is made anew from the views, and not of the record.
create table ledger.review (
    kind     text        not null,
    deal     text        not null,
    other    text        not null default '', -- of a pair: the deal that it may be
    company  text        not null,
    title    text        not null,
    says     text        not null,
    since    date,
    weight   int         not null,           -- what is listed first: days, or points
    found_at timestamptz not null default now(),
    constraint pk_review primary key (kind, deal, other),
    constraint kind_known check (kind in ('stalePledge', 'contested', 'duplicate'))
);

grant select, insert, update, delete on ledger.review to ledger_app;
