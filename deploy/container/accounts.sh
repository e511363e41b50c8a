#!/bin/sh
# Run once by the image of PostgreSQL when it makes the database (deploy/compose.yaml): the owner of the tables and the two halves.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v owner="$OWNER_PASSWORD" -v public="$PUBLIC_PASSWORD" -v staff="$STAFF_PASSWORD" <<'SQL'
CREATE ROLE recovery LOGIN PASSWORD :'owner';
CREATE ROLE recovery_public LOGIN PASSWORD :'public';
CREATE ROLE recovery_staff LOGIN PASSWORD :'staff';
ALTER DATABASE recovery OWNER TO recovery;
ALTER SCHEMA public OWNER TO recovery;
SQL
