"""Verbs that change what visitors read: publish, schedule, restore and archive."""

import datetime as dt
import logging
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from articles import events, permissions, snapshots, topics
from articles.models import Address, Edition, Guide, GuideEvent
from articles.rendering import body_html, pictures, related_links
from articles.search import index
from articles.workflow import drafts, glossary_review, reminders, review, review_calendar
from recovery_site.verbs import Refused, Stale

logger = logging.getLogger(__name__)

LAST_YEAR = 2100  # later years are typing mistakes, and 9999-12-31 overflows in some time zones


@transaction.atomic
def publish(guide: Guide, *, by: User | None, version: int | None = None) -> Edition:
    """Publish an approved guide as its next edition.

    `by` is None for scheduled publishing. Raises NotAllowed, Stale, or Refused if the text isn't approved as it is stored
    or its slug belongs to another guide.
    """
    permissions.require(by is None or permissions.may_publish(by))
    guide = drafts.get_for_update(guide, version=version)
    approval = review.approval_of(guide)
    if guide.state != Guide.State.APPROVED:
        raise Refused(_("Only an approved guide can be published."))
    if approval is None:
        raise Refused(_("The text changed after it was approved. Send it back to the editors, so that it is reviewed again."))
    return _issue(guide, by=by, approval=approval)


@transaction.atomic
def approve_and_publish(guide: Guide, *, by: User, version: int | None = None, **given: Any) -> Edition:
    """Approve and publish the text in one transaction. `given` are the other arguments of review.approve."""
    return publish(review.approve(guide, by=by, version=version, **given), by=by)


@transaction.atomic
def publish_starter(guide: Guide) -> Edition:
    """Publish a starter guide without a review, which its page says.

    Raises Refused if somebody changed the text since it was loaded.
    """
    guide = drafts.get_for_update(guide)
    if not guide.starter_digest or guide.starter_digest != snapshots.digest_of(guide):
        raise Refused(_("This text is not the starter library’s any more: it needs a review."))
    return _issue(guide, by=None, approval=None)


def publish_due(now: dt.datetime) -> dict[str, int]:
    """Publish approved guides whose scheduled time has come. Return how many.

    A guide that can't be published, for whatever reason, goes back to its editors, who get a mail, and the others are published.
    A missed run is harmless: the next one catches up.
    """
    published = 0
    for guide in Guide.objects.due_for_publishing(now).order_by("publish_at", "pk"):
        try:
            publish(guide, by=None)
        except Stale:
            logger.warning("Guide %s was changed at its time of publishing", guide.pk)
        except OperationalError:
            logger.exception("The database failed when guide %s was due; the next run tries again", guide.pk)
        except Refused as refused:
            logger.warning("Guide %s was not published at its time", guide.pk)
            _send_back_unpublished(guide, refused.message, now)
        except Exception:
            logger.exception("Guide %s could not be published at its time", guide.pk)
            _send_back_unpublished(guide, _("its page could not be made from this text. Show this to the operator."), now)
        else:
            published += 1
    return {"guides_published": published}


def _send_back_unpublished(guide: Guide, reason: str, now: dt.datetime) -> None:
    """Make `guide` a draft again, record why and mail it to its editors, so that the failure doesn't go unnoticed."""
    try:
        sent_back = _make_draft_again(guide, reason, now)
        if sent_back is not None:
            reminders.tell_unpublished(sent_back, reason)
    except Exception:
        logger.exception("Guide %s could not be sent back to its editors", guide.pk)


@transaction.atomic
def _make_draft_again(guide: Guide, reason: str, now: dt.datetime) -> Guide | None:
    due = Guide.objects.due_for_publishing(now).select_for_update(of=("self",)).filter(pk=guide.pk).first()
    if due is None:  # changed in the meantime
        return None
    due.state = Guide.State.DRAFT
    due.publish_at = None
    due.save(update_fields=["state", "publish_at"])
    note = _("It was not published at its time: %(reason)s") % {"reason": reason}
    events.record(due, GuideEvent.Kind.SENT_BACK, by=None, note=note)
    return due


@transaction.atomic
def schedule(guide: Guide, *, by: User, version: int | None = None, publish_at: dt.datetime) -> Guide:
    """Schedule an approved guide for publishing by publish_due(). Raises NotAllowed, Stale or Refused."""
    permissions.require(permissions.may_publish(by))
    guide = drafts.get_for_update(guide, version=version)
    if guide.state != Guide.State.APPROVED:
        raise Refused(_("Only an approved guide can be given a time of publishing."))
    if publish_at.year > LAST_YEAR:
        raise Refused(_("Choose a time before the year %(year)s.") % {"year": LAST_YEAR + 1})
    if publish_at <= timezone.now():
        raise Refused(_("Choose a time that is still to come, or publish now."))
    guide.publish_at = publish_at
    guide.save(update_fields=["publish_at"])
    events.record(guide, GuideEvent.Kind.SCHEDULED, by=by, note=publish_at.isoformat(timespec="minutes"))
    return guide


@transaction.atomic
def unschedule(guide: Guide, *, by: User, version: int | None = None) -> Guide:
    """Cancel the time of publishing; the guide stays approved. Raises NotAllowed, Stale, or Refused if no time is set."""
    permissions.require(permissions.may_publish(by))
    guide = drafts.get_for_update(guide, version=version)
    if guide.publish_at is None:
        raise Refused(_("No time of publishing is set."))
    guide.publish_at = None
    guide.save(update_fields=["publish_at"])
    events.record(guide, GuideEvent.Kind.UNSCHEDULED, by=by)
    return guide


