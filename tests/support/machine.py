"""What the whole suite needs from the machine beside Python, and how Debian installs it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from tests.support import cluster
from tests.support.chromium import chromium_path
from tests.support.nginx import nginx_path


@dataclass(frozen=True)
class Needed:
    """A program, the Debian package that brings it, and whether it is here."""

    name: str
    package: str
    is_here: Callable[[], bool]


def _has_postgresql() -> bool:
    try:
        cluster.program("initdb")
    except cluster.PostgresMissing:
        return False
    return True


POSTGRESQL = Needed("PostgreSQL", "postgresql", _has_postgresql)
NEEDED = (
    POSTGRESQL,
    Needed("Chromium", "chromium-headless-shell", lambda: chromium_path() is not None),
    Needed("nginx", "nginx", lambda: nginx_path() is not None),
    Needed("Redis", "redis-server", lambda: shutil.which("redis-server") is not None),
    Needed("iproute2", "iproute2", lambda: shutil.which("ip") is not None),
    Needed("gettext", "gettext", lambda: shutil.which("xgettext") is not None),
    Needed("git", "git", lambda: shutil.which("git") is not None),
)


def missing() -> list[Needed]:
    """Return what isn't installed here."""
    return [need for need in NEEDED if not need.is_here()]


def install_command(needs: list[Needed]) -> str:
    """Return the line that installs `needs` on Debian, for root."""
    packages = " ".join(need.package for need in needs)
    return f"apt-get update && apt-get install -y --no-install-recommends {packages}"


def install(needs: list[Needed]) -> list[Needed]:
    """Install `needs` from Debian if this user may (as root, or by sudo without a password); return what is still missing."""
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    command = install_command(needs)
    if shutil.which("apt-get") and (not as_root or shutil.which("sudo")):
        print(f"==> Installing what the tests need: {command}", flush=True)
        settings = ["env", "DEBIAN_FRONTEND=noninteractive"]
        done = subprocess.run(
            [*as_root, *settings, "sh", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print("\n".join((done.stdout + done.stderr).splitlines()[-5:]), flush=True)
    return missing()
