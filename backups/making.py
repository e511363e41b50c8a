"""Making a backup: a consistent copy of the data, the keys, and what proves later that both belong together."""

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import secrets as random_secrets
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings

from backups import archives, databases, places
from backups.archives import BackupError
from intake.crypto import key_files, keyring
from intake.models import Heartbeat
from intake.submission import canaries
from recovery_site import __version__, secrets

FORMAT = 1
LOCK = "backup.lock"
# Beside those of recovery_site.secrets; in the environment or in a file, as they are.
OPTIONAL_SECRETS = ("organisation_public_key", "text_gateway_password", "health_token")
# Opens the centres' keys: it is never stored beside them.
NEVER = {"keys_identity"}


@dataclass(frozen=True)
class Made:
    """A finished backup: its two archives, what was counted, and sentences on what it can't open."""

    data: Path
    keys: Path
    rows: int
    bytes: int
    cant_open: list[str]


def make(data_to: Path, keys_to: Path, recipients: list[str], *, now: dt.datetime, same_disk: bool = False) -> Made:
    """Write the two archives, the readable file beside each, and the register. Raises BackupError, and leaves nothing then."""
    if settings.SITE_ROLE == "public":
        raise BackupError("A public server has no keys, and may not read the database: make backups on the staff's server.")
    to = archives.recipients(recipients)
    places.check_apart(data_to, keys_to, same_disk=same_disk)
    now = now.replace(microsecond=0)
    data_names, key_names = places.Names(now, places.DATA), places.Names(now, places.KEYS)
    config = settings.DATABASES["default"]
    with _alone():
        for folder in (data_to, keys_to):
            archives.sweep(folder, f".recovery-*{archives.UNFINISHED}")
        archives.sweep(settings.DATA_DIR, f"{databases.SNAPSHOT_BEGINS}*{databases.SNAPSHOT_ENDS}*")
        with contextlib.ExitStack() as stack:
            # An empty database is noticed before a canary is put into it.
            if databases.engine(config) == databases.SQLITE:
                databases.check_sqlite(config)
            _check_room(databases.size(config), data_to, keys_to)
            words, cant_open = _canaries()
            snapshot = stack.enter_context(databases.snapshot(config, settings.DATA_DIR))
            # After the data: a key that was made meanwhile is one too many, not one too few.
            files = _key_files()
            common = {"format": FORMAT, "set": random_secrets.token_hex(16), "made_at": now.isoformat(), "version": __version__}
            manifest = common | {
                "engine": snapshot.engine,
                "migrations": snapshot.migrations,
                "rows": snapshot.rows,
                "newest_event": snapshot.newest_event,
                "keys": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
                "cant_open": cant_open,
            }
            data = archives.Unfinished(data_to / data_names.archive)
            stack.callback(data.discard)
            data.write(lambda archive: _fill_data(archive, manifest, snapshot), to)
            keys = archives.Unfinished(keys_to / key_names.archive)
            stack.callback(keys.discard)
            # Anybody can encrypt to a public key. Who has the place of the data alone can't put other data there.
            key_manifest = common | {"recovery_public_key": settings.RECOVERY_PUBLIC_KEY, "canaries": words, "data_sha256": data.sha256}
            keys.write(lambda archive: _fill_keys(archive, key_manifest, files), to)
            finished: list[Path] = []
            try:
                for unfinished, names in ((keys, key_names), (data, data_names)):
                    unfinished.finish()
                    finished.append(unfinished.path)
                    beside = unfinished.path.with_name(names.beside)
                    archives.write_text(beside, _beside(common, snapshot.engine, names.part, unfinished, to))
                    finished.append(beside)
            except (BackupError, OSError) as error:
                for path in finished:
                    path.unlink(missing_ok=True)
                raise BackupError(str(error)) from None
        places.register(settings.DATA_DIR, now, data.path, keys.path, settings.BACKUP_KEEP_DAYS)
    return Made(data.path, keys.path, sum(snapshot.rows.values()), data.bytes + keys.bytes, cant_open)


