"""Canaries prove a restored backup, and nobody at work notices them."""

import datetime as dt

import pytest
from django.utils import timezone

from intake.crypto import key_files, keyring
from intake.keys import at_rest
from intake.mailbox import sessions
from intake.models import CentreKey, Inquiry, Notification
from intake.reporting import danger_cases
from intake.retention import erasure
from intake.submission import canaries, drills

pytestmark = pytest.mark.django_db


def only():
    [(_key, canary)] = canaries.ready()
    return canary


def test_there_is_one_a_key_and_it_stays_the_same(riverside):
    canary = only()
    assert only() == canary
    assert Inquiry.objects.count() == 1
    keyring.create_centre_key(riverside)
    assert only().key == CentreKey.objects.get(retired_at=None).pk
    assert only().words != canary.words


def test_it_opens_with_its_words_and_with_the_key_of_its_centre(riverside):
    canary = only()
    inquiry = canaries.opened_by_receipt(canary.words)
    assert canaries.is_opened_by_centre(inquiry)
    assert sessions.open_with(canary.words)
    for path in keyring.key_files.folder().glob("*.key"):
        path.unlink()
    keyring.forget_read_keys()
    assert not canaries.is_opened_by_centre(inquiry)


def test_with_another_pepper_its_words_open_nothing(riverside, settings):
    words = only().words
    settings.RECEIPT_KEY_PEPPER = "another"
    assert canaries.opened_by_receipt(words) is None
    settings.RECEIPT_LOOKUP_PEPPER = "another"
    assert canaries.opened_by_receipt(words) is None


def test_one_that_was_erased_is_followed_by_another(riverside):
    only()
    erasure.withdraw(Inquiry.objects.get())
    assert canaries.opened_by_receipt(only().words)
    assert Inquiry.objects.count() == 2


def test_one_that_opens_no_more_is_followed_by_another(riverside, settings):
    words = only().words
    settings.RECEIPT_KEY_PEPPER = "another"
    assert only().words != words
    assert canaries.opened_by_receipt(only().words)


def test_nobody_is_told_and_no_drill_is_missed_or_counted_because_of_it(riverside, luisa):
    riverside.monthly_drill = True
    riverside.save()
    only()
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, Notification.objects.count()) == (Inquiry.State.CLOSED, 0)
    assert danger_cases.drill_figures([riverside.pk], luisa, timezone.now()).drills == 0
    moment = drills.moment_of(riverside, timezone.now())
    Inquiry.objects.update(received_at=moment + dt.timedelta(minutes=1))
    assert drills.start_due(moment + dt.timedelta(minutes=2)) == {"danger_drills_started": 1}


def test_while_the_keys_are_locked_only_its_words_open_it(riverside, settings, tmp_path):
    canary = only()
    settings.KEYS_IDENTITY_FILE = tmp_path / "memory" / "keys_identity"
    at_rest.encrypt("correct horse battery staple moon")
    settings.KEYS_IDENTITY_FILE.unlink()
    keyring.forget_read_keys()
    inquiry = canaries.opened_by_receipt(canary.words)
    with pytest.raises(key_files.Locked):
        canaries.is_opened_by_centre(inquiry)
