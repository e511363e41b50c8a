"""Rewrites the XML of a Word document, so that mammoth reads what it would drop, and reports what can't be kept."""

from __future__ import annotations

import copy
import re

from lxml import etree

from articles.importing.doubts import Doubts, quote
from articles.importing.readers.office.lists import NUMBERING, SYNTHETIC, Numbering
from articles.importing.readers.office.styles import Styles, W, parsed, text_of, value_of

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
TEXT_PARTS = re.compile(r"word/(?:document\d*|footnotes|endnotes)\.xml")
LONGEST_QUOTE = 2000
"""Characters of what a doubt quotes. What is longer is named by the count of words."""


def prepare(parts: dict[str, bytes], doubts: Doubts) -> None:
    """Rewrite the parts of a document that have its text. Everything is kept that a guide can hold, the rest is a doubt."""
    strict = W[1:-1].encode()
    for name in [name for name, part in parts.items() if STRICT in part]:
        parts[name] = parts[name].replace(STRICT, strict)
    styles = Styles(next((parts[name] for name in sorted(parts) if re.fullmatch(r"word/styles\d*\.xml", name)), None))
    definitions = [name for name in sorted(parts) if re.fullmatch(r"word/numbering\d*\.xml", name)] or [NUMBERING]
    numbering = Numbering(parts.get(definitions[0]), styles, doubts)
    for name in sorted(name for name in parts if TEXT_PARTS.fullmatch(name)):
        root = parsed(parts[name])
        if root is None:
            continue
        for step in (_leave_out_hidden, _leave_out_contents):
            step(root, styles, doubts)
        for rewrite in (_unwrap, _keep_text_boxes, _keep_formulas, _keep_controls, _report_drawings, _report_tracked_changes):
            rewrite(root, doubts)
        numbering.number(root)
        styles.apply(root)
        parts[name] = etree.tostring(root)
    parts.update(dict.fromkeys(definitions, SYNTHETIC))


def all_words(part: bytes) -> str:
    """Return the words of a part, once each: a text box is stored twice, for older programs as well, and moved words are, too."""
    root = parsed(part.replace(STRICT, W[1:-1].encode()))
    pieces: list[str] = []
    for node in root.iter() if root is not None else ():
        if node.tag in (f"{W}p", f"{W}br", f"{W}tab", f"{W}cr", f"{W}noBreakHyphen"):
            pieces.append(" ")
        elif node.tag in (f"{W}t", f"{M}t") and not any(_is_second_copy(above) for above in node.iterancestors()):
            pieces.append(node.text or "" if node.tag == f"{W}t" else f" {node.text or ''} ")
    return "".join(pieces)


def _is_second_copy(element: etree._Element) -> bool:
    if element.tag == f"{MC}Fallback":
        return element.getparent().find(f"{MC}Choice//{W}t") is not None
    return element.tag == f"{W}moveFrom"


def _leave_out_hidden(root: etree._Element, styles: Styles, doubts: Doubts) -> None:
    for paragraph in list(root.iter(f"{W}p")):
        hidden = [run for run in paragraph.iter(f"{W}r") if styles.is_on(run, paragraph, "vanish")]
        if words := " ".join("".join(map(text_of, hidden)).split()):
            doubts.add(f"Hidden words were left out: {quote(words, LONGEST_QUOTE)}.")
        for run in hidden:
            for part in run.findall(f"{W}t"):
                run.remove(part)
    for row in [row for row in root.iter(f"{W}tr") if row.find(f"{W}trPr/{W}hidden") is not None]:
        doubts.add(f"A hidden row of a table was left out: {quote(_words(row), LONGEST_QUOTE)}.")
        row.getparent().remove(row)


