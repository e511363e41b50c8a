"""Loads the starter library (Markdown with front matter) and publishes it, without overwriting editors' changes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import frontmatter
import yaml
from django.db import transaction
from markdown_it import MarkdownIt
from mdit_py_plugins.container import container_plugin

from articles import events, snapshots, topics
from articles.models import Guide, GuideEvent, Term
from articles.rendering import body_html, sanitizing
from articles.workflow import drafts, publishing

FOLDER = Path(__file__).parent.parent / "starter"
CALLOUTS = ("emergency", "good-to-know", "family")
REQUIRED = ("slug", "language", "title", "summary", "kind", "contact")
LISTS = ("substances", "stages", "readers", "related", "at_a_glance", "timeline", "sources")


class BadStarterGuide(Exception):
    """A file of the library is invalid. The message names the file and says what to do."""


@dataclass
class StarterGuide:
    """A file of the library: its content as a snapshot without related guides, and the slugs it refers to."""

    path: Path
    snapshot: dict[str, Any]
    related: list[str]
    translation_of: str

    @property
    def key(self) -> tuple[str, str]:
        return self.snapshot["language"], self.snapshot["slug"]


@dataclass
class Outcome:
    """The slugs of guides by what load() did: published, published as a new edition, unchanged, or kept as edited."""

    new: list[str]
    updated: list[str]
    unchanged: list[str]
    kept: list[str]


def read(path: Path) -> StarterGuide:
    """Read one file. Raises BadStarterGuide."""
    try:
        document = frontmatter.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadStarterGuide(f"{path.name}: can't be read as UTF-8 text ({type(error).__name__}). Save it as UTF-8.") from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" near line {where.line + 2}" if where else ""
        raise BadStarterGuide(f"{path.name}: the front matter isn't YAML{line}. Put texts with a colon in quotes.") from None
    head: dict[str, Any] = document.metadata
    _check_head(path, head)
    snapshot = {
        **{name: str(head[name]).strip() for name in ("language", "slug", "title", "summary", "kind")},
        **{name: list(head.get(name) or []) for name in ("substances", "stages", "readers")},
        "body": to_html(document.content),
        "at_a_glance": [{"label": str(fact["label"]), "text": str(fact["text"])} for fact in head.get("at_a_glance") or []],
        "content_note": str(head.get("content_note") or ""),
        "contact_heading": str(head["contact"]["heading"]),
        "contact_text": str(head["contact"]["text"]).strip(),
        "sources": [_source(path, number, source) for number, source in enumerate(head.get("sources") or [], start=1)],
        "phases": [_phase(path, order, phase) for order, phase in enumerate(head.get("timeline") or [])],
        "related": [],
    }
    _check_citations(path, snapshot)
    return StarterGuide(path, snapshot, list(head.get("related") or []), str(head.get("translation_of") or ""))


def read_all(folder: Path = FOLDER) -> list[StarterGuide]:
    """Read all files in `folder`, originals before translations. Raises BadStarterGuide for the first invalid one."""
    guides = [read(path) for path in sorted(folder.glob("*/*.md"))]
    return sorted(guides, key=lambda guide: (bool(guide.translation_of), guide.key))


def to_html(markdown: str) -> str:
    """Convert the Markdown of a starter guide to sanitised HTML, with callouts as <aside>."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name in CALLOUTS:
        parser.use(container_plugin, name=name, render=_render_callout)
    return sanitizing.clean(parser.render(markdown))


@transaction.atomic
def load_glossary(folder: Path = FOLDER) -> int:
    """Add the terms in `folder` that aren't in the glossary yet. Return how many. Existing terms are kept as they are.

    Raises BadStarterGuide if a file isn't a list of terms.
    """
    added = 0
    for path in sorted(folder.glob("glossary.*.yaml")):
        language = path.name.split(".")[1]
        try:
            entries = yaml.safe_load(path.read_text(encoding="utf-8"))
            for entry in entries:
                words = {"term": entry["term"], "also": entry.get("also", ""), "meaning": entry["meaning"]}
                # Visible at once, marked as not reviewed, like the guides.
                words |= {f"shown_{name}": text for name, text in words.items()}
                added += Term.objects.get_or_create(language=language, slug=entry["slug"], defaults=words)[1]
        except (yaml.YAMLError, TypeError, KeyError):
            raise BadStarterGuide(f"{path.name}: each term needs a slug, a term and a meaning, as one list. Correct the file.") from None
    return added


