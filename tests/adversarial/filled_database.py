"""Fills a database for an attack, as the owner of its tables: `python -m tests.adversarial.filled_database INQUIRIES WORDS-FILE`.

There are a centre with its key, staff with passwords, a session and memberships, a draft of a guide, and so many stored inquiries with
wraps, receipts, events and notifications; every tenth has a message, a note of the staff and an open mailbox. The words that open the
last inquiry, which its sender still has, are written to the file.
"""

import datetime as dt
import hashlib
import os
import secrets
import sys
from pathlib import Path

SECRET_WORDS = "nobody but Riverside may read this"


def fill(number: int, words: Path) -> None:
    """Create everything in one transaction."""
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import User
    from accounts.sessions.store import SessionStore
    from articles.models import Guide
    from intake.cases import events
    from intake.cases.inquiry_data import InquiryData
    from intake.crypto import keyring, sealing
    from intake.identifiers import new_id
    from intake.models import Centre, Event, Inquiry, InternalNote, KeyWrap, MailboxSession, Membership, Message, OpeningHours, Receipt
    from intake.submission import receive
    from recovery_site.database import roles

    call_command("migrate", verbosity=0)
    roles.apply()
    now = timezone.now()
    with transaction.atomic():
        centre = Centre.objects.create(name="Riverside", slug="riverside", is_default=True, phone="+12125550100")
        for weekday in range(7):
            OpeningHours.objects.create(centre=centre, weekday=weekday, opens=dt.time(0), closes=dt.time(23, 59))
        key = keyring.create_centre_key(centre)
        lead = User.objects.create(
            username="luisa", password=make_password(secrets.token_hex()), email="luisa@example.org", is_staff=True, display_name="Luisa"
        )
        Membership.objects.create(user=lead, centre=centre, role="lead")
        session = SessionStore()
        session["_auth_user_id"] = str(lead.pk)
        session.save()
        Guide.objects.create(title="Not yet published", slug="not-yet-published", language="en", body="a draft")
        inquiries, wraps, receipts, messages, notes, boxes = [], [], [], [], [], []
        for place in range(number):
            pk, case_key = new_id(), sealing.new_case_key()
            inquiry = Inquiry(
                id=pk, centre=centre, received_at=now, submission=secrets.token_bytes(32), for_whom="self", claimed_by=lead,
                sealed=sealing.seal("inquiry", pk, {"message": SECRET_WORDS}, case_key),
            )  # fmt: skip
            inquiries.append(inquiry)
            wraps.append(KeyWrap(inquiry=inquiry, centre_key=key, wrapped=sealing.wrap_to_public_key(case_key, pk, key.public_key)))
            receipts.append(Receipt(inquiry=inquiry, lookup=secrets.token_bytes(32), wrapped=secrets.token_bytes(60)))
            if place % 10 == 0:
                sealed = sealing.seal("message", pk, {"text": SECRET_WORDS}, case_key)
                messages.append(Message(inquiry=inquiry, sender="staff", author=lead, sent_at=now, sealed=sealed))
                notes.append(InternalNote(inquiry=inquiry, author=lead, written_at=now, sealed=sealed))
                token_hash = hashlib.sha256(secrets.token_bytes(32)).digest()
                boxes.append(
                    MailboxSession(token_hash=token_hash, inquiry=inquiry, wrapped=b"w" * 60, expires_at=now + dt.timedelta(hours=9))
                )
        Inquiry.objects.bulk_create(inquiries, batch_size=500)
        KeyWrap.objects.bulk_create(wraps)
        Receipt.objects.bulk_create(receipts)
        Message.objects.bulk_create(messages)
        InternalNote.objects.bulk_create(notes)
        MailboxSession.objects.bulk_create(boxes)
        for inquiry in inquiries[:50]:
            events.record(inquiry, Event.Kind.OPENED, by=lead)
    received = receive.receive(InquiryData(message="mine", for_whom="self"), form_token=secrets.token_bytes(16))
    words.write_text(" ".join(received.receipt))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    fill(int(sys.argv[1]), Path(sys.argv[2]))
