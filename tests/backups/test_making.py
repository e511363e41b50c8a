"""Before a backup is begun: a database that is there, and room for it. After it: the day on which its copies end."""

import datetime as dt
import shutil
from collections import namedtuple

import pyrage
import pytest
from django.core.management import CommandError, call_command

from backups import archives, making, places
from backups.archives import BackupError
from intake.models import Heartbeat

NOW = dt.datetime(2026, 3, 31, 2, 30, tzinfo=dt.UTC)
Usage = namedtuple("Usage", "total used free")  # as shutil's


@pytest.fixture
def command(settings, tmp_path):
    """The command with its two places, on a site whose data folder is empty."""
    settings.DATA_DIR = tmp_path / "site"
    for name in ("site", "d", "k"):
        (tmp_path / name).mkdir()
    settings.DATABASES["default"] = {**settings.DATABASES["default"], "ENGINE": "sqlite3", "NAME": str(tmp_path / "site" / "db.sqlite3")}
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    return {"data_to": tmp_path / "d", "keys_to": tmp_path / "k", "recipient": [recipient], "same_disk": True}


@pytest.fixture(autouse=True)
def same_database(settings):
    """The settings of the database as they were: the dictionary is shared."""
    before = settings.DATABASES["default"]
    yield
    settings.DATABASES["default"] = before


@pytest.mark.parametrize("content", [None, b""], ids=["no file", "an empty file"])
def test_where_there_is_no_database_none_is_made_and_nothing_is_taken_for_a_backup(command, tmp_path, content):
    database = tmp_path / "site" / "db.sqlite3"
    if content is not None:
        database.write_bytes(content)

    with pytest.raises(CommandError, match="There is no database"):
        call_command("backup", **command)

    assert database.exists() is (content is not None)
    assert [*command["data_to"].iterdir(), *command["keys_to"].iterdir()] == []


def test_a_backup_for_which_the_disk_has_no_room_is_not_begun(command, tmp_path, monkeypatch):
    (tmp_path / "site" / "db.sqlite3").write_bytes(b"x" * 2_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(10, 7, 3_000_000))

    with pytest.raises(CommandError, match=r"has 3 MB free, and 6 MB may be needed. Nothing was written: make room first"):
        call_command("backup", **command)

    assert [*command["data_to"].iterdir(), *command["keys_to"].iterdir()] == []


def test_folders_of_one_disk_need_the_room_of_both(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(10, 5, 5_000_000))
    archives.check_room({tmp_path: 4_000_000})
    with pytest.raises(BackupError, match="may be needed"):
        archives.check_room({tmp_path: 4_000_000, tmp_path / "a": 2_000_000})


@pytest.mark.django_db
def test_the_day_on_which_the_last_copy_ends_is_stored_for_visitors(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    for days, keep in ((2, 90), (0, 30)):
        made_at = NOW - dt.timedelta(days=days)
        paths = [tmp_path / places.Names(made_at, part).archive for part in ("data", "keys")]
        for path in paths:
            path.touch()
        places.register(tmp_path, made_at, *paths, keep)

    assert making.note_end(NOW) == dt.date(2026, 6, 27)  # of the older one, that was made when copies were kept for 90 days
    assert Heartbeat.objects.get(part="backup").codes == ["2026-06-27"]
    # It was not removed in time: nobody knows the end.
    assert making.note_end(NOW + dt.timedelta(days=100)) is None
    assert Heartbeat.objects.get(part="backup").codes == []
