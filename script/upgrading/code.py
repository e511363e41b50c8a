"""Getting the code of a release into a folder of its own: from a folder, an archive, or git."""

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from script.upgrading import Refused
from script.upgrading.changelog import number

Say = Callable[[str], None]
UNFINISHED = ".new-"
# Of a folder that somebody works or runs in, what isn't the code.
NOT_CODE = {".git", ".venv", "var", "releases", "environments", "current", "repository.git", "__pycache__", ".mypy_cache", ".ruff_cache"}


def version(release: Path) -> str:
    """Return the version that the code in a folder says. Raises Refused if it isn't a release of this software."""
    return _constant(release, "__version__") or _refuse(release)


def serves_from(release: Path) -> str:
    """Return the oldest release that may serve beside this one, "0.0.0" for those that don't say."""
    return _constant(release, "SERVES_FROM") or "0.0.0"


def _constant(release: Path, name: str) -> str:
    try:
        found = re.search(rf'^{name} = "([^"]+)"', (release / "recovery_site" / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found else ""


def _refuse(release: Path) -> str:
    raise Refused(f"{release} isn't a release of this software: it has no recovery_site/__init__.py with a version.")


def get(source: str, releases: Path, repository: str, say: Say) -> Path:
    """Return the folder in `releases` with the code that `source` names, which appears there whole or not at all."""
    for left in releases.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    path = Path(source).expanduser()
    if path.is_dir() and path.resolve().parent == releases.resolve():
        version(path)
        return path.resolve()
    say(f"Getting the code of {source}")
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=releases) as name:
        new = Path(name) / "code"
        if path.is_dir():
            shutil.copytree(path, new, symlinks=True, ignore=lambda folder, names: NOT_CODE & set(names))
            mark = _digest(new)
        elif path.is_file():
            _unpack(path, new)
            mark = _digest(new)
        else:
            mark = _from_git(source, releases.parent, repository, new)[:10]
        release = releases / f"{version(new)}-{mark}"
        if not release.exists():
            new.chmod(0o755)
            new.rename(release)
    return release


def refuse_older(new: Path, old: Path) -> None:
    """Raise Refused when `new` isn't a release that the running one can be upgraded to at once."""
    ours, theirs = version(old), version(new)
    if number(theirs) < number(ours):
        raise Refused(f"{theirs} is older than {ours}, which runs here.")
    if number(serves_from(new)) > number(ours):
        raise Refused(f"From {ours} go to {serves_from(new)} first: {theirs} changes the database so that {ours} can't serve meanwhile.")


def _unpack(archive: Path, to: Path) -> None:
    with tempfile.TemporaryDirectory(dir=to.parent) as name:
        try:
            with tarfile.open(archive) as opened:
                opened.extractall(name, filter="data")
        except (tarfile.TarError, OSError, EOFError) as error:
            raise Refused(f"{archive} can't be unpacked: {error}.") from None
        inside = [Path(name)] if (Path(name) / "manage.py").exists() else [path.parent for path in Path(name).glob("*/manage.py")]
        if len(inside) != 1:
            raise Refused(f"{archive} isn't a release of this software: it has no manage.py.")
        shutil.copytree(inside[0], to, symlinks=True)


def _digest(folder: Path) -> str:
    """Return ten digits that are the same for the same code."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:10]


def _from_git(ref: str, site: Path, repository: str, to: Path) -> str:
    """Put the files of a tag, branch or commit into a folder. Return the commit."""
    place = _repository(site, repository, ref)
    for name in (f"v{ref}", ref, f"origin/{ref}"):
        done = _git(place, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if done.returncode == 0:
            break
    else:
        raise Refused(f"There is no folder, archive, version, tag or branch {ref} (looked into {place}).")
    commit = done.stdout.decode().strip()
    archive = to.parent / "code.tar"
    done = _git(place, "archive", "--format=tar", f"--output={archive}", commit)
    if done.returncode:
        raise Refused(f"git could not write the files of {ref}: {_last_line(done.stderr)}")
    with tarfile.open(archive) as opened:
        opened.extractall(to, filter="data")
    return commit


def _repository(site: Path, repository: str, ref: str) -> Path:
    if not repository:
        for place in (site, site / "repository.git"):
            if (place / ".git").exists() or (place.name == "repository.git" and place.exists()):
                # Without a network what was fetched before is there all the same.
                _git(place, "fetch", "--quiet", "--tags")
                return place
        raise Refused(f"There is no folder and no archive {ref}, and no git repository at {site}. Name one with --repository.")
    if Path(repository).is_dir():
        return Path(repository)
    place = site / "repository.git"
    if not place.exists():
        done = subprocess.run(["git", "clone", "--quiet", "--mirror", repository, str(place)], capture_output=True, check=False)  # noqa: S603, S607
    else:
        done = _git(place, "fetch", "--quiet", "--tags")
    if done.returncode:
        raise Refused(f"{repository} can't be fetched: {_last_line(done.stderr)}")
    return place


def _git(place: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    # The folder may belong to another user than root, who runs this.
    command = ["git", "-c", f"safe.directory={place}", "-c", f"safe.directory={place / '.git'}", "-C", str(place), *arguments]
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603


def _last_line(text: bytes) -> str:
    return (text.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
