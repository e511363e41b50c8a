"""Permissions for guides, used both by verbs and by the pages that show their buttons."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, CLINICAL_REVIEWER, EDITOR, has_role
from articles.models import Guide, GuideEvent
from recovery_site.verbs import NotAllowed

Person = User | AnonymousUser

# Events that make a person an author of the working copy.
AUTHORING = (GuideEvent.Kind.CREATED, GuideEvent.Kind.EDITED, GuideEvent.Kind.RESTORED)


def may_view(user: Person) -> bool:
    """Return whether `user` may see working copies and editions in the admin."""
    return may_edit(user) or has_role(user, AUDITOR)


def may_edit(user: Person) -> bool:
    """Return whether `user` may write guides: editors, clinical reviewers and superusers."""
    return has_role(user, EDITOR) or has_role(user, CLINICAL_REVIEWER) or (user.is_active and user.is_superuser)


def may_publish(user: Person) -> bool:
    """Return whether `user` may publish approved guides, schedule them and archive guides."""
    return may_edit(user)


def may_write_alerts(user: Person) -> bool:
    """Return whether `user` may write supply alerts and end them: who may write guides, and the leads of centres.

    Who leads a centre is told by the function in the setting ALERT_WRITERS, since articles can't import intake.
    """
    if may_edit(user):
        return True
    return bool(isinstance(user, User) and settings.ALERT_WRITERS and import_string(settings.ALERT_WRITERS)(user))


def may_see_alerts(user: Person) -> bool:
    """Return whether `user` may see supply alerts in the admin."""
    return may_view(user) or may_write_alerts(user)


def may_review(user: Person) -> bool:
    """Return whether `user` is a clinical reviewer. Superusers aren't, unless they have the role."""
    return isinstance(user, User) and has_role(user, CLINICAL_REVIEWER)


def wrote(user: User, guide: Guide) -> bool:
    """Return whether `user` is an author of the text that would be approved now. At most two queries.

    Authors are the guide's creator, its last editor and everyone who changed it since the previous edition. For a text
    that is published already, that is the edition before the live one.
    """
    if user.pk in (guide.created_by_id, guide.last_edited_by_id):
        return True
    events = GuideEvent.objects.filter(guide=guide, actor=user, kind__in=AUTHORING)
    previous = guide.live_edition
    if previous is not None and guide.state == Guide.State.PUBLISHED:
        previous = guide.editions.filter(number__lt=previous.number).order_by("-number").first()
    if previous is not None:
        events = events.filter(at__gte=previous.published_at)
    return events.exists()


def why_not_approve(user: Person, guide: Guide) -> str:
    """Return why `user` may not approve `guide`, as a message for the screen, or "" if they may.

    Superusers have no exception: an approval is only worth something if nobody can approve their own text.
    """
    if not isinstance(user, User) or not has_role(user, CLINICAL_REVIEWER):
        return _("Only a clinical reviewer can approve a guide.")
    if wrote(user, guide):
        return _("You wrote or changed this text, so another clinical reviewer has to approve it.")
    return ""


def staff(user: Person) -> User:
    """Return `user`, narrowed to User. Raises PermissionDenied for an anonymous one."""
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def require(allowed: bool, message: str = "") -> None:
    """Raise NotAllowed with `message` unless `allowed`."""
    if not allowed:
        raise NotAllowed(message or _("Your account may not do this."))