def _leave_out_contents(root: etree._Element, styles: Styles, doubts: Doubts) -> None:
    """Leave out tables of contents. Their lines are the titles that stand in the text anyway."""
    words: list[str] = []
    for control in list(root.iter(f"{W}sdt")):
        if value_of(control, "sdtPr", "docPartObj", "docPartGallery") == "Table of Contents" and control.getparent() is not None:
            words.append(_words(control))
            control.getparent().remove(control)
    for paragraph in list(root.iter(f"{W}p")):
        anchors = [link.get(f"{W}anchor", "") for link in paragraph.findall(f"{W}hyperlink")]
        linked = bool(anchors) and all(name.startswith("_Toc") for name in anchors) and re.search(r"\d$", text_of(paragraph)) is not None
        if (styles.is_contents(paragraph) or linked) and paragraph.getparent() is not None:
            words.append(_words(paragraph))
            paragraph.getparent().remove(paragraph)
    if any(part.strip() for part in words):
        doubts.add(f"The table of contents was left out: {quote(' '.join(words), LONGEST_QUOTE)}.")


def _unwrap(root: etree._Element, doubts: Doubts) -> None:
    """Replace elements that mammoth doesn't know, but whose runs are text, by what they hold."""
    for spoken in list(root.iter(f"{W}rt")):
        doubts.add(f"Small letters above the text were left out: {quote(_words(spoken), LONGEST_QUOTE)}.")
        spoken.getparent().remove(spoken)
    for wrapper in list(root.iter(f"{W}fldSimple", f"{W}bdo", f"{W}dir", f"{W}ruby", f"{W}rubyBase")):
        if link := re.match(r'\s*HYPERLINK\s+"?([^"\s]+)', wrapper.get(f"{W}instr", "")):
            doubts.add(f"The link to {quote(link[1], 200)} on {quote(_words(wrapper))} was left out; its words were kept.")
        for child in reversed(list(wrapper)):
            wrapper.addnext(child)
        wrapper.getparent().remove(wrapper)


def _keep_text_boxes(root: etree._Element, _doubts: Doubts) -> None:
    """Put the words of text boxes where mammoth reads them, unless the older form of the drawing has them as well."""
    for alternatives in list(root.iter(f"{MC}AlternateContent")):
        boxes = list(alternatives.iterfind(f"{MC}Choice//{W}txbxContent"))
        fallback = alternatives.find(f"{MC}Fallback")
        read = _words(fallback) if fallback is not None else ""
        if any(_words(box) and _words(box) not in read for box in boxes):
            if fallback is None:
                fallback = etree.SubElement(alternatives, f"{MC}Fallback")
            for child in list(fallback):
                fallback.remove(child)
            _append_boxes(fallback, boxes)
    for drawing in list(root.iter(f"{W}drawing")):
        boxes = list(drawing.iter(f"{W}txbxContent"))
        if boxes and not any(parent.tag == f"{MC}Choice" for parent in drawing.iterancestors()):
            _append_boxes(drawing.getparent(), boxes)


def _append_boxes(parent: etree._Element, boxes: list[etree._Element]) -> None:
    outer = [box for box in boxes if not any(above in boxes for above in box.iterancestors())]
    for box in outer:
        etree.SubElement(parent, f"{W}pict").append(copy.deepcopy(box))


def _keep_formulas(root: etree._Element, doubts: Doubts) -> None:
    for formula in list(root.iter(f"{M}oMathPara", f"{M}oMath")):
        parent = formula.getparent()
        if parent is None or any(above.tag in (f"{M}oMathPara", f"{M}oMath") for above in formula.iterancestors()):
            continue
        words = _linear(formula).strip()
        run = etree.Element(f"{W}r")
        etree.SubElement(run, f"{W}t").text = f" {words} "
        if parent.tag != f"{W}p":
            paragraph = etree.Element(f"{W}p")
            paragraph.append(run)
            run = paragraph
        run.tail = formula.tail
        parent.replace(formula, run)
        doubts.add(f"A formula was made text; check it: {quote(words, LONGEST_QUOTE)}.")


