"""A migration that changes many rows goes on after it was killed, and changes no row twice."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Q

from intake.models import Event, Inquiry
from recovery_site.schema.batches import Batches, NotResumable
from recovery_site.schema.models import BatchPosition

NAME = "intake.9999"
# What a migration hands over; Django's own editor would hold a transaction open, as tests do.
EDITOR = SimpleNamespace(atomic_migration=False, connection=SimpleNamespace(alias="default", in_atomic_block=False))


@pytest.fixture
def spam(arrives):
    """Five inquiries that an older release closed as spam, as intake/migrations/0005_looks_automatic.py meets them."""
    for _number in range(5):
        arrives(state="closed", outcome="spam", held_for=None)
    return Inquiry.objects.filter(outcome="spam")


def hold(apps, rows):
    """Put each into the list of what looks automatic, with the reasons of its first event."""
    for inquiry in rows:
        [event] = apps.get_model("intake", "Event").objects.filter(kind="received", inquiry=inquiry.pk)
        reasons = [*event.data.get("spam", []), "seen by the migration"]
        type(inquiry).objects.filter(pk=inquiry.pk).update(held_for=(inquiry.held_for or []) + reasons)


def migrate(change=hold, **options):
    Batches("intake.Inquiry", change, name=NAME, size=2, **options)(apps, EDITOR)


def test_all_rows_are_changed_and_progress_is_said(spam, capsys):
    migrate()

    assert [row.held_for for row in spam] == [["seen by the migration"]] * 5
    assert capsys.readouterr().out.splitlines() == [f"  {NAME}: {done} of about 5 rows" for done in (2, 4, 5)]
    assert BatchPosition.objects.get().finished_at


@pytest.mark.parametrize("killed_in", [1, 2, 3])
def test_what_was_killed_goes_on_where_it_was_and_changes_no_row_twice(spam, killed_in):
    rounds = []

    class Killed(BaseException):
        """The process ended."""

    def until_killed(apps, rows):
        rounds.append(len(rows))
        hold(apps, rows)
        if len(rounds) == killed_in:
            raise Killed

    with pytest.raises(Killed):
        migrate(until_killed)
    assert Inquiry.objects.exclude(held_for=None).count() == 2 * (killed_in - 1), "a batch is committed whole, with its position"

    migrate()
    migrate()

    assert [row.held_for for row in spam] == [["seen by the migration"]] * 5


def test_rows_that_leave_the_condition_are_no_reason_to_skip_others(spam):
    migrate(where=Q(held_for=None))

    assert not spam.filter(held_for=None).exists()


def test_rows_that_came_meanwhile_behind_the_position_are_changed_too(spam, arrives):
    first = []

    def and_one_arrives(apps, rows):
        if not first:
            first.append(arrives(state="closed", outcome="spam"))
        hold(apps, rows)

    migrate(and_one_arrives)

    assert Inquiry.objects.filter(held_for=None).count() == 0


def test_numbers_as_keys_are_taken_in_their_order(spam):
    """Not as text, where 10 comes before 9."""
    seen = []
    Batches("intake.Event", lambda apps, rows: seen.extend(rows.values_list("pk", flat=True)), name=NAME, size=1)(apps, EDITOR)

    assert seen == list(Event.objects.order_by("pk").values_list("pk", flat=True))


def test_a_migration_that_would_be_one_transaction_is_refused(spam):
    with pytest.raises(NotResumable, match="atomic = False"):
        Batches("intake.Inquiry", hold, name=NAME)(apps, connection.schema_editor())


def test_many_rows_in_one_statement_a_batch(spam):
    migrate(lambda apps, rows: rows.update(version=F("version") + 1))

    assert set(spam.values_list("version", flat=True)) == {spam.first().version}
