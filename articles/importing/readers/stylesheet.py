"""Reads how a page's style sheet and `style` attributes show an element, as far as that changes what readers see."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import html

COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
MEDIA = re.compile(r"@[^{};@]*+\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}|@[^{};@]*+;")
RULE = re.compile(r"(?<![^{}])([^{}]++)\{([^{}]*+)\}")
SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?([.#])([\w-]+)", re.IGNORECASE)
READ = {
    "font-weight",
    "font-style",
    "display",
    "opacity",
    "visibility",
    "vertical-align",
    "text-decoration",
    "text-decoration-line",
    "font-size",
    "list-style-type",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How an element is shown. None means that nothing is stated, so that its tag decides."""

    strong: bool | None = None
    emphasis: bool | None = None
    hidden: bool = False
    struck: bool = False
    script: str = ""
    list_type: str = ""


class StyleSheet:
    """The rules of a page for single classes and ids. Others (descendants, states, media) are not read."""

    def __init__(self, document: html.HtmlElement) -> None:
        self._rules: dict[str, dict[str, str]] = {}
        for style in document.iter("style"):
            text = MEDIA.sub(" ", COMMENT.sub(" ", style.text or ""))
            for selectors, block in RULE.findall(text):
                declared = _declarations(block)
                for selector in selectors.split(",") if declared else ():
                    if match := SELECTOR.fullmatch(selector.strip()):
                        self._rules.setdefault(match[1] + match[2], {}).update(declared)

    def look(self, node: html.HtmlElement) -> Look:
        """Return how `node` itself is shown; what is inherited isn't looked up."""
        declared: dict[str, str] = {}
        for name in (node.get("class") or "").split() if self._rules else ():
            declared.update(self._rules.get(f".{name}", {}))
        if self._rules and node.get("id"):
            declared.update(self._rules.get(f"#{node.get('id')}", {}))
        if style := node.get("style"):
            declared.update(_declarations(style))
        return _look(declared) if declared else NOTHING_STATED


NOTHING_STATED = Look()


def _declarations(block: str) -> dict[str, str]:
    pairs = (entry.split(":", 1) for entry in block.split(";") if ":" in entry)
    return {
        name.strip().lower(): value.strip().lower().removesuffix("!important").strip()
        for name, value in pairs
        if name.strip().lower() in READ
    }


def _look(declared: dict[str, str]) -> Look:
    weight, style = declared.get("font-weight", ""), declared.get("font-style", "")
    decoration = declared.get("text-decoration", "") + declared.get("text-decoration-line", "")
    heavy = weight.startswith("bold") or (weight.isdigit() and int(weight) >= 600)
    nothing = declared.get("display") == "none" or declared.get("visibility") == "hidden" or declared.get("opacity") in ("0", "0%", "0.0")
    return Look(
        strong=heavy if weight and weight != "inherit" else None,
        emphasis=style in ("italic", "oblique") if style and style != "inherit" else None,
        hidden=nothing or re.fullmatch(r"0(?:\.0+)?(?:px|pt|em|rem|%)?", declared.get("font-size", "")) is not None,
        struck="line-through" in decoration,
        script={"super": "sup", "sub": "sub"}.get(declared.get("vertical-align", ""), ""),
        list_type=declared.get("list-style-type", ""),
    )
