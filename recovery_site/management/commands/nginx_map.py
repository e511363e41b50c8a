"""`manage.py nginx_map`: the parts of deploy/nginx/recovery.conf that follow from the site itself."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from recovery_site.helplines import helplines
from recovery_site.pages import public_pages


class Command(BaseCommand):
    """Prints two `map` blocks: which pages nginx may keep, and the numbers to call on its own error pages."""

    help = "Print the maps of deploy/nginx/recovery.conf: pages that may be kept, and the helplines of COUNTRY."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SERVES_VISITORS:
            raise CommandError("A staff server has no pages for visitors. Run this where SITE_ROLE is all or public.")
        self.stdout.write(kept_pages() + emergency_numbers(), ending="")


def kept_pages() -> str:
    """Return the map of what may be kept at all: fixed addresses as strings (nginx looks them up in one step), others as expressions."""
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    fixed, expressions = [], [f'"~^{settings.STATIC_URL}.+$"']
    for route in public_pages.routes():
        if not route.page.cache:
            continue
        if route.is_fixed:
            fixed += route.fixed_paths
        else:
            prefix = f"(/{'|/'.join(others)})?" if others and route.in_every_language else ""
            expressions.append(f'"~^{prefix}{route.regex}$"')
    lines = [f"    {address} 0;\n" for address in (*sorted(fixed), *sorted(expressions))]
    return f"map $uri $recovery_not_kept {{\n    default 1;\n{''.join(lines)}}}\n"


def emergency_numbers() -> str:
    """Return the map of what nginx's own pages say about whom to call, a paragraph for each language."""
    paragraphs = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            lines = [
                f"{escape(line.name)} <a href='{escape(line.href)}'>{escape(line.number)}</a>"
                for line in helplines(settings.COUNTRY, code)
                if line.in_bar
            ]
            paragraphs.append(f"<p lang={code}>{escape(_('In danger now? Call the emergency number.'))} {' · '.join(lines)}</p>")
    words = "".join(paragraphs)
    if "$" in words:
        raise CommandError("nginx would read the $ in helplines.toml as a variable. Write it in another way.")
    return f'map $host $recovery_help {{\n    default "{words}";\n}}\n'
