"""Writes what the importer recognised as the HTML that editors go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import escape

from articles import sanitising

if TYPE_CHECKING:
    from articles.importing.document import Block, ImportedGuide, ListBlock, Spans


def body(imported: ImportedGuide) -> str:
    """Return the sections of `imported` as sanitised HTML: <h2> a section, paragraphs, lists, tables."""
    parts = []
    for section in imported.sections:
        if section.title:
            parts.append(f"<h2>{escape(section.title)}</h2>")
        parts += [_block(block) for block in section.blocks]
    return sanitising.clean("".join(parts))


def _block(block: Block) -> str:
    from articles.importing import document

    if isinstance(block, document.Paragraph):
        return f"<p>{_spans(block.spans)}</p>"
    if isinstance(block, document.SubHeading):
        return f"<h3>{escape(block.text)}</h3>"
    if isinstance(block, document.ListBlock):
        return _list(block)
    rows = []
    for number, row in enumerate(block.rows):
        cell = "th" if block.header and number == 0 else "td"
        rows.append(f"<tr>{''.join(f'<{cell}>{_spans(spans)}</{cell}>' for spans in row)}</tr>")
    head = f"<thead>{rows.pop(0)}</thead>" if block.header and rows else ""
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"


def _list(block: ListBlock) -> str:
    tag = "ol" if block.ordered else "ul"
    start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
    items = (f"<li>{_spans(item.spans)}{_list(item.sublist) if item.sublist else ''}</li>" for item in block.items)
    return f"<{tag}{start}>{''.join(items)}</{tag}>"


def _spans(spans: Spans) -> str:
    html = []
    for span in spans:
        text = str(escape(span.text))
        text = f"<em>{text}</em>" if span.emphasis else text
        text = f"<strong>{text}</strong>" if span.strong else text
        html.append(f'<a href="{escape(span.href)}">{text}</a>' if span.href else text)
    return "".join(html)
