"""Archives: tar files, compressed and encrypted with age (https://age-encryption.org/v1), written and read as streams.

Nothing here needs Django's settings, because a restore begins on a machine that has none of the secrets yet.
"""

import contextlib
import fcntl
import hashlib
import io
import os
import shutil
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyrage

UNFINISHED = ".part"
MB = 1_000_000


class BackupError(Exception):
    """Raised when a backup can't be made or restored. The message says why and what to do; it holds no secret."""


def recipients(texts: list[str]) -> list[pyrage.x25519.Recipient]:
    """Return the age recipients (public keys). Raises BackupError for one that can't be read."""
    read = []
    for text in texts:
        try:
            read.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError:
            raise BackupError(f"{text!r} is no age recipient. It begins with age1; `age-keygen` prints it as the public key.") from None
    return read


def identities(file: Path) -> list[pyrage.x25519.Identity]:
    """Return the age identities (private keys) of a file as `age-keygen` writes it. Raises BackupError."""
    try:
        lines = file.read_text(encoding="ascii").split("\n")
        read = [pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except OSError as error:
        raise BackupError(f"{file} can't be read: {error.strerror}.") from None
    except (UnicodeDecodeError, pyrage.IdentityError):
        read = []
    if not read:
        raise BackupError(f"{file} holds no age identity: a line that begins with AGE-SECRET-KEY-1.")
    return read


class _Hashed:
    """A file that knows the SHA-256 and the number of bytes of what was written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest, self.bytes = file, hashlib.sha256(), 0

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        self.bytes += len(content)
        return self.file.write(content)

    def flush(self) -> None:
        self.file.flush()


class Unfinished:
    """An archive that is being written beside its final name. `finish` gives it that name; without it nothing is left."""

    def __init__(self, path: Path) -> None:
        self.path, self.temporary = path, path.with_name(f".{path.name}{UNFINISHED}")
        self.sha256, self.bytes = "", 0
        try:
            self._file: BinaryIO = os.fdopen(os.open(self.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        except OSError as error:
            raise BackupError(f"{path.parent} can't be written: {error.strerror}.") from None
        # Held while this process lives, so that the next run knows what it may sweep.
        with contextlib.suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, fill: Callable[[tarfile.TarFile], None], to: list[pyrage.x25519.Recipient]) -> None:
        """Write what `fill` adds to the archive, encrypted to the recipients, and sync it to disk. Raises BackupError."""
        output = _Hashed(self._file)
        reader, writer = os.pipe()
        failures: list[Exception] = []

        def encrypt() -> None:
            with os.fdopen(reader, "rb") as plain:
                try:
                    pyrage.encrypt_io(plain, output, to)
                except Exception as error:  # raised again below, by the thread that waits
                    failures.append(error)

        thread = threading.Thread(target=encrypt)
        thread.start()
        try:
            with os.fdopen(writer, "wb") as plain, tarfile.open(fileobj=plain, mode="w|gz", format=tarfile.PAX_FORMAT) as archive:
                fill(archive)
        except BrokenPipeError:
            pass  # the other thread says why
        except OSError as error:
            raise BackupError(f"A file could not be read: {error.strerror or error}.") from None
        finally:
            thread.join()
        try:
            if failures:
                raise failures[0]
            self._file.flush()
            os.fsync(self._file.fileno())
        except (OSError, pyrage.EncryptError) as error:
            raise BackupError(f"{self.path.parent} could not be written: {error}.") from None
        self.sha256, self.bytes = output.digest.hexdigest(), output.bytes

    def finish(self) -> None:
        """Give the archive its name. Raises BackupError when that is taken."""
        rename_new(self.temporary, self.path)
        self._file.close()

    def discard(self) -> None:
        """Remove what isn't finished."""
        self._file.close()
        self.temporary.unlink(missing_ok=True)


def rename_new(temporary: Path, path: Path) -> None:
    """Rename a file in its folder without replacing another, and sync the folder. Raises BackupError."""
    try:
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if path.exists():
                raise FileExistsError from None
            temporary.rename(path)
        else:
            temporary.unlink()
        sync_folder(path.parent)
    except FileExistsError:
        raise BackupError(f"{path} is there already. Nothing is overwritten: wait a second and run this again.") from None
    except OSError as error:
        raise BackupError(f"{path} could not be written: {error.strerror}.") from None


def check_room(needed: Mapping[Path, int]) -> None:
    """Refuse to begin what would fill a disk: `needed` are bytes by folder, added up for folders of one disk. Raises BackupError."""
    disks: dict[int, tuple[Path, int]] = {}
    for folder, size in needed.items():
        device = folder.stat().st_dev
        first, before = disks.get(device, (folder, 0))
        disks[device] = (first, before + size)
    for folder, size in disks.values():
        free = shutil.disk_usage(folder).free
        if free < size:
            raise BackupError(
                f"The disk of {folder} has {free // MB:,} MB free, and {size // MB + 1:,} MB may be needed. Nothing was written: make room "
                "first."
            )


def write_text(path: Path, text: str) -> None:
    """Write a small file as a whole: it has its old content or the new one, also after a power cut."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make sure that the names in a folder stay after a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path, pattern: str) -> None:
    """Remove the files that runs left which were killed. One that a running process writes is locked, and stays."""
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a small member."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))


def add_file(archive: tarfile.TarFile, name: str, file: IO[bytes]) -> None:
    """Add an open file, from where it stands to its end."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = os.fstat(file.fileno()).st_size - file.tell(), 0o600
    archive.addfile(info, file)


def read(path: Path, private: list[pyrage.x25519.Identity], members: Mapping[str, Callable[[str, IO[bytes]], Any]]) -> int:
    """Decrypt an archive and call the function whose key begins a member's name with name and content, in their order.

    Returns the bytes of all members, and only when the archive was read to its end and every byte was authentic. Raises BackupError.
    """
    try:
        source = path.open("rb")
    except OSError as error:
        raise BackupError(f"{path} can't be read: {error.strerror}.") from None
    reader, writer = os.pipe()
    failures: list[Exception] = []

    def decrypt() -> None:
        with source, contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb") as plain:
            try:
                pyrage.decrypt_io(source, plain, private)
            except Exception as error:  # raised again below, by the thread that waits
                failures.append(error)

    thread = threading.Thread(target=decrypt)
    thread.start()
    damaged, total = False, 0
    try:
        with os.fdopen(reader, "rb") as plain:
            try:
                with tarfile.open(fileobj=plain, mode="r|gz") as archive:
                    for name, size, content in _members(archive):
                        total += size
                        for beginning, use in members.items():
                            if name.startswith(beginning):
                                use(name, content)
                                break
            except (tarfile.TarError, EOFError, zlib.error):
                damaged = True
            while plain.read(1 << 16):
                pass
    finally:
        thread.join()
    if failures and "No matching keys" in str(failures[0]):
        raise BackupError(f"The identity doesn't open {path.name}: it was encrypted to other recipients.")
    if failures or damaged:
        raise BackupError(f"{path.name} is damaged or cut off: take another copy of it, or an older backup. Nothing was restored from it.")
    return total


def sha256(path: Path) -> str:
    """Return the digest of a file, as the readable file beside an archive has it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, int, IO[bytes]]]:
    for member in archive:
        content = archive.extractfile(member) if member.isfile() else None
        parts = Path(member.name).parts
        if content is None or member.name.startswith("/") or ".." in parts:
            raise BackupError(f"The archive holds {member.name!r}, which no backup of this site has.")
        yield member.name, member.size, content
