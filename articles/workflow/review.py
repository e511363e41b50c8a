"""Verbs of the second pair of eyes: submit, approve, send back, review as a whole."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import events, permissions, snapshots
from articles.models import Guide, GuideEvent
from articles.rendering import citations, guide_page
from articles.workflow import drafts, review_calendar, review_gate
from recovery_site.verbs import Refused


@transaction.atomic
def submit(guide: Guide, *, by: User, version: int | None = None) -> Guide:
    """Hand a draft to the clinical reviewers.

    Raises NotAllowed, Refused when it isn't a draft, or Stale.
    """
    permissions.require(permissions.may_edit(by))
    guide = drafts.get_for_update(guide, version=version)
    if guide.state not in (Guide.State.DRAFT, Guide.State.ARCHIVED):
        raise Refused(_("Only a draft can be submitted for review."))
    guide.state = Guide.State.IN_REVIEW
    guide.save(update_fields=["state"])
    events.record(guide, GuideEvent.Kind.SUBMITTED, by=by, digest=snapshots.digest_of(guide))
    return guide


@transaction.atomic
def send_back(guide: Guide, *, by: User, version: int | None = None, reason: str) -> Guide:
    """Return a guide from review, or an approved one, to its editors with a `reason` they can act on."""
    permissions.require(permissions.may_edit(by))
    guide = drafts.get_for_update(guide, version=version)
    if guide.state not in (Guide.State.IN_REVIEW, Guide.State.APPROVED):
        raise Refused(_("Only a guide in review can be sent back."))
    if not reason.strip():
        raise Refused(_("Say what should be changed, so that the editors know what to do."))
    guide.state = Guide.State.DRAFT
    guide.publish_at = None
    guide.save(update_fields=["state", "publish_at"])
    events.record(guide, GuideEvent.Kind.SENT_BACK, by=by, note=reason.strip())
    return guide


@transaction.atomic
def approve(guide: Guide, *, by: User, version: int | None = None, whole_guide: bool = False) -> Guide:
    """Sign the text as it is stored now. Only a clinical reviewer who wrote none of it can.

    `whole_guide` says that they read all of it, not only what changed: that moves the review date readers see once the
    text is published. The first approval of a guide is always of the whole. An error of the checks blocks it, a warning
    wants a reason (articles.workflow.review_gate); the reasons are kept with the approval. Raises NotAllowed, Refused or
    Stale.
    """
    guide = drafts.get_for_update(guide, version=version)
    reason = permissions.why_not_approve(by, guide)
    permissions.require(not reason, reason)
    if guide.state != Guide.State.IN_REVIEW:
        raise Refused(_("Only a guide that was submitted for review can be approved."))
    reasons = _without_obstacles(guide)
    if dead := citations.examine(guide).dead:
        message = _("The text cites numbers that have no source: %(numbers)s. Mend them first.")
        raise Refused(message % {"numbers": ", ".join(map(str, dead))})
    digest = snapshots.digest_of(guide)
    events.record(guide, GuideEvent.Kind.APPROVED, by=by, digest=digest, note=reasons)
    if whole_guide or guide.reviewed_on is None:
        # Readers see it with the text that was reviewed, not with the edition they still read: take_over_review.
        events.record(guide, GuideEvent.Kind.REVIEWED, by=by, digest=digest)
    guide.state = Guide.State.APPROVED
    guide.save(update_fields=["state"])
    return guide


def take_over_review(guide: Guide, approval: GuideEvent) -> None:
    """Give a guide that is being published the review date that its `approval` earned, if that was of the whole text.

    The caller stores reviewed_by, reviewed_on and next_review_on.
    """
    whole = guide.events.filter(kind=GuideEvent.Kind.REVIEWED, digest=approval.digest, pk__gt=approval.pk).order_by("pk").first()
    if whole is not None:
        _reviewed_as_a_whole(guide, whole)


@transaction.atomic
def confirm_unchanged(guide: Guide, *, by: User, version: int | None = None) -> Guide:
    """Record "reviewed, no change": a clinical reviewer read the whole edition that visitors read, and it still holds.

    Raises Refused when there is no such edition, when the working copy differs from it, or when the checks find more than notes.
    """
    guide = drafts.get_for_update(guide, version=version)
    reason = permissions.why_not_approve(by, guide)
    permissions.require(not reason, reason)
    if guide.live_edition is None or guide.state != Guide.State.PUBLISHED:
        raise Refused(_("Only a published guide without a newer draft can be marked as reviewed."))
    reasons = _without_obstacles(guide)
    event = events.record(guide, GuideEvent.Kind.REVIEWED, by=by, digest=guide.live_edition.digest, note=reasons)
    _reviewed_as_a_whole(guide, event)
    guide.public_changed_at = timezone.now()
    guide.save(update_fields=["reviewed_by", "reviewed_on", "next_review_on", "public_changed_at"])
    guide_page.store([guide.pk])
    return guide


def approval_of(guide: Guide) -> GuideEvent | None:
    """Return the approval that holds for the text as it is stored now, if there is one."""
    last = guide.events.filter(kind=GuideEvent.Kind.APPROVED).order_by("-at", "-pk").first()
    return last if last is not None and last.digest == snapshots.digest_of(guide) else None


def _without_obstacles(guide: Guide) -> str:
    """Return the reasons for warnings, for the record; Refused while the checks still want something."""
    findings = review_gate.reviewed_findings(guide)
    if obstacle := review_gate.why_not_ready(findings):
        raise Refused(obstacle)
    return review_gate.for_the_record(findings)


def _reviewed_as_a_whole(guide: Guide, event: GuideEvent) -> None:
    guide.reviewed_by = event.signature
    guide.reviewed_on = timezone.localdate(event.at)
    guide.next_review_on = review_calendar.next_review(guide, guide.reviewed_on)
