"""Verbs that change a working copy. Whatever they change has to be approved again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from articles import events, permissions, snapshots
from articles.importing.readers.html import to_html
from articles.models import Address, Guide, GuideEvent, Source, TimelinePhase
from articles.rendering import sanitizing

if TYPE_CHECKING:
    from articles.importing.document import ImportedGuide

NEEDS_NEW_APPROVAL = (Guide.State.IN_REVIEW, Guide.State.APPROVED, Guide.State.PUBLISHED, Guide.State.ARCHIVED)


class StaleGuide(Exception):
    """The guide was changed by someone else since it was read."""


class NotReady(Exception):
    """The guide is not in a state in which this can be done; the message says which mend is needed."""


def locked(guide: Guide, *, seen_version: int | None = None) -> Guide:
    """Return `guide` read again and locked until the transaction ends.

    Raises StaleGuide when its version isn't `seen_version` (by default the version of the object that is passed).
    """
    fresh = Guide.objects.select_for_update(of=("self",)).select_related("live_edition").get(pk=guide.pk)
    if fresh.version != (guide.version if seen_version is None else seen_version):
        raise StaleGuide(_("Someone else changed this guide after you opened it. Look at the new text first."))
    return fresh


def free_slug(title: str, language: str) -> str:
    """Return an address made of `title` that no guide of this language has or had."""
    base = slugify(title)[:90].strip("-") or "guide"
    taken = set(Guide.objects.filter(language=language, slug__startswith=base).values_list("slug", flat=True))
    taken |= set(Address.objects.filter(language=language, slug__startswith=base).values_list("slug", flat=True))
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)


@transaction.atomic
def create_draft(imported: ImportedGuide, *, language: str, by: User | None) -> Guide:
    """Store what the importer recognised as a new draft.

    `by` is the person who imports; None from a command line, where whoever runs it has the database anyway.
    Raises PermissionDenied when `by` may not write guides.
    """
    permissions.require(by is None or permissions.may_edit(by))
    guide = Guide.objects.create(
        language=language,
        slug=free_slug(imported.slug or imported.title, language),
        title=imported.title[:160],
        body=to_html(imported.sections),
        contact_heading=imported.contact_block.heading[:120] if imported.contact_block else "",
        contact_text=imported.contact_block.text if imported.contact_block else "",
        created_by=by,
        last_edited_by=by,
    )
    events.record(guide, GuideEvent.Kind.CREATED, by=by, digest=snapshots.digest_of(guide), note=_("Imported from a document."))
    return guide


def changed(guide: Guide, *, before: str, by: User | None, kind: GuideEvent.Kind = GuideEvent.Kind.EDITED, note: str = "") -> bool:
    """Take note that the stored working copy of `guide` may differ from what had the digest `before`.

    A text that did change gets a new version, becomes a draft and loses its time of publishing; then True is
    returned. To be called inside the transaction that changed it, after sources, phases and related guides are stored.
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


def moved_on(guide: Guide) -> None:
    """Make forms that were opened before this moment stale, though no word changed: they would undo what was just stored.

    For what belongs to a guide but not to its text, such as its owner: its approval stays.
    """
    guide.version += 1
    guide.save(update_fields=["version"])


def write(guide: Guide, snapshot: dict[str, Any]) -> None:
    """Store the text, sources, phases and related guides of `snapshot` as `guide`'s working copy.

    Related guides that no longer exist are left out. The caller has locked the guide and calls `changed` afterwards.
    """
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


def address_is_taken(guide: Guide) -> bool:
    """Tell whether another guide has, or ever had, the address that `guide` wants."""
    same = {"language": guide.language, "slug": guide.slug}
    return Guide.objects.filter(**same).exclude(pk=guide.pk).exists() or Address.objects.filter(**same).exclude(guide_id=guide.pk).exists()
