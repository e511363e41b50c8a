"""The accounts of the two halves of the site at PostgreSQL (deploy/postgresql/roles.sql)."""
