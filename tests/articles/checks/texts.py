"""Small guides for the tests of the checks, as snapshots."""

from typing import Any

from articles import checks
from articles.workflow import starter_library


def snapshot(body: str, *, language: str = "en", **fields: Any) -> dict[str, Any]:
    """Return a snapshot of a guide with `body` (Markdown of the starter library, or HTML)."""
    return {
        "language": language,
        "slug": "a-guide",
        "title": "A guide",
        "summary": "",
        "kind": "general",
        "substances": [],
        "stages": [],
        "readers": [],
        "body": body if body.startswith("<") else starter_library.to_html(body),
        "at_a_glance": [],
        "content_note": "",
        "contact_heading": "",
        "contact_text": "",
        "sources": [],
        "phases": [],
        "related": [],
        **fields,
    }


def found(check: str, body: str, **fields: Any) -> list[checks.Finding]:
    return checks.run(snapshot(body, **fields), only=[check])


def rules(findings: list[checks.Finding]) -> set[str]:
    """Return the rules of the findings, without numbers and addresses in them."""
    return {finding.rule.split(" ")[0] for finding in findings}
