"""What was recorded is linked in the order in which it happened, once, by one process at a time, and can't be changed."""

import datetime as dt
import hashlib

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from intake.audit import chain, newest_link, rounds, signing, verifying
from intake.cases import events
from intake.models import Event, Link, SignedHead

pytestmark = pytest.mark.django_db


def numbers(of):
    return list(Link.objects.filter(chain=of).order_by("number").values_list("number", flat=True))


def test_each_centre_has_a_chain_and_the_site_one(arrives, amara, riverside):
    events.record(arrives(), Event.Kind.CLAIMED, by=amara)
    events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    assert chain.link_new() == Event.objects.count()
    assert numbers(riverside.pk) == list(range(1, Event.objects.filter(centre=riverside).count() + 1))
    assert numbers(chain.SITE) == list(range(1, Event.objects.filter(centre=None).count() + 1))
    assert newest_link(riverside).event.kind == "claimed"
    assert newest_link(None).event.kind == "signed_in"


def test_a_digest_covers_the_event_and_the_digest_before_it(arrives, amara, riverside):
    inquiry = arrives()
    event = events.record(inquiry, Event.Kind.CLAIMED, by=amara, at=dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), why="b", also=[1, None])
    chain.link_new()
    before = Link.objects.get(chain=riverside.pk, number=event.link.number - 1).digest if event.link.number > 1 else bytes(32)
    columns = (
        f'[1,{riverside.pk},{event.link.number},{event.pk},"{inquiry.pk.hex}",{riverside.pk},"claimed",{amara.pk},'
        '1772366400000000,{"also":[1,null],"why":"b"}]'
    )
    assert bytes(event.link.digest) == hashlib.sha256(bytes(before) + columns.encode()).digest()
    assert str(event.link) == f"{event.link.number}-{bytes(event.link.digest).hex()[:16]}"


def test_nothing_is_linked_twice_and_what_is_new_follows(arrives, amara, riverside):
    inquiry = arrives()
    chain.link_new()
    first = Link.objects.count()
    assert chain.link_new() == 0
    events.record(inquiry, Event.Kind.CLAIMED, by=amara)
    assert chain.link_new() == 1
    assert numbers(riverside.pk) == list(range(1, first + 2))


def test_rows_of_earlier_releases_are_linked_in_batches(amara, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 3)
    for _number in range(7):
        events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    waiting = Event.objects.filter(link=None).count()
    assert chain.link_new() == 3
    rounds.link_and_sign()
    assert Link.objects.count() == waiting
    assert list(Link.objects.filter(chain=0).order_by("number").values_list("pk", flat=True)) == sorted(
        Link.objects.filter(chain=0).values_list("pk", flat=True)
    )


def test_a_kill_in_the_middle_of_a_batch_loses_nothing(arrives, amara, riverside, monkeypatch):
    events.record(arrives(), Event.Kind.CLAIMED, by=amara)
    store = Link.objects.bulk_create

    def killed(links):
        store(links)
        raise SystemExit

    with monkeypatch.context() as killing:
        killing.setattr(type(Link.objects), "bulk_create", lambda _self, links: killed(links))
        with pytest.raises(SystemExit):
            chain.link_new()
    assert not Link.objects.exists()
    assert chain.link_new() == Event.objects.count()
    assert verifying.verify(keys=[signing.public_key()]).findings == []


def test_two_processes_do_not_link_at_once(amara):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [chain._LOCK])
        assert chain.link_new() == 0
        other.rollback()
        assert chain.link_new() == Event.objects.count()
    finally:
        other.close()


def test_what_was_committed_late_is_linked_however_low_its_id_is(amara, monkeypatch):
    late = events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    others = [events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara) for _number in range(5)]
    monkeypatch.setattr(chain, "LOOK_BACK", 2)
    with monkeypatch.context() as one:
        one.setattr(chain, "unlinked", lambda *, after=0: Event.objects.filter(link=None, pk__gt=max(after, late.pk)).order_by("pk"))
        chain.link_new()
    assert not Link.objects.filter(event=late).exists()
    assert Link.objects.filter(event__in=others).count() == 5
    assert chain.link_new() == 0  # too low an id for the worker's round
    assert chain.link_all()["events_linked"] >= 1
    assert Link.objects.filter(event=late).exists()


