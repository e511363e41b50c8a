"""The Python environment of a release: one for each list of pins, shared by releases with the same."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from script.upgrading import Refused

COMPLETE = ".complete"
LIBRARIES = "import django, environ, granian, psycopg2"
NO_NETWORK = (
    "Without a network: on a machine that has one, `pip download -r requirements-production.txt -d wheels`, carry the folder here, and "
    "give --wheels; or name a complete environment with --venv."
)


@dataclass(frozen=True)
class Packages:
    """Where the packages come from, if not from pip's index: a folder of files, or an environment that has them."""

    wheels: Path | None = None
    venv: Path | None = None


def prepare(site: Path, release: Path, requirements: str, packages: Packages, say: Callable[[str], None]) -> None:
    """Make `.venv` of a release lead to an environment with its pins. Raises Refused."""
    link = release / ".venv"
    if link.is_symlink() and (link / "bin" / "python").exists() and not packages.venv:
        return
    link.unlink(missing_ok=True)
    if venv := packages.venv:
        if subprocess.run([venv / "bin" / "python", "-c", LIBRARIES], capture_output=True, check=False).returncode:  # noqa: S603
            raise Refused(f"{venv} isn't an environment with the packages of {requirements}.")
        say(f"Using the environment {venv}")
        link.symlink_to(venv.absolute())
        return
    pins = (release / requirements).read_bytes()
    mark = hashlib.sha256(pins + f"{sys.version_info[:2]}".encode()).hexdigest()[:12]
    folder = site / "environments" / mark
    if (folder / COMPLETE).exists():
        say("The packages are those of the last release")
    else:
        say("Installing the pinned packages")
        _install(folder, release / requirements, packages.wheels)
    link.symlink_to(Path("..") / ".." / "environments" / mark)


def _install(folder: Path, requirements: Path, wheels: Path | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    folder.parent.mkdir(exist_ok=True)
    offline = ["--no-index", f"--find-links={wheels}"] if wheels else []
    python = folder / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            "--require-hashes",
            *offline,
            "-r",
            str(requirements),
        ],
    ):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, check=False)  # noqa: S603
        if done.returncode:
            sys.stderr.write("".join(f"    {line}\n" for line in done.stdout.strip().splitlines()[-8:]))
            shutil.rmtree(folder, ignore_errors=True)
            raise Refused(f"The packages could not be installed. {NO_NETWORK}")
    if requirements.name == "requirements.txt":  # script/server's own mark (script/lib.sh)
        digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
        (folder / ".requirements").write_text(f"{sys.version_info[:2]} {digest}\n", encoding="ascii")
    (folder / COMPLETE).touch()
