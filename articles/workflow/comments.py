"""Verbs for remarks on a draft."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import permissions
from articles.models import Comment, Guide
from articles.rendering import body_html
from recovery_site.verbs import Refused


def sections(guide: Guide) -> list[str]:
    """Return the headings of the working copy, which comments can be tied to."""
    return [title for title in body_html.headings(guide.body) if title]


@transaction.atomic
def add(guide: Guide, *, by: User, text: str, section: str = "") -> Comment:
    """Write a remark on `section` (a heading of the working copy), or on the whole guide.

    Raises NotAllowed, or Refused when there is no text or no such section.
    """
    permissions.require(permissions.may_edit(by))
    if not text.strip():
        raise Refused(_("Write the comment first."))
    if section and section not in sections(guide):
        raise Refused(_("That section is not in the guide any more. Choose one of the list."))
    return Comment.objects.create(guide=guide, section=section, text=text.strip(), written_by=by, writer_name=by.shown_name)


@transaction.atomic
def resolve(comment: Comment, *, by: User) -> Comment:
    """Mark a remark as dealt with, by name. Resolving it again keeps the first name."""
    permissions.require(permissions.may_edit(by))
    comment = Comment.objects.select_for_update().get(pk=comment.pk)
    if comment.resolved_at is None:
        comment.resolved_by, comment.resolver_name, comment.resolved_at = by, by.shown_name, timezone.now()
        comment.save(update_fields=["resolved_by", "resolver_name", "resolved_at"])
    return comment
