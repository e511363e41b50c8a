"""What was erased is listed outside the database, and a restored backup erases it again."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from intake.models import Event, Inquiry, KeyWrap, Notification, WithheldCase
from intake.retention import erased_list, erasure
from tests.support.clock import BEGIN

pytestmark = pytest.mark.django_db
NOW = BEGIN


@pytest.fixture(autouse=True)
def listed(settings, tmp_path):
    """The file of the list."""
    settings.ERASED_LIST_FILE = tmp_path / "erased.log"
    return settings.ERASED_LIST_FILE


def words(listed):
    return {str(case): str(word) for _at, word, case in erased_list.read(listed)}


def whole(inquiry):
    return KeyWrap.objects.filter(inquiry=inquiry).exists() and bytes(Inquiry.objects.get(pk=inquiry.pk).sealed) != b""


def test_each_case_that_is_withdrawn_or_erased_gets_one_line_that_says_nothing_of_anybody(arrives, listed, settings):
    withdrawn, by_rule, _open = arrives(), arrives(state="closed", outcome="spam", closed_at=NOW), arrives()
    assert erased_list.append_new(NOW) == {"erased_listed": 0}
    assert not listed.exists()

    erasure.withdraw(withdrawn)
    erasure.erase_content(by_rule, timezone.now(), by="policy")

    assert [erased_list.append_new(NOW)["erased_listed"] for _round in range(2)] == [2, 0]
    assert words(listed) == {str(withdrawn.pk): "withdrawn", str(by_rule.pk): "erased"}
    assert listed.stat().st_mode & 0o077 == 0


def test_a_line_that_was_cut_off_is_written_again(arrives, listed):
    first, second = arrives(), arrives()
    for inquiry in (first, second):
        erasure.withdraw(inquiry)
        erased_list.append_new(NOW)
    listed.write_bytes(listed.read_bytes()[:-20])

    erased_list.append_new(NOW)

    assert words(listed) == {str(first.pk): "withdrawn", str(second.pk): "withdrawn"}


def test_a_list_that_can_not_be_written_stops_nothing(arrives, settings, tmp_path, caplog):
    settings.ERASED_LIST_FILE = tmp_path / "no folder" / "erased.log"
    erasure.withdraw(arrives())
    assert erased_list.append_new(NOW) == {"erased_listed": 0}
    assert "The list of what was erased could not be written: FileNotFoundError" in caplog.text


def test_quillons_request_that_a_restore_brought_back_is_withdrawn_again(inquiry, listed, capsys):
    listed.write_text(f"{NOW.isoformat()} withdrawn {inquiry.pk}\n")

    call_command("erasing", again=listed)

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome, bool(inquiry.erased_at), whole(inquiry)) == ("closed", "withdrawn", True, False)
    assert Notification.objects.filter(kind="withdrawn", inquiry=inquiry).exists()
    assert "Erased again: 1 of 1 cases" in capsys.readouterr().out
    call_command("erasing", again=listed)
    assert "Erased again: 0 of 1 cases" in capsys.readouterr().out


def test_a_case_that_a_rule_erased_is_closed_and_erased_again(inquiry, arrives, listed):
    closed = arrives(state="closed", outcome="spam", closed_at=NOW)
    entries = [(NOW, erased_list.Word.ERASED, each.pk) for each in (inquiry, closed)]

    again = erased_list.erase_again(entries, timezone.now())

    assert again == erased_list.Again(2, 0)
    assert not whole(inquiry)
    assert not whole(closed)
    assert Inquiry.objects.get(pk=inquiry.pk).state == "closed"
    assert Inquiry.objects.get(pk=closed.pk).outcome == "spam"


def test_what_a_hold_kept_stays_locked_although_the_backup_does_not_know_the_hold(inquiry, capsys, listed):
    listed.write_text(f"{NOW.isoformat()} locked {inquiry.pk}\n")

    call_command("erasing", again=listed)

    assert whole(inquiry)
    assert WithheldCase.objects.filter(inquiry=inquiry).exists()
    assert Inquiry.objects.get(pk=inquiry.pk).erased_at
    assert "let the leads set them again before housekeeping runs" in " ".join(capsys.readouterr().out.split())


def test_what_was_withdrawn_under_a_hold_and_erased_later_is_withdrawn_again(inquiry):
    entries = [(NOW - dt.timedelta(days=2), erased_list.Word.LOCKED, inquiry.pk), (NOW, erased_list.Word.ERASED, inquiry.pk)]
    assert erased_list.erase_again(entries, NOW) == erased_list.Again(1, 0)
    assert Event.objects.filter(inquiry=inquiry, kind="withdrawn").exists()
    assert not whole(inquiry)


def test_another_file_is_no_list(listed):
    listed.write_text("nonsense\n")
    with pytest.raises(CommandError, match="can't be read as a list"):
        call_command("erasing", again=listed)
