"""Generates the reference of the checks in the editors' handbook from their docstrings and examples."""

import textwrap
from typing import Any

from articles.checks.examples import Example
from articles.checks.registry import in_order

BEGIN = "<!-- made by `manage.py describe_checks`: change the checks and their examples, not this -->"
END = "<!-- end of what is made -->"
WIDTH = 120


def chapter() -> str:
    """Return the description and examples of each check as Markdown."""
    parts = []
    for check in in_order():
        parts += [f"## {check.name}", textwrap.fill(" ".join(check.about.split()), WIDTH, break_on_hyphens=False)]
        rows = ["| language | text | with | found |", "|---|---|---|---|"]
        for example in check.examples:
            cells = (example.language, example.shown or example.body, _with(example), ", ".join(example.finds) or "nothing")
            rows.append(f"| {' | '.join(map(_cell, cells))} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _with(example: Example) -> str:
    """Return the other fields of an example's guide."""
    parts = [f"{name.replace('_', ' ')}: {_listed(value)}" for name, value in example.fields.items() if name != "sources"]
    for source in example.fields.get("sources", [])[:1]:
        facts = (source["year"], source["url"], source["read_on"] and f"read {source['read_on']}", source["note"])
        parts.append("two sources; the first: " + ", ".join(str(fact) for fact in facts if fact))
    return "; ".join(parts)


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def brought_up_to_date(document: str) -> str:
    """Return `document` with the chapter between the two markers replaced. Raises ValueError if a marker is missing."""
    before, _begin, rest = document.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"The markers {BEGIN!r} and {END!r} are missing. Put them where the chapter belongs.")
    return f"{before}{BEGIN}\n\n{chapter()}\n\n{END}{after}"
