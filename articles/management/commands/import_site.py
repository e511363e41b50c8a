"""manage.py import_site: create draft guides from the export of a WordPress site."""

import re
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.urls import Resolver404, resolve
from lxml import html

from articles.importing.document import UnreadableDocument
from articles.importing.doubts import quote
from articles.importing.readers.detection import read_post
from articles.importing.site_export import Attachment, Post, SiteExport, read_export
from articles.importing.site_topics import topics_of
from articles.models import OldAddress
from articles.rendering import pictures
from articles.workflow import comments, drafts

SIZED = re.compile(r"-(?:\d{2,5}x\d{2,5}|scaled|rotated)(?=\.\w+$)")
"""What WordPress adds to the name of a smaller copy of a picture."""
LONGEST_SUMMARY = 300


@dataclass
class Moved:
    """What became of one post."""

    post: Post
    outcome: str
    address: str = ""
    doubts: int = 0
    pictures: int = 0
    missing: list[str] = field(default_factory=list)


class Command(BaseCommand):
    help = (
        "Create a draft guide from each published post and page in FILE, the export of a WordPress site (Tools, Export, All content). "
        "Their old addresses lead to the guides once these are published. Pictures are taken from the folder --media, a copy of "
        "wp-content/uploads; nothing is fetched from any host. Comments of visitors are never imported. Running it again imports "
        "only what is not there yet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the export, an .xml file")
        parser.add_argument("--media", metavar="FOLDER", type=Path, help="a copy of the site's folder wp-content/uploads")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default=settings.LANGUAGE_CODE)
        parser.add_argument("--types", nargs="+", default=["post", "page"], metavar="TYPE", help="kinds of entries (default: post page)")

    def handle(self, *_args: Any, file: Path, media: Path | None, language: str, types: list[str], **_options: Any) -> None:
        if media is not None and not media.is_dir():
            raise CommandError(f"{media}: there is no such folder: check the name.")
        try:
            export = read_export(file, tuple(types))
        except UnreadableDocument as error:
            raise CommandError(f"{file}: {error}") from None
        folder = MediaFolder(media, export)
        try:
            moved = [self._move(post, export, folder, language) for post in export.posts]
        except DatabaseError as error:
            raise CommandError(f"The database refused it ({error}). Run manage.py migrate, then this command again: it goes on.") from error
        self._report(export, moved)

    def _move(self, post: Post, export: SiteExport, folder: "MediaFolder", language: str) -> Moved:
        """Store one post as a draft, with its addresses and doubts, or not at all."""
        known = OldAddress.objects.filter(path=OldAddress.normal(post.paths[0])).select_related("guide").first()
        if known is not None:
            return Moved(post, "there already", known.guide.slug)
        if not post.content.strip():
            return Moved(post, "no text")
        try:
            with transaction.atomic():
                return self._store(post, export, folder, language)
        except UnreadableDocument as error:
            return Moved(post, f"left out: {error}")

    def _store(self, post: Post, export: SiteExport, folder: "MediaFolder", language: str) -> Moved:
        content = _with_own_paths(post.content, export.address)
        own, missing, moving = folder.pictures_of(content)
        imported = read_post(post.title or post.slug, content, language, own)
        imported.slug = post.slug[:90] or imported.slug
        imported.summary = " ".join(html.fromstring(f"<div>{post.excerpt}</div>").text_content().split())[:LONGEST_SUMMARY]
        imported.topics, unknown = topics_of(post.categories + post.tags)
        imported.doubts += [f"The picture {quote(name, 200)} moves; only its first picture was kept." for name in moving]
        imported.doubts += _doubts(post, unknown, missing, export)
        guide = drafts.create_draft(imported, language=language, by=None, old_paths=post.paths)
        if guide.slug != imported.slug:
            imported.doubts.append(f"The address {quote(imported.slug)} was taken; this draft got {quote(guide.slug)}.")
        comments.add_import_report(guide, imported, by=None)
        return Moved(post, "a draft now", guide.slug, len(imported.doubts), len(own), missing)

    def _report(self, export: SiteExport, moved: list[Moved]) -> None:
        rows = [("old address", "what became of it", "guide", "doubts", "pictures")]
        rows += [(entry.post.paths[0], entry.outcome, entry.address, str(entry.doubts), str(entry.pictures)) for entry in moved]
        widths = [min(max(len(row[column]) for row in rows), 60) for column in range(5)]
        for row in rows:
            self._print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        counts = Counter(entry.outcome for entry in moved)
        self._print("")
        self._print(
            ", ".join(f"{number} {outcome}" for outcome, number in counts.items()) or "The export holds no published posts or pages."
        )
        for name in dict.fromkeys(name for entry in moved for name in entry.missing):
            self._print(f"A picture is missing: {name}")
        if export.left_out:
            self._print("Not imported: " + ", ".join(f"{number} × {what}" for what, number in export.left_out.items()))
        if export.comments:
            self._print(f"Not imported: {export.comments} comments of visitors")
        self._print("Visitors see nothing of it before it is reviewed and published.")

    def _print(self, text: str) -> None:
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