@transaction.atomic
def load(guides: Iterable[StarterGuide]) -> Outcome:
    """Publish the `guides` that are new or were changed in the library since the last run, in one transaction.

    Guides that somebody changed or reviewed are kept as they are.
    """
    outcome = Outcome([], [], [], [])
    stored: list[tuple[StarterGuide, Guide]] = []
    fresh = list(guides)
    for starter in fresh:
        guide, before = _find_or_start(starter)
        if guide is None:
            outcome.kept.append(starter.snapshot["slug"])
            continue
        # Write all texts first, then the links between them: related guides may come later in this loop.
        drafts.write(guide, {**starter.snapshot, "related": list(guide.related.values_list("pk", flat=True))})
        stored.append((starter, guide))
        (outcome.updated if before else outcome.new).append(starter.snapshot["slug"])
    for starter, guide in stored:
        language = starter.snapshot["language"]
        guide.related.set(Guide.objects.filter(language=language, slug__in=starter.related))
        guide.original = (
            Guide.objects.filter(slug=starter.translation_of).exclude(language=language).first() if starter.translation_of else None
        )
        guide.save(update_fields=["original"])
    for starter, guide in stored:
        slug = starter.snapshot["slug"]
        digest = snapshots.digest_of(guide)
        if digest == guide.starter_digest and guide.live_edition is not None:
            outcome.updated.remove(slug)
            outcome.unchanged.append(slug)
            continue
        # Query again: the original may have got its edition in this loop, after `guide.original` was loaded.
        original = Guide.objects.select_related("live_edition").filter(translations=guide).first()
        if original is not None and original.live_edition is not None:
            guide.original_edition_seen = original.live_edition.number
        guide.starter_digest = digest
        guide.version += 1
        guide.save(update_fields=["original_edition_seen", "starter_digest", "version"])
        kind = GuideEvent.Kind.CREATED if slug in outcome.new else GuideEvent.Kind.EDITED
        events.record(guide, kind, by=None, digest=digest, note="starter library")
        publishing.publish_starter(guide)
    return outcome


def _find_or_start(starter: StarterGuide) -> tuple[Guide | None, bool]:
    """Return the guide to write to, or None if editors have changed it, and whether it existed before."""
    language, slug = starter.key
    guide = Guide.objects.select_related("live_edition", "original").filter(language=language, slug=slug).first()
    if guide is None:
        if drafts.address_is_taken(Guide(language=language, slug=slug)):
            return None, False
        return Guide.objects.create(language=language, slug=slug, title=starter.snapshot["title"]), False
    untouched = guide.starter_digest and guide.state == Guide.State.PUBLISHED and guide.starter_digest == snapshots.digest_of(guide)
    never_reviewed = guide.reviewed_on is None
    return (guide, True) if untouched and never_reviewed else (None, True)


