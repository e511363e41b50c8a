"""Reports the parts of a page that a guide can't hold or that readers of the page didn't see."""

from __future__ import annotations

import re

from lxml import html

from articles.importing.doubts import Doubts, quote
from articles.importing.readers import page
from articles.importing.vocabulary import (
    DROPPED,
    EMBEDDED,
    LEFT_OUT_ATTRIBUTE,
    LONGEST_QUOTE,
    NOTE_ID,
    NOTE_LINK,
    SILENTLY_DROPPED,
    safe_address,
)


class LeftOut:
    """Decides what is left out. `has_lines` is false for files whose notes stand in a part of their own."""

    def __init__(self, doubts: Doubts, *, has_lines: bool) -> None:
        self._doubts = doubts
        self._has_lines = has_lines
        self._notes = 0

    def report(self, tag: str, node: html.HtmlElement, hidden_by_style: bool, line: int) -> bool:
        """Return whether `node` is left out. Adds a doubt unless it had no visible content."""
        if tag in SILENTLY_DROPPED:
            return True
        marked = node.get(LEFT_OUT_ATTRIBUTE, "")
        if marked == "a note" or (tag != "a" and NOTE_ID.match(node.get("id", ""))):
            self._note(node, line)
            return True
        what = marked or DROPPED.get(tag) or EMBEDDED.get(tag) or ""
        if tag == "button" and page.opens_something(node):
            what = ""
        if not what and page.is_hidden(node, hidden_by_style):
            words = page.words_of(node)
            if page.is_folded(node):
                if words:
                    self._doubts.add(f"words that were folded away were kept; check that readers should see them: {quote(words)}.", line)
                return False
            what = "hidden words"
        if not what:
            return False
        words = page.words_of(node)
        if words or tag in EMBEDDED:
            verb = "was" if what.startswith(("a ", "an ")) else "were"
            self._doubts.add(f"{what} {verb} left out{': ' + quote(words, LONGEST_QUOTE) if words else ''}.", line)
        return True

    def _note(self, node: html.HtmlElement, line: int) -> None:
        self._notes += 1  # ids aren't the numbers that readers saw, which count the notes in order
        words = re.sub("[↑↩\ufe0e]", "", page.words_of(node)).strip()
        words = re.sub(rf"^\[{self._notes}\]\s*", "", words)
        targets = (safe_address(link.get("href") or "") for link in node.iter("a"))
        addresses = [address for address in dict.fromkeys(targets) if address.startswith("http") and address not in words]
        shown = quote(" ".join([words, *addresses]), LONGEST_QUOTE)
        self._doubts.add(f"Note [{self._notes}] was taken out: {shown}. Add it to the guide's sources.", line if self._has_lines else 0)

    def address(self, node: html.HtmlElement, line: int) -> str:
        """Return where a link leads to, or "" with a doubt if guides can't link to it."""
        stated = (node.get("href") or "").strip()
        if not stated or NOTE_LINK.match(stated):
            return ""
        address = safe_address(stated)
        if not address and page.words_of(node):
            link = f"the link to {quote(stated, 200)} on {quote(page.words_of(node))}"
            self._doubts.add(f"{link} was left out; its words were kept.", line)
        return address
