"""The project: settings, URLs, middleware and the admin site. It doesn't depend on guides or inquiries."""

__version__ = "0.2.0"
# The oldest release whose processes may go on with a database of this release: during an upgrade, and after going back from one.
# Its migrations only add (tests/ops/test_additive_migrations.py).
SERVES_FROM = "0.1.0"
