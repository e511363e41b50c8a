"""Template tags of the page frame; templates say {% load site %}."""

import datetime as dt
import json
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import translate_url
from django.utils import timezone, translation
from django.utils.html import escape, format_html
from django.utils.http import escape_leading_slashes
from django.utils.safestring import SafeString, mark_safe

from recovery_site import helplines as helpline_file
from recovery_site import languages, phones
from recovery_site.pages import public_pages
from recovery_site.staff import time_zones

register = template.Library()


@register.simple_tag
def helplines() -> tuple[helpline_file.Helpline, ...]:
    """The helplines of settings.COUNTRY in the active language."""
    return helpline_file.helplines(settings.COUNTRY, languages.current())


@register.simple_tag
def zone_in_words() -> str:
    """The time zone that times on this page are shown in, such as "New York time"."""
    return time_zones.in_words(timezone.get_current_timezone())


@register.simple_tag
def has_history(row: Model) -> bool:
    """Whether Django's history page of `row` has anything to show. One query."""
    content_type = ContentType.objects.get_for_model(row, for_concrete_model=False)
    return LogEntry.objects.filter(content_type=content_type, object_id=str(row.pk)).exists()


@register.filter
def phone_links(text: str) -> SafeString:
    """Return `text`, escaped, with the numbers in it as links that call them or begin a text message."""
    parts, end = [], 0
    for number in phones.numbers_in(text, languages.current()):
        parts += [escape(text[end : number.start]), format_html('<a href="{}">{}</a>', number.href, text[number.start : number.end])]
        end = number.end
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 (escaped above)


@register.filter
def whole_number(number: str) -> SafeString:
    """Return a phone number, escaped, as text that no line break divides."""
    return format_html('<span class="number">{}</span>', number)


@register.filter
def iso_day(text: str) -> dt.date:
    """Return the day that JSON holds as "2026-01-31", for Django's `date` filter to write in the active language."""
    return dt.date.fromisoformat(text)


@register.simple_tag
def json_ld(thing: dict[str, Any]) -> SafeString:
    """Structured data for machines. Browsers run nothing of it, and no text in it can end the element."""
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":")).translate({60: "\\u003C", 62: "\\u003E", 38: "\\u0026"})
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


class Remember(template.Node):
    """What stands between {% remember name %} and {% endremember %}, kept as `name` instead of shown."""

    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        context[self.name] = mark_safe(" ".join(self.nodelist.render(context).split()))  # noqa: S308 (rendered: escaped already)
        return ""


@register.tag
def remember(parser: template.base.Parser, token: template.base.Token) -> Remember:
    """Keep a block's words, spaces tidied, so that a page says them in more than one place: {% remember title %}…{% endremember %}."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return Remember(name, nodelist)


@register.simple_tag(takes_context=True)
def machine_links(context: template.Context) -> dict[str, Any] | None:
    """The whole addresses of the page and of its translations, for search engines; None on a page that they shouldn't list.

    `canonical`, `alternates` ({code: address}, with "x-default"), `locale` (as Open Graph writes it).
    """
    request = context.get("request")
    page = public_pages.page_of(request) if request else None
    if request is None or page is None or not page.listed or "q" in request.GET:
        return None
    paths = {link["code"]: link["url"] for link in language_links(context) if link["exact"]}
    addresses = {code: settings.SITE_URL + path for code, path in paths.items()}
    if settings.LANGUAGE_CODE in addresses:
        addresses["x-default"] = addresses[settings.LANGUAGE_CODE]
    language = languages.current()
    number = f"?page={request.GET['page']}" if request.GET.get("page", "").isdecimal() else ""
    return {
        "canonical": settings.SITE_URL + request.path + number,
        "alternates": addresses if len(paths) > 1 else {},
        "locale": translation.to_locale(language),
    }


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, Any]]:
    """The same page in every language: `code`, `name` (in that language), `url`, `current`, `exact` (it is the same page).

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
        name = translation.get_language_info(code)["name_local"]
        exact = alternates is None or code in alternates
        links.append({"code": code, "name": name, "url": url, "current": code == current, "exact": exact})
    return links
