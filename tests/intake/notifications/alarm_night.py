"""What the tests of alarms share: a night at Riverside, a visitor's words, and the worker."""

import datetime as dt
import re
import secrets

from django.core import mail
from django.core.management import call_command
from django.test import Client

from intake.cases.inquiry_data import InquiryData
from intake.models import Event
from intake.submission import receive

# Monday night in New York, where Riverside is: it is closed.
NIGHT = dt.datetime(2026, 1, 6, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
WORDS = "I took all my pills and I want to die"


def reachable(person):
    person.email = f"{person.username}@example.org"
    person.save()
    return person


def typed(text=WORDS):
    return receive.receive(InquiryData(message=text), form_token=secrets.token_bytes(16))


def work(clock=None, minutes=0):
    """Let minutes pass, run the worker, and return whom it mailed."""
    if clock is not None:
        clock.shift(minutes * MINUTE)
    mail.outbox.clear()
    call_command("send_notifications", once=True)
    return sorted(message.to[0].split("@")[0] for message in mail.outbox)


def link(message=None):
    """The path of the link in a mail."""
    return re.search(r"http://127\.0\.0\.1:8000(/alarm/\S+/)", (message or mail.outbox[0]).body).group(1)


def events(kind):
    return list(Event.objects.filter(kind=kind).values_list("data", flat=True))


def page_of(person, inquiry):
    """Return the case page as `person` sees it."""
    client = Client()
    client.force_login(person)
    return client.get(f"/admin/intake/inquiry/{inquiry.reference}/").content.decode()
