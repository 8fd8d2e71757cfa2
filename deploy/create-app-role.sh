#!/usr/bin/env bash
# Runs once, when the database's volume is empty: gives the server's role its password. The migrations give it its rights.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password LEDGER_DB_PASSWORD
create role ledger_app login password :'password';
SQL
