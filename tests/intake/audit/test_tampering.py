"""Whoever owns the database can drop its triggers and change rows. Each change is found, and named."""

import datetime as dt
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from intake.audit import chain, signing, verifying
from intake.audit.verifying import What
from intake.cases import events
from intake.models import Event, Link, SignedHead
from tests.support.flushing import without_triggers

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def heads(settings, tmp_path):
    """The file of signed heads."""
    settings.AUDIT_HEADS_FILE = tmp_path / "heads.log"
    return settings.AUDIT_HEADS_FILE


@pytest.fixture
def trail(arrives, amara, ben, riverside, heads):
    """Thirty events of Riverside, an hour from one to the next; heads were signed after the tenth, the twentieth and the last."""
    inquiry, other = arrives(), arrives()
    for number in range(30):
        kind = (Event.Kind.OPENED, Event.Kind.CONTACT_SHOWN, Event.Kind.SUMMARISED)[number % 3]
        who = (amara, ben)[number % 2]
        events.record((inquiry, other)[number % 2], kind, by=who, at=START + number * HOUR, number=number)
        if number in (9, 19, 29):
            chain.link_new()
            signing.sign_heads(START + number * HOUR)
    return list(Event.objects.filter(centre=riverside, data__has_key="number").order_by("pk"))


@pytest.fixture
def sql():
    """Runs SQL as the owner of the database would."""

    def run(statement, *values):
        with without_triggers(connection), connection.cursor() as cursor:
            cursor.execute(statement, values)

    return run


def found(**more):
    """Return what verifying finds, with the keys of this server."""
    return verifying.verify(keys=[signing.public_key()], **more).findings


def kept(path):
    return signing.read_file(path.read_text().splitlines())[0]


@contextmanager
def undone():
    """Undo what was tampered with in the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def number_of(event):
    return Link.objects.get(event=event).number


def relink(riverside, first):
    """Compute the digests of Riverside's chain again from link `first` on, as somebody would who knows how they are made."""
    before = bytes(Link.objects.get(chain=riverside.pk, number=first - 1).digest)
    for link in Link.objects.filter(chain=riverside.pk, number__gte=first).order_by("number"):
        (row,) = chain.rows(Event.objects.filter(pk=link.event_id))
        before = chain.digest(before, riverside.pk, link.number, row)
        with without_triggers(connection):
            Link.objects.filter(pk=link.pk).update(digest=before)


def test_an_untouched_trail_verifies(trail, heads):
    result = verifying.verify(keys=[signing.public_key()], heads=kept(heads))
    assert result.findings == []
    assert result.rows == Link.objects.count()


CHANGES = {
    "kind": "'claimed'",
    "actor_id": "NULL",
    "at": "'2026-02-28 12:00:00+00:00'",
    "centre_id": "NULL",
    "inquiry_id": "NULL",
    "data": "'{\"number\": 1000}'",
}


def test_a_change_to_any_column_of_any_row_is_found_and_named(trail, sql):
    tampered = 0
    for event in trail:
        for column, value in CHANGES.items():
            with undone():
                sql(f"UPDATE intake_event SET {column} = {value} WHERE id = %s", event.pk)
                (finding,) = found()
            assert (finding.what, finding.event, finding.first) == (What.ALTERED, event.pk, number_of(event)), column
            tampered += 1
    assert tampered == 180
    assert found() == []


def test_a_value_that_no_column_holds_is_found(trail, sql, riverside):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL refuses such values itself.")
    for column in ("at", "inquiry_id"):
        with undone():
            sql(f"UPDATE intake_event SET {column} = 'none' WHERE id = %s", trail[4].pk)
            assert [(finding.what, finding.event) for finding in found()] == [(What.ALTERED, trail[4].pk)], column


def test_each_removed_row_is_found_and_named(trail, sql, riverside):
    for event in trail:
        with undone():
            sql("DELETE FROM intake_event WHERE id = %s", event.pk)
            (finding,) = found()
        assert (finding.what, finding.event, finding.first, finding.chain) == (What.REMOVED, event.pk, number_of(event), riverside.pk)


def test_a_row_removed_with_its_link_is_found(trail, sql):
    for event in trail[:-1]:
        number = number_of(event)
        with undone():
            sql("DELETE FROM intake_link WHERE event_id = %s", event.pk)
            sql("DELETE FROM intake_event WHERE id = %s", event.pk)
            gap = found()[0]
        assert (gap.what, gap.first, gap.last) == (What.GAP, number, number)


