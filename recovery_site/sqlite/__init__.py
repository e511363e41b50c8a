"""Django's SQLite backend for several processes that write at once: see recovery_site.sqlite.base."""
