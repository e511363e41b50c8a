"""Verbs for comments on drafts."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import permissions
from articles.models import Comment, Guide
from articles.rendering import body_html
from recovery_site.database.characters import storable
from recovery_site.verbs import Refused

if TYPE_CHECKING:
    from articles.importing.document import ImportedGuide


def sections(guide: Guide) -> list[str]:
    """Return the headings of the working copy that a comment can refer to."""
    return [title for title in body_html.headings(guide.body) if title]


@transaction.atomic
def add(guide: Guide, *, by: User, text: str, section: str = "") -> Comment:
    """Add a comment on `section` (a heading of the working copy), or on the whole guide.

    Raises NotAllowed, or Refused if the text is empty or there is no such section.
    """
    permissions.require(permissions.may_edit(by))
    if not text.strip():
        raise Refused(_("Write the comment first."))
    if section and section not in sections(guide):
        raise Refused(_("That section is not in the guide any more. Choose one of the list."))
    return Comment.objects.create(guide=guide, section=section, text=text.strip(), written_by=by, writer_name=by.shown_name)


def add_import_report(guide: Guide, imported: "ImportedGuide", *, by: User | None) -> Comment | None:
    """Add one comment that lists what the import of a document wasn't sure about and counts its words. Return None if it was sure.

    `by` is None for management commands.
    """
    permissions.require(by is None or permissions.may_edit(by))
    if not imported.doubts:
        return None
    doubts = "\n".join(f"– {doubt}" for doubt in imported.doubts)
    counted = _("Of %(read)s words in the file, %(kept)s are in the guide.") % {"read": imported.words.read, "kept": imported.words.kept}
    text = "\n\n".join([_("The import was not sure about this:"), storable(doubts), counted])
    return Comment.objects.create(guide=guide, text=text, written_by=by, writer_name=by.shown_name if by else _("The import"))


@transaction.atomic
def resolve(comment: Comment, *, by: User) -> Comment:
    """Resolve a comment. Resolving it again has no effect. Raises NotAllowed."""
    permissions.require(permissions.may_edit(by))
    comment = Comment.objects.select_for_update().get(pk=comment.pk)
    if comment.resolved_at is None:
        comment.resolved_by, comment.resolver_name, comment.resolved_at = by, by.shown_name, timezone.now()
        comment.save(update_fields=["resolved_by", "resolver_name", "resolved_at"])
    return comment
