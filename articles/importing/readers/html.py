"""Converts an imported guide to the HTML of a working copy, escaped and sanitised."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from articles.importing.document import LINE_BREAK, Block, Box, Cell, ListBlock, Paragraph, Picture, Section, Spans, SubHeading, Table
from articles.rendering import sanitizing


def to_html(sections: list[Section]) -> str:
    """Return the sections as HTML of the elements that guides may hold. A section without a title has no <h2>."""
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
    if isinstance(block, Picture):
        return format_html('<figure><img src="{}" alt="{}"></figure>', block.address, block.alt)
    return _box(block) if isinstance(block, Box) else _table(block)


def _box(block: Box) -> SafeString:
    content = format_html_join("", "{}", ((_block(inner),) for inner in block.blocks))
    if block.kind == "quote":
        return format_html("<blockquote>{}</blockquote>", content)
    title = format_html('<p class="callout-title">{}</p>', block.title) if block.title else SafeString("")
    return format_html('<aside class="callout callout-{}">{}{}</aside>', block.kind, title, content)


def _table(block: Table) -> SafeString:
    rows = (format_html_join("", "{}", ((_cell(cell),) for cell in row)) for row in block.rows)
    return format_html("<table><tbody>{}</tbody></table>", format_html_join("", "<tr>{}</tr>", ((row,) for row in rows)))


def _cell(cell: Cell) -> SafeString:
    columns = format_html(' colspan="{}"', cell.columns) if cell.columns > 1 else ""
    rows = format_html(' rowspan="{}"', cell.rows) if cell.rows > 1 else ""
    tag = SafeString("th" if cell.heading else "td")
    return format_html("<{}{}{}>{}</{}>", tag, columns, rows, _inline(cell.spans), tag)


def _list(block: ListBlock) -> SafeString:
    items = format_html_join(
        "", "<li>{}{}</li>", ((_inline(item.spans), _list(item.sublist) if item.sublist else SafeString("")) for item in block.items)
    )
    if not block.ordered:
        return format_html("<ul>{}</ul>", items)
    start = format_html(' start="{}"', block.start) if block.start > 1 else ""
    letters = format_html(' type="{}"', block.letters) if block.letters else ""
    return format_html("<ol{}{}>{}</ol>", start, letters, items)


def _inline(spans: Spans) -> SafeString:
    words = []
    for span in spans:
        if span.text == LINE_BREAK:
            words.append(SafeString("<br>"))
            continue
        part = format_html("{}", span.text)
        if span.script:
            part = format_html("<{0}>{1}</{0}>", SafeString(span.script), part)
        if span.strong:
            part = format_html("<strong>{}</strong>", part)
        if span.emphasis:
            part = format_html("<em>{}</em>", part)
        if span.href:
            part = format_html('<a href="{}">{}</a>', span.href, part)
        words.append(part)
    return mark_safe("".join(words))  # noqa: S308 - joined from parts that format_html escaped
