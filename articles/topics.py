"""The topics of guides: substances, stages of recovery and kinds of readers."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Codes = dict[str, str | Promise]

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


def danger_of(kind: str, line: str) -> str:
    """Return the deadly risk of the withdrawal that a guide is about: "sudden-stop", "adulterated" or "" (none).

    `kind` and `line` are the edition's kind and topics. Sources: joint guideline on benzodiazepines 2025; MMWR, 1 May 2025.
    """
    if kind != "withdrawal":
        return ""
    if kills_when_stopped(line):
        return "sudden-stop"
    if any(f" substance:{code} " in line for code in ("opioids", "heroin", "fentanyl")):
        return "adulterated"
    return ""
