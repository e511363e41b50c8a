"""One guide a language, tied to the one it was made from."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from articles import events, permissions, snapshots
from articles.models import Guide, GuideEvent
from articles.workflow import drafts
from recovery_site.verbs import Refused


def newer_original(guide: Guide) -> int | None:
    """Return the number of the original's live edition when it is newer than the one this translation follows."""
    original = guide.original
    if original is None or original.live_edition is None:
        return None
    number: int = original.live_edition.number
    return number if number > (guide.original_edition_seen or 0) else None


def missing_languages(guide: Guide) -> list[tuple[str, str]]:
    """Return (code, name) of the languages in which this guide doesn't exist yet. One query."""
    root = guide.original_id or guide.pk
    have = {guide.language, *Guide.objects.filter(original_id=root).values_list("language", flat=True)}
    if guide.original_id and guide.original:
        have.add(guide.original.language)
    return [(code, str(name)) for code, name in settings.LANGUAGES if code not in have]


@transaction.atomic
def start(guide: Guide, *, by: User, language: str) -> Guide:
    """Make a draft in `language` that begins as a copy of `guide`'s working copy and is tied to its original.

    Raises NotAllowed, or Refused when there is such a translation already.
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
    """Record that the translation says what the original's live edition says. It changes no word of the text."""
    permissions.require(permissions.may_edit(by))
    number = newer_original(guide)
    if number is None:
        raise Refused(_("The original has no newer edition."))
    guide = drafts.get_for_update(guide)
    guide.original_edition_seen = number
    drafts.save_new_version(guide, "original_edition_seen")
    return guide
