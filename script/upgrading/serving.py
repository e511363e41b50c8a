"""What serves: the units, restarting them, and asking whether the site is well."""

import json
import shlex
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from script.upgrading.commands import Commands

KINDS = (".service", ".timer", ".target")
UNITS = Path("deploy", "systemd")


def install_units(folder: Path, old: Path, new: Path, say: Callable[[str], None]) -> bool:
    """Replace the units that are as the old release shipped them. Those that somebody adapted are named, and left.

    Units that are new are installed where all others are (deploy/install), and named elsewhere. Those that the new release has no more
    are removed, so that the way back leaves nothing. Return whether anything was changed.
    """
    before, after = _shipped(old), _shipped(new)
    complete = all((folder / name).exists() for name in before)
    changed = False
    for name in sorted(before | after):
        installed, was, text = folder / name, before.get(name), after.get(name)
        there = installed.read_text(encoding="utf-8") if installed.exists() else None
        if text in (was, there):
            continue
        if there is None:
            if was is not None:  # this machine runs without it
                continue
            if not complete:
                say(f"{name} is new in this release and isn't installed: copy it to {folder} if this machine needs it")
                continue
        elif there != was:
            say(f"{installed} was adapted here and stays as it is: compare it with {new / UNITS / name}")
            continue
        if text is None:
            installed.unlink(missing_ok=True)
        else:
            temporary = installed.with_name(f".{name}.new")
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(installed)
        if was is None:
            begins = f" Let it begin: systemctl enable --now {name}" if text and "[Install]" in text else ""
            say(f"{name} is new in this release and was installed.{begins}")
        changed = True
    return changed


def _shipped(release: Path) -> dict[str, str]:
    """Return {name: text} of the units that a release brings."""
    found = (path for path in (release / UNITS).glob("recovery*") if path.suffix in KINDS)
    return {path.name: path.read_text(encoding="utf-8") for path in found}


def restart(commands: Commands, command: str) -> str:
    """Restart what serves: by the operator's own command, or the units that run. Return what went wrong, "" if nothing did."""
    if command:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603
    else:
        done = commands.systemctl("restart", *commands.running())
    return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1] if done.returncode else ""


def issues(url: str) -> list[str] | None:
    """Return what /health/ says is wrong, None when it doesn't answer."""
    parts = urlsplit(url)
    # http://HOST@127.0.0.1:8000/health/: ask that address for the host, as a proxy does.
    request = urllib.request.Request(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")  # noqa: S310
    if parts.username:
        request.add_header("Host", parts.username)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            found = json.load(error)
        except ValueError:
            return None
    except (OSError, ValueError):
        return None
    wrong: list[str] = found.get("issues", []) if isinstance(found, dict) else []
    return wrong


def wait_until_well(url: str, before: list[str] | None, patience: int) -> str:
    """Wait until nothing is wrong that wasn't wrong before. Return what still is after `patience` seconds, "" if nothing is."""
    end = time.monotonic() + patience
    while True:
        now = issues(url)
        if now is not None and set(now) <= set(before or ()):
            return ""
        if time.monotonic() > end:
            return "doesn't answer" if now is None else "says " + ", ".join(now)
        time.sleep(0.5)
