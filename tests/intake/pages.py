"""Helpers for reading pages without JavaScript."""

import re

from django.http import HttpResponse


def hidden(page: HttpResponse, name: str) -> str:
    """Return the value of a hidden field on the page."""
    match = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.content.decode())
    assert match, f"the page has no field {name}"
    return match.group(1)


def another_than(word):
    """Return a word of the list that can't be mistaken for `word`."""
    return "walnut" if word != "walnut" else "candle"