def test_a_removed_tail_is_found_by_the_signed_heads(trail, sql):
    first, last = number_of(trail[25]), number_of(trail[29])
    with undone():
        sql("DELETE FROM intake_link WHERE event_id >= %s", trail[25].pk)
        sql("DELETE FROM intake_event WHERE id >= %s", trail[25].pk)
        (tail,) = found()
    assert (tail.what, tail.first, tail.last) == (What.TAIL, first, last)


def test_a_tail_removed_with_its_heads_is_found_by_the_heads_that_were_kept(trail, sql, heads):
    first, last = number_of(trail[15]), number_of(trail[29])
    with undone():
        sql("DELETE FROM intake_signedhead WHERE signed_at > %s", START + 10 * HOUR)
        sql("DELETE FROM intake_link WHERE event_id >= %s", trail[15].pk)
        sql("DELETE FROM intake_event WHERE id >= %s", trail[15].pk)
        assert found() == []  # nothing that is left tells of it
        *removed, tail = found(heads=kept(heads))
    assert {finding.what for finding in removed} == {What.HEAD_REMOVED}
    assert (tail.what, tail.first, tail.last) == (What.TAIL, first, last)


def test_two_rows_that_changed_places_are_found(trail, sql):
    one, other = trail[7], trail[13]
    with undone():
        for event, like in ((one, other), (other, one)):
            sql("UPDATE intake_event SET kind = %s, at = %s WHERE id = %s", like.kind, like.at, event.pk)
        assert {(finding.what, finding.event) for finding in found()} == {(What.ALTERED, one.pk), (What.ALTERED, other.pk)}


def test_two_links_that_changed_places_are_found(trail, sql):
    one, other = Link.objects.get(event=trail[7]), Link.objects.get(event=trail[13])
    with undone():
        sql("UPDATE intake_link SET number = 1000000 WHERE event_id = %s", one.pk)
        sql("UPDATE intake_link SET number = %s, digest = %s WHERE event_id = %s", one.number, bytes(one.digest), other.pk)
        sql("UPDATE intake_link SET number = %s, digest = %s WHERE event_id = %s", other.number, bytes(other.digest), one.pk)
        assert {(finding.what, finding.event) for finding in found()} == {(What.ALTERED, one.pk), (What.ALTERED, other.pk)}


def test_a_row_that_is_put_in_is_found(trail, sql, amara, arrives):
    with undone():
        added = events.record(trail[0].inquiry, Event.Kind.OPENED, by=amara, at=START + 3 * HOUR)
        assert [(finding.what, finding.event) for finding in found()] == [(What.UNLINKED, added.pk)]
        chain.link_new()
        assert [(finding.what, finding.event) for finding in found()] == [(What.INSERTED, added.pk)]


def test_a_row_that_is_put_in_with_links_computed_again_is_found_by_the_signed_heads(trail, sql, amara, riverside):
    place, last = number_of(trail[12]), number_of(trail[29])
    with undone():
        added = events.record(trail[0].inquiry, Event.Kind.OPENED, by=amara, at=trail[12].at)
        sql("UPDATE intake_link SET number = number + 1000 WHERE chain = %s AND number >= %s", riverside.pk, place)
        sql("UPDATE intake_link SET number = number - 999 WHERE chain = %s AND number >= %s", riverside.pk, place)
        Link.objects.create(event=added, chain=riverside.pk, number=place, digest=bytes(32))
        relink(riverside, place)
        rewritten = [finding for finding in found() if finding.what == What.REWRITTEN]
    # The head after the tenth event holds, those after the twentieth and the last do not.
    assert [(finding.first, finding.last) for finding in rewritten] == [
        (number_of(trail[9]) + 1, number_of(trail[19])),
        (number_of(trail[9]) + 1, last),
    ]


def test_a_chain_computed_again_from_any_row_is_found_by_the_signed_heads(trail, sql, riverside):
    for event in trail:
        with undone():
            sql("UPDATE intake_event SET actor_id = NULL WHERE id = %s", event.pk)
            relink(riverside, number_of(event))
            findings = found()
            assert findings
            assert {finding.what for finding in findings} == {What.REWRITTEN}
            assert findings[0].first <= number_of(event) <= findings[0].last


def test_a_chain_that_was_rewritten_is_not_signed_again(trail, sql, riverside, amara):
    with undone():
        sql("UPDATE intake_event SET actor_id = NULL WHERE id = %s", trail[3].pk)
        relink(riverside, number_of(trail[3]))
        events.record(trail[0].inquiry, Event.Kind.OPENED, by=amara)
        chain.link_new()
        assert signing.sign_heads(START + 100 * HOUR) == 0


