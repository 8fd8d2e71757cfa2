-- From the change to what was sent again is as long as somebody took to ask for it, which tells nothing of the deliveries.
alter table alerts.delivery add column again_at timestamptz;
