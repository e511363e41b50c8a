"""Rewrites what certain programs make of lists, titles, notes and page furniture to plain HTML, before it is read."""

from __future__ import annotations

import re

from lxml import html
from lxml.html import builder

from articles.importing.readers import page
from articles.importing.vocabulary import COMMENT_BODY, COMMENT_LINK, LEFT_OUT_ATTRIBUTE, NOTE_BODY, TITLE_CLASS

TITLE_CLASSES = {"title", "MsoTitle"}
"""Of the paragraph that Google Docs and Word make the title of a document saved as a web page."""
FOR_SCREEN_READERS = re.compile(r"(?:^|[\s_-])(?:visually-?hidden|sr-only|screen-reader(?:-text)?)(?:$|\s)")
GOOGLE_LIST = re.compile(r"(lst-\w+)-(\d)$")
WORD_LIST = re.compile(r"mso-list:\s*l(\d+)\s+level(\d)")
WORD_MARK = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
SYMBOLS = re.compile(r"font-family:\s*[\"']?(?:symbol|wingdings|webdings|courier)", re.IGNORECASE)
RELATED = "links to other pages"
FURNITURE = {
    "comments of visitors": r"comments?(?:-area|-list|-section|-respond|s-wrapper)?|commentlist|(?:comment-?)?respond"
    r"|disqus(?:_thread)?|fb-comments",
    "links for sharing": r"sharedaddy|share|sharing|share-?(?:buttons|links|bar|this)|social-?(?:share|links|icons|media)?"
    r"|addtoany\S*|sd-sharing\S*",
    RELATED: r"(?:jp-?)?related-?(?:posts?|articles|content|pages|links)?|yarpp\S*|recommended\S*|recent-?posts"
    r"|post-navigation|breadcrumbs?|pagination|nav-links|tag-?cloud|tags-links|widget-area|sidebar",
    "words about the author": r"author-?(?:box|bio|info|card)|about-author|post-author",
    "the author and date of the page": r"(?:entry|post|article)-(?:meta|footer)|byline|posted-on",
    "a notice about cookies": r"cookie\S*|gdpr\S*",
    "a form to subscribe": r"newsletter\S*|subscribe\S*|mc4wp\S*",
}
MOST_EXAMINED = 300
"""Parts of a page whose words are counted to tell whether they belong to the site around the text."""
FURNITURE_NAMES = {what: re.compile(rf"(?:{names})", re.IGNORECASE) for what, names in FURNITURE.items()}


def rewrite(root: html.HtmlElement) -> None:
    """Rewrite the tree in place. Parts that aren't the text get LEFT_OUT_ATTRIBUTE, which says what they are."""
    _mark_furniture(root)
    _mark_notes(root)
    _show_title(root)
    _nest_google_lists(root)
    _nest_word_lists(root)
    for node in root.iter("span", "strong", "div", "p"):
        if FOR_SCREEN_READERS.search(node.get("class", "")):
            node.text = f" {node.text or ''}"
            node.tail = f" {node.tail or ''}"


def _mark_furniture(root: html.HtmlElement) -> None:
    """Mark what belongs to the site around the text. A part with the title, or with most of the words, is the text."""
    words = len(page.words_of(root).split())
    examined = 0
    for node in root.iterdescendants("div", "section", "aside", "ul", "ol", "p", "footer", "nav", "form"):
        names = [*(node.get("class") or "").split(), node.get("id") or ""]
        what = next((what for what, pattern in FURNITURE_NAMES.items() if any(pattern.fullmatch(name) for name in names)), "")
        if not what or any(LEFT_OUT_ATTRIBUTE in above.attrib for above in node.iterancestors()):
            continue
        if what == RELATED and next(node.iter("a"), None) is None:
            continue
        examined += 1
        if examined <= MOST_EXAMINED and next(node.iter("h1"), None) is None and len(page.words_of(node).split()) * 2 <= words:
            node.set(LEFT_OUT_ATTRIBUTE, what)


def _mark_notes(root: html.HtmlElement) -> None:
    for link in [*root.iter("a")]:
        if COMMENT_LINK.match(link.get("href") or ""):
            link.text = ""  # the sign in the text of a comment beside it
            for child in list(link):
                link.remove(child)
            continue
        name = link.get("id") or link.get("name") or ""
        what = "a comment" if COMMENT_BODY.match(name) else "a note" if NOTE_BODY.match(name) else ""
        block = next(link.iterancestors("p", "li", "div"), None)
        if what and block is not None and LEFT_OUT_ATTRIBUTE not in block.attrib and (what == "a note" or len(page.words_of(block)) < 5000):
            block.set(LEFT_OUT_ATTRIBUTE, what)


