"""The look-up by phone and address after its key was lost."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from intake import triage
from intake.cases import blind_index
from intake.models import BlockedContact, Inquiry

pytestmark = pytest.mark.django_db


def test_luisa_finds_an_old_number_again_and_who_was_blocked_stays_blocked(riverside, inquiry, arrives, luisa, settings):
    blind_index.run(timezone.now())
    inquiry.refresh_from_db()
    triage.block(inquiry, by=luisa, version=inquiry.version)
    settings.BLIND_INDEX_KEY = "a new one, because the old one was lost"
    assert not blind_index.found_by("+12125550143").exists()

    call_command("rebuild_blind_index")

    assert [row.inquiry_id for row in blind_index.found_by("+12125550143")] == [inquiry.pk]
    assert [row.inquiry_id for row in blind_index.found_by("0143")] == [inquiry.pk]
    digests = {blind_index.digest("phone", "+12125550143"), blind_index.digest("email", "quillon@example.org")}
    assert {bytes(row.digest) for row in BlockedContact.objects.all()} == digests
    new = arrives()
    blind_index.run(timezone.now())
    new.refresh_from_db()
    assert new.outcome == Inquiry.Outcome.SPAM


def test_what_cannot_be_opened_keeps_what_it_has(riverside, inquiry, settings, capsys):
    blind_index.run(timezone.now())
    before = list(inquiry.contact_digests.values_list("digest", flat=True))
    settings.BLIND_INDEX_KEY = "a new one"
    Inquiry.objects.update(sealed=b"broken")

    call_command("rebuild_blind_index")

    assert "1 could not be opened" in capsys.readouterr().err
    assert list(inquiry.contact_digests.values_list("digest", flat=True)) == before
