"""Where archives lie, what they are called, when they end, and the register of them."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backups import archives
from backups.archives import BackupError

REGISTER = "backups.json"
# Beside the archives of the data: when they were restored for a rehearsal, and whether it went well.
REHEARSAL = "rehearsal.json"
DATA, KEYS = "data", "keys"
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"recovery-(\d{8}T\d{6}Z)-(data|keys)\.(?:tar\.gz\.age|json)")
# A nightly run that begins a little earlier than that of a month ago removes its archive all the same.
EARLY = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Names:
    """The file names of one part of a backup: the archive, and the small readable file beside it."""

    made_at: dt.datetime
    part: str

    @property
    def archive(self) -> str:
        return f"recovery-{self.made_at.astimezone(dt.UTC):{_STAMP}}-{self.part}.tar.gz.age"

    @property
    def beside(self) -> str:
        return f"recovery-{self.made_at.astimezone(dt.UTC):{_STAMP}}-{self.part}.json"


def check_apart(data_to: Path, keys_to: Path, *, same_disk: bool) -> None:
    """Refuse folders of which one theft takes both, and folders that aren't there. Raises BackupError."""
    for folder in (data_to, keys_to):
        if not folder.is_dir():
            raise BackupError(f"{folder} isn't there. It isn't made here: a disk that isn't mounted would go unnoticed.")
    data, keys = data_to.resolve(), keys_to.resolve()
    if data == keys or data.is_relative_to(keys) or keys.is_relative_to(data):
        raise BackupError("Data and keys go to two folders of which neither lies in the other: together they open everything.")
    if data.stat().st_dev == keys.stat().st_dev and not same_disk:
        raise BackupError(
            f"{data_to} and {keys_to} are on the same file system: who takes it has both. Use another disk or machine for the keys, "
            "or say --same-disk if both are carried away to two places."
        )


def made_in(folder: Path) -> Iterator[tuple[dt.datetime, Path]]:
    """Yield each finished file of a backup in `folder` with the moment at which the backup was made."""
    for path in folder.iterdir():
        if match := _NAME.fullmatch(path.name):
            yield dt.datetime.strptime(match[1], _STAMP).replace(tzinfo=dt.UTC), path


def newest(data: Path, keys: Path) -> tuple[Path, Path]:
    """Return the archives to restore: a folder stands for the newest backup in it. Raises BackupError."""
    stamp = None
    for part, given in ((DATA, data), (KEYS, keys)):
        if given.is_dir():
            moments = {made_at for made_at, path in made_in(given) if path.name == Names(made_at, part).archive}
            stamp = moments if stamp is None else stamp & moments
    if stamp is not None and not stamp:
        raise BackupError(f"There is no archive in {data if data.is_dir() else keys}, or none of one backup in both folders.")
    paths = [given / Names(max(stamp), part).archive if stamp and given.is_dir() else given for part, given in ((DATA, data), (KEYS, keys))]
    return paths[0], paths[1]


def prune(folders: list[Path], now: dt.datetime, keep_days: int) -> list[Path]:
    """Remove the files of backups that are older than `keep_days`; return which. With 0 none is removed."""
    if keep_days <= 0:
        return []
    old = [path for folder in folders for made_at, path in made_in(folder) if now - made_at >= dt.timedelta(days=keep_days) - EARLY]
    for path in old:
        path.unlink()
    for folder in folders:
        archives.sync_folder(folder)
    return old


def register(folder: Path, made_at: dt.datetime, data: Path, keys: Path, keep_days: int) -> None:
    """Note a backup in `folder`/backups.json, and leave out those whose archives are gone.

    A place that isn't mounted now keeps its entries until their end. What the last rehearsal left beside the archives is copied.
    """
    before = read_register(folder)
    until = (made_at + dt.timedelta(days=keep_days)).date().isoformat() if keep_days > 0 else None
    copies = _copies(before, made_at)
    copies.append({"made_at": made_at.isoformat(), "data": str(data), "keys": str(keys), "until": until})
    rehearsal = _read(data.parent / REHEARSAL) or before.get("rehearsal")
    content = {"data": made_at.isoformat(), "keys": made_at.isoformat(), "rehearsal": rehearsal, "copies": copies}
    archives.write_text(folder / REGISTER, json.dumps(content, indent=2) + "\n")


def last_end(folder: Path, now: dt.datetime) -> dt.date | None:
    """Return the day on which the last copy of the register ends. None when one has no end, or is still there after it."""
    ends = []
    for copy in _copies(read_register(folder), now):
        if copy["until"] is None or copy["until"] < now.date().isoformat():
            return None
        ends.append(dt.date.fromisoformat(copy["until"]))
    return max(ends, default=now.date())


def note_rehearsal(folder: Path, now: dt.datetime, *, went_well: bool) -> None:
    """Note beside the archives of `folder` how a rehearsal with them ended; the next backup reads it. Raises OSError."""
    archives.write_text(folder / REHEARSAL, json.dumps({"at": now.isoformat(), "went_well": went_well}) + "\n")


def read_register(folder: Path) -> dict[str, Any]:
    """Return the register of `folder`: the time of the newest `data` and `keys`, `copies` and `rehearsal`; empty if there is none."""
    return _read(folder / REGISTER)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _copies(content: dict[str, Any], now: dt.datetime) -> list[dict[str, Any]]:
    return [copy for copy in content.get("copies", []) if _may_exist(copy, now)]


def _may_exist(copy: dict[str, Any], now: dt.datetime) -> bool:
    files = [Path(copy["data"]), Path(copy["keys"])]
    if any(file.exists() for file in files):
        return True
    return not all(file.parent.is_dir() for file in files) and (copy["until"] is None or copy["until"] >= now.date().isoformat())
