"""Converts an imported guide to the HTML of a working copy, escaped and sanitised."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from articles.importing.document import Block, ListBlock, Paragraph, Section, Spans, SubHeading
from articles.rendering import sanitizing


def to_html(sections: list[Section]) -> str:
    """Return the sections as HTML with <h2>, <h3>, <p>, <ul>, <ol> and <table>. A section without a title has no <h2>."""
    parts = [part for section in sections for part in (_title(section), *map(_block, section.blocks)) if part]
    return sanitizing.clean("".join(parts))


def _title(section: Section) -> SafeString:
    return format_html("<h2>{}</h2>", section.title) if section.title else SafeString("")


def _block(block: Block) -> SafeString:
    if isinstance(block, Paragraph):
        return format_html("<p>{}</p>", _inline(block.spans))
    if isinstance(block, SubHeading):
        return format_html("<h3>{}</h3>", block.text)
    if isinstance(block, ListBlock):
        return _list(block)
    rows = [format_html_join("", "<td>{}</td>", ((_inline(cell),) for cell in row)) for row in block.rows]
    head = SafeString("")
    if block.header:
        cells = format_html_join("", '<th scope="col">{}</th>', ((_inline(cell),) for cell in block.rows[0]))
        head = format_html("<thead><tr>{}</tr></thead>", cells)
        rows = rows[1:]
    return format_html("<table>{}<tbody>{}</tbody></table>", head, format_html_join("", "<tr>{}</tr>", ((row,) for row in rows)))


def _list(block: ListBlock) -> SafeString:
    items = format_html_join(
        "", "<li>{}{}</li>", ((_inline(item.spans), _list(item.sublist) if item.sublist else SafeString("")) for item in block.items)
    )
    if not block.ordered:
        return format_html("<ul>{}</ul>", items)
    return format_html('<ol start="{}">{}</ol>', block.start, items) if block.start > 1 else format_html("<ol>{}</ol>", items)


def _inline(spans: Spans) -> SafeString:
    words = []
    for span in spans:
        part = format_html("{}", span.text)
        if span.strong:
            part = format_html("<strong>{}</strong>", part)
        if span.emphasis:
            part = format_html("<em>{}</em>", part)
        if span.href:
            part = format_html('<a href="{}">{}</a>', span.href, part)
        words.append(part)
    return mark_safe("".join(words))  # noqa: S308 - joined from parts that format_html escaped