def test_a_forged_head_is_found(trail, sql, riverside):
    head = SignedHead.objects.filter(chain=riverside.pk).order_by("number").first()
    with undone():
        sql("UPDATE intake_signedhead SET digest = %s WHERE id = %s", bytes(32), head.pk)
        assert [(finding.what, finding.first) for finding in found()] == [(What.BAD_SIGNATURE, head.number)]
    with undone():
        sql("UPDATE intake_signedhead SET key = 'somebody' WHERE id = %s", head.pk)
        assert [(finding.what, finding.first) for finding in found()] == [(What.BAD_SIGNATURE, head.number)]


def test_a_link_to_a_chain_of_no_centre_is_found(trail, sql, riverside):
    last = trail[29]
    with undone():
        sql("UPDATE intake_link SET chain = 1000 WHERE event_id = %s", last.pk)
        assert What.STRAY in {finding.what for finding in found() if finding.event == last.pk}


def test_missing_triggers_are_found(trail):
    with undone(), without_triggers(connection):
        assert {finding.table for finding in found()} >= ({"intake_event"} if connection.vendor == "sqlite" else set())
    with undone(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE intake_event DISABLE TRIGGER intake_event_is_final")
        else:
            cursor.execute("DROP TRIGGER intake_event_no_delete")
        assert [str(finding) for finding in found()] == ["intake_event: no longer protected by the database: its triggers are missing"]


def test_since_a_day_only_the_newest_part_is_read(trail, sql):
    result = verifying.verify(keys=[signing.public_key()], since=START + 25 * HOUR)
    assert result.findings == []
    assert 11 <= result.rows < Link.objects.count()
    with undone():
        sql("DELETE FROM intake_event WHERE id = %s", trail[22].pk)
        assert [finding.event for finding in found(since=START + 25 * HOUR)] == [trail[22].pk]


def run(*arguments):
    out = StringIO()
    call_command("audit", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_names_the_row_the_centre_and_the_time(trail, sql, riverside):
    assert "The audit trail verifies." in run("verify")
    with undone():
        sql("UPDATE intake_event SET kind = 'claimed' WHERE id = %s", trail[4].pk)
        out = StringIO()
        with pytest.raises(CommandError, match="does not verify: 1 findings"):
            call_command("audit", "verify", stdout=out)
    where = f"the chain of centre {riverside.pk}, link {number_of(trail[4])}, event {trail[4].pk}, 2026-03-01 16:00 UTC"
    assert f"{where}: altered, or moved from its place\n" in out.getvalue()


def test_one_centres_chain_is_verified_alone(trail, riverside):
    rows = Link.objects.filter(chain=riverside.pk).count()
    assert f"{rows} rows" in run("verify", "--centre", str(riverside.pk))
    with pytest.raises(CommandError, match="There is no centre 999"):
        run("verify", "--centre", "999")


def test_a_visitors_note_is_compared_with_the_chain(trail, riverside, sql):
    link = Link.objects.get(event=trail[4])
    assert f"Link {link} is in chain {riverside.pk}." in run("verify", "--centre", str(riverside.pk), "--link", str(link))
    other = f"{link.number}-{'0' * 16}"
    with pytest.raises(CommandError, match=r"0 findings\. The link is not in it"):
        run("verify", "--link", other)
    with pytest.raises(CommandError, match="A link is a number"):
        run("verify", "--link", "yesterday")
    with undone():
        sql("UPDATE intake_event SET actor_id = NULL WHERE id = %s", trail[2].pk)
        relink(riverside, number_of(trail[2]))
        with pytest.raises(CommandError):
            run("verify", "--link", str(link))


def test_printed_heads_verify_on_another_machine(trail, settings, tmp_path):
    printed = run("heads")
    copy = tmp_path / "copy.log"
    copy.write_text(printed)
    public = signing.public_key().hex()
    settings.AUDIT_SIGNING_KEY = ""
    settings.AUDIT_HEADS_FILE = tmp_path / "none"
    assert "The audit trail verifies." in run("verify", "--heads", str(copy))
    assert "The audit trail verifies." in run("verify", "--public-key", public)
    with pytest.raises(CommandError):
        run("verify", "--public-key", "0" * 64)
    copy.write_text("nonsense")
    with pytest.raises(CommandError, match="can't be read as a file of signed heads"):
        run("verify", "--heads", str(copy))
