"""Addresses that visitors see."""

from django.urls import path

from intake.views import contact, mailbox

app_name = "intake"
urlpatterns = [
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/", contact.contact_sent, name="contact_sent"),
    path("mailbox/", mailbox.enter, name="mailbox"),
    path("mailbox/open/", mailbox.opened, name="mailbox_open"),
]
