"""The status box above the guide editor: the guide's state and the steps that the user may take."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from articles import permissions
from articles.checks import Level
from articles.models import Comment, Edition, Guide, GuideEvent, LinkCheck, ShareLink, Source
from articles.rendering import citations
from articles.safety import link_checks
from articles.workflow import comments, drafts, publishing, review, review_gate, suggestions, translations
from recovery_site.staff import presence, time_zones
from recovery_site.staff.moments import MomentField
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused

EVENTS_SHOWN = 12


@dataclass
class Box:
    """Context of the status box template."""

    guide: Guide
    buttons: list[tuple[str, str]] = field(default_factory=list)  # verb, label; each saves first
    may_archive: bool = False
    reasons_to_archive: list[tuple[str, Any]] = field(default_factory=lambda: list(Guide.Gone.choices))
    successors: list[Guide] = field(default_factory=list)
    may_review: bool = False  # approve it, or confirm it without changes
    why_not_approve: str = ""
    may_send_back: bool = False
    may_schedule: bool = False
    editions: list[Edition] = field(default_factory=list)
    events: list[GuideEvent] = field(default_factory=list)
    may_edit: bool = False
    sections: list[str] = field(default_factory=list)
    open_comments: list[Comment] = field(default_factory=list)
    resolved_comments: list[Comment] = field(default_factory=list)
    links: list[ShareLink] = field(default_factory=list)
    others: list[User] = field(default_factory=list)
    findings: list[review_gate.ReviewedFinding] = field(default_factory=list)
    counts: str = ""
    numbers: citations.Numbers | None = None
    suggested: list[Guide] = field(default_factory=list)
    dead_links: list[tuple[Source, LinkCheck]] = field(default_factory=list)
    newer_original: int | None = None
    languages: list[tuple[str, str]] = field(default_factory=list)


def _counts(findings: list[review_gate.ReviewedFinding]) -> str:
    """Return the number of errors, unjustified warnings and notes, in words."""
    levels = Counter(reviewed.finding.level for reviewed in findings if not reviewed.justification)
    texts = (
        ngettext("%(number)s error", "%(number)s errors", levels[Level.ERROR]) % {"number": levels[Level.ERROR]},
        ngettext("%(number)s warning", "%(number)s warnings", levels[Level.WARNING]) % {"number": levels[Level.WARNING]},
        ngettext("%(number)s note", "%(number)s notes", levels[Level.NOTE]) % {"number": levels[Level.NOTE]},
    )
    return ", ".join(texts)


def box(guide: Guide, user: User) -> Box:
    """Return the status box of `guide` for `user`."""
    status_box = Box(
        guide,
        editions=list(guide.editions.without_text().order_by("-number")),
        events=list(guide.events.all()[:EVENTS_SHOWN]),
        findings=review_gate.reviewed_findings(guide),
        numbers=citations.examine(guide),
        dead_links=link_checks.dead_sources(guide),
        newer_original=translations.newer_original(guide),
    )
    status_box.counts = _counts(status_box.findings)
    for comment in Comment.objects.filter(guide=guide):
        (status_box.open_comments if comment.resolved_at is None else status_box.resolved_comments).append(comment)
    if not permissions.may_edit(user):
        return status_box
    status_box.may_edit = True
    status_box.sections = comments.sections(guide)
    status_box.links = list(ShareLink.objects.filter(guide=guide, expires_at__gt=timezone.now(), withdrawn_at=None))
    status_box.others = presence.arrive(guide.presences, user, timezone.now())
    status_box.suggested = suggestions.related_to(guide)
    status_box.languages = translations.missing_languages(guide)
    state = Guide.State(guide.state)
    status_box.may_send_back = state in (Guide.State.IN_REVIEW, Guide.State.APPROVED)
    if state in (Guide.State.DRAFT, Guide.State.ARCHIVED):
        status_box.buttons.append(("submit", _("Submit for review")))
    if state == Guide.State.IN_REVIEW:
        status_box.why_not_approve = permissions.why_not_approve(user, guide)
        if not status_box.why_not_approve:
            status_box.why_not_approve = review_gate.why_not_ready(status_box.findings)
        status_box.may_review = not status_box.why_not_approve
    if state == Guide.State.APPROVED:
        status_box.buttons.append(("publish", _("Publish now")))
        status_box.may_schedule = True
    if state == Guide.State.PUBLISHED:
        status_box.may_review = not permissions.why_not_approve(user, guide)
    if guide.live_edition is not None:
        status_box.may_archive = True
        others = Guide.objects.live().filter(language=guide.language).exclude(pk=guide.pk)
        status_box.successors = list(others.order_by("title").only("title"))
    return status_box


Step = Callable[[Guide, User, QueryDict], str]


def version_in(data: QueryDict) -> int:
    """Return the guide's version submitted with the form, or 0 if it is missing."""
    return number(data.get("version", "")) or 0


