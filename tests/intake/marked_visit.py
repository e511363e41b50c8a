"""A visit in which every typed word is marked, run as a separate process so that everything it writes can be searched.

    DATA_DIR=… DATABASE_URL=… python -m tests.intake.marked_visit

Its last two lines are the receipt's words and the inquiry's reference. It ends without closing the database, as a crash would.
"""

import datetime as dt
import os
import re
import sys
from pathlib import Path
from unittest import mock

from tests.intake.pages import hidden

# A sequence of letters that occurs in no word list and no template.
MARKS = {
    "name": "Quorvexa",
    "phone": "212 555 0143",
    "email": "zwyxmark@example.org",
    "message": "jivqolto keeps me awake",
    "again": "kzumpfel is new",
    "letter": "wxobrint in the mailbox",
    "reply": "ghyzavok from the staff",
    "word": "yqqotlim",
    "crash": "xvuplorq breaks it",
}
# Request headers of a browser.
TRACES = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Zqvbrowser/9", "HTTP_REFERER": "http://localhost/jzqreferrer/"}
SEARCHED = [
    "203.0.113.77",
    "203.0.113.0",
    "Zqvbrowser",
    "jzqreferrer",
    "Quorvexa",
    "2125550143",
    "555-0143",
    "555 0143",
    "555 0143",
    "zwyxmark",
    "jivqolto",
    "kzumpfel",
    "wxobrint",
    "ghyzavok",
    "yqqotlim",
    "xvuplorq",
    "pqxgateword",
]


def broken(target):
    """Make the function named `target` fail with a message that quotes typed text."""
    return mock.patch(target, side_effect=ValueError(MARKS["crash"]))


class Visitor:
    """A client that compares the status of each response with the expected one."""

    def __init__(self):
        from django.test import Client

        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False, **TRACES)
        self.get = self.client.get

    def post(self, url, form, expected):
        answer = self.client.post(url, form)
        assert answer.status_code == expected, (url, answer.status_code, expected)
        return answer


def keep_error_reports():
    """Write every error report to a file, as a mail to the operator would show it."""
    from django.conf import settings
    from django.core.signals import got_request_exception
    from django.views.debug import get_exception_reporter_class

    def report(sender, request, **kwargs):
        reporter = get_exception_reporter_class(request)(request, *sys.exc_info())
        with (Path(settings.DATA_DIR) / "report.txt").open("a") as file:
            file.write(reporter.get_traceback_text() + reporter.get_traceback_html())

    got_request_exception.connect(report, weak=False)


def make_centre():
    """Create a centre that never closes, and return one of its staff."""
    from accounts.models import User
    from intake.crypto import keyring
    from intake.models import Centre, Membership, OpeningHours

    centre = Centre.objects.create(name="Riverside", slug="riverside", is_default=True)
    for weekday in range(7):
        OpeningHours.objects.create(centre=centre, weekday=weekday, opens=dt.time(0), closes=dt.time(23, 59))
    keyring.create_centre_key(centre)
    alice = User.objects.create_user("alice", "alice@example.org", "a password", is_staff=True)
    Membership.objects.create(user=alice, centre=centre, role="lead")
    return alice


def listen():
    """Receive webhooks and write their requests to a file."""
    import http.server
    import threading

    from django.conf import settings

    from intake.models import WebhookEndpoint
    from intake.notifications.channels import webhook

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with (Path(settings.DATA_DIR) / "webhooks.txt").open("ab") as file:
                file.write(str(self.headers).encode() + body + b"\n")
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    webhook.new_secret(WebhookEndpoint.objects.create(name="pager", url=f"http://127.0.0.1:{server.server_port}/"))


def carry_texts():
    """A text message gateway that writes each message to a file and refuses it with a text that quotes the number."""
    import http.server
    import threading
    import urllib.parse

    from django.conf import settings

    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            sent = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            assert sent["To"] == ["+12125550143"]
            with (Path(settings.DATA_DIR) / "texts.txt").open("a") as file:
                file.write(sent["Body"][0] + "\n")
            self.send_response(400, f"Bad number {sent['To'][0]}")
            self.end_headers()
            self.wfile.write(str(sent).encode())

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TEXT_GATEWAY_URL, settings.TEXT_FROM = f"http://127.0.0.1:{server.server_port}/", "+12125550100"
    settings.TEXT_GATEWAY_USER, settings.TEXT_GATEWAY_PASSWORD = "account", "pqxgateword"


def by_day():
    """Return a time zone in which it is about noon, so that a text message may be sent."""
    ahead = 12 - dt.datetime.now(dt.UTC).hour
    return f"Etc/GMT{-ahead:+d}"  # these names count the other way round


