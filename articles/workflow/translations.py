"""Translations: one guide per language, linked to its original."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from articles import events, permissions, snapshots
from articles.models import Guide, GuideEvent
from articles.workflow import drafts
from recovery_site.verbs import Refused


def newer_original(guide: Guide) -> int | None:
    """Return the number of the original's live edition if it is newer than the one this translation follows, else None."""
    original = guide.original
    if original is None or original.live_edition is None:
        return None
    number: int = original.live_edition.number
    return number if number > (guide.original_edition_seen or 0) else None


def missing_languages(guide: Guide) -> list[tuple[str, str]]:
    """Return (code, name) of the languages into which this guide isn't translated yet. One query."""
    root = guide.original_id or guide.pk
    existing = {guide.language, *Guide.objects.filter(original_id=root).values_list("language", flat=True)}
    if guide.original_id and guide.original:
        existing.add(guide.original.language)
    return [(code, str(name)) for code, name in settings.LANGUAGES if code not in existing]


@transaction.atomic
def start(guide: Guide, *, by: User, language: str) -> Guide:
    """Create a draft translation into `language` as a copy of the working copy of `guide`.

    Raises NotAllowed, or Refused if that translation exists already.
    """
    permissions.require(permissions.may_edit(by))
    if language not in dict(missing_languages(guide)):
        raise Refused(_("There is a translation into this language already."))
    original = guide.original or guide
    snapshot = snapshots.take(guide)
    slug = drafts.free_slug(guide.title, language)
    translation = Guide.objects.create(language=language, slug=slug, title=guide.title, original=original, created_by=by, last_edited_by=by)
    drafts.write(translation, {**snapshot, "language": language, "slug": slug, "related": []})
    translation.original_edition_seen = original.live_edition.number if original.live_edition else None
    translation.owner = by
    translation.save(update_fields=["original_edition_seen", "owner"])
    events.record(translation, GuideEvent.Kind.CREATED, by=by, digest=snapshots.digest_of(translation))
    return translation


@transaction.atomic
def caught_up(guide: Guide, *, by: User) -> Guide:
    """Record that the translation is up to date with the original's live edition. Doesn't change the text."""
    permissions.require(permissions.may_edit(by))
    number = newer_original(guide)
    if number is None:
        raise Refused(_("The original has no newer edition."))
    guide = drafts.get_for_update(guide)
    guide.original_edition_seen = number
    drafts.save_new_version(guide, "original_edition_seen")
    return guide
