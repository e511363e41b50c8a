"""Template tags of the page frame; templates say {% load site %}."""

import datetime as dt
import json
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils import translation
from django.utils.http import escape_leading_slashes
from django.utils.safestring import SafeString, mark_safe

from recovery_site import helplines as helpline_file

register = template.Library()


@register.simple_tag
def helplines() -> tuple[helpline_file.Helpline, ...]:
    """The helplines of settings.COUNTRY in the active language."""
    return helpline_file.helplines(settings.COUNTRY, translation.get_language() or settings.LANGUAGE_CODE)


@register.filter
def iso_day(text: str) -> dt.date:
    """Return the day that JSON holds as "2026-01-31", for Django's `date` filter to write in the active language."""
    return dt.date.fromisoformat(text)


@register.simple_tag
def json_ld(thing: dict[str, Any]) -> SafeString:
    """Structured data for machines. Browsers run nothing of it, and no text in it can end the element."""
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":")).translate({60: "\\u003C", 62: "\\u003E", 38: "\\u0026"})
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, Any]]:
    """The same page in every language: `code`, `name` (in that language), `url`, `current`.

    A view whose page has another address in another language passes `alternates`, {code: path}; a language that
    it leaves out has no such page and leads to that language's front page.
    """
    request = context.get("request")
    alternates = context.get("alternates")
    current = translation.get_language()
    links = []
    for code, _name in settings.LANGUAGES:
        if alternates is None:
            # An address that somebody made up may begin like another host's: quoted, it is a path and nothing else.
            url = translate_url(escape_leading_slashes(quote(request.path)), code) if request else ""
        else:
            url = alternates.get(code) or translate_url("/", code)
        links.append({"code": code, "name": translation.get_language_info(code)["name_local"], "url": url, "current": code == current})
    return links