def _submit(guide: Guide, by: User, data: QueryDict) -> str:
    review.submit(guide, by=by, version=version_in(data))
    return _("Submitted. A clinical reviewer who did not write it can approve it now.")


def _publish(guide: Guide, by: User, data: QueryDict) -> str:
    return published(publishing.publish(guide, by=by, version=version_in(data)))


def published(edition: Edition) -> str:
    """Return the message that a guide was published."""
    return _("Published as edition %(number)s. Visitors read it now.") % {"number": edition.number}


def _schedule(guide: Guide, by: User, data: QueryDict) -> str:
    try:
        at = MomentField().clean(data.get("publish_at", ""))  # on the editor's own clock, which the page names
    except ValidationError as error:
        if error.error_list[0].code in ("invalid", "required"):
            raise Refused(_("Write the time as a day and an hour, such as 2030-01-31 09:00.")) from None
        raise Refused(" ".join(error.messages)) from None
    if time_zones.comes_twice(at):
        again = _("The clocks go back that night, and this time comes twice (%(zone)s). Choose one an hour before or after.")
        raise Refused(again % {"zone": time_zones.in_words(at.tzinfo or timezone.get_current_timezone())})
    publishing.schedule(guide, by=by, publish_at=at, version=version_in(data))
    return _("It will be published at the time you chose.")


def _unschedule(guide: Guide, by: User, data: QueryDict) -> str:
    publishing.unschedule(guide, by=by, version=version_in(data))
    return _("It will not be published by itself. It stays approved.")


def _send_back(guide: Guide, by: User, data: QueryDict) -> str:
    review.send_back(guide, by=by, reason=data.get("reason", ""), version=version_in(data))
    return _("Sent back to the editors with your words.")


def _archive(guide: Guide, by: User, data: QueryDict) -> str:
    publishing.archive(
        guide,
        by=by,
        version=version_in(data),
        reason=data.get("because", ""),
        note=data.get("note", ""),
        successor=Guide.objects.live().filter(pk=number(data.get("successor", "")) or 0).first(),
        redirect=bool(data.get("redirect")),
    )
    return _("Taken off the site. Its editions are kept.")


def _renumber(guide: Guide, by: User, data: QueryDict) -> str:
    drafts.renumber(guide, by=by, version=version_in(data))
    return _("The sources are numbered in the order in which the text cites them.")


def _relate(guide: Guide, by: User, data: QueryDict) -> str:
    chosen = data.get("other", "")
    other = Guide.objects.live().filter(pk=number(chosen) or 0).first()
    if other is None:
        raise Refused(_("That guide is not on the site any more."))
    suggestions.accept(guide, other=other, by=by, version=version_in(data))
    return _("“%(title)s” is a related guide now.") % {"title": other.title}


def _justify(guide: Guide, by: User, data: QueryDict) -> str:
    review_gate.justify(guide, by=by, key=data.get("key", ""), reason=data.get("reason", ""))
    return _("Noted with your name. It counts until these words change.")


def _translate(guide: Guide, by: User, data: QueryDict) -> str:
    translation = translations.start(guide, language=data.get("language", ""), by=by)
    return _("The translation “%(title)s” was started as a copy. You find it in the list of guides.") % {"title": translation.title}


def _caught_up(guide: Guide, by: User, data: QueryDict) -> str:
    number = translations.caught_up(guide, by=by).original_edition_seen
    return _("Noted: this text follows edition %(number)s of the original.") % {"number": number}


STEPS: dict[str, Step] = {
    "submit": _submit,
    "publish": _publish,
    "schedule": _schedule,
    "unschedule": _unschedule,
    "send-back": _send_back,
    "archive": _archive,
    "renumber": _renumber,
    "relate": _relate,
    "justify": _justify,
    "translate": _translate,
    "caught-up": _caught_up,
}
