"""A channel registers itself; the outbox, the admin and the settings' checks find it there and need to know no names."""

import pytest
from django.core import checks, mail
from django.core.mail import send_mail

from intake.models import Notification
from intake.notifications import channels, outbox
from intake.notifications.channels import Channel, Recipient
from intake.notifications.kinds import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def pager(db):
    """A channel that is added while the site runs, as a folder in intake/notifications/channels/ would be when it starts."""

    @channels.register
    class Pager(Channel):
        code = "pager"
        label = "a pager"

        def recipients(self, inquiry, kind, now):
            return [Recipient()] if kind is Kind.DANGER else []

        def send(self, notification, now):
            send_mail("Beep", notification.inquiry.reference, None, ["pager@example.org"])

        def checks(self):
            return [checks.Warning("The pager has no battery.", id="intake.W900")]

    yield Pager
    channels.unregister("pager")


@pytest.fixture
def waiting_of_danger(inquiry):
    Notification.objects.all().delete()
    return outbox.enqueue(Kind.DANGER, inquiry=inquiry)


def test_the_channels_are_the_folders_and_the_second_look():
    assert [channel.code for channel in channels.all_channels()] == [
        "centre_email",
        "staff_email",
        "staff_sms",
        "visitor_email",
        "visitor_sms",
        "webhook",
        "second_look",
    ]


def test_a_mail_goes_by_a_new_channel_and_the_outbox_need_not_know_it(pager, waiting_of_danger, inquiry):
    outbox.send_all_due()
    assert [(message.to, message.body) for message in mail.outbox] == [(["pager@example.org"], inquiry.reference)]
    assert Notification.objects.get(channel="pager").state == "sent"


def test_a_new_channel_is_asked_of_each_kind(pager, inquiry):
    Notification.objects.all().delete()
    outbox.enqueue(Kind.WITHDRAWN, inquiry=inquiry)
    outbox.send_all_due()
    assert mail.outbox == []


def test_the_operator_sees_a_new_channel_by_its_name(pager, waiting_of_danger, admin_client):
    outbox.send_all_due()
    page = admin_client.get("/admin/intake/notification/?channel=pager").content.decode()
    assert "a pager" in page
    assert "1 notification" in page


def test_a_new_channel_checks_its_own_settings(pager):
    assert "intake.W900" in [message.id for message in checks.run_checks()]


def test_two_channels_of_one_code_are_an_error(pager):
    with pytest.raises(ValueError, match="staff_email"):

        @channels.register
        class Other(Channel):
            code = "staff_email"


def test_the_rows_of_a_channel_that_was_taken_away_stay_to_be_seen(waiting_of_danger, admin_client):
    Notification.objects.update(channel="pager")
    outbox.send_all_due()
    assert "UnknownChannel" in admin_client.get("/admin/intake/notification/").content.decode()