def _check_head(path: Path, head: dict[str, Any]) -> None:
    def refuse(problem: str) -> None:
        raise BadStarterGuide(f"{path.name}: {problem}")

    for name in REQUIRED:
        if not head.get(name):
            refuse(f"“{name}” is missing in the front matter. Add it.")
    for name in LISTS:
        if not isinstance(head.get(name) or [], list):
            refuse(f"“{name}” must be a list. Write it as [ … ] or one item a line with “- ”.")
    if str(head["slug"]) != path.stem:
        refuse(f"“slug” is {head['slug']!r}. Give the file that name, or the guide the file's name.")
    if str(head["language"]) != path.parent.name:
        refuse(f"“language” is {head['language']!r}, but the file is in {path.parent.name}/. Move it or correct the language.")
    if head["kind"] not in Guide.Kind.values:
        refuse(f"“kind” is {head['kind']!r}. Use one of {', '.join(Guide.Kind.values)}.")
    if len(str(head["summary"])) > 200:
        refuse(f"“summary” has {len(str(head['summary']))} characters. Shorten it to 200.")
    for name, known in (("substances", topics.SUBSTANCES), ("stages", topics.STAGES), ("readers", topics.READERS)):
        unknown = [str(code) for code in head.get(name) or [] if code not in known]
        if unknown:
            refuse(f"“{name}” has {', '.join(unknown)}. Use only {', '.join(known)}.")
    contact = head["contact"]
    if not (isinstance(contact, dict) and contact.get("heading") and contact.get("text")):
        refuse("“contact” needs a heading and a text. Add both.")
    if not all(isinstance(fact, dict) and fact.get("label") and fact.get("text") for fact in head.get("at_a_glance") or []):
        refuse("each fact of “at_a_glance” needs a label and a text. Add them.")


def _source(path: Path, number: int, source: Any) -> dict[str, Any]:
    if not isinstance(source, dict) or not source.get("title") or not source.get("publisher"):
        raise BadStarterGuide(f"{path.name}: source {number} needs a title and a publisher. Add them.")
    url = str(source.get("url") or "")
    if url and urlsplit(url).scheme != "https":
        raise BadStarterGuide(f"{path.name}: the address of source {number} must begin with https://. Correct it.")
    year = source.get("year")
    if year is not None and not (isinstance(year, int) and 1900 <= year <= 2100):
        raise BadStarterGuide(f"{path.name}: the year of source {number} is {year!r}. Write four digits.")
    read_on = source.get("read_on")
    if read_on is not None and not isinstance(read_on, dt.date):
        raise BadStarterGuide(f"{path.name}: “read_on” of source {number} is {read_on!r}. Write it as 2026-01-31.")
    return {
        "number": number,
        "title": str(source["title"]),
        "publisher": str(source["publisher"]),
        "year": year,
        "url": url,
        "read_on": read_on.isoformat() if read_on else None,
        "note": str(source.get("note") or ""),
    }


def _phase(path: Path, order: int, phase: Any) -> dict[str, Any]:
    numbers = [phase.get(name) for name in ("from_hour", "to_hour", "intensity")] if isinstance(phase, dict) else [None]
    if not all(isinstance(number, int) for number in numbers) or not phase.get("title"):
        raise BadStarterGuide(f"{path.name}: phase {order + 1} of the timeline needs from_hour, to_hour, intensity (numbers) and a title.")
    if phase["to_hour"] <= phase["from_hour"] or not 1 <= phase["intensity"] <= 5:
        raise BadStarterGuide(f"{path.name}: phase {order + 1} must end after it begins, and its intensity is 1 to 5.")
    return {
        "order": order,
        **{name: phase[name] for name in ("from_hour", "to_hour", "intensity")},
        "title": str(phase["title"]),
        "text": str(phase.get("text") or ""),
    }


def _check_citations(path: Path, snapshot: dict[str, Any]) -> None:
    cited = set(body_html.citations(snapshot["body"]))
    numbers = {source["number"] for source in snapshot["sources"]}
    if dead := sorted(cited - numbers):
        raise BadStarterGuide(
            f"{path.name}: the text cites {_list(dead)}, but there are {len(numbers)} sources. Add the source or correct the number."
        )
    if unused := sorted(numbers - cited):
        raise BadStarterGuide(f"{path.name}: nothing cites {_list(unused)}. Cite the source in the text or remove it.")


def _list(numbers: list[int]) -> str:
    return ", ".join(f"[{number}]" for number in numbers)


def _render_callout(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    if token.nesting == -1:
        return "</aside>\n"
    kind, _space, title = token.info.strip().partition(" ")
    heading = (
        f'<p class="callout-title">{renderer.renderInline(MarkdownIt().parseInline(title)[0].children, options, env)}</p>' if title else ""
    )
    return f'<aside class="callout callout-{kind}">{heading}\n'
