#!/usr/bin/env bash
# Runs once, in the container of PostgreSQL, when its folder is new: the program's owner and its database, as
# docs/operate.md has them. The owner is no superuser; it makes the logins of the purposes.
set -euo pipefail
psql --username="${POSTGRES_USER:-postgres}" --dbname=postgres --set=ON_ERROR_STOP=1 \
  --set=password="$(cat "${DATABASE_PASSWORD_FILE:-/run/secrets/database_password}")" <<'SQL'
create role cloudrun login createrole password :'password';
create database cloudrun owner cloudrun;
SQL