class MediaFolder:
    """The pictures of a site in a local folder, found by the end of their old addresses. Names in the export are never opened."""

    def __init__(self, folder: Path | None, export: SiteExport) -> None:
        self._paths: dict[str, Path] = {}
        self._names: dict[str, list[Path]] = {}
        self._attachments: dict[str, Attachment] = {_name(entry.address): entry for entry in export.attachments.values()}
        for path in sorted(folder.rglob("*")) if folder is not None else ():
            if path.is_file() and not path.is_symlink():
                self._paths[path.relative_to(folder or path).as_posix().lower()] = path
                self._names.setdefault(path.name.lower(), []).append(path)

    def pictures_of(self, content: str) -> tuple[dict[str, str], list[str], list[str]]:
        """Store the pictures in `content`.

        Return {address in the text: address of our own copy}, the names of those that couldn't be had, each with the reason, and
        the names of moving ones.
        """
        own: dict[str, str] = {}
        missing: list[str] = []
        moving: list[str] = []
        for node in html.fromstring(f"<div>{content}</div>").iter("img"):
            source = (node.get("src") or "").strip()
            path = self._find(source)
            if not source or source in own:
                continue
            if path is None:
                missing.append(_name(source)[:200])
                continue
            about = self._attachments.get(SIZED.sub("", _name(source)), Attachment(source))
            alt = " ".join((node.get("alt") or about.description).split())[:300]
            try:
                with path.open("rb") as file:
                    picture = pictures.add(file, title=(about.title or path.stem)[:120], alt=alt, credit="", by=None)
                    file.seek(0)
                    moving += [_name(source)] if pictures.moves(file) else []
            except (pictures.BadPicture, OSError) as error:
                missing.append(f"{_name(source)[:200]} ({error})")
                continue
            own[source] = pictures.address(picture.digest, min(picture.widths, key=lambda width: abs(width - 960)))
        return own, missing, moving

    def _find(self, source: str) -> Path | None:
        place = source.split("?", 1)[0].lower()
        inside = place.rpartition("/uploads/")[2] if "/uploads/" in place else place.lstrip("/")
        for name in dict.fromkeys([SIZED.sub("", inside), inside]):
            if name in self._paths:
                return self._paths[name]
        for name in dict.fromkeys([SIZED.sub("", _name(place)), _name(place)]):
            if len(paths := self._names.get(name, [])) == 1:
                return paths[0]
        return None


def _name(address: str) -> str:
    return address.split("?", 1)[0].rstrip("/").rpartition("/")[2].lower()


def _with_own_paths(content: str, address: str) -> str:
    """Return `content` with links inside the old site as paths, so that they lead to the guides and not to the old host."""
    host = re.sub(r"^https?://(?:www\.)?", "", address.rstrip("/"))
    if not host:
        return content
    start = re.escape(host.split("/", 1)[0])
    return re.sub(rf"(href=[\"'])https?://(?:www\.)?{start}(?=/)", r"\1", content)


def _doubts(post: Post, unknown: list[str], missing: list[str], export: SiteExport) -> list[str]:
    doubts = [f"The picture {quote(name, 300)} is not in the folder; add it in the editor." for name in missing]
    if unknown:
        doubts.append(f"No topic here is like these categories; choose the guide's topics: {', '.join(map(quote, unknown))}.")
    featured = export.attachments.get(post.featured)
    if featured is not None:
        doubts.append(f"The picture above the post was left out: {quote(_name(featured.address), 200)}.")
    for path in post.paths:
        if _is_own_page(path):
            doubts.append(
                f"The old address {quote(path, 200)} is that of a page of this site, which stays there; it can't lead to the guide."
            )
    if post.excerpt:
        doubts.append("The summary is the excerpt of the post; check that it says what the reader will know.")
    return doubts


def _is_own_page(path: str) -> bool:
    try:
        return resolve(path).url_name != "guide"
    except Resolver404:
        return False
