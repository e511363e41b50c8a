"""Reading pages as a browser without JavaScript does."""

import re

from django.http import HttpResponse


def hidden(page: HttpResponse, name: str) -> str:
    """Return the value of a form's hidden field, as it stands in the page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.content.decode())
    assert found, f"the page has no field {name}"
    return found.group(1)


def another_than(word):
    """Return a word of the list that is not, and is not taken for, `word`."""
    return "walnut" if word != "walnut" else "candle"