def _linear(node: etree._Element) -> str:
    """Return a formula on one line: (a+b)/(c), x^2, x_1, √(x)."""
    name = etree.QName(node).localname if isinstance(node.tag, str) else ""
    if name == "t":
        return node.text or ""
    parts = {etree.QName(child).localname: _linear(child) for child in node if isinstance(child.tag, str)}
    if name == "f":
        return f"({parts.get('num', '')})/({parts.get('den', '')})"
    if name == "rad":
        return f"{parts.get('deg', '')}√({parts.get('e', '')})"
    if name in ("sSup", "sSub", "sSubSup"):
        return parts.get("e", "") + "".join(f"{sign}{parts[key]}" for key, sign in (("sub", "_"), ("sup", "^")) if key in parts)
    return "".join(_linear(child) for child in node if isinstance(child.tag, str))


def _keep_controls(root: etree._Element, doubts: Doubts) -> None:
    """Keep the sign of a check box as text. Name the choices that aren't shown, and fields that nobody filled in."""
    for control in list(root.iter(f"{W}sdt")):
        properties = control.find(f"{W}sdtPr")
        if properties is None:
            continue
        for box in properties.findall(f"{W14}checkbox"):
            properties.remove(box)  # mammoth would make an input of it
        if properties.find(f"{W}showingPlcHdr") is not None and (words := _words(control)):
            doubts.add(f"A form field that nobody filled in was left out: {quote(words, LONGEST_QUOTE)}.")
            for part in list(control.iter(f"{W}t")):
                part.getparent().remove(part)
        choices = [item.get(f"{W}displayText") or item.get(f"{W}value") or "" for item in properties.iter(f"{W}listItem")]
        _report_choices(choices, _words(control), doubts)
    for field in root.iter(f"{W}ddList"):
        _report_choices([entry.get(f"{W}val", "") for entry in field.iter(f"{W}listEntry")], "", doubts)


def _report_choices(choices: list[str], chosen: str, doubts: Doubts) -> None:
    others = [choice for choice in choices if choice.strip() and choice.strip() != chosen]
    if others:
        doubts.add(f"The choices of a form field were left out: {', '.join(quote(choice, 200) for choice in others)}.")


def _report_drawings(root: etree._Element, doubts: Doubts) -> None:
    words = " ".join(node.text or "" for node in root.iter(f"{A}t"))
    if words.strip():
        doubts.add(f"The words of a drawing were left out: {quote(words, LONGEST_QUOTE)}.")


def _report_tracked_changes(root: etree._Element, doubts: Doubts) -> None:
    """Name the words that somebody proposed to insert, to delete or to move, and that nobody accepted or refused yet."""
    inserted = " ".join(filter(None, (_words(change) for change in root.iter(f"{W}ins"))))
    deleted = " ".join("".join(node.text or "" for node in root.iter(f"{W}delText")).split())
    moved = " ".join(filter(None, (_words(change) for change in root.iter(f"{W}moveTo"))))
    parts = [
        f"words that were inserted were taken: {quote(inserted, LONGEST_QUOTE)}" if inserted else "",
        f"words that were deleted were left out: {quote(deleted, LONGEST_QUOTE)}" if deleted else "",
        f"words that were moved stand at their new place: {quote(moved, LONGEST_QUOTE)}" if moved else "",
    ]
    if any(parts):
        doubts.add(f"The document has tracked changes that nobody has accepted yet: {'; '.join(filter(None, parts))}.")
    elif root.find(f".//{W}rPr/{W}del") is not None:
        doubts.add("The document has tracked changes that nobody has accepted yet: a paragraph that was split or joined.")


def _words(element: etree._Element) -> str:
    """Return the words of all paragraphs of an element on one line."""
    pieces = (node.text or "" if node.tag == f"{W}t" else " " for node in element.iter(f"{W}t", f"{W}p", f"{W}tab", f"{W}br"))
    return " ".join("".join(pieces).split())