def ask(visitor):
    """Send the form so that it is refused, stored, changed by resending, and interrupted by an error. Return the receipt."""
    form = {name: MARKS[name] for name in ("name", "phone", "email", "message")}
    form |= {"token": hidden(visitor.get("/contact/"), "token"), "for_whom": "self", "contact_way": "phone", "consent_call": "on"}
    visitor.post("/contact/", form | {"email": "zwyxmark@@", "phone": "Quorvexa"}, 422)
    visitor.post("/contact/", form | {"message": "jivqolto " * 1000, "for_whom": "Quorvexa"}, 422)
    visitor.post("/contact/", form | {"message": "jivqolto" * 200_000}, 413)
    visitor.post("/contact/", form, 303)
    shown = visitor.get("/contact/sent/")
    [receipt] = re.findall(r'<ol class="receipt"[^>]*>(.*?)</ol>', shown.content.decode(), re.S)
    words = re.findall(r"<li>(\w+)</li>", receipt)
    visitor.post("/contact/sent/", {"word": MARKS["word"]}, 200)
    with broken("intake.crypto.wordlists.is_same"):
        visitor.post("/contact/sent/", {"word": MARKS["word"]}, 500)
    visitor.post("/contact/sent/", {"word": words[3]}, 200)
    visitor.post("/contact/", form | {"message": MARKS["again"]}, 303)
    for target in ("intake.submission.receive.receive", "intake.crypto.sealing.seal"):
        fresh = {"message": MARKS["crash"], "token": hidden(visitor.get("/contact/"), "token")}
        with broken(target):
            visitor.post("/contact/", form | fresh, 503)
    visitor.get("/contact/", {"guide": MARKS["word"] + " " + MARKS["name"]})
    return words


def write(visitor, words):
    """Open the mailbox with wrong and right words and write messages, one of them interrupted by an error."""
    visitor.post("/mailbox/", {"words": " ".join([MARKS["word"]] * 6)}, 422)
    with broken("intake.mailbox.sessions.open_with"):
        visitor.post("/mailbox/", {"words": MARKS["crash"]}, 503)
    visitor.post("/mailbox/", {"words": " ".join(words)}, 303)
    page = visitor.get("/mailbox/open/")
    letter = {"mailbox": hidden(page, "mailbox"), "token": hidden(page, "token"), "text": MARKS["letter"]}
    visitor.post("/mailbox/open/", letter, 303)
    visitor.post("/mailbox/open/", letter | {"text": "wxobrint" * 1000}, 422)
    visitor.post("/mailbox/open/", letter | {"mailbox": MARKS["word"]}, 403)
    reach = {"mailbox": letter["mailbox"], "contact_way": "phone", "phone": MARKS["phone"], "consent_call": "on", "email": MARKS["email"]}
    reach["consent_automated_text"] = "on"
    visitor.post("/mailbox/contact/", reach | {"other_notes": MARKS["word"] * 200}, 422)
    visitor.post("/mailbox/contact/", reach | {"other_notes": MARKS["word"]}, 303)
    with broken("intake.mailbox.contact_preferences.change"):
        visitor.post("/mailbox/contact/", reach | {"other_notes": MARKS["crash"]}, 500)
    visitor.post("/mailbox/copy/", reach, 200)
    with broken("intake.mailbox.sessions.write"):
        visitor.post("/mailbox/open/", letter | {"text": MARKS["crash"]}, 503)


def answer(alice, inquiry):
    """Let staff be notified, read the case, write a note and reply; one reply is interrupted by an error."""
    from django.core.management import call_command
    from django.test import Client

    from intake import triage

    call_command("send_notifications", once=True)
    call_command("housekeeping", stdout=sys.stdout)
    staff = Client(raise_request_exception=False)
    staff.force_login(alice)
    case = f"/admin/intake/inquiry/{inquiry.reference}/"
    assert MARKS["message"] in staff.get(case).content.decode()
    staff.post(case + "contact/")
    staff.post(case + "note/", {"text": MARKS["reply"]})
    with broken("intake.triage.reply"):
        staff.post(case + "reply/", {"text": MARKS["crash"], "version": inquiry.version})
    inquiry.refresh_from_db()
    triage.reply(inquiry, text=MARKS["reply"], by=alice, version=inquiry.version)
    call_command("send_notifications", once=True)


def every_page(visitor, staff, reference):
    """Request every URL of the site in each language, with marked words in the path, the query string and the form."""
    from django.urls import URLResolver, get_resolver

    marked, seen = {"q": MARKS["word"], "text": MARKS["message"], "email": MARKS["crash"], "guide": MARKS["name"]}, 0
    known = {"reference": reference, "slug": MARKS["word"], "app_label": "intake"}

    def walk(patterns, prefix):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                yield route

    for route in walk(get_resolver().url_patterns, "/"):
        # Regular expressions among the routes are the admin's own catch-alls.
        address = (
            re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found.group(1), MARKS["word"]), route).replace("\\Z", "").replace("^", "")
        )
        # Signing out and withdrawing would end the visit.
        if "logout" in address or "withdraw" in address or "leave" in address or "forget" in address:
            continue
        for url in [address] if address.startswith("/admin/") else [address, "/es" + address]:
            client = staff if url.startswith("/admin/") else visitor.client
            client.get(url, marked)
            if not url.startswith("/admin/"):
                client.post(url, marked)
            seen += 1
    return seen


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    from intake.models import Inquiry

    setup_test_environment(debug=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(Path(settings.DATA_DIR) / "mail")
    keep_error_reports()
    call_command("migrate", verbosity=0)
    alice, visitor = make_centre(), Visitor()
    alice.is_superuser = True  # may see every page of the admin
    alice.save()
    listen()
    carry_texts()
    words = ask(visitor)
    write(visitor, words)
    Inquiry.objects.update(time_zone=by_day())
    inquiry = Inquiry.objects.get()
    answer(alice, inquiry)
    staff = Client(raise_request_exception=False, **TRACES)
    staff.force_login(alice)
    print("addresses:", every_page(visitor, staff, inquiry.reference))
    read = visitor.get("/mailbox/open/").content.decode()
    assert all(MARKS[mark] in read for mark in ("message", "letter", "reply"))
    print(" ".join(words))
    print(inquiry.reference, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
