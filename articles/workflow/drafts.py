"""Verbs that change a working copy, which then needs a new approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from articles import events, permissions, snapshots
from articles.importing.readers.html import to_html
from articles.models import Address, Guide, GuideEvent, OldAddress, Source, TimelinePhase
from articles.rendering import body_html, citations, sanitizing
from recovery_site.database.characters import storable, storable_data
from recovery_site.verbs import Refused, Stale

if TYPE_CHECKING:
    from articles.importing.document import ImportedGuide

NEEDS_NEW_APPROVAL = (Guide.State.IN_REVIEW, Guide.State.APPROVED, Guide.State.PUBLISHED, Guide.State.ARCHIVED)


def get_for_update(guide: Guide, *, version: int | None = None) -> Guide:
    """Reload `guide` with its row locked until the end of the caller's transaction.

    `version` is the version the user saw, by default that of `guide`. Raises Stale if the stored one is different.
    """
    fresh = Guide.objects.select_for_update(of=("self",)).select_related("live_edition").get(pk=guide.pk)
    if fresh.version != (guide.version if version is None else version):
        raise Stale(_("Someone else changed this guide after you opened it. Look at the new text first."))
    return fresh


def free_slug(title: str, language: str) -> str:
    """Return a slug made from `title` that no guide in `language` has or ever had."""
    base = slugify(title)[:90].strip("-") or "guide"
    taken = set(Guide.objects.filter(language=language, slug__startswith=base).values_list("slug", flat=True))
    taken |= set(Address.objects.filter(language=language, slug__startswith=base).values_list("slug", flat=True))
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)


@transaction.atomic
def create_draft(imported: ImportedGuide, *, language: str, by: User | None, old_paths: Iterable[str] = ()) -> Guide:
    """Create a draft from an imported document. `old_paths` are those it had on another site, which will lead to the guide.

    `by` is None for management commands, whose users have access to the database anyway. Raises NotAllowed if `by` may
    not write guides.
    """
    permissions.require(by is None or permissions.may_edit(by))
    guide = Guide.objects.create(
        language=language,
        slug=free_slug(imported.slug or imported.title, language),
        title=storable(imported.title)[:160],
        summary=storable(imported.summary)[:300],
        **_topics(imported.topics),
        body=to_html(imported.sections),
        contact_heading=storable(imported.contact_block.heading)[:120] if imported.contact_block else "",
        contact_text=storable(imported.contact_block.text) if imported.contact_block else "",
        created_by=by,
        last_edited_by=by,
    )
    paths = dict.fromkeys(map(OldAddress.normal, old_paths))
    OldAddress.objects.bulk_create([OldAddress(path=path, guide=guide) for path in paths], ignore_conflicts=True)
    events.record(guide, GuideEvent.Kind.CREATED, by=by, digest=snapshots.digest_of(guide), note=_("Imported from a document."))
    return guide


def _topics(codes: Iterable[str]) -> dict[str, list[str]]:
    """Return the fields of a guide for codes such as "substance:alcohol"."""
    fields: dict[str, list[str]] = {"substances": [], "stages": [], "readers": []}
    for kind, _separator, code in (entry.partition(":") for entry in codes):
        fields[f"{kind}s"].append(code)
    return fields


def record_edit(guide: Guide, *, before: str, by: User | None, kind: GuideEvent.Kind = GuideEvent.Kind.EDITED, note: str = "") -> bool:
    """Record an edit if the stored working copy of `guide` differs from the digest `before`. Return whether it does.

    An edited guide gets a new version, becomes a draft and loses its scheduled time. Call it in the transaction of the
    edit, after sources, phases and related guides were saved.
    """
    digest = snapshots.digest_of(guide)
    if digest == before:
        return False
    guide.version += 1
    guide.edited_at = timezone.now()
    guide.last_edited_by = by
    if guide.state in NEEDS_NEW_APPROVAL:
        guide.state = Guide.State.DRAFT
        guide.publish_at = None
    guide.save(update_fields=["version", "edited_at", "last_edited_by", "state", "publish_at"])
    events.record(guide, kind, by=by, digest=digest, note=note)
    return True


def save_new_version(guide: Guide, *fields: str) -> None:
    """Save the named fields and increment the version, so that forms opened earlier can't overwrite them.

    For fields that aren't part of the text, such as the owner: the approval stays valid.
    """
    guide.version += 1
    guide.save(update_fields=[*fields, "version"])


def write(guide: Guide, snapshot: dict[str, Any]) -> None:
    """Replace the working copy of `guide` (text, sources, phases and related guides) by `snapshot`.

    Related guides that no longer exist are left out. The caller must hold the lock and call record_edit() afterwards.
    """
    snapshot = storable_data(snapshot)
    for name in snapshots.TEXT_FIELDS:
        setattr(guide, name, snapshot[name])
    guide.body = sanitizing.clean(guide.body)
    guide.save()
    guide.sources.all().delete()
    Source.objects.bulk_create(Source(guide=guide, **{**row, "read_on": _date(row["read_on"])}) for row in snapshot["sources"])
    guide.phases.all().delete()
    TimelinePhase.objects.bulk_create(TimelinePhase(guide=guide, **row) for row in snapshot["phases"])
    guide.related.set(Guide.objects.filter(pk__in=snapshot["related"]))


def _date(value: str | dt.date | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


@transaction.atomic
def renumber(guide: Guide, *, by: User, version: int | None = None) -> Guide:
    """Renumber the sources in the order of their first citation, uncited ones last, and update the citations.

    Raises NotAllowed, Stale, or Refused if a cited number has no source or two.
    """
    permissions.require(permissions.may_edit(by))
    guide = get_for_update(guide, version=version)
    numbers = citations.examine(guide)
    if numbers.dead or numbers.doubled:
        raise Refused(_("First correct the numbers that have no source, or two."))
    before = snapshots.digest_of(guide)
    order = list(dict.fromkeys([*body_html.citations(guide.body), *guide.sources.values_list("number", flat=True)]))
    fresh = {old: new for new, old in enumerate(order, start=1)}
    guide.body = body_html.CITATION.sub(lambda match: f"[{fresh.get(int(match[1]), int(match[1]))}]", guide.body)
    guide.save(update_fields=["body"])
    for source in guide.sources.all():
        source.number = fresh[source.number]
        source.save(update_fields=["number"])
    record_edit(guide, before=before, by=by)
    return guide


def address_is_taken(guide: Guide) -> bool:
    """Return whether another guide has, or ever had, the slug of `guide` in its language."""
    same_address = {"language": guide.language, "slug": guide.slug}
    other_guides = Guide.objects.filter(**same_address).exclude(pk=guide.pk)
    return other_guides.exists() or Address.objects.filter(**same_address).exclude(guide_id=guide.pk).exists()
