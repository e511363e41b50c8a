"""A staff server works without the visitors' URLs."""

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from intake.notifications import outbox
from intake.notifications.channels import visitor_email
from intake.notifications.kinds import Kind

urlpatterns: list[object] = [path("nothing-of-the-visitors/", lambda request: HttpResponse())]


@pytest.mark.parametrize(("language", "address"), [("en", "/mailbox/"), ("es", "/es/mailbox/")])
@override_settings(ROOT_URLCONF="tests.articles.workflow.test_staff_server", SITE_URL="https://help.example.org")
def test_the_visitors_note_names_their_mailbox(language, address):
    _subject, body = visitor_email.text(language)
    assert f"https://help.example.org{address}\n" in body


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.articles.workflow.test_staff_server")
def test_the_note_goes_out(inquiry):
    type(inquiry).objects.filter(pk=inquiry.pk).update(tell_of_answer=True)
    notification = outbox.enqueue(Kind.ANSWER_WAITING, inquiry=inquiry, channel="visitor_email")
    outbox.send_all_due()
    notification.refresh_from_db()
    assert notification.state == "sent"
    assert [message.to for message in mail.outbox] == [["quillon@example.org"]]
