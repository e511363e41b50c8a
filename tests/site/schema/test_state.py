"""A process never begins with a database that its code doesn't fit, and is told in one sentence what to do."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from recovery_site import SERVES_FROM, __version__
from recovery_site.doctor import database
from recovery_site.schema import COMMANDS, starting, state
from recovery_site.schema.models import Release
from tests.support.halves import visitors_half

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """Keep the connection of the test open."""
    monkeypatch.setattr(connection, "close", lambda: None)


@pytest.fixture(autouse=True)
def migrated():
    """A database that this release migrated, whatever tests before this one emptied."""
    state.record()


def forget(name: str) -> None:
    """Make the database one to which a migration wasn't applied."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'intake' AND name = %s", [name])


def apply_the_next_release(serves_from: str, version: str = "9.1.0") -> None:
    """Make the database one that a later release migrated."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('intake', '9999_of_next_year', '2026-11-29 00:00:00')")
    Release.objects.create(version=version, serves_from=serves_from)


def refusal() -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        starting.refuse_another_schema()
    [line] = str(refused.value).splitlines()
    return line


def codes() -> list[str]:
    return [str(message.id) for message in database._schema()]


def test_the_database_of_this_release_starts():
    starting.refuse_another_schema()
    assert codes() == []
    assert Release.objects.get().serves_from == SERVES_FROM


def test_with_an_older_database_the_operator_is_sent_to_the_upgrade():
    forget("0030_health")

    assert "older release" in refusal()
    assert "the first is intake 0030_health. Run script/upgrade" in refusal()
    assert codes() == ["doctor.E023"]


def test_with_a_newer_database_the_operator_is_told_which_version_to_install():
    apply_the_next_release(serves_from="9.0.0")

    assert f"The database is of release 9.1.0, newer than the code ({__version__}). Install 9.1.0" in refusal()
    assert codes() == ["doctor.E024"]


def test_what_is_killed_during_an_upgrade_starts_again_with_the_old_code():
    """The newest release says up to which older one its database still works."""
    apply_the_next_release(serves_from=SERVES_FROM)

    starting.refuse_another_schema()
    assert codes() == ["doctor.W024"]


def test_a_newer_database_that_says_no_version_is_refused_with_its_migration():
    apply_the_next_release(serves_from="9.0.0")
    Release.objects.all().delete()

    assert "intake 9999_of_next_year. Install the release that made it" in refusal()


def test_in_the_middle_of_an_upgrade_the_database_says_already_whom_it_serves():
    Release.objects.all().delete()

    state.announce()

    assert Release.objects.get().version == __version__


def test_going_back_leaves_the_note_of_the_newer_release():
    apply_the_next_release(serves_from=SERVES_FROM)

    call_command("migrate", verbosity=0)

    assert state.newest(Release.objects.all()).version == "9.1.0"


def test_columns_that_are_not_those_of_the_models_are_named():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intake_heartbeat RENAME COLUMN told_at TO told_before")

    assert "lacks intake_heartbeat.told_at" in refusal()
    assert codes() == ["doctor.E023"]


def test_the_visitors_half_sees_it_with_its_own_rights():
    with visitors_half():
        starting.refuse_another_schema()
    apply_the_next_release(serves_from="9.0.0")
    with visitors_half():
        assert "Install 9.1.0" in refusal()


def test_a_database_that_is_away_keeps_nobody_from_starting(monkeypatch):
    def away():
        raise OSError

    monkeypatch.setattr(state, "difference", away)
    starting.refuse_another_schema()


def test_what_serves_and_what_works_for_long_asks():
    assert {"runserver", "housekeeping", "send_notifications", "db_worker"} <= COMMANDS


@pytest.mark.parametrize(("older", "newer"), [("0.9.0", "0.10.0"), ("0.2.0", "0.2.1"), ("1.9.9", "2.0.0")])
def test_versions_are_compared_as_numbers(older, newer):
    assert state.number(older) < state.number(newer)
    assert state.newest([Release(version=newer), Release(version=older)]).version == newer
