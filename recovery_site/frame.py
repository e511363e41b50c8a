"""Everything around a page's own words: drawn once, then filled for each request.

A frame is the same for all readers and all pages of its template: it is drawn without a request, so that nothing of a
visitor can be in it. It lasts as long as its process, and with DEBUG for one page only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from recovery_site import context

# Letters that Unicode keeps for private use: no template, no translation and no setting holds them.
HOLE = re.compile("\ue000([a-z-]+)\ue001")


@dataclass(frozen=True)
class Frame:
    """A page with holes. `pieces` are its text and, at odd places, the names of the holes between.

    `front_pages` are where the language switch leads from a page that has no translation, by language.
    """

    pieces: tuple[str, ...]
    front_pages: Mapping[str, str]

    def filled(self, holes: Mapping[str, str], alternates: Mapping[str, str]) -> str:
        """Return the page with HTML in its holes, and its language switch leading to `alternates`, {code: path}."""
        switch = {f"to-{code}": escape(alternates.get(code) or front) for code, front in self.front_pages.items()}
        own = {**switch, **holes}
        return "".join([own[piece] if place % 2 else piece for place, piece in enumerate(self.pieces)])


def drawn(template: str, language: str, holes: tuple[str, ...], **fixed: str) -> Frame:
    """Return the frame that `template` makes in `language`: the variables named in `holes` are left open, `fixed` are not."""
    make = _draw.__wrapped__ if settings.DEBUG else _draw
    # What else a frame shows; a test may change it, a running site never does.
    shown = (settings.SITE_NAME, settings.SITE_URL, settings.COUNTRY, settings.ROOT_URLCONF)
    return make(template, language, holes, tuple(fixed.items()), shown)


@lru_cache(maxsize=64)
def _draw(template: str, language: str, holes: tuple[str, ...], fixed: tuple[tuple[str, str], ...], _shown: object) -> Frame:
    codes = [code for code, _name in settings.LANGUAGES]
    variables = {
        **context.of_the_site(),
        **{name: _hole(name) for name in holes},
        **dict(fixed),
        "alternates": {code: _hole(f"to-{code}") for code in codes},
    }
    with translation.override(language):
        page = render_to_string(template, variables)
        return Frame(tuple(HOLE.split(page)), {code: translate_url("/", code) for code in codes})


def _hole(name: str) -> SafeString:
    return mark_safe(f"\ue000{name}\ue001")  # noqa: S308
