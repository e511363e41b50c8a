"""The topics of guides: substances, stages of recovery and kinds of readers."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Codes = dict[str, str | Promise]
DANGERS = Path(__file__).parent / "data" / "dangers.toml"

SUBSTANCES: Codes = {
    "opioids": _("Opioids"),
    "heroin": _("Heroin"),
    "fentanyl": _("Fentanyl"),
    "prescription-opioids": _("Prescription opioids"),
    "alcohol": _("Alcohol"),
    "benzodiazepines": _("Benzodiazepines"),
    "stimulants": _("Stimulants"),
    "methamphetamine": _("Methamphetamine"),
    "cocaine": _("Cocaine"),
    "cannabis": _("Cannabis"),
    "nicotine": _("Nicotine"),
}
STAGES: Codes = {
    "understand": _("Understanding what is happening"),
    "withdrawal": _("Withdrawal"),
    "overdose": _("Overdose"),
    "detox": _("Detox"),
    "treatment": _("Treatment"),
    "recovery": _("Recovery"),
}
READERS: Codes = {
    "self": _("For yourself"),
    "family": _("For family and friends"),
    "professional": _("For professionals"),
}

# The groups of the list of guides, in its order, which is the order of need. `published.listed` says which guide belongs where.
GROUPS: Codes = {
    "danger": _("In danger"),
    "stopping": _("Stopping"),
    "treatment": _("Treatment"),
    "family": _("For family and friends"),
    "money": _("Money and rights"),
    "steps": _("First steps, and staying well"),
}

KINDS: dict[str, tuple[str | Promise, Codes]] = {
    "substance": (_("By substance"), SUBSTANCES),
    "stage": (_("By where you are"), STAGES),
    "reader": (_("By who is reading"), READERS),
}


def groups() -> list[tuple[str | Promise, Codes]]:
    """Return all topics as (title of a group, {code such as "substance:alcohol": label})."""
    return [(title, {f"{kind}:{code}": words for code, words in codes.items()}) for kind, (title, codes) in KINDS.items()]


def labels(codes: Iterable[str], among: Codes) -> list[str]:
    """Return the labels of `codes`, in the order of `among`. Unknown codes are ignored."""
    chosen = set(codes)
    return [str(label) for code, label in among.items() if code in chosen]


def search_line(substances: Iterable[str], stages: Iterable[str], readers: Iterable[str]) -> str:
    """Return the codes as one string, each surrounded by spaces, so that LIKE can match whole codes.

    JSON containment isn't available on SQLite, and many-to-many tables would cost lists three more queries.
    """
    words = [f"substance:{code}" for code in substances] + [f"stage:{code}" for code in stages] + [f"reader:{code}" for code in readers]
    return f" {' '.join(words)} " if words else ""


def kills_when_stopped(line: str) -> bool:
    """Return whether an edition's topics name a substance that people can die of when they stop it suddenly."""
    return " substance:alcohol " in line or " substance:benzodiazepines " in line


@dataclass(frozen=True)
class Danger:
    """What can kill in the topics of a guide, as a strip under its title names it. Every group of `topics` must have a match."""

    code: str
    topics: tuple[frozenset[str], ...]


@lru_cache(maxsize=1)
def dangers() -> list[Danger]:
    """Return the strips of articles/data/dangers.toml, the most urgent first."""
    rows = tomllib.loads(DANGERS.read_text(encoding="utf-8"))
    return [Danger(code, tuple(frozenset(group) for group in row["topics"])) for code, row in rows.items()]


def is_about_a_deadly_withdrawal(line: str) -> bool:
    """Return whether an edition's topics are the withdrawal from such a substance."""
    return " stage:withdrawal " in line and kills_when_stopped(line)


def danger_of(kind: str, line: str) -> str:
    """Return the code of the strip under the title of a guide, "" for none. `kind` and `line` are the edition's kind and topics."""
    own = {f"kind:{kind}", *line.split()}
    return next((danger.code for danger in dangers() if all(not own.isdisjoint(group) for group in danger.topics)), "")
