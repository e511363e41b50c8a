"""Who withdraws is told until when copies live on in backups."""

import datetime as dt
import secrets

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from intake.cases.inquiry_data import InquiryData
from intake.models import Heartbeat
from intake.submission import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(client, riverside):
    received = receive.receive(InquiryData(message="help"), form_token=secrets.token_bytes(16))
    client.post("/mailbox/", {"words": " ".join(received.receipt)})
    return client


def withdraw(client):
    before = client.get("/mailbox/withdraw/")
    after = client.post("/mailbox/withdraw/", {"mailbox": before.context["form_secret"]})
    return before.content.decode(), after.content.decode()


def test_the_pages_before_and_after_name_the_day(mailbox, settings):
    settings.BACKUP_KEEP_DAYS = 12
    day = (timezone.now() + dt.timedelta(days=12)).date()
    days = [date_format(day + dt.timedelta(days=shift), "DATE_FORMAT") for shift in (-1, 0)]  # the centre's day, or ours
    for page in withdraw(mailbox):
        assert any(f"gone by {shown} at the latest" in page for shown in days)
    assert "gone after 12 days at the latest" in mailbox.get("/health-data/").content.decode()


def test_without_a_time_they_say_that_the_day_is_not_known(mailbox, settings):
    settings.BACKUP_KEEP_DAYS = 0
    for page in (*withdraw(mailbox), mailbox.get("/health-data/").content.decode()):
        assert "We can’t name the day." in page


@pytest.mark.parametrize("later", [True, False], ids=["a copy of a longer rule", "copies that end earlier"])
def test_they_name_the_end_of_the_last_copy_of_the_register(mailbox, settings, later):
    settings.BACKUP_KEEP_DAYS = 12
    last = timezone.now().date() + dt.timedelta(days=70 if later else 3)
    Heartbeat.objects.create(part="backup", at=timezone.now(), codes=[last.isoformat()])
    shown = date_format(last, "DATE_FORMAT")
    assert [f"gone by {shown} at the latest" in page for page in withdraw(mailbox)] == [later, later]


def test_while_a_copy_is_there_that_should_be_gone_they_name_no_day(mailbox):
    Heartbeat.objects.create(part="backup", at=timezone.now(), codes=[])
    for page in withdraw(mailbox):
        assert "We can’t name the day." in page


@pytest.mark.parametrize(("hours", "names_the_day"), [(71, True), (73, False)])
def test_once_backups_have_stopped_they_name_no_day_because_old_copies_stay(mailbox, settings, hours, names_the_day):
    settings.BACKUP_KEEP_DAYS = 12
    last = timezone.now() - dt.timedelta(hours=hours)
    Heartbeat.objects.create(part="backup", at=last, codes=[(last.date() + dt.timedelta(days=12)).isoformat()])
    assert ["We can’t name the day." not in page for page in withdraw(mailbox)] == [names_the_day, names_the_day]


def test_the_privacy_page_says_that_a_court_can_make_us_keep_a_copy(client):
    assert "a court can forbid us to say so" in client.get("/privacy/").content.decode()
    assert "can forbid us to say so" in client.get("/health-data/").content.decode()
