-- For a backup that the server itself makes: where the numbers of alerts and deliveries have come to.
grant select on all sequences in schema alerts to ledger_app;