@transaction.atomic
def restore(edition: Edition, *, by: User, version: int | None = None) -> Guide:
    """Copy an edition to the working copy, which becomes a draft. Raises NotAllowed or Stale."""
    permissions.require(permissions.may_edit(by))
    guide = drafts.get_for_update(edition.guide, version=version)
    before = snapshots.digest_of(guide)
    drafts.write(guide, edition.snapshot)
    note = _("Edition %(number)s") % {"number": edition.number}
    drafts.record_edit(guide, before=before, by=by, kind=GuideEvent.Kind.RESTORED, note=note)
    return guide


@transaction.atomic
def archive(  # noqa: PLR0913 (all named)
    guide: Guide,
    *,
    by: User,
    version: int | None = None,
    reason: str,
    note: str = "",
    successor: Guide | None = None,
    redirect: bool = False,
) -> Guide:
    """Take a guide off the site. Its editions and working copy are kept.

    Its address returns 410 Gone with the `reason` (a Guide.Gone), a sentence of the editor's own (`note`) and a link to the
    `successor`, a live guide in the same language; or leads there at once (`redirect`).
    Raises NotAllowed, Stale, or Refused if one of these is missing or doesn't fit.
    """
    permissions.require(permissions.may_publish(by))
    guide = drafts.get_for_update(guide, version=version)
    if guide.state == Guide.State.ARCHIVED:
        raise Refused(_("This guide is archived already."))
    if reason not in Guide.Gone.values:
        raise Refused(_("Say why the guide is taken off the site: readers who come to its address are told."))
    if successor is not None and (successor.pk == guide.pk or successor.language != guide.language or successor.live_edition_id is None):
        raise Refused(_("Choose another guide in the same language that visitors can read."))
    if successor is None and (redirect or reason == Guide.Gone.REPLACED):
        raise Refused(_("Choose the guide to read instead."))
    guide.gone_because, guide.gone_note = reason, " ".join(note.split())[:300]
    guide.gone_to, guide.gone_redirects = successor, redirect
    guide.state = Guide.State.ARCHIVED
    guide.live_edition = None
    guide.publish_at = None
    guide.public_changed_at = timezone.now()
    gone = ["gone_because", "gone_note", "gone_to", "gone_redirects"]
    guide.save(update_fields=["state", "live_edition", "publish_at", "public_changed_at", *gone])
    words = [str(guide.get_gone_because_display()), guide.gone_note, successor.title if successor else ""]
    events.record(guide, GuideEvent.Kind.ARCHIVED, by=by, note=" – ".join(filter(None, words)))
    index.take_out(guide)
    related_links.refresh_around(guide)
    return guide


def _issue(guide: Guide, *, by: User | None, approval: GuideEvent | None) -> Edition:
    """Create the next edition of a locked `guide` and make it live."""
    if drafts.address_is_taken(guide):
        raise Refused(_("Another guide has or had this address. Choose another one."))
    now = timezone.now()
    edition = compose(guide, number=(guide.editions.aggregate(last=Max("number"))["last"] or 0) + 1, now=now, by=by, approval=approval)
    edition.save()
    Address.objects.get_or_create(language=guide.language, slug=guide.slug, defaults={"guide": guide})
    guide.live_edition = edition
    guide.state = Guide.State.PUBLISHED
    guide.publish_at = None
    guide.public_changed_at = now
    guide.gone_because, guide.gone_note, guide.gone_to, guide.gone_redirects = "", "", None, False
    if approval is not None:
        review.take_over_review(guide, approval)
    guide.next_review_on = _next_review(guide, now)
    dates = ["reviewed_by", "reviewed_on", "next_review_on"]
    gone = ["gone_because", "gone_note", "gone_to", "gone_redirects"]
    guide.save(update_fields=["live_edition", "state", "publish_at", "public_changed_at", *dates, *gone])
    events.record(guide, GuideEvent.Kind.PUBLISHED, by=by, digest=edition.digest, note=str(edition.number))
    index.put(edition)
    related_links.refresh_around(guide)
    return edition


def _next_review(guide: Guide, now: dt.datetime) -> dt.date:
    """Return the next review date of a guide that is being published. Publishing never postpones a review.

    The date is computed again because the kind may have changed to one with a shorter interval.
    """
    last = guide.reviewed_on
    if last is None:  # starter guides count from their first publication
        last = timezone.localdate(guide.editions.aggregate(first=Min("published_at"))["first"] or now)
    due = review_calendar.next_review(guide, last)
    return due if guide.next_review_on is None else min(due, guide.next_review_on)


def compose(guide: Guide, *, number: int, now: dt.datetime, by: User | None = None, approval: GuideEvent | None = None) -> Edition:
    """Return an unsaved edition made from the working copy of `guide`, for publishing and for previews."""
    snapshot = snapshots.take(guide)
    with override(guide.language):  # labels of callouts and timelines are in the guide's language
        page = body_html.render(snapshot, pictures=pictures.in_body(guide.body), terms=glossary_review.shown(guide.language))
    return Edition(
        guide=guide,
        number=number,
        language=guide.language,
        slug=guide.slug,
        title=guide.title,
        summary=guide.summary,
        kind=guide.kind,
        topics=topics.search_line(guide.substances, guide.stages, guide.readers),
        content_note=guide.content_note,
        html=page.html,
        toc=page.toc,
        at_a_glance=guide.at_a_glance,
        opening_html=page.opening_html,
        sources=snapshot["sources"],
        sources_html=page.sources_html,
        contact_heading=guide.contact_heading,
        contact_text=guide.contact_text,
        reading_minutes=page.reading_minutes,
        approved_by=approval.signature if approval else "",
        approved_on=timezone.localdate(approval.at) if approval else None,
        published_at=now,
        published_by=by.shown_name if by else "",
        digest=snapshots.digest(snapshot),
        snapshot=snapshot,
    )
