"""The command line of script/upgrade."""

import argparse
import fcntl
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from script.upgrading import Refused, code
from script.upgrading.commands import Commands
from script.upgrading.environments import Packages
from script.upgrading.sequence import Options, Upgrade, show_what_to_do

HERE = Path(__file__).resolve().parents[2]
ABOUT = """\
Install a release beside the one that runs, migrate, check, and let it take over; go back when it doesn't work. Until it takes over,
the old release serves. Run the same command again after it was interrupted. docs/operations.md, "Upgrading", has examples.
"""


def say(words: str) -> None:
    """Print one step."""
    sys.stdout.write(f"==> {words}\n")
    sys.stdout.flush()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="script/upgrade", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("source", nargs="?", help="a version, tag or branch; a folder or .tar.gz; if left out, this folder")
    made.add_argument("--site", type=Path, metavar="FOLDER", help="the folder of the site, with `current` and `releases` (/srv/recovery)")
    made.add_argument("--repository", default="", metavar="URL", help="where git fetches from, if the site's folder is no clone")
    made.add_argument("--data-to", metavar="FOLDER", help="as for `manage.py backup`; with units recovery-backup.service is used instead")
    made.add_argument("--keys-to", metavar="FOLDER")
    made.add_argument("--recipient", action="append", default=[], metavar="age1…")
    made.add_argument("--same-disk", action="store_true")
    made.add_argument("--without-backup", action="store_true", help="when you have one that is new enough")
    made.add_argument("--without-rehearsal", action="store_true", help="don't migrate a copy first, for want of room")
    made.add_argument("--wheels", type=Path, metavar="FOLDER", help="install the packages from files, without a network")
    made.add_argument("--venv", type=Path, metavar="FOLDER", help="use this environment, which has the packages already")
    made.add_argument("--units", type=Path, help=argparse.SUPPRESS)
    made.add_argument("--restart", default="", metavar="COMMAND", help="how the site is restarted, where neither systemd nor you do it")
    made.add_argument(
        "--health", action="append", metavar="URL", help="/health/ of what serves, such as http://HOST@127.0.0.1:8000/health/"
    )
    made.add_argument("--patience", type=int, default=120, metavar="SECONDS", help="how long to wait until it is well (120)")
    made.add_argument("--yes", action="store_true", help="don't ask before it begins")
    return made


def site_of(folder: Path) -> Path:
    """Return the folder of the site that a release belongs to."""
    return folder.parents[1] if folder.parent.name == "releases" else folder


def health_addresses(commands: Commands, given: list[str] | None) -> tuple[str, ...]:
    """Return where /health/ is asked: as given, or both halves that the units serve."""
    if given is not None or commands.units is None:
        return tuple(given or ())
    found = []
    for unit, port, name in (("recovery-public", 8000, "SITE_URL"), ("recovery-staff", 8001, "STAFF_URL")):
        host = urlsplit(commands.setting(name) or commands.setting("SITE_URL")).hostname or ""
        if unit in commands.running():
            found.append(f"http://{host}@127.0.0.1:{port}/health/")
    return tuple(found)


def upgrade(given: argparse.Namespace) -> None:
    """Run the upgrade. Raises Refused."""
    site = (given.site or site_of(HERE)).resolve()
    commands = Commands.found(given.units)
    backup = [f"--data-to={given.data_to}", f"--keys-to={given.keys_to}", *(f"--recipient={one}" for one in given.recipient)]
    environment = os.environ.get("RECOVERY_VENV")
    options = Options(
        packages=Packages(given.wheels and given.wheels.absolute(), given.venv or (Path(environment) if environment else None)),
        backup=[*backup, *(["--same-disk"] if given.same_disk else [])] if given.data_to and given.keys_to else (),
        without_backup=given.without_backup,
        without_rehearsal=given.without_rehearsal,
        restart=given.restart,
        health=health_addresses(commands, given.health),
        patience=given.patience,
    )
    steps = Upgrade(site, commands, options, say)
    old = steps.running()
    if not (old / "manage.py").exists():
        raise Refused(f"{site} is no site: it has neither `current` nor manage.py. Name its folder with --site.")
    steps.releases.mkdir(exist_ok=True)
    with (steps.releases / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("Another upgrade of this site is running.") from None
        source = given.source or (str(HERE) if old not in (HERE, steps.releases / HERE.name) else "")
        left = steps.unfinished().get("to")
        if not source and left:
            source = str(steps.releases / left)
        if not source:
            raise Refused("Say what to install: a version, a tag, a folder or an archive.")
        new = code.get(source, steps.releases, given.repository, say)
        if new == old and left != new.name:
            say(f"{new.name} runs already.")
            return
        code.refuse_older(new, Path(steps.unfinished()["from"]) if left == new.name else old)
        if not steps.current.is_symlink():
            steps.current.symlink_to(".")
        steps.begin(new)
        say(f"From {code.version(steps.old)} to {new.name}")
        show_what_to_do(new, steps.old)
        if not given.yes and not confirmed():
            raise Refused("Nothing was changed.")
        steps.run()
        say(f"{new.name} is installed. The old release stays in {steps.old}.")


def confirmed() -> bool:
    """Ask whether to go on. Nobody is there to be asked when the input is no terminal."""
    if not sys.stdin.isatty():
        raise Refused("Read the lines above, then run it again with --yes.")
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


def main() -> int:
    """Return the exit status: 0 when the new release is installed."""
    try:
        upgrade(parser().parse_args())
    except Refused as refused:
        sys.stderr.write(f"upgrade: {refused}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("upgrade: Interrupted. The old release serves, or the new one if it had taken over; run it again to go on.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
