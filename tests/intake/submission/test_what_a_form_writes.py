"""How often a form and all that follows from it is written to the disk, and to how many indexes."""

import contextlib
import datetime as dt
import os

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.utils import ConnectionHandler
from django.utils import timezone

from intake.audit import chain
from intake.cases import blind_index
from intake.cases.inquiry_data import InquiryData
from intake.models import ContactDigest, Event, Inquiry, Link, Notification
from intake.notifications import channels, outbox
from intake.submission import receive

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
# Single columns whose index was dropped: another index begins with them, or nothing looks them up.
WITHOUT_INDEX = [
    ("ContactAttempt", "inquiry_id"),
    ("ContactDigest", "inquiry_id"),
    ("Event", "inquiry_id"),
    ("InternalNote", "inquiry_id"),
    ("KeyWrap", "inquiry_id"),
    ("Message", "inquiry_id"),
    ("Notification", "endpoint_id"),
    ("Notification", "recipient_id"),
]


@contextlib.contextmanager
def counted(monkeypatch):
    """Yield a list that gets an entry for each commit in which something was written."""
    commits: list[str] = []
    written: list[str] = []
    commit = connection._commit

    def count(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(WRITES):
            (written if connection.in_atomic_block else commits).append(sql)
        return execute(sql, params, many, context)

    def committed():
        if written:
            commits.append(f"{len(written)} statements")
        written.clear()
        return commit()

    with monkeypatch.context() as patched, connection.execute_wrapper(count):
        patched.setattr(connection, "_commit", committed)
        yield commits


@pytest.fixture
def form(riverside, luisa):
    """What Jesse asks in the form. Riverside can answer, and Luisa is told by mail."""
    luisa.email = "luisa@example.org"
    luisa.save()
    return InquiryData(message="Please call me in the morning.", contact_way="phone", phone="+12125550142")


@pytest.mark.django_db(transaction=True)
def test_jesses_form_and_all_that_follows_is_written_in_five_commits(form, monkeypatch):
    """Each commit waits for the disk, and writes the pages it changed as a whole: they were seven."""
    with counted(monkeypatch) as commits:
        jesse = receive.receive(form, form_token=os.urandom(16)).inquiry
    assert len(commits) == 1, "the form, its receipt, its key, its event and its notification"
    with counted(monkeypatch) as commits:
        outbox.send_all_due()
    assert len(commits) == 2, "one notification becomes one a recipient; then they are sent and the history says so"
    assert not Notification.objects.filter(inquiry=jesse).exclude(state="sent").exists()
    assert Event.objects.filter(inquiry=jesse, kind="notified").exists()
    with counted(monkeypatch) as commits:
        while chain.link_new():
            pass
    assert len(commits) == 1
    assert Link.objects.filter(event__inquiry=jesse).exists()
    with counted(monkeypatch) as commits:
        blind_index.run(timezone.now())
    assert len(commits) == 1
    assert ContactDigest.objects.filter(inquiry=jesse).exists()


@pytest.mark.django_db(transaction=True)
def test_ten_forms_of_one_minute_are_indexed_in_one_commit(form, monkeypatch):
    for _number in range(10):
        receive.receive(form, form_token=os.urandom(16))
    with counted(monkeypatch) as commits:
        blind_index.run(timezone.now())
    assert len(commits) == 1
    assert not Inquiry.objects.filter(digested=False).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_and_housekeeping_that_find_nothing_write_nothing(form, monkeypatch):
    while chain.link_new():
        pass
    with counted(monkeypatch) as commits:
        outbox.send_due()
        chain.link_new()
        blind_index.run(timezone.now())
    assert commits == []


@pytest.mark.django_db
def test_two_workers_that_find_the_same_notification_tell_luisa_once(form):
    """A row for everyone concerned isn't claimed: whoever comes second finds that it was sent."""
    receive.receive(form, form_token=os.urandom(16))
    row = Notification.objects.get(channel=channels.ALL)
    first, second = (outbox._Batch({row.pk: row.next_attempt_at}, None) for _worker in range(2))
    loaded = [outbox._load([row.pk]) for _worker in range(2)]
    to_send = [batch._expanded(rows) for batch, rows in zip((first, second), loaded, strict=True)]
    assert to_send[0]
    assert to_send[1] == []


@pytest.mark.django_db
def test_a_worker_killed_before_it_expanded_a_notification_keeps_nobody_waiting(form):
    receive.receive(form, form_token=os.urandom(16))
    now = timezone.now()
    outbox._claim(now)  # and then kill -9
    assert outbox.send_all_due(now + dt.timedelta(seconds=1)) > 0, "not only when a lease ends"
    assert not Notification.objects.exclude(state="sent").filter(next_attempt_at__lte=now).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("model_name", "column"), WITHOUT_INDEX)
def test_no_index_repeats_the_beginning_of_another(model_name, column):
    model = apps.get_model("intake", model_name)
    named = {index.name for index in model._meta.indexes} | {constraint.name for constraint in model._meta.constraints}
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
    repeated = [name for name, each in constraints.items() if each["columns"] == [column] and each["index"] and not each["unique"]]
    assert set(repeated) <= named


@pytest.mark.once
@pytest.mark.django_db
def test_a_new_sqlite_database_has_small_pages(tmp_path):
    """A form changes some forty pages, and each goes to the log as a whole."""
    if connection.vendor != "sqlite":
        pytest.skip("about the files of SQLite")
    options = settings.DATABASES["default"]["OPTIONS"]
    handler = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "db.sqlite3", "OPTIONS": options}})
    database = handler["default"]
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE one (id integer)")
        cursor.execute("PRAGMA page_size")
        assert cursor.fetchone() == (1024,)
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
    database.close()
