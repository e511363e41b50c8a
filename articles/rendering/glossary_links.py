"""Words that guides explain: the first use in a guide leads to the glossary."""

import re
from collections.abc import Iterable

from django.conf import settings
from lxml.html import HtmlElement, builder

from articles.models import Term

EXPLAINED_IN = {"p", "li", "td", "em", "strong", "b", "i"}
NOT_INSIDE = {"a", "h2", "h3", "th", "figcaption", "caption", "sup"}


def path(language: str) -> str:
    """Return the address of the glossary of a language on the visitors' side."""
    return "/glossary/" if language == settings.LANGUAGE_CODE else f"/{language}/glossary/"


def forms(term: Term) -> list[str]:
    """Return the ways in which visitors read `term` written, longest first."""
    written = [term.shown_term, *term.shown_also.split(",")]
    return sorted({form.strip() for form in written if form.strip()}, key=len, reverse=True)


def link_first_uses(root: HtmlElement, terms: Iterable[Term]) -> None:
    """Link the first use of each of `terms` in the text of `root`; headings, links, titles and captions stay as they are."""
    waiting = {form.casefold(): term for term in terms for form in forms(term)}
    if not waiting:
        return
    words = "|".join(re.escape(form) for form in sorted(waiting, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])({words})(?![\w-])", re.IGNORECASE)
    done: set[int] = set()
    for element in list(root.iter(*EXPLAINED_IN)):
        if element.get("class") == "callout-title" or any(above.tag in NOT_INSIDE for above in (element, *element.iterancestors())):
            continue
        _link_after(element, None, pattern, waiting, done)
        for child in list(element):
            _link_after(element, child, pattern, waiting, done)


def _link_after(
    element: HtmlElement, child: HtmlElement | None, pattern: re.Pattern[str], waiting: dict[str, Term], done: set[int]
) -> None:
    """Link the terms in the text at the start of `element` (`child` is None) or right after `child`."""
    text = (element.text if child is None else child.tail) or ""
    position = 0 if child is None else element.index(child) + 1
    start = 0
    previous = child
    for match in pattern.finditer(text):
        term = waiting[match[1].casefold()]
        if term.pk in done:
            continue
        done.add(term.pk)
        before = text[start : match.start()]
        if previous is None:
            element.text = before
        else:
            previous.tail = before
        link = builder.A(match[1], href=f"{path(term.language)}#{term.slug}")
        link.set("class", "term")
        element.insert(position, link)
        link.tail = text[match.end() :]
        position, start, previous = position + 1, match.end(), link
