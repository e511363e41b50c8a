"""Links the first use of each glossary term in a guide to the glossary."""

import re
from collections.abc import Iterable

from django.conf import settings
from lxml.html import HtmlElement, builder

from articles.models import Term

EXPLAINED_IN = {"p", "li", "td", "em", "strong", "b", "i"}
NOT_INSIDE = {"a", "h2", "h3", "th", "figcaption", "caption", "sup"}


def path(language: str) -> str:
    """Return the public path of the glossary in `language`."""
    return "/glossary/" if language == settings.LANGUAGE_CODE else f"/{language}/glossary/"


def forms(term: Term) -> list[str]:
    """Return the spellings of `term` that visitors may read, longest first."""
    written = [term.shown_term, *term.shown_also.split(",")]
    return sorted({form.strip() for form in written if form.strip()}, key=len, reverse=True)


def link_first_uses(root: HtmlElement, terms: Iterable[Term]) -> None:
    """Link the first use of each term in `root`, except in headings, links, callout titles and captions."""
    terms_by_form = {form.casefold(): term for term in terms for form in forms(term)}
    if not terms_by_form:
        return
    words = "|".join(re.escape(form) for form in sorted(terms_by_form, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])({words})(?![\w-])", re.IGNORECASE)
    linked: set[int] = set()
    for element in list(root.iter(*EXPLAINED_IN)):
        if element.get("class") == "callout-title" or any(above.tag in NOT_INSIDE for above in (element, *element.iterancestors())):
            continue
        _link_after(element, None, pattern, terms_by_form, linked)
        for child in list(element):
            _link_after(element, child, pattern, terms_by_form, linked)


def _link_after(
    element: HtmlElement, child: HtmlElement | None, pattern: re.Pattern[str], terms_by_form: dict[str, Term], linked: set[int]
) -> None:
    """Link the terms in the text right after `child`, or at the start of `element` if `child` is None."""
    text = (element.text if child is None else child.tail) or ""
    position = 0 if child is None else element.index(child) + 1
    start = 0
    previous = child
    for match in pattern.finditer(text):
        term = terms_by_form[match[1].casefold()]
        if term.pk in linked:
            continue
        linked.add(term.pk)
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
