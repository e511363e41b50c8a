"""Limits slow an attacker down, never shut anyone else out, and keep no address."""

import datetime as dt
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import RequestFactory

from intake.assessment import proof_of_work, rate_limits
from intake.models import RateBucket
from tests.support.site import ROOT

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
SMALL = rate_limits.Limit("small", minutes=15, address=4, site=6, first=2)


def tries(address, times=1, now=NOON, limit=SMALL):
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    return [passes(limit, request, now) for _ in range(times)]


def passes(limit, request, now):
    try:
        rate_limits.count(limit, request, now)
    except rate_limits.TooManyTries:
        return False
    return True


def test_an_address_has_its_tries_and_then_waits():
    assert tries("192.0.2.7", 6) == [True] * 4 + [False] * 2
    assert tries("192.0.2.7", now=NOON + dt.timedelta(minutes=15)) == [True]


def test_neighbours_have_their_own_tries_and_a_whole_block_ten_times_as_many():
    tries("192.0.2.7", 4)
    assert tries("192.0.2.200") == [True]
    plenty = replace(SMALL, site=1000)
    for neighbour in range(9):
        assert tries(f"192.0.4.{neighbour}", 5, limit=plenty) == [True] * 4 + [False]
    assert tries("192.0.4.100", 5, limit=plenty) == [True] * 4 + [False]
    assert tries("192.0.4.101", limit=plenty) == [False]
    assert tries("192.0.3.7", limit=plenty) == [True]


def test_an_ipv6_household_is_one_address():
    tries("2001:db8:1:2::1", 4)
    assert tries("2001:db8:1:2:ffff::9") == [False]
    assert tries("2001:db8:1:3::1") == [True]
    tries("192.0.2.9", 4)
    assert tries("::ffff:192.0.2.9") == [False]


def test_one_attacker_can_not_use_up_the_site():
    tries("192.0.2.7", 500)
    assert tries("198.51.100.1", 2) == [True, True]


def test_a_full_site_still_lets_everybody_try_first():
    for third in range(10):
        tries(f"192.0.{third}.7", 4)
    assert tries("198.51.100.1", 4) == [True, True, False, False]


def test_nothing_of_an_address_is_kept_and_not_for_long():
    tries("192.0.2.7")
    row = RateBucket.objects.order_by("pk").first()
    assert len(bytes(row.key)) == 16
    assert b"192" not in bytes(row.key)
    assert row.expires_at - NOON <= dt.timedelta(minutes=15)
    rate_limits.forget_expired(NOON + dt.timedelta(minutes=17))
    assert not RateBucket.objects.exists()


def test_the_threat_model_gives_these_figures():
    page = " ".join((ROOT / "docs" / "threat-model.md").read_text().split())
    mailbox, contact, messages = rate_limits.MAILBOX, rate_limits.CONTACT, rate_limits.MESSAGES
    assert f"{mailbox.address} attempts in {mailbox.minutes} minutes for an address (an IPv6 /64), {mailbox.block} for an IPv4 /24" in page
    assert f"{mailbox.site} for the whole site" in page
    assert f"first {mailbox.first} always pass" in page
    drafts = rate_limits.DRAFTS
    assert f"mailbox {mailbox.address} in {mailbox.minutes} minutes; new drafts {drafts.address} in {drafts.minutes} minutes" in page
    assert f"contact form {contact.address} in {contact.minutes} minutes" in page
    assert f"messages {messages.address} in {messages.minutes} minutes" in page
    assert f"{settings.PROOF_OF_WORK_FROM} forms in {contact.minutes} minutes" in page
    assert f"up to {proof_of_work.MAX_NUMBER:,}" in page


def test_the_proxy_names_the_address_when_it_is_trusted(settings):
    settings.CLIENT_ADDRESS_HEADER = "HTTP_X_REAL_IP"
    for _ in range(4):
        rate_limits.count(SMALL, RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="192.0.2.7"), NOON)
    assert not passes(SMALL, RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="192.0.2.7"), NOON)
    assert passes(SMALL, RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="198.51.100.8"), NOON)
