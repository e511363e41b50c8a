"""Supply alerts: verbs that write, approve and end them, and which of them visitors see.

A page asks for the alerts of a moment. They are read once every few seconds in each process, as long as a finished page is kept
(settings.PAGE_CACHE_SECONDS), so an alert reaches readers as fast as a correction of a guide does. When it ends is exact.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import permissions, topics
from articles.models import SupplyAlert
from recovery_site.places import regions
from recovery_site.verbs import Refused

LONGEST = dt.timedelta(weeks=6)
MOST_CHARACTERS = 280  # in each language: it is read at a glance
KEY = "supply-alerts"
# Alerts that ended count for so long as a change of the pages on which they stood, longer than any browser keeps a page.
RECENT = dt.timedelta(days=8)


def obstacle(texts: Mapping[str, str], ends_at: dt.datetime | None, now: dt.datetime) -> str:
    """Return why an alert can't be proposed with these texts (by language) and this end, or ""."""
    for code, name in settings.LANGUAGES:
        text = texts.get(code, "").strip()
        if not text:
            return _("The text in this language is missing: %(language)s.") % {"language": name}
        if len(text) > MOST_CHARACTERS:
            facts = {"language": name, "number": MOST_CHARACTERS}
            return _("The text in this language is longer than %(number)s characters: %(language)s.") % facts
    if ends_at is None or not now < ends_at <= now + LONGEST:
        return _("Choose when it ends, at most %(weeks)s weeks from now.") % {"weeks": LONGEST.days // 7}
    return ""


@transaction.atomic
def propose(  # noqa: PLR0913 (all named)
    *, by: User, region: str, substances: Sequence[str], texts: Mapping[str, str], source: str, ends_at: dt.datetime | None
) -> SupplyAlert:
    """Write an alert, which waits for a second person. Raises NotAllowed, or Refused if something is missing."""
    permissions.require(permissions.may_write_alerts(by))
    message = obstacle(texts, ends_at, timezone.now())
    if message or ends_at is None:
        raise Refused(message)
    if region not in dict(regions.choices()) or not substances or not set(substances) <= set(topics.SUBSTANCES):
        raise Refused(_("Choose the region and at least one substance."))
    if not source.strip():
        raise Refused(_("Say where this is known from, such as a health department’s notice with its date."))
    return SupplyAlert.objects.create(
        region=region,
        substances=list(substances),
        texts={code: " ".join(texts[code].split()) for code, _name in settings.LANGUAGES},
        source=source.strip(),
        ends_at=ends_at,
        writer=by,
        writer_name=by.shown_name,
    )


def why_not_approve(user: User, alert: SupplyAlert) -> str:
    """Return why `user` may not approve `alert`, as a message for the screen, or "" if they may."""
    if not permissions.may_review(user):
        return _("Only a clinical reviewer can approve an alert.")
    if alert.writer_id == user.pk:
        return _("You wrote this alert, so another clinical reviewer has to approve it.")
    return ""


@transaction.atomic
def approve(alert: SupplyAlert, *, by: User) -> SupplyAlert:
    """Show a proposed alert to visitors from now on. Raises NotAllowed, or Refused if it doesn't wait any more."""
    alert = SupplyAlert.objects.select_for_update().get(pk=alert.pk)
    reason = why_not_approve(by, alert)
    permissions.require(not reason, reason)
    now = timezone.now()
    if alert.state_at(now) != SupplyAlert.State.PROPOSED:
        raise Refused(_("This alert is shown already, or it is over."))
    alert.approver, alert.approved_at = by, now
    alert.approver_name = ", ".join(filter(None, (by.shown_name, by.credentials)))
    alert.save(update_fields=["approver", "approver_name", "approved_at"])
    transaction.on_commit(_forget)
    return alert


@transaction.atomic
def end(alert: SupplyAlert, *, by: User) -> SupplyAlert:
    """End an alert before its time, or withdraw a proposed one. Raises NotAllowed, or Refused if it is over."""
    permissions.require(permissions.may_write_alerts(by))
    alert = SupplyAlert.objects.select_for_update().get(pk=alert.pk)
    now = timezone.now()
    if alert.state_at(now) == SupplyAlert.State.ENDED:
        raise Refused(_("This alert is over already."))
    alert.ender, alert.ender_name, alert.ended_at = by, by.shown_name, now
    alert.save(update_fields=["ender", "ender_name", "ended_at"])
    transaction.on_commit(_forget)
    return alert


def shown(now: dt.datetime, region: str = "") -> list[SupplyAlert]:
    """Return the alerts that visitors see at `now`, the newest first. With a `region`, those of the whole country and of that one."""
    live = [alert for alert in _recent(now) if alert.state_at(now) == SupplyAlert.State.LIVE]
    return [alert for alert in live if not region or alert.region in ("", region)]


def on_guide(line: str, now: dt.datetime) -> tuple[list[SupplyAlert], dt.datetime | None]:
    """Return the alerts for a guide whose topics are `line` (topics.search_line), and when one last came or left.

    The moment counts as a change of the guide's page; None if there was none within the time a browser may have kept it.
    """
    recent = [alert for alert in _recent(now) if any(f" substance:{code} " in line for code in alert.substances)]
    changes = [moment for alert in recent for moment in (alert.approved_at, alert.ended_at, alert.ends_at) if moment and moment <= now]
    return [alert for alert in recent if alert.state_at(now) == SupplyAlert.State.LIVE], max(changes, default=None)


def _recent(now: dt.datetime) -> list[SupplyAlert]:
    """Return the approved alerts that are shown, or were lately. One query every few seconds in each process."""
    alerts: list[SupplyAlert] | None = cache.get(KEY)
    if alerts is None:
        approved = SupplyAlert.objects.filter(approved_at__isnull=False, ends_at__gt=now - RECENT)
        alerts = list(approved.order_by("-approved_at", "-pk"))
        cache.set(KEY, alerts, settings.PAGE_CACHE_SECONDS)
    return alerts


def _forget() -> None:
    cache.delete(KEY)
