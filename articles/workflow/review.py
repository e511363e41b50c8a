"""Verbs of the review: submit, approve, send back, and confirm without changes."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import events, permissions, snapshots
from articles.models import Comment, Guide, GuideEvent
from articles.rendering import citations
from articles.safety import must_carry
from articles.workflow import drafts, review_calendar, review_gate
from recovery_site.verbs import Refused


@transaction.atomic
def submit(guide: Guide, *, by: User, version: int | None = None) -> Guide:
    """Submit a draft for review. Raises NotAllowed, Stale, or Refused if it isn't a draft."""
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
    """Return a guide in review, or an approved one, to its editors. `reason` tells them what to change."""
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
def approve(  # noqa: PLR0913 (all named)
    guide: Guide,
    *,
    by: User,
    version: int | None = None,
    answers: must_carry.Answers | None = None,
    whole_guide: bool = False,
    despite_comments: bool = False,
) -> Guide:
    """Approve the stored text. Only clinical reviewers who aren't among its authors may.

    `whole_guide` means that the reviewer read the whole guide rather than only the changes, which updates the review date
    when the text is published. The first approval always covers the whole guide. `answers` are what the reviewer says of each fact
    that the guide must carry (articles.safety.must_carry); they are kept with the approval. Errors found by the checks block it;
    warnings need a reason (articles.workflow.review_gate), which is kept with the approval. While comments are open the reviewer
    has to say that they approve all the same (`despite_comments`), which is kept, too. Raises NotAllowed, Stale or Refused.
    """
    guide = drafts.get_for_update(guide, version=version)
    reason = permissions.why_not_approve(by, guide)
    permissions.require(not reason, reason)
    if guide.state != Guide.State.IN_REVIEW:
        raise Refused(_("Only a guide that was submitted for review can be approved."))
    reasons = _require_passed_checks(guide)
    facts = _require_answers(guide, answers or {})
    if comments_open := Comment.objects.filter(guide=guide, resolved_at=None).count():
        if not despite_comments:
            raise Refused(_("Comments are still open. Deal with them, or tick that you approve all the same."))
        reasons = "\n".join(filter(None, [reasons, _("Approved with open comments: %(number)s.") % {"number": comments_open}]))
    if dead := citations.examine(guide).dead:
        message = _("The text cites numbers that have no source: %(numbers)s. Correct them first.")
        raise Refused(message % {"numbers": ", ".join(map(str, dead))})
    digest = snapshots.digest_of(guide)
    approval = events.record(guide, GuideEvent.Kind.APPROVED, by=by, digest=digest, note=reasons)
    must_carry.store(approval, facts, answers or {})
    if whole_guide or guide.reviewed_on is None:
        # The review date is updated on publishing (take_over_review), since readers still see the previous edition.
        events.record(guide, GuideEvent.Kind.REVIEWED, by=by, digest=digest)
    guide.state = Guide.State.APPROVED
    guide.save(update_fields=["state"])
    return guide


def take_over_review(guide: Guide, approval: GuideEvent) -> None:
    """Update the review date of a guide that is being published, if `approval` covered the whole guide.

    The caller saves reviewed_by, reviewed_on and next_review_on.
    """
    review = guide.events.filter(kind=GuideEvent.Kind.REVIEWED, digest=approval.digest, pk__gt=approval.pk).order_by("pk").first()
    if review is not None:
        _set_review_date(guide, review)


@transaction.atomic
def confirm_unchanged(guide: Guide, *, by: User, version: int | None = None, answers: must_carry.Answers | None = None) -> Guide:
    """Record that a clinical reviewer read the whole live edition and nothing needs to change. `answers` are those of approve().

    Raises NotAllowed, Stale, or Refused if there is no live edition, the working copy differs from it, the checks find errors or
    unjustified warnings, or a fact is not answered.
    """
    guide = drafts.get_for_update(guide, version=version)
    reason = permissions.why_not_approve(by, guide)
    permissions.require(not reason, reason)
    if guide.live_edition is None or guide.state != Guide.State.PUBLISHED:
        raise Refused(_("Only a published guide without a newer draft can be marked as reviewed."))
    reasons = _require_passed_checks(guide)
    facts = _require_answers(guide, answers or {})
    event = events.record(guide, GuideEvent.Kind.REVIEWED, by=by, digest=guide.live_edition.digest, note=reasons)
    must_carry.store(event, facts, answers or {})
    _set_review_date(guide, event)
    guide.public_changed_at = timezone.now()
    guide.save(update_fields=["reviewed_by", "reviewed_on", "next_review_on", "public_changed_at"])
    return guide


def approval_of(guide: Guide) -> GuideEvent | None:
    """Return the approval of the stored text, or None."""
    last = guide.events.filter(kind=GuideEvent.Kind.APPROVED).order_by("-at", "-pk").first()
    return last if last is not None and last.digest == snapshots.digest_of(guide) else None


def _require_passed_checks(guide: Guide) -> str:
    """Return the reasons given for warnings. Raises Refused if there are errors or warnings without a reason."""
    findings = review_gate.reviewed_findings(guide)
    if obstacle := review_gate.why_not_ready(findings):
        raise Refused(obstacle)
    return review_gate.for_the_record(findings)


def _require_answers(guide: Guide, answers: must_carry.Answers) -> must_carry.FactList:
    """Return the facts that the reviewer had to confirm. Raises Refused, naming those without an answer."""
    facts = must_carry.fact_list(guide)
    if missing := facts.unanswered(answers):
        raise Refused(must_carry.refusal(missing))
    return facts


def _set_review_date(guide: Guide, event: GuideEvent) -> None:
    guide.reviewed_by = event.signature
    guide.reviewed_on = timezone.localdate(event.at)
    guide.next_review_on = review_calendar.next_review(guide, guide.reviewed_on)
