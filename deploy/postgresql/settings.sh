# shellcheck shell=sh
# Read by watch, promote and join. They run as postgres on a database machine, with what /etc/postgresql/recovery-database says:
#   OTHER      the name or address of the other database machine
#   DATABASE   the database of the site
#   PGDATA     where this machine keeps it
#   START      what starts the server here
#   STOP       what stops it
# and what psql reads, such as PGPORT. The password of `replicator` stands in ~postgres/.pgpass.
FILE=/etc/postgresql/recovery-database
# shellcheck disable=SC1090 # there is none where it is checked
if [ -z "${OTHER:-}" ] && [ -r "$FILE" ]; then set -a; . "$FILE"; set +a; fi
: "${OTHER:?is not set: who is the other database machine?}" "${DATABASE:=recovery}" "${PGDATA:?is not set}" "${START:?is not set}" "${STOP:?is not set}"
export PGDATA PGCONNECT_TIMEOUT=2 PGUSER="${PGUSER:-postgres}"
# The scripts themselves never wait for the other machine.
export PGOPTIONS="-c statement_timeout=5s -c synchronous_commit=local"

# "standby", or the timeline of a server that takes writes: of two, the one with the higher number was promoted later.
ROLE="SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END"

ours() { timeout 10 psql -XAtq -v ON_ERROR_STOP=1 -d "${2:-postgres}" -c "$1"; }
theirs() { timeout 10 psql -XAtq -v ON_ERROR_STOP=1 -h "$OTHER" -U replicator -d postgres -c "$1"; }
say() { echo "$*"; }
