"""Characters that XML can't hold, which are taken out wherever words come in.

A page, a feed or a timeline that is built from words with such a character raises an exception. Office programs write a vertical
tab for a line break, and pasted text brings it along.
"""

import re
from typing import Any

from django.http import QueryDict

# Everything outside the Char production of XML 1.0: control characters but tab and line ends, lone surrogates, U+FFFE and U+FFFF.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """Return `text` with a space in place of each character that XML can't hold."""
    return _NOT_XML.sub(" ", text)


def storable_data(data: Any) -> Any:
    """Return the strings in JSON-compatible `data` (dicts, lists and what they hold) as `storable` ones."""
    if isinstance(data, str):
        return storable(data)
    if isinstance(data, dict):
        return {key: storable_data(value) for key, value in data.items()}
    if isinstance(data, list):
        return [storable_data(value) for value in data]
    return data


def storable_form(data: QueryDict) -> QueryDict:
    """Return submitted `data` with `storable` values: the same object, unless something has to change."""
    if not any(_NOT_XML.search(value) for _name, values in data.lists() for value in values):
        return data
    changed = data.copy()
    for name, values in data.lists():
        changed.setlist(name, [storable(value) for value in values])
    changed._mutable = False
    return changed
