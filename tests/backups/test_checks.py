"""Who is told when a backup is never restored for a rehearsal, or when that failed: the hourly check, which mails the operators."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from backups import checks, places

DAY = dt.timedelta(days=1)


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
