"""Reminds the people who look after guides of reviews that are due: one mail a person, never the same twice."""

import datetime as dt
import logging
from collections import defaultdict

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import EDITOR
from articles.models import Guide, Reminder

logger = logging.getLogger(__name__)

STEPS = (60, 30, 7, 0)  # days before the date; 0: the date has passed


def step_for(due_on: dt.date, today: dt.date) -> int | None:
    """Return the step of the calendar that holds today for a review due on `due_on`, None while it is far off."""
    days = (due_on - today).days
    if days < 0:
        return 0
    return next((step for step in sorted(STEPS) if step and days <= step), None)


def send_due(now: dt.datetime) -> dict[str, int]:
    """Mail each owner and second person one digest of the guides that reached a new step; return how many mails.

    Guides without anybody to tell are told to all editors.

    A step is claimed before its mail leaves, so that two housekeepers don't both send it, and given back when the
    mail reached nobody, so that the next run tries again.
    """
    today = timezone.localdate(now)
    horizon = today + dt.timedelta(days=max(STEPS))
    near = Guide.objects.live().filter(next_review_on__lte=horizon)
    guides = near.select_related("owner", "second_person").order_by("next_review_on", "title")
    reachable = set(User.objects.filter(is_active=True).exclude(email=""))
    editors = set(User.objects.filter(is_active=True, groups__name=EDITOR).exclude(email=""))
    letters: dict[User, list[Guide]] = defaultdict(list)
    claims: dict[int, Reminder] = {}
    for guide in guides:
        if guide.next_review_on is None:
            continue
        step = step_for(guide.next_review_on, today)
        # A guide that nobody looks after, or whose people left, would grow old unseen.
        people = {person for person in (guide.owner, guide.second_person) if person is not None} & reachable or editors
        if step is None or not people:
            continue
        claim, is_new = Reminder.objects.get_or_create(guide=guide, due_on=guide.next_review_on, days_before=step)
        if is_new:
            claims[guide.pk] = claim
            for person in people:
                letters[person].append(guide)
    sent = 0
    for person, due in letters.items():
        try:
            _send(person, due, today)
        except OSError:  # SMTPException is one
            logger.warning("A digest of reviews could not be mailed; the next run tries again.")
        else:
            sent += 1
            for guide in due:
                claims.pop(guide.pk, None)
    for claim in claims.values():
        claim.delete()
    return {"review_digests_sent": sent}


def _send(person: User, guides: list[Guide], today: dt.date) -> None:
    rows = [
        {"guide": guide, "days": (guide.next_review_on - today).days, "url": settings.SITE_URL + _admin_url(guide)}
        for guide in guides
        if guide.next_review_on
    ]
    text = render_to_string("articles/mail/review_digest.txt", {"person": person, "rows": rows, "site_name": settings.SITE_NAME})
    send_mail(_("Guides to review"), text, settings.DEFAULT_FROM_EMAIL, [person.email])


def _admin_url(guide: Guide) -> str:
    return reverse("admin:articles_guide_change", args=[guide.pk]) if settings.SERVES_STAFF else f"/admin/articles/guide/{guide.pk}/change/"
