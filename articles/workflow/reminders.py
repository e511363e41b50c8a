"""Mails review reminders to the people responsible for guides."""

import datetime as dt
import logging
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import EDITOR
from articles.models import Guide, Reminder
from articles.published import each

logger = logging.getLogger(__name__)

STEPS = (60, 30, 7, 0)  # days before the review is due; 0 means overdue


def step_for(due_on: dt.date, today: dt.date) -> int | None:
    """Return the step in STEPS that applies today for a review due on `due_on`, or None before the first one."""
    days = (due_on - today).days
    if days < 0:
        return 0
    return next((step for step in sorted(STEPS) if step and days <= step), None)


def send_due(now: dt.datetime) -> dict[str, int]:
    """Mail each owner and second person a digest of the guides that reached a new step. Return the number of mails.

    All editors are reminded of guides without a reachable owner or second person. A Reminder is created before sending,
    so that concurrent runs don't send twice, and deleted if no mail could be sent, so that the next run tries again.
    """
    today = timezone.localdate(now)
    horizon = today + dt.timedelta(days=max(STEPS))
    near = Guide.objects.live().filter(next_review_on__lte=horizon)
    guides = near.select_related("owner", "second_person").order_by("next_review_on", "title")
    reachable = set(User.objects.filter(is_active=True).exclude(email=""))
    editors = set(User.objects.filter(is_active=True, groups__name=EDITOR).exclude(email=""))
    digests: dict[User, list[Guide]] = defaultdict(list)
    claims: dict[int, Reminder] = {}
    for guide in guides:
        if guide.next_review_on is None:
            continue
        step = step_for(guide.next_review_on, today)
        recipients = {person for person in (guide.owner, guide.second_person) if person is not None} & reachable or editors
        if step is None or not recipients:
            continue
        claim, is_new = Reminder.objects.get_or_create(guide=guide, due_on=guide.next_review_on, days_before=step)
        if is_new:
            claims[guide.pk] = claim
            for person in recipients:
                digests[person].append(guide)
    sent = 0
    for person, due in digests.items():
        try:
            _send(person, due, today)
        except Exception:  # one digest that fails must not keep the others from being sent
            logger.exception("A digest of reviews could not be mailed; the next run tries again.")
        else:
            sent += 1
            for guide in due:
                claims.pop(guide.pk, None)
    for claim in claims.values():
        claim.delete()
    return {"review_digests_sent": sent}


def tell_unpublished(guide: Guide, reason: str) -> None:
    """Mail the people responsible for `guide`, and who last changed it, that it was not published at its time and why."""
    reachable = User.objects.filter(is_active=True).exclude(email="")
    responsible = reachable.filter(pk__in=[pk for pk in (guide.owner_id, guide.second_person_id, guide.last_edited_by_id) if pk])
    recipients = responsible or reachable.filter(groups__name=EDITOR)
    context = {"guide": guide, "reason": reason, "url": settings.SITE_URL + _admin_url(guide), "site_name": settings.SITE_NAME}
    for person in recipients:
        text = render_to_string("articles/mail/not_published.txt", {**context, "person": person})
        try:
            send_mail(_("A guide was not published"), text, settings.DEFAULT_FROM_EMAIL, [person.email])
        except OSError:  # includes SMTPException; the guide's history says it, too
            logger.warning("Nobody could be mailed that guide %s was not published.", guide.pk)


def _send(person: User, guides: list[Guide], today: dt.date) -> None:
    rows = list(each(guides, lambda guide: _row(guide, today)))
    text = render_to_string("articles/mail/review_digest.txt", {"person": person, "rows": rows, "site_name": settings.SITE_NAME})
    send_mail(_("Guides to review"), text, settings.DEFAULT_FROM_EMAIL, [person.email])


def _row(guide: Guide, today: dt.date) -> dict[str, Any]:
    days = (guide.next_review_on - today).days if guide.next_review_on else 0
    return {"guide": guide, "days": days, "url": settings.SITE_URL + _admin_url(guide)}


def _admin_url(guide: Guide) -> str:
    return reverse("admin:articles_guide_change", args=[guide.pk]) if settings.SERVES_STAFF else f"/admin/articles/guide/{guide.pk}/change/"
