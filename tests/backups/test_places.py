"""Where backups may lie, and when they end."""

import datetime as dt
import os

import pytest

from backups import places
from backups.archives import BackupError

NOW = dt.datetime(2026, 3, 31, 2, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def touch(folder, made_at, part="data"):
    for name in (places.Names(made_at, part).archive, places.Names(made_at, part).beside):
        (folder / name).touch()


def test_what_is_older_than_the_days_that_visitors_are_told_is_removed_and_nothing_else(tmp_path):
    for days in (0, 1, 29, 30, 31):
        touch(tmp_path, NOW - days * DAY)
    (tmp_path / "recovery-notes.txt").touch()
    (tmp_path / "recovery-20200101T000000Z-data.tar.gz.age.copy").touch()

    removed = places.prune([tmp_path], NOW, 30)

    assert len(removed) == 4
    assert sorted({NOW - made_at for made_at, _path in places.made_in(tmp_path)}) == [0 * DAY, DAY, 29 * DAY]
    assert len(list(tmp_path.iterdir())) == 8


def test_where_no_day_is_promised_nothing_is_removed(tmp_path):
    touch(tmp_path, NOW - 400 * DAY)
    assert places.prune([tmp_path], NOW, 0) == []


def test_data_and_keys_never_go_to_one_place(tmp_path):
    data, keys = tmp_path / "data", tmp_path / "keys"
    data.mkdir()
    with pytest.raises(BackupError, match="isn't there"):
        places.check_apart(data, keys, same_disk=True)
    keys.mkdir()
    with pytest.raises(BackupError, match="same file system"):
        places.check_apart(data, keys, same_disk=False)
    places.check_apart(data, keys, same_disk=True)
    (data / "keys").mkdir()
    (tmp_path / "link").symlink_to(data)
    for other in (data, data / "keys", tmp_path, tmp_path / "link"):
        with pytest.raises(BackupError, match="neither lies in the other"):
            places.check_apart(data, other, same_disk=True)


def test_the_register_forgets_copies_that_are_gone_and_keeps_those_that_are_not_here_now(tmp_path):
    here, away = tmp_path / "here", tmp_path / "away"
    here.mkdir()
    for folder, days in ((here, 2), (away, 1), (here, 0)):
        made_at = NOW - days * DAY
        archives = [folder / places.Names(made_at, part).archive for part in ("data", "keys")]
        if days != 2:
            folder.mkdir(exist_ok=True)
            for archive in archives:
                archive.touch()
        places.register(tmp_path, made_at, *archives, 30)
        if folder is away:
            os.rename(away, tmp_path / "unmounted")

    register = places.read_register(tmp_path)

    assert [copy["made_at"][:10] for copy in register["copies"]] == ["2026-03-30", "2026-03-31"]
    assert register["data"] == register["keys"] == NOW.isoformat()
    assert register["copies"][-1]["until"] == "2026-04-30"


def test_a_folder_stands_for_the_newest_backup_whose_two_parts_are_there(tmp_path):
    data, keys = tmp_path / "data", tmp_path / "keys"
    data.mkdir()
    keys.mkdir()
    with pytest.raises(BackupError, match="There is no archive"):
        places.newest(data, keys)
    for days, parts in ((2, "both"), (1, "both"), (0, "data")):
        touch(data, NOW - days * DAY)
        if parts == "both":
            touch(keys, NOW - days * DAY, "keys")

    found = places.newest(data, keys)

    assert found == (data / places.Names(NOW - DAY, "data").archive, keys / places.Names(NOW - DAY, "keys").archive)
    assert places.newest(found[0], found[1]) == found
