"""Once a day the newest part of the record is verified, and people hear of it when it was changed."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from intake.audit import daily, rounds
from intake.cases import events
from intake.checks import audit_trail_is_signed
from intake.models import Event
from tests.support.flushing import without_triggers

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def trail(arrives, amara, settings, tmp_path):
    settings.AUDIT_HEADS_FILE = tmp_path / "heads.log"
    event = events.record(arrives(), Event.Kind.OPENED, by=amara)
    rounds.link_and_sign()
    return event


def test_an_untouched_record_is_verified_once_a_day(trail):
    now = timezone.now()
    assert daily.verify_newest(now) == {}
    assert daily.verify_newest(now + DAY / 2) == {}
    assert Event.objects.filter(kind="audit_verified").count() == 1
    assert mail.outbox == []


def test_leads_of_the_centre_and_operators_hear_of_a_change(trail, luisa, noor, admin_user, caplog):
    luisa.email = "luisa@example.org"
    luisa.language = "es"
    luisa.save()
    with without_triggers(connection):
        Event.objects.filter(pk=trail.pk).update(actor=None)
    now = timezone.now()
    assert daily.verify_newest(now) == {"changes_of_the_audit_trail": 1}
    assert {address for message in mail.outbox for address in message.to} == {"luisa@example.org", admin_user.email}
    spanish = next(message for message in mail.outbox if message.to == ["luisa@example.org"])
    assert spanish.subject == "El registro de accesos fue cambiado"
    assert "Riverside" in spanish.body
    failed = Event.objects.get(kind="audit_failed")
    assert (failed.centre.name, failed.data) == ("Riverside", {"by": "system", "changes": 1})
    assert "does not verify" in caplog.text
    daily.verify_newest(now + DAY / 2)
    assert len(mail.outbox) == 2  # one mail a day
    daily.verify_newest(now + DAY + dt.timedelta(minutes=1))
    assert len(mail.outbox) == 4


def test_a_file_of_heads_that_can_not_be_read_stops_nothing(trail, settings, caplog):
    settings.AUDIT_HEADS_FILE.write_text("nonsense")
    assert daily.verify_newest(timezone.now()) == {}
    assert "can't be read" in caplog.text


def test_a_public_server_verifies_nothing(trail, settings):
    settings.SERVES_STAFF = False
    assert daily.verify_newest(timezone.now()) == {}
    assert not Event.objects.filter(kind="audit_verified").exists()


def test_a_server_without_the_key_says_so(settings):
    assert audit_trail_is_signed(None) == []
    settings.AUDIT_SIGNING_KEY = "no key"
    assert [message.id for message in audit_trail_is_signed(None)] == ["intake.W006"]
    settings.SERVES_STAFF = False
    assert audit_trail_is_signed(None) == []