def _show_title(root: html.HtmlElement) -> None:
    for paragraph in root.iter("p"):
        if TITLE_CLASSES & set((paragraph.get("class") or "").split()) and page.words_of(paragraph):
            paragraph.tag = "h1"
            paragraph.set("class", TITLE_CLASS)
            return


def _nest_google_lists(root: html.HtmlElement) -> None:
    """Put the lists that Google Docs writes one after the other, with the level in a class, into each other."""
    for opened in [*root.iter("ul", "ol")]:
        kind = _google_kind(opened)
        before = opened.getprevious()
        if kind is None or before is None or (opened.getprevious().tail or "").strip():
            continue
        outer = _google_kind(before)
        if outer is None:
            continue
        target = before
        level = outer[1]
        while level < kind[1] and (inner := _last_list(target)) is not None:
            target, level = inner, level + 1
        if level >= kind[1] or (level < kind[1] and len(target) and target[-1].tag == "li" and level + 1 == kind[1]):
            if level < kind[1]:
                target[-1].append(opened)
            elif target.tag == opened.tag and ("start" not in (opened.get("class") or "").split()):
                target.extend(list(opened))
                parent = opened.getparent()
                if parent is not None:
                    before.tail = opened.tail
                    parent.remove(opened)


def _google_kind(node: html.HtmlElement) -> tuple[str, int] | None:
    if node.tag not in ("ul", "ol"):
        return None
    match = next((match for name in (node.get("class") or "").split() if (match := GOOGLE_LIST.match(name))), None)
    return (match[1], int(match[2])) if match else None


def _last_list(opened: html.HtmlElement) -> html.HtmlElement | None:
    """Return the list at the end of the last item of a list."""
    last = opened[-1] if len(opened) else None
    inner = last[-1] if last is not None and last.tag == "li" and len(last) else None
    return inner if inner is not None and inner.tag in ("ul", "ol") else None


def _nest_word_lists(root: html.HtmlElement) -> None:
    """Make lists of the paragraphs that Word writes for them, whose sign is words and whose level is in a style."""
    for paragraph in [*root.iter("p")]:
        stated = WORD_LIST.search(paragraph.get("style") or "")
        if stated is None:
            continue
        sign = _take_sign(paragraph)
        ordered = any(letter.isdigit() for letter in sign) or re.fullmatch(r"\(?[a-zA-Z]{1,4}[.)]", sign) is not None
        before = paragraph.getprevious()
        level = int(stated[2])
        number = re.search(r"\d+", sign)
        item = builder.LI()
        if number:
            item.set("value", number[0][:5])
        opened = _list_at(before, level, "ol" if ordered else "ul", stated[1])
        parent = paragraph.getparent()
        if opened is None:
            opened = builder.E("ol" if ordered else "ul")
            opened.set("data-word-list", stated[1])
            parent.replace(paragraph, opened)
        else:
            parent.remove(paragraph)
        if ordered and not number:
            opened.set("type", "a")
        item.text = paragraph.text
        item.extend(list(paragraph))
        opened.append(item)


def _list_at(before: html.HtmlElement | None, level: int, tag: str, number: str) -> html.HtmlElement | None:
    """Return the list in which an item of this level goes on, or None if it begins a list."""
    if before is None or before.get("data-word-list") is None or (before.tail or "").strip():
        return None
    opened = before
    for _ in range(level - 1):
        if not len(opened):
            break
        inner = _last_list(opened)
        if inner is None:
            inner = builder.E(tag)
            inner.set("data-word-list", number)
            opened[-1].append(inner)
            return inner
        opened = inner
    return opened if opened.tag == tag else None


def _take_sign(paragraph: html.HtmlElement) -> str:
    """Remove the sign before an item and return it. It is marked as such, or stands in a font of symbols."""
    spans = [*paragraph.iter("span")]
    marked = next((span for span in spans if WORD_MARK.search(span.get("style") or "")), None)
    if marked is None:
        symbols = (span for span in spans[:2] if SYMBOLS.search(span.get("style") or ""))
        marked = next((span for span in symbols if len(span.text_content().strip()) <= 2), None)
    if marked is None:
        return ""
    sign = marked.text_content().strip()
    marked.text = ""
    for child in list(marked):
        marked.remove(child)
    return str(sign)
