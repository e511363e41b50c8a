"""What all pages of guides have in common: the release that draws them, and the settings that they show."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

MADE_WITH = (
    ("templates", "*.html"),
    ("locale", "*.mo"),
    ("static", "*.*"),
    ("recovery_site", "*.toml"),
    ("recovery_site", "*.py"),
    ("articles", "*.py"),
)


def look_of_guides() -> str:
    """Return a digest of the code, templates, words, style sheets and settings that guides' pages are made with.

    Without it a browser would keep a page made by the release before, and a stored part would outlive its template.
    """
    make = _look.__wrapped__ if settings.DEBUG else _look
    return make(settings.SITE_URL, settings.SITE_NAME, settings.TIME_ZONE)


@lru_cache(maxsize=8)
def _look(*shown: str) -> str:
    digest = hashlib.sha256(repr(shown).encode())
    base = Path(settings.BASE_DIR)
    for folder, pattern in MADE_WITH:
        for path in sorted((base / folder).rglob(pattern)):
            if path.is_file():
                digest.update(path.relative_to(base).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
