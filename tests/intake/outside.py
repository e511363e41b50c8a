"""Single steps, each in a process of its own, on a database that several processes share.

python -m tests.intake.outside prepare | send TOKEN TIMES | sweep MINUTES… | weather
"""

import datetime as dt
import multiprocessing
import os
import sys


def prepare():
    """Make the tables, a centre and a member of staff."""
    from django.core.management import call_command

    from tests.intake.marked_visit import make_centre

    call_command("migrate", verbosity=0)
    make_centre()


def send(token, times):
    """Take in the form with this token in so many processes at the same moment; each prints its receipt."""
    together = multiprocessing.get_context("fork")
    ready = together.Barrier(int(times))
    senders = [together.Process(target=_send, args=(token, ready)) for _ in range(int(times))]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    sys.exit(any(sender.exitcode for sender in senders))


def _send(token, ready):
    from intake.cases.inquiry_data import InquiryData
    from intake.submission import receive

    ready.wait(60)
    print(" ".join(receive.receive(InquiryData(message="at once"), form_token=bytes.fromhex(token)).receipt), flush=True)


def sweep(*minutes):
    """Do the housekeeping of later moments."""
    from django.utils import timezone

    from tests.support import housekeeping

    for later in minutes:
        print(housekeeping.run(timezone.now() + dt.timedelta(minutes=int(later))))


def weather():
    """Send the contact form while the database fails for real, in each way; print what the visitor is told, and what is stored.

    full: its disk has no more room (SQLite). readonly: it takes no writes. stuck: another process holds it and doesn't let go.
    busy: another process holds it for a while. When it is over, the form that came back is sent once more.
    """
    from django.db import connection

    for kind, storm in STORMS.items():
        if kind != "full" or connection.vendor == "sqlite":  # a full disk of PostgreSQL's would be this machine's
            print(kind, *_sent_in(storm, waits=kind == "busy"))


def _sent_in(storm, *, waits):
    import threading

    from django.db import connection
    from django.test import Client

    from intake.models import Inquiry
    from tests.intake.pages import hidden

    words = "these words must not be lost " * 170  # more than the free room of any page
    visitor = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    page = visitor.get("/contact/")
    form = {"token": hidden(page, "token"), "for_whom": "self", "contact_way": "mailbox", "message": words}
    connection.ensure_connection()
    before = Inquiry.objects.count()
    calm, answers = storm(connection), []
    if waits:
        sending = threading.Thread(target=lambda: answers.append(visitor.post("/contact/", form)))
        sending.start()
        sending.join(0.5)
        assert sending.is_alive(), "it did not wait for the database"
        calm()
        sending.join()
    else:
        answers.append(visitor.post("/contact/", form))
        calm()
    stored, [answer] = Inquiry.objects.count() - before, answers
    kept = answer.status_code == 303 or words.strip() in answer.content.decode()
    again = visitor.post("/contact/", form).status_code
    return answer.status_code, stored, "kept" if kept else "lost", again, Inquiry.objects.count() - before


def _full(connection):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # no free page is left inside
        [[pages]] = cursor.execute("PRAGMA page_count").fetchall()
        cursor.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    return lambda: connection.connection.execute("PRAGMA max_page_count = 1000000").fetchall()


def _readonly(connection):
    begin, end = ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")
    if connection.vendor == "postgresql":
        begin, end = ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
    with connection.cursor() as cursor:
        cursor.execute(begin)

    def calm():
        with connection.cursor() as cursor:
            cursor.execute(end)

    return calm


def _held(connection):
    """Hold the database by a second connection, as another process would; return how to let go."""
    other = connection.copy()
    with other.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE intake_inquiry IN EXCLUSIVE MODE")

    def calm():
        with other.cursor() as cursor:
            cursor.execute("ROLLBACK")

    return calm


def _stuck(connection):
    """Hold the database for longer than anybody waits, which is not long here."""
    if connection.vendor == "sqlite":
        usual, connection.patience = connection.patience, 0.05
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
    calm = _held(connection)

    def forget():
        calm()
        if connection.vendor == "sqlite":
            connection.patience = usual
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")

    return forget


STORMS = {"full": _full, "readonly": _readonly, "stuck": _stuck, "busy": _held}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.intake.outside_settings"
    import django

    django.setup()
    globals()[sys.argv[1]](*sys.argv[2:])
