"""manage.py first_centre: the operator, the first centre and its lead, on a new site."""

import io
import re
import smtplib
from unittest import mock

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command

from accounts.models import User
from intake.assessment import readiness
from intake.cases import permissions
from intake.crypto import keyring
from intake.models import Centre, Event, OpeningHours

pytestmark = pytest.mark.django_db
ANSWERS = {
    "phone": "(202) 555-0100",
    "zone": "America/New_York",
    "open": "Mon-Fri 8:00-18:00",
    "operator": "Olga@example.org",
    "lead": "ada@example.org",
    "lead_name": "Ada Lead",
}


def set_up(**changes: str) -> str:
    """Run the command as deploy/install does; return what it says."""
    said = io.StringIO()
    call_command("first_centre", "Harbor House", stdout=said, **{**ANSWERS, **changes})
    return said.getvalue()


def test_a_new_site_takes_inquiries_and_ada_leads():
    set_up()
    centre = Centre.objects.get()
    ada = User.objects.get(username="ada@example.org")
    assert (centre.slug, centre.is_default, readiness.missing(centre)) == ("harbor-house", True, [])
    assert permissions.leads(ada, centre)
    assert keyring.opens_canary(centre.keys.get())
    assert [row.weekday for row in OpeningHours.objects.order_by("weekday")] == [0, 1, 2, 3, 4]
    assert centre.retention_rules.exists()


def test_olga_runs_the_site_and_reads_no_cases():
    set_up()
    olga = User.objects.get(username="olga@example.org")
    assert olga.is_superuser
    assert not permissions.leads(olga, Centre.objects.get())
    assert not olga.has_usable_password()


def test_both_are_mailed_a_link_and_it_is_recorded_that_a_command_did_it(client):
    set_up()
    assert sorted(message.to[0] for message in mail.outbox) == ["ada@example.org", "olga@example.org"]
    for message in mail.outbox:
        [link] = re.findall(r"https?://\S+(/admin/password/\S+)", message.body)
        assert client.get(link, follow=True).status_code == 200
    made = Event.objects.filter(kind=Event.Kind.ACCOUNT_ADDED)
    assert [event.data["by"] for event in made] == ["command", "command"]


def test_a_second_run_changes_nothing():
    set_up()
    before = (User.objects.count(), Centre.objects.get().keys.count(), Event.objects.count(), len(mail.outbox))
    said = set_up()
    assert "An operator is there." in said
    assert "A lead is there." in said
    assert (User.objects.count(), Centre.objects.get().keys.count(), Event.objects.count(), len(mail.outbox)) == before


def test_a_mail_that_is_refused_leaves_no_account_and_the_next_run_goes_on():
    sent = EmailMessage.send

    def refused(message: EmailMessage, *arguments: object, **options: object) -> int:
        if message.to == ["ada@example.org"]:
            raise smtplib.SMTPConnectError(421, "away")
        return sent(message, *arguments, **options)

    with mock.patch.object(EmailMessage, "send", refused), pytest.raises(CommandError, match="take the mail to ada@example"):
        set_up()
    assert [user.username for user in User.objects.all()] == ["olga@example.org"]
    set_up()
    assert permissions.leads(User.objects.get(username="ada@example.org"), Centre.objects.get())
    assert Centre.objects.get().keys.count() == 1


def test_a_centre_that_is_always_open_needs_no_hours():
    set_up(open="always")
    assert Centre.objects.get().always_open
    assert readiness.missing(Centre.objects.get()) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"open": "weekdays"}, "'weekdays' can't be read"),
        ({"open": "mon-fri 18:00-08:00"}, "can't be read"),
        ({"open": "fri-mon 08:00-18:00"}, "can't be read"),
        ({"zone": "Eastern"}, "isn't a time zone"),
        ({"lead": "ada"}, "isn't an e-mail address"),
        ({"lead": "olga@example.org"}, "need an account each"),
    ],
)
def test_a_wrong_answer_is_one_sentence_and_nothing_is_made(changes, sentence):
    with pytest.raises(CommandError, match=re.escape(sentence)):
        set_up(**changes)
    assert not User.objects.exists()
    assert not Centre.objects.exists()
