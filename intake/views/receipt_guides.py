"""Which guides the page after sending links to."""

from collections.abc import Collection

from django.db import DatabaseError, InterfaceError

from articles import published
from articles.models import Edition
from recovery_site import languages

# Signs of danger that may be over when somebody writes ("last week"), and the guide for afterwards: the topics that it has, and has not.
# Of suicide and violence the guide for families says what comes next, at home and for one's own safety.
_FAMILY = (("reader:family",), ("reader:self",))
AFTERWARDS = {
    "overdose": (("stage:overdose",), ()),
    "suicide": _FAMILY,
    "seizure": (("substance:alcohol", "stage:withdrawal"), ()),
    "violence": _FAMILY,
}


def afterwards(reasons: list[str]) -> list[Edition]:
    """Return the guides that say what to do when it is over, in this language: for each sign the nearest, where there is one."""
    guides: dict[int, Edition] = {}
    try:
        for wanted, unwanted in (AFTERWARDS[code] for code in reasons if code in AFTERWARDS):
            about = [edition for edition in published.about(languages.current(), wanted[0]) if _is_about(edition, wanted, unwanted)]
            # The one about the time afterwards, or else about little else: of overdoses many guides say something.
            nearest = min(about, key=lambda edition: ("stage:recovery" not in edition.topics, edition.topics.count("stage:")), default=None)
            if nearest is not None:
                guides.setdefault(nearest.pk, nearest)
    except (DatabaseError, InterfaceError):
        return []
    return list(guides.values())


def _is_about(edition: Edition, wanted: Collection[str], unwanted: Collection[str]) -> bool:
    codes = set(edition.topics.split())
    return codes.issuperset(wanted) and codes.isdisjoint(unwanted)


def about_substances(codes: list[str]) -> Edition | None:
    """Return a guide about the first of `codes` (substances) that has one in this language, those on withdrawal first."""
    try:
        found = (
            sorted(published.about(languages.current(), f"substance:{code}"), key=lambda edition: edition.kind != "withdrawal")
            for code in codes
        )
        return next((editions[0] for editions in found if editions), None)
    except (DatabaseError, InterfaceError):
        return None
