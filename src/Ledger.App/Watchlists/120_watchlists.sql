-- How far the watchlists have followed the log, and the day that they are of. What is on them stands in the log.
create table ledger.watchlist_follower (
    -- There is one row.
    one      boolean not null default true,
    -- Every change up to here is followed.
    position bigint  not null,
    -- UTC: rules over time were asked of this day.
    day      date    not null,
    constraint pk_watchlist_follower primary key (one),
    constraint one_row check (one)
);

-- The ids of all lists there ever were, so that nobody has to look for their streams.
create table ledger.watchlists (
    id text not null,
    constraint pk_watchlists primary key (id)
);

grant select, insert, update on ledger.watchlist_follower to ledger_app;
grant select, insert on ledger.watchlists to ledger_app;
