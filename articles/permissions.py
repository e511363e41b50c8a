"""Who may do what with guides. One definition, asked by the verbs and by every page that offers a button."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, CLINICAL_REVIEWER, EDITOR, has_role
from articles.models import Guide, GuideEvent
from recovery_site.verbs import NotAllowed

Person = User | AnonymousUser

# Steps that make a person an author of the working copy.
AUTHORING = (GuideEvent.Kind.CREATED, GuideEvent.Kind.EDITED, GuideEvent.Kind.RESTORED)


def may_view(user: Person) -> bool:
    """Tell whether `user` may see working copies and editions in the admin."""
    return may_edit(user) or has_role(user, AUDITOR)


def may_edit(user: Person) -> bool:
    """Tell whether `user` may write guides: editors, clinical reviewers, and whoever runs the site."""
    return has_role(user, EDITOR) or has_role(user, CLINICAL_REVIEWER) or (user.is_active and user.is_superuser)


def may_publish(user: Person) -> bool:
    """Tell whether `user` may publish what a clinical reviewer approved, archive, and set the time of publishing."""
    return may_edit(user)


def may_review(user: Person) -> bool:
    """Tell whether `user` is a clinical reviewer. Being a superuser is not enough."""
    return isinstance(user, User) and has_role(user, CLINICAL_REVIEWER)


def wrote(user: User, guide: Guide) -> bool:
    """Tell whether the text that would be approved now is, in any part, `user`'s own.

    That is whoever wrote the guide first, whoever edited it last, and everyone who changed it since the edition before
    this text: the one that visitors read or, when this text is what they read, the one before that. Two queries at most.
    """
    if user.pk in (guide.created_by_id, guide.last_edited_by_id):
        return True
    steps = GuideEvent.objects.filter(guide=guide, actor=user, kind__in=AUTHORING)
    before = guide.live_edition
    if before is not None and guide.state == Guide.State.PUBLISHED:
        before = guide.editions.filter(number__lt=before.number).order_by("-number").first()
    if before is not None:
        steps = steps.filter(at__gte=before.published_at)
    return steps.exists()


def why_not_approve(user: Person, guide: Guide) -> str:
    """Return the reason why `user` may not approve `guide`, in words for the screen; "" when they may.

    Being a superuser changes nothing: a signature is worth something only when nobody can give it to themselves.
    """
    if not isinstance(user, User) or not has_role(user, CLINICAL_REVIEWER):
        return _("Only a clinical reviewer can approve a guide.")
    if wrote(user, guide):
        return _("You wrote or changed this text, so another clinical reviewer has to approve it.")
    return ""


def staff(user: Person) -> User:
    """Return `user` as the member of staff they are; PermissionDenied for a visitor."""
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def require(allowed: bool, message: str = "") -> None:
    """Raise NotAllowed with `message` unless `allowed`."""
    if not allowed:
        raise NotAllowed(message or _("Your account may not do this."))
