"""Snapshots of a guide's working copy as plain data, for digests, comparisons and restoring."""

import hashlib
import json
from typing import Any

from articles.models import Guide

TEXT_FIELDS = (
    "language", "slug", "title", "summary", "kind", "substances", "stages", "readers", "body", "at_a_glance", "content_note",
    "contact_heading", "contact_text",
)  # fmt: skip
SOURCE_FIELDS = ("number", "title", "publisher", "year", "url", "read_on", "note")
PHASE_FIELDS = ("order", "from_hour", "to_hour", "intensity", "title", "text")


def take(guide: Guide) -> dict[str, Any]:
    """Return all content of `guide` that readers see, as JSON-compatible data. Three queries.

    Unsaved guides have no sources, phases or related guides.
    """
    snapshot: dict[str, Any] = {name: getattr(guide, name) for name in TEXT_FIELDS}
    stored = guide.pk is not None
    snapshot["sources"] = [
        {**row, "read_on": row["read_on"].isoformat() if row["read_on"] else None}
        for row in (guide.sources.order_by("number", "pk").values(*SOURCE_FIELDS) if stored else [])
    ]
    snapshot["phases"] = list(guide.phases.order_by("from_hour", "order", "pk").values(*PHASE_FIELDS)) if stored else []
    snapshot["related"] = sorted(guide.related.values_list("pk", flat=True)) if stored else []
    return snapshot


def digest(snapshot: dict[str, Any]) -> str:
    """Return the SHA-256 of `snapshot` as hexadecimal digits."""
    canonical = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def digest_of(guide: Guide) -> str:
    """Return the digest of the stored working copy."""
    return digest(take(guide))
