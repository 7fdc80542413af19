#!/bin/sh
# Run once by the postgres image, on an empty volume: the application's role owns its database and is no superuser.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set password="$PATHNOTES_PASSWORD" \
  --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
CREATE ROLE pathnotes LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'password';
CREATE DATABASE pathnotes OWNER pathnotes ENCODING 'UTF8' TEMPLATE template0;
SQL
