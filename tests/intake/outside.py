"""Steps that tests run in separate processes on a shared database.

python -m tests.intake.outside prepare | send TOKEN TIMES | send_due MINUTES… | weather | withdraw
"""

import datetime as dt
import multiprocessing
import os
import sys


def prepare():
    """Create the tables, a centre and a staff member."""
    from django.core.management import call_command

    from tests.intake.marked_visit import make_centre

    call_command("migrate", verbosity=0)
    make_centre()


def send(token, times):
    """Store a form with this token in `times` processes at the same moment; each prints its receipt."""
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
    received = receive.receive(InquiryData(message="at once"), form_token=bytes.fromhex(token))
    # In one write, so that the lines of two processes are never mixed. print() may write the end of the line by itself.
    os.write(sys.stdout.fileno(), f"{' '.join(received.receipt)}\n".encode())


def send_due(*minutes):
    """Send what is due so many minutes from now."""
    from django.utils import timezone

    from intake.notifications import outbox

    for later in minutes:
        print(outbox.send_all_due(timezone.now() + dt.timedelta(minutes=int(later))))


def weather():
    """Send the contact form during each kind of database failure; print the response and what is stored.

    full: the disk is full (SQLite). readonly: writes are refused. stuck: another process locks the database for too long.
    busy: another process locks it for a while. Afterwards the returned form is sent once more.
    """
    from django.db import connection

    for kind, fail in FAILURES.items():
        if kind != "full" or connection.vendor == "sqlite":  # PostgreSQL would have to fill this machine's disk
            print(kind, *_send_during(fail, waits=kind == "busy"))


def _send_during(fail, *, waits):
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
    recover, answers = fail(connection), []
    if waits:
        sending = threading.Thread(target=lambda: answers.append(visitor.post("/contact/", form)))
        sending.start()
        sending.join(0.5)
        assert sending.is_alive(), "it did not wait for the database"
        recover()
        sending.join()
    else:
        answers.append(visitor.post("/contact/", form))
        recover()
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
    begin, end = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
    if connection.vendor == "postgresql":
        begin, end = ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
    with connection.cursor() as cursor:
        cursor.execute(begin)

    def recover():
        with connection.cursor() as cursor:
            cursor.execute(end)

    return recover


def _held(connection):
    """Lock the database from a second connection, as another process would; return a function that unlocks it."""
    other = connection.copy()
    with other.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE intake_inquiry IN EXCLUSIVE MODE")

    def recover():
        with other.cursor() as cursor:
            cursor.execute("ROLLBACK")

    return recover


def _stuck(connection):
    """Lock the database for longer than the timeout, which is set to 50 milliseconds."""
    on_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50" if on_sqlite else "SET lock_timeout = 50")
    unlock = _held(connection)

    def restore():
        unlock()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 20000" if on_sqlite else "SET lock_timeout = 0")

    return restore


def withdraw():
    """Send words, withdraw them, and print whether their bytes are in the files of the data folder, before and after housekeeping."""
    from pathlib import Path

    from django.conf import settings
    from django.core.management import call_command

    from intake.cases.inquiry_data import InquiryData
    from intake.models import Inquiry, KeyWrap, Receipt
    from intake.retention import erasure
    from intake.submission import receive

    inquiry = receive.receive(InquiryData(message="ERASED WORDS"), form_token=os.urandom(16)).inquiry
    rows = [*KeyWrap.objects.filter(inquiry=inquiry), *Receipt.objects.filter(inquiry=inquiry)]
    traces = [bytes(Inquiry.objects.get(pk=inquiry.pk).sealed), *(bytes(row.wrapped) for row in rows)]

    def look():
        files = b"".join(path.read_bytes() for path in Path(settings.DATA_DIR).rglob("*") if path.is_file())
        # Each piece by itself: a row is written in parts where it is longer than a page.
        return any(trace[:32] in files or trace[-32:] in files for trace in traces)

    erasure.withdraw(inquiry)
    print("before the round:", "found" if look() else "gone")
    call_command("housekeeping", stdout=sys.stderr)
    print("after the round:", "found" if look() else "gone")


FAILURES = {"full": _full, "readonly": _readonly, "stuck": _stuck, "busy": _held}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.intake.outside_settings"
    import django

    django.setup()
    globals()[sys.argv[1]](*sys.argv[2:])
