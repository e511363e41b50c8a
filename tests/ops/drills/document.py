"""docs/drills.md: the table of all drills and what each means, made by `script/drill all --write`."""

import os
import re
from collections.abc import Iterable

from tests.ops.drills.registry import POSTGRESQL, Drill
from tests.support.drills import SENT, Outcome
from tests.support.site import ROOT

PATH = ROOT / "docs" / "drills.md"
HEADER = "| drill | database | acknowledged | lost | taken again after | what visitors met | who was told | at most after |"
INTRODUCTION = """# Fault drills

What happens to a running site when something breaks, tried with visitors who send the contact form all the time. **Acknowledged** are
forms whose sender was told “sent”; each of their receipts was opened afterwards, and **lost** counts those that didn't open. **Taken
again after** is the time from the end of the fault (or from the fault itself, where nobody mends anything) to the next form that was
taken; for mail, to the mail about the danger. A refusal of the site (503) shows the form again with all that was typed, and says whom
to call: a drill fails otherwise. Without any answer, the words are in the visitor's browser. **At most after** is how long it takes on
a real site until somebody knows: measured here with limits of seconds, whose real values ({limits}) were added. A monitor that asks for
/health/ each minute is taken for granted.

Where only “the monitor” and “the switch” stand, no mail leaves: set up both (HEARTBEAT_URL, and a monitor of /health/ from another
machine).

Last written by `{command}` on {date}, on a machine with {size} that also ran the visitors
and other programs.
"""


def machine() -> str:
    """Return the size of this machine in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{os.cpu_count()} cores and {memory / 2**30:.0f} GB of memory"


def span(seconds: float | None) -> str:
    """Return a length of time for people."""
    if seconds is None:
        return "no pause"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def row(outcome: Outcome) -> str:
    """Return the row of the table for one outcome."""
    met = ", ".join(f"{count:,} {kind}" for kind, count in sorted(outcome.seen.items(), key=lambda item: (item[0] != SENT, item[0])))
    told_after = span(outcome.told_after) if outcome.told_after else "–"
    cells = [f"[{outcome.name}](#{outcome.name})", outcome.database, f"{outcome.acknowledged:,}", str(outcome.lost)]
    return "| " + " | ".join([*cells, span(outcome.recovered), met, outcome.told, told_after]) + " |"


def text(drills: Iterable[Drill], table: Iterable[str], *, command: str, date: str, limits: str) -> str:
    """Return the whole document."""
    parts = [INTRODUCTION.format(command=command, date=date, size=machine(), limits=limits)]
    parts.append("\n".join([HEADER, re.sub(r"[^|]+", "---", HEADER), *table]) + "\n")
    for one in drills:
        lines = [f"## {one.name}", "", f"- **What happens:** {one.happens}", f"- **What you see:** {one.sees}"]
        parts.append("\n".join([*lines, f"- **What to do:** {one.does}"]) + "\n")
    return "\n".join(parts)


def merged(outcomes: Iterable[Outcome], drills: Iterable[str]) -> list[str]:
    """Return the rows of the stored document with those of `outcomes` in place of older ones, in the order of `drills`."""
    stored = {key: line for line in (PATH.read_text().splitlines() if PATH.exists() else []) for key in rows(line)}
    stored |= {(outcome.name, outcome.database): row(outcome) for outcome in outcomes}
    order = list(drills)
    known = [key for key in stored if key[0] in order]
    return [stored[key] for key in sorted(known, key=lambda key: (order.index(key[0]), key[1] == POSTGRESQL))]


def rows(document: str) -> set[tuple[str, str]]:
    """Return (drill, database) of each row of the table in `document`."""
    return set(re.findall(r"^\| \[([\w-]+)\]\(#[\w-]+\) \| (\w+) \|", document, re.MULTILINE))


def explained(document: str) -> list[str]:
    """Return the names of the drills that `document` explains."""
    return re.findall(r"^## ([\w-]+)$", document, re.MULTILINE)
