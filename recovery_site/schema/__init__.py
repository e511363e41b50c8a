"""The database's schema and the release of the code: whether both fit, waiting for a migration, and long migrations in batches."""

# Commands that serve or work for long. All others, such as migrate, doctor and backup, must run with any database.
COMMANDS = frozenset({"runserver", "housekeeping", "send_notifications", "db_worker", "testserver"})
