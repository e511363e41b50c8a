"""The command line of the drills: `script/drill --help`."""

import argparse
import contextlib
import datetime as dt
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import django

from tests.support import cluster
from tests.support.drills import Outcome


def main(arguments: list[str]) -> int:
    """Play the drills that are asked for, and print the table. Return 0 if nothing was lost and each was played to its end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.ops.drills import document, hurry, registry

    drills = registry.load()
    parser = argparse.ArgumentParser(prog="script/drill", description=__doc__)
    parser.add_argument("name", choices=["all", *drills], metavar="NAME", help=f"all, or one of: {', '.join(drills)}")
    parser.add_argument("--database", choices=["sqlite", "postgres"], help="on this one only (default: each that the drill is for)")
    parser.add_argument("--size", type=int, default=30, metavar="N", help="forms before and after each fault (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="keep the rows in docs/drills.md")
    options = parser.parse_args(arguments)
    cluster.clean_up_when_told_to_stop()
    chosen = list(drills.values()) if options.name == "all" else [drills[options.name]]
    outcomes: list[Outcome] = []
    whole = True
    for database in (registry.SQLITE, registry.POSTGRESQL):
        ours = [one for one in chosen if database in one.databases]
        if ours and (options.database or database.lower())[:6] == database.lower()[:6]:
            whole &= _play(ours, database, options.size, outcomes)
    outcomes.sort(key=lambda outcome: list(drills).index(outcome.name))
    print("\n".join(["", document.HEADER, *map(document.row, outcomes)]))
    if options.write and outcomes:
        command = " ".join(["script/drill", *arguments])
        limits = (
            f"worker silent {document.span(hurry.part('worker').real)}, housekeeping and mail {document.span(hurry.part('mail').real)}, "
            f"doctor each {document.span(hurry.doctor().real)}, housekeeping and monitor each minute"
        )
        date = dt.datetime.now(dt.UTC).date().isoformat()
        table = document.merged(outcomes, drills)
        document.PATH.write_text(document.text(drills.values(), table, command=command, date=date, limits=limits))
    return 0 if whole and not any(outcome.lost for outcome in outcomes) else 1


def _play(drills: list[Any], database: str, size: int, outcomes: list[Outcome]) -> bool:
    """Play `drills` on one site and add their outcomes; return whether each was played to its end."""
    from tests.ops.drills import document, registry
    from tests.ops.drills.stage import stage
    from tests.support.site import prepare

    whole = True
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-drills-")))
        template, static, dump = folder / "template", folder / "static", b""
        print(f"=== Preparing a site on {database}", flush=True)
        if database == registry.POSTGRESQL:
            with cluster.temporary_cluster() as server:
                prepare(template, static, server.create_database(template.name))
                dump = server.dump(template.name)
        else:
            prepare(template, static)
        site = stack.enter_context(stage(template, static, dump))
        for one in drills:
            try:
                outcome = registry.run(one, site, size)
            except Exception:  # the others are played all the same
                traceback.print_exc()
                print(f"{one.name} failed:\n{site.log()}", flush=True)
                whole = False
                site.set_up_again()
            else:
                outcomes.append(outcome)
                print(document.row(outcome), flush=True)
    return whole


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
