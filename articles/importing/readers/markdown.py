"""Converts Markdown to HTML with markdown-it, with the source line of each block in an attribute."""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Callable
from typing import Any

import frontmatter
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from articles.importing.document import UnreadableDocument
from articles.importing.doubts import Doubts, quote
from articles.importing.readers.plain_text import WIDEST_WRAP
from articles.importing.vocabulary import CALLOUTS, LINE_ATTRIBUTE

DEEPEST = 100
"""Levels of nesting. markdown-it drops deeper content, so such files are refused."""
LONGEST_BLOCK = 50_000
"""Characters between two empty lines; markdown-it takes quadratic time for a block of brackets."""

HASH_TITLE = re.compile(r"#{1,6}[ \t]+\S")
LINK_ADDRESS = re.compile(r" {0,3}\[[^\]^][^\]]*\]:\s*<?(https?://|www\.)\S")
FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*(\n|$)", re.DOTALL)
TOML_FRONT_MATTER = re.compile(r"\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*(\n|$)", re.DOTALL)
JSON_FRONT_MATTER = re.compile(r"(\{[ \t]*\n.*?\n\})[ \t]*(\n|$)", re.DOTALL)
FRONT_MATTER_READERS: dict[str, Callable[[str], Any]] = {
    "+": lambda whole: tomllib.loads(whole.strip().strip("+")),
    "{": json.loads,
}
"""The readers of front matter by its first letter; other front matter is YAML."""
HEADING_NAME = re.compile(r"^(#{1,6}[ \t].*?|.*\S(?=[ \t]*\{[#.][^{}\n]*\}[ \t]*\n[=-]{3,}))[ \t]*\{[#.][^{}\n]*\}[ \t]*$", re.MULTILINE)
PICTURE_DATA = re.compile(r"^ {0,3}\[([^\]\n]+)\]:\s*<?data:image/[^\n]*$", re.MULTILINE)
PICTURE = re.compile(r"!\[([^\[\]\n]*)\](?:\[([^\[\]\n]*)\])?(?![(\[:])")
INLINE_DATA = re.compile(r"\(\s*<?data:image/[^)\s]*>?(?=[\s)])")
TASK = re.compile(r"^([ \t]*(?:[-*+]|\d{1,3}[.)])\s+)\[([ xX])\](?=\s)", re.MULTILINE)

_markdown = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable(["table", "strikethrough"]).use(footnote_plugin).use(deflist_plugin)
# Lines like "[Warning]: don't." or "[1]: NIDA" would be taken for link definitions and silently dropped.
_markdown.disable("reference")
for _name in CALLOUTS:
    _markdown.use(container_plugin, _name, render=lambda renderer, tokens, index, options, environment: _callout(tokens[index]))


def _callout(token: Token) -> str:
    """Render a callout of our starter guides (`::: family Title`) as the <aside> that guides have."""
    if token.nesting < 0:
        return "</aside>\n"
    kind, _, title = token.info.strip().partition(" ")
    line = f'{LINE_ATTRIBUTE}="{token.attrGet(LINE_ATTRIBUTE)}"'
    return f'<aside class="callout callout-{html.escape(kind)}" {line}><p class="callout-title">{html.escape(title)}</p>\n'


def uses_hash_titles(text: str) -> bool:
    """Return whether text is Markdown, whatever its file name: it begins with a "# Title", or has several."""
    lines = [line for line in text.split("\n") if line.strip()]
    hashed = sum(HASH_TITLE.match(line) is not None for line in lines)
    return hashed >= 2 or (bool(lines) and HASH_TITLE.match(lines[0]) is not None)


