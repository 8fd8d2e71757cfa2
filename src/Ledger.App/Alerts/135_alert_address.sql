-- What the addresses of pages begin with that alerts lead to, as whoever was told it last left it; empty where nobody was.
alter table alerts.runner add column address text not null default '';

-- To how many addresses a subscription sends from a decision on, and when; no address, since who forgets one forgets it everywhere. Null of what was decided before.
alter table alerts.subscription add column sends text;
