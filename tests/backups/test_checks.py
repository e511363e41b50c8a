"""Who is told when a backup is never restored for a rehearsal, or when that failed: the hourly check, which mails the operators."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from backups import checks, places
from intake.models import Inquiry

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
ASKED = {"databases": ["default"]}


@pytest.fixture
def folder(settings, tmp_path):
    """The data folder of a site that people reach."""
    settings.DATA_DIR, settings.HTTPS, settings.SERVES_STAFF = tmp_path, True, True
    return tmp_path


def after(folder, rehearsed):
    """A backup that is made after the rehearsal `rehearsed`: (so long ago, whether it went well)."""
    now = timezone.now()
    place = folder / "place"
    place.mkdir(exist_ok=True)
    if rehearsed:
        places.note_rehearsal(place, now - rehearsed[0], went_well=rehearsed[1])
    places.register(folder, now, place / "data", place / "keys", 30)


@pytest.mark.parametrize(
    ("rehearsed", "found"),
    [
        (None, ["backups.W001"]),
        ((3 * DAY, True), []),
        ((DAY, False), ["backups.E001"]),
        ((41 * DAY, True), ["backups.E002"]),
    ],
    ids=["never", "a good one", "one that failed", "the last is old"],
)
def test_the_hourly_check_says_how_the_last_rehearsal_ended(folder, rehearsed, found):
    after(folder, rehearsed)
    assert [message.id for message in checks.backups_are_rehearsed(None)] == found


def test_a_backup_after_which_the_place_is_another_still_knows_the_last_rehearsal(folder):
    after(folder, (DAY, True))
    (folder / "other").mkdir()
    places.register(folder, timezone.now(), folder / "other" / "data", folder / "other" / "keys", 30)
    assert checks.backups_are_rehearsed(None) == []
    assert json.loads((folder / "backups.json").read_text())["rehearsal"]["went_well"] is True


def test_the_visitors_half_and_a_site_without_https_are_not_asked(folder, settings):
    after(folder, (DAY, False))
    settings.SERVES_STAFF = False
    assert checks.backups_are_rehearsed(None) == []
    settings.SERVES_STAFF, settings.HTTPS = True, False
    assert checks.backups_are_rehearsed(None) == []


def ids(check):
    return [message.id for message in check(None, **ASKED)]


def begun(inquiry, ago):
    """Let the first request have come in so long ago."""
    Inquiry.objects.filter(pk=inquiry.pk).update(received_at=timezone.now() - ago)


@pytest.mark.parametrize(("ago", "code"), [(2 * DAY, "doctor.W032"), (4 * DAY, "doctor.E032")])
def test_three_days_after_the_first_request_a_site_without_any_backup_has_an_error(folder, inquiry, ago, code):
    begun(inquiry, ago)
    assert ids(checks.backups_are_made) == [code, code], "of the data, and of the keys"


def test_a_new_site_without_a_request_is_only_warned_that_it_has_no_backup(folder, db):
    assert ids(checks.backups_are_made) == ["doctor.W032"] * 2


@pytest.mark.parametrize(("age", "found"), [(25 * HOUR, []), (30 * HOUR, ["doctor.W033"]), (37 * HOUR, ["doctor.E033"])])
def test_a_night_without_a_backup_is_an_error_before_the_next_night(folder, db, age, found):
    made = {"data": (timezone.now() - age).isoformat(), "keys": timezone.now().isoformat()}
    (folder / "backups.json").write_text(json.dumps(made))
    assert ids(checks.backups_are_made) == found


@pytest.mark.parametrize(("ago", "code"), [(39 * DAY, "backups.W001"), (41 * DAY, "backups.E003")])
def test_forty_days_after_the_first_request_a_backup_that_was_never_rehearsed_is_an_error(folder, inquiry, ago, code):
    after(folder, None)
    begun(inquiry, ago)
    assert ids(checks.backups_are_rehearsed) == [code]
