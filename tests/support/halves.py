"""On PostgreSQL every page that a visitor asks for in a test is answered by the visitors' half, with the database account it has.

So a right that deploy/postgresql/roles.sql forgets, or a visitor's page that begins to read the staff's tables, fails the tests of that
page. The staff's worker, which runs beside it in production, catches up after each form.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock

import psycopg2.extensions
import pytest
from django.db import DatabaseError, InterfaceError, connection
from django.test import override_settings
from django.test.client import ClientHandler
from django.urls import get_resolver
from django.utils import timezone

from intake.mailbox import danger_escalation, second_look
from intake.notifications import alarms
from recovery_site.database import roles
from recovery_site.staff.paths import is_staff_page


@contextmanager
def visitors_half() -> Iterator[None]:
    """Be the visitors' half: its account, its settings, none of the staff's keys."""
    with override_settings(SITE_ROLE="public", SERVES_STAFF=False, CENTRE_KEYS_DIR=None, BLIND_INDEX_KEY=""):
        if connection.vendor != "postgresql":  # SQLite has no accounts: only the settings are those of the half
            yield
            return
        connection.ensure_connection()
        _role(f"SET ROLE {roles.PUBLIC}")
        try:
            yield
        finally:
            _role("RESET ROLE")


def _role(sql: str) -> None:
    """Change the account, unseen by whatever counts or breaks queries. In a transaction that failed, undoing it does."""
    raw = connection.connection
    if raw is None or raw.closed or raw.get_transaction_status() == psycopg2.extensions.TRANSACTION_STATUS_INERROR:
        return
    with raw.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture(autouse=True, scope="session")
def visitors_pages_are_answered_by_the_visitors_half() -> Iterator[None]:
    """Answer visitors' requests of Django's test client with the rights of the visitors' half, on PostgreSQL."""
    get_resolver().url_patterns  # noqa: B018 (read while the settings are those of both halves: these tests have the pages of both)
    answer = ClientHandler.get_response

    def get_response(self: Any, request: Any) -> Any:
        if connection.vendor != "postgresql" or is_staff_page(request) or not _may_ask():
            return answer(self, request)
        # It can't know what the staff's half has, and would queue a second look that these tests don't count.
        with visitors_half(), mock.patch.object(second_look, "_is_available", second_look.stage_two.is_installed):
            response = answer(self, request)
        if request.method == "POST" and connection.connection is not None and not connection.needs_rollback:
            with suppress(DatabaseError, InterfaceError):  # a test may have taken the database away
                danger_escalation.follow_reopened(timezone.now())
                alarms.ring_due(timezone.now())
        return response

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ClientHandler, "get_response", get_response)
        yield


def _may_ask() -> bool:
    """Return whether this test may use the database at all."""
    try:
        connection.ensure_connection()
    except Exception:
        return False
    return True