def without_front_matter(text: str, doubts: Doubts) -> tuple[str, str]:
    """Return `text` with its front matter replaced by empty lines, which keeps line numbers, and the title in it or ""."""
    match = FRONT_MATTER.match(text) or TOML_FRONT_MATTER.match(text) or JSON_FRONT_MATTER.match(text)
    if not match:
        return text, ""
    try:
        fields = FRONT_MATTER_READERS.get(text[0], lambda whole: frontmatter.parse(whole)[0])(match[0])
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        fields = {}
    if not fields or not isinstance(fields, dict):
        return text, ""
    title = fields.pop("title", "")
    if fields:
        left_out = " ".join(line for line in match[1].split("\n") if not re.match(r'(?:title|\s*"title")\s*[:=]', line))
        doubts.add(f"the fields at the top of the file were left out, but for the title: {quote(left_out, 1000)}.", 1)
    blanked = "\n" * match[0].count("\n")
    return blanked + text[match.end() :], title if isinstance(title, str) else ""


def without_data(text: str) -> str:
    """Return `text` without names of titles, with signs for the boxes of tasks, and without the data of pictures.

    A picture stays as `![description](picture)`, so that it is reported. The number of lines doesn't change.
    """
    labels = {match[1] for match in PICTURE_DATA.finditer(text)}
    if labels:
        text = PICTURE.sub(lambda match: f"![{match[1]}](picture)" if (match[2] or match[1]) in labels else match[0], text)
    text = INLINE_DATA.sub("(picture", PICTURE_DATA.sub("", text))
    text = HEADING_NAME.sub(r"\1", text)
    return TASK.sub(lambda match: f"{match[1]}{'☐' if match[2] == ' ' else '☑'}", text)


def to_html(text: str, doubts: Doubts) -> str | None:
    """Return the HTML of Markdown, or None if it has no headings, in which case titles are recognised by their form."""
    if any(len(block) > LONGEST_BLOCK for block in text.split("\n\n")):
        return None
    environment: dict[str, Any] = {}
    tokens = _markdown.parse(text, environment)
    unused = [label for label, use in environment.get("footnotes", {}).get("refs", {}).items() if use < 0]
    if unused:
        environment = {}
        tokens = _markdown.parse(_as_text(text, unused), environment)
    if not any(token.type == "heading_open" for token in tokens):
        return None
    for token in tokens:
        if token.level >= DEEPEST - 2:
            raise UnreadableDocument("its lists or quotations are nested too deeply: use fewer levels.")
        if token.map and token.nesting >= 0:
            token.attrSet(LINE_ATTRIBUTE, str(token.map[0] + 1))
        if token.type == "inline":
            _keep_typed_paragraphs(token, doubts)
    for number, line in enumerate(text.split("\n"), start=1):
        if LINK_ADDRESS.match(line):
            doubts.add(f"the address of a link was kept as text; make it a link, or a source: {quote(line, 300)}.", number)
    rendered: str = _markdown.renderer.render(tokens, _markdown.options, environment)
    return rendered


def inline_html(text: str) -> str:
    """Return the HTML of one paragraph of Markdown."""
    rendered: str = _markdown.renderInline(text) if len(text) <= LONGEST_BLOCK else html.escape(text)
    return rendered


def _as_text(text: str, labels: list[str]) -> str:
    """Turn footnotes that nothing refers to into plain paragraphs, since markdown-it drops them."""
    # markdown-it's keys are ":" and the label as typed.
    names = "|".join(re.escape(label.removeprefix(":")) for label in labels)
    return re.sub(rf"^([ \t>*+.)\d-]*)\[\^({names})\]:", r"\1\\[^\2]:", text, flags=re.MULTILINE)


def _keep_typed_paragraphs(token: Token, doubts: Doubts) -> None:
    """Keep long adjacent lines as separate paragraphs. Markdown would join them, but their author meant paragraphs."""
    lines = token.content.split("\n")
    if not any(len(line) > WIDEST_WRAP for line in lines[:-1]):
        return
    for child in token.children or []:
        if child.type == "softbreak":
            child.type, child.tag = "hardbreak", "br"
    doubts.add(f"{len(lines)} long lines without an empty line between them were kept as paragraphs.", (token.map or [0])[0] + 1)
