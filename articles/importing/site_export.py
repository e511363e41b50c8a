"""Reads the export file of a WordPress site (WXR): posts, pages and the list of its pictures. No request is made to any host."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from lxml import etree

from articles.importing.document import UnreadableDocument

LARGEST_EXPORT = 200 * 1024 * 1024
"""Bytes."""
LONGEST_PROLOG = 64 * 1024
"""Bytes before the first element. WordPress writes a comment of 2 kB there."""
WITHOUT_CONTROLS = bytes(byte if byte >= 0x20 or byte in (0x09, 0x0A, 0x0D) else 0x20 for byte in range(256))
FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ROOT = re.compile(rb"<rss\b[^<>]*>", re.IGNORECASE)
PAGE_KINDS = {
    "post": "post",
    "page": "page",
    "attachment": "picture or file",
    "nav_menu_item": "entry of a menu",
    "revision": "old version",
}


@dataclass(frozen=True, slots=True)
class Post:
    """A post or page. `paths` are those it had on the site, the present one first; `comments` counts what visitors wrote."""

    title: str
    slug: str
    kind: str
    paths: tuple[str, ...]
    content: str
    excerpt: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    featured: str = ""
    comments: int = 0


@dataclass(frozen=True, slots=True)
class Attachment:
    address: str
    title: str = ""
    description: str = ""


@dataclass(slots=True)
class SiteExport:
    """What an export holds. `left_out` counts entries that aren't published posts or pages, by what they are."""

    address: str = ""
    posts: list[Post] = field(default_factory=list)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    comments: int = 0


class _WithoutControls:
    """A file whose control characters, which WordPress exports although XML can't hold them, are spaces."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size).translate(WITHOUT_CONTROLS)


def read_export(path: Path, kinds: tuple[str, ...] = ("post", "page")) -> SiteExport:
    """Return what is in the export at `path`. Raises UnreadableDocument if it isn't one, is too large, or is broken."""
    export = SiteExport()
    try:
        if path.stat().st_size > LARGEST_EXPORT:
            raise UnreadableDocument("it is over 200 MB: export the posts of a few years at a time.")
        with path.open("rb") as file:
            _refuse_hostile(file.read(LONGEST_PROLOG))
            file.seek(0)
            for item in _items(file, export):
                _take(item, kinds, export)
    except OSError as error:
        raise UnreadableDocument(f"it can't be opened ({error.strerror}): check the name.") from None
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument(f"its XML is broken in line {error.lineno}: export the site again.") from None
    return export


def _refuse_hostile(start: bytes) -> None:
    """Raise UnreadableDocument for anything that isn't an export, and for definitions, with which a small file grows without end."""
    root = ROOT.search(start)
    if FORBIDDEN.search(start[: root.start()] if root else start):
        raise UnreadableDocument("it defines entities of its own, which no WordPress export does: export the site again.")
    if root is None or b"wordpress.org/export/" not in root[0]:
        raise UnreadableDocument("it is not the export of a WordPress site: choose Tools, Export, All content there.")


def _items(file: BinaryIO, export: SiteExport) -> Iterator[etree._Element]:
    """Yield the entries, each of which is forgotten afterwards, and note the address of the site."""
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    for _event, element in etree.iterparse(_WithoutControls(file), events=("end",), **options):
        name = etree.QName(element).localname
        if name in ("base_blog_url", "base_site_url") and (name == "base_blog_url" or not export.address):
            export.address = (element.text or "").strip()
        elif name == "item":
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _take(item: etree._Element, kinds: tuple[str, ...], export: SiteExport) -> None:
    texts = _texts(item)
    kind, status = texts.get("wp:post_type", ""), texts.get("wp:status", "")
    export.comments += len(item.findall("{*}comment"))
    if kind == "attachment":
        meta = _meta(item)
        address = texts.get("wp:attachment_url") or texts.get("guid", "")
        export.attachments[texts.get("wp:post_id", "")] = Attachment(
            address, texts.get("title", "").strip(), meta.get("_wp_attachment_image_alt", "").strip()
        )
    elif kind not in kinds:
        export.left_out[PAGE_KINDS.get(kind, f"entry of the kind “{kind}”")] += 1
    elif status != "publish":
        export.left_out[f"{PAGE_KINDS.get(kind, kind)} that isn't published"] += 1
    elif texts.get("wp:post_password"):
        export.left_out[f"{PAGE_KINDS.get(kind, kind)} with a password"] += 1
    else:
        export.posts.append(_post(item, kind, texts))


def _post(item: etree._Element, kind: str, texts: dict[str, str]) -> Post:
    meta = item.iterfind("{*}postmeta")
    pairs = [(entry.findtext("{*}meta_key") or "", entry.findtext("{*}meta_value") or "") for entry in meta]
    path = path_of(texts.get("link", "")) or f"/?p={texts.get('wp:post_id', '')}"
    above = path.rstrip("/").rpartition("/")[0]
    old = (f"{above}/{slug}/" for key, slug in pairs if key == "_wp_old_slug" and re.fullmatch(r"[\w%-]+", slug))
    terms = [(entry.get("domain", ""), (entry.text or "").strip()) for entry in item.findall("category")]
    return Post(
        title=texts.get("title", "").strip(),
        slug=unquote(texts.get("wp:post_name", "")).strip(),
        kind=kind,
        paths=tuple(dict.fromkeys([path, *old])),
        content=texts.get("content:encoded", ""),
        excerpt=texts.get("excerpt:encoded", "").strip(),
        categories=tuple(name for domain, name in terms if domain == "category" and name),
        tags=tuple(name for domain, name in terms if domain == "post_tag" and name),
        featured=next((value for key, value in pairs if key == "_thumbnail_id"), ""),
        comments=len(item.findall("{*}comment")),
    )


def path_of(address: str) -> str:
    """Return the path of a URL, with its query if it has no other path: /2019/05/title/, /?page_id=7."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    path = unquote(parts.path)
    return f"/?{parts.query}" if path in ("", "/") and parts.query else path


def _texts(item: etree._Element) -> dict[str, str]:
    """Return the texts of an entry by name: "title", "wp:post_type", "content:encoded", "excerpt:encoded"."""
    texts: dict[str, str] = {}
    for child in item:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child)
        space = name.namespace or ""
        prefix = "excerpt:" if space.endswith("excerpt/") else "content:" if "/content/" in space else "wp:" if "/export/" in space else ""
        texts.setdefault(f"{prefix}{name.localname}", child.text or "")
    return texts


def _meta(item: etree._Element) -> dict[str, str]:
    return {entry.findtext("{*}meta_key") or "": entry.findtext("{*}meta_value") or "" for entry in item.iterfind("{*}postmeta")}