def note_end(now: dt.datetime) -> dt.date | None:
    """Store when the last copy ends, for who withdraws a request: the visitors' half can't read the register. Return the day."""
    end = places.last_end(settings.DATA_DIR, now)
    Heartbeat.objects.update_or_create(part=Heartbeat.Part.BACKUP, defaults={"at": now, "codes": [end.isoformat()] if end else []})
    return end


def _check_room(database: int, data_to: Path, keys_to: Path) -> None:
    """Refuse to begin without room for the copy of the database and for both archives. What is sealed gets no smaller."""
    media = sum(path.stat().st_size for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    archives.check_room({Path(settings.DATA_DIR): database, data_to: database + media, keys_to: archives.MB})


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Refuse to run beside another backup of this site."""
    with (settings.DATA_DIR / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupError("Another backup of this site is being made.") from None
        yield


def _canaries() -> tuple[list[dict[str, Any]], list[str]]:
    """Return the words of each canary, and sentences on the keys that open nothing."""
    words, cant_open = [], []
    for key, canary in canaries.ready():
        if canary is None:
            cant_open.append(f"{key.centre.slug}: key {key.pk} isn't signed by the organisation, so it has no canary.")
            continue
        words.append(asdict(canary))
        try:
            if not keyring.opens_canary(key):
                cant_open.append(f"{key.centre.slug}: the private half of key {key.pk} isn't here, or doesn't fit.")
        except key_files.Locked:
            cant_open.append(f"{key.centre.slug}: key {key.pk} is locked, so whether it opens anything wasn't tried.")
    return words, cant_open


def _key_files() -> dict[str, bytes]:
    """Return the secrets and the private keys of the centres by the name of their member, as they are stored."""
    folder = Path(settings.SECRETS_DIR)
    names = {*secrets.PUBLIC_SECRETS, *secrets.STAFF_SECRETS, *OPTIONAL_SECRETS}
    names |= {path.name for path in folder.glob("*") if path.is_file() and not path.name.startswith(".")} if folder.is_dir() else set()
    found = {f"secrets/{name}": value.encode() + b"\n" for name in sorted(names - NEVER) if (value := secrets.find(name, folder))}
    keys = key_files.folder()
    found |= {f"centre-keys/{path.name}": path.read_bytes() for path in sorted(keys.glob("*")) if path.suffix in (".key", ".age")}
    return found


def _fill_data(archive: tarfile.TarFile, manifest: dict[str, Any], snapshot: databases.Snapshot) -> None:
    archives.add_bytes(archive, "manifest.json", json.dumps(manifest).encode())
    archives.add_file(archive, "database", snapshot.file)
    media = Path(settings.MEDIA_ROOT)
    files = {f"media/{path.relative_to(media)}": path for path in sorted(media.rglob("*")) if path.is_file()}
    if settings.AUDIT_HEADS_FILE.is_file():
        files["audit-heads.log"] = settings.AUDIT_HEADS_FILE
    for name, path in files.items():
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # a picture that was removed meanwhile
            archives.add_file(archive, name, file)


def _fill_keys(archive: tarfile.TarFile, manifest: dict[str, Any], files: dict[str, bytes]) -> None:
    archives.add_bytes(archive, "manifest.json", json.dumps(manifest).encode())
    for name, content in files.items():
        archives.add_bytes(archive, name, content)


def _beside(common: dict[str, Any], engine: str, part: str, archive: archives.Unfinished, to: list[pyrage.x25519.Recipient]) -> str:
    """Return what stands beside an archive in clear: nothing of anybody, and nothing that opens anything."""
    facts = {"part": part, "engine": engine, "bytes": archive.bytes, "sha256": archive.sha256, "recipients": [str(one) for one in to]}
    return json.dumps(common | facts, indent=2) + "\n"
