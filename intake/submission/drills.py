"""Drills: an invented danger case arrives unannounced, so that a centre knows how long danger takes to reach a person."""

import contextlib
import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from intake.assessment.routing import NobodyToAnswer
from intake.cases.inquiry_data import InquiryData
from intake.models import Centre, Inquiry
from intake.submission import receive

# A scheduled drill that housekeeping missed for longer waits for the next month.
LATE_BY = dt.timedelta(days=1)
# Canaries (intake.submission.canaries) are invented as well, and never in danger.
OF_DANGER = Q(priority=Inquiry.Priority.DANGER) | Q(danger_resolved_at__isnull=False)


@transaction.atomic
def start(centre: Centre) -> Inquiry:
    """Store an invented danger case at `centre` and notify its staff as of any other. Raises NobodyToAnswer if it can't be sent there.

    It has no phone number and no e-mail address, so that nobody calls a stranger.
    """
    with translation.override(settings.LANGUAGE_CODE):
        message = _("My brother took a lot of pills and he won’t wake up. I don’t know what to do.")
    data = InquiryData(
        for_whom=Inquiry.ForWhom.OTHER, language=settings.LANGUAGE_CODE, danger_now=True, centre=centre.slug, message=message
    )
    inquiry = receive.receive(data, form_token=secrets.token_bytes(16)).inquiry
    if inquiry.centre_id != centre.pk:
        raise NobodyToAnswer
    inquiry.is_drill = True
    inquiry.save(update_fields=["is_drill"])
    return inquiry


def start_due(now: dt.datetime) -> dict[str, int]:
    """Start the month's drill of each centre that wants one, at a moment that nobody knows (periodic job); return their number."""
    started = 0
    for centre in Centre.objects.accepting().filter(monthly_drill=True).order_by("pk"):
        moment = moment_of(centre, now)
        if not moment <= now < moment + LATE_BY:
            continue
        with transaction.atomic():
            # Locked, so that two housekeepers don't both start it.
            Centre.objects.select_for_update().get(pk=centre.pk)
            if Inquiry.objects.filter(OF_DANGER, centre=centre, is_drill=True, received_at__gte=moment).exists():
                continue
            with contextlib.suppress(NobodyToAnswer):  # what it lacks stands on its page; the others' drills go on
                start(centre)
                started += 1
    return {"danger_drills_started": started}


def moment_of(centre: Centre, now: dt.datetime) -> dt.datetime:
    """Return when the drill of this month (in UTC) is: any minute of its first 28 days, which only the site's secret tells."""
    first = now.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:danger drill:{centre.pk}:{first:%Y-%m}".encode()).digest()
    return first + dt.timedelta(minutes=int.from_bytes(digest[:8]) % (27 * 24 * 60))