def test_the_head_of_a_chain_that_grew_is_signed_and_written_to_a_file(amara, settings, tmp_path):
    settings.AUDIT_HEADS_FILE = tmp_path / "heads.log"
    now = dt.datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=dt.UTC)
    events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    chain.link_new()
    assert signing.sign_heads(now) >= 1
    assert signing.sign_heads(now + dt.timedelta(days=1)) == 0  # nothing new
    events.record_beside_cases(Event.Kind.SIGNED_OUT, by=amara)
    chain.link_new()
    assert signing.sign_heads(now + dt.timedelta(minutes=1)) == 0  # too soon
    assert signing.sign_heads(now + dt.timedelta(minutes=11)) == 1
    head = SignedHead.objects.filter(chain=0).order_by("-number").first()
    assert bytes(head.digest) == bytes(newest_link(None).digest)
    assert signing.of_row(head).is_signed_by(signing.public_key())
    assert not signing.of_row(head)._replace(number=head.number + 1).is_signed_by(signing.public_key())
    first, *lines = settings.AUDIT_HEADS_FILE.read_text().splitlines()
    assert first == signing.PUBLIC_KEY_LINE + signing.public_key().hex()
    assert signing.parse(lines[-1]) == signing.of_row(head)
    assert settings.AUDIT_HEADS_FILE.stat().st_mode & 0o077 == 0


def test_a_full_disk_stops_nothing(amara, settings, tmp_path):
    settings.AUDIT_HEADS_FILE = tmp_path / "no folder" / "heads.log"
    events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    rounds.link_and_sign()
    assert SignedHead.objects.filter(chain=0).count() == 1


def test_without_a_key_nothing_is_signed(amara, settings):
    settings.AUDIT_SIGNING_KEY = ""
    events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    rounds.link_and_sign()
    assert Link.objects.exists()
    assert not SignedHead.objects.exists()


def test_a_public_server_links_nothing(amara, settings):
    settings.SERVES_STAFF = False
    events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    rounds.link_and_sign()
    assert rounds.Rounds().link_when_due() == 0
    assert chain.link_all() == {}
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE intake_event SET kind = 'claimed'",
        "DELETE FROM intake_event",
        "UPDATE intake_link SET number = number + 1",
        "DELETE FROM intake_link",
        "UPDATE intake_signedhead SET number = number + 1",
        "DELETE FROM intake_signedhead",
        *(
            ["TRUNCATE intake_event CASCADE", "TRUNCATE intake_link", "TRUNCATE intake_signedhead"]
            if connection.vendor == "postgresql"
            else [
                "INSERT OR REPLACE INTO intake_event (id, kind, at, data) SELECT id, 'claimed', at, data FROM intake_event",
                "INSERT OR REPLACE INTO intake_link (event_id, chain, number, digest) SELECT event_id, 9, number, digest FROM intake_link",
            ]
        ),
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(amara, statement):
    events.record_beside_cases(Event.Kind.SIGNED_IN, by=amara)
    rounds.link_and_sign()
    before = [list(model.objects.order_by("pk").values_list()) for model in (Event, Link, SignedHead)]
    connection.check_constraints()  # PostgreSQL truncates no table that has checks of foreign keys pending
    with pytest.raises(DatabaseError, match="the audit trail is never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [list(model.objects.order_by("pk").values_list()) for model in (Event, Link, SignedHead)] == before


def test_who_did_something_can_not_be_deleted(amara, arrives):
    inquiry = arrives()
    events.record(inquiry, Event.Kind.OPENED, by=amara)
    with pytest.raises(ProtectedError):
        amara.delete()
    with pytest.raises(ProtectedError):
        inquiry.delete()
    assert Event.objects.get(kind="opened").actor == amara
