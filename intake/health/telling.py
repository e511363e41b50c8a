"""Telling leads and operators that a part of the site is silent, by ways that don't need that part.

The worker watches housekeeping, housekeeping watches the worker, both watch mail; the staff pages show it, too. Each sends by itself,
past the outbox, by every way there is: both mail servers, and the webhooks. Whoever is told depends on nothing but this process.
"""

import datetime as dt
import http.client
import json
import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from intake.health import state
from intake.models import Heartbeat, Membership, WebhookEndpoint
from intake.notifications import heartbeats, recipients
from intake.notifications.channels import webhook
from recovery_site.doctor import mail
from recovery_site.network import connections

logger = logging.getLogger(__name__)

Part = Heartbeat.Part
AGAIN = dt.timedelta(hours=12)  # how soon the same silence is told again
TIMEOUT_SECONDS = 10


def watch(now: dt.datetime, *, by: Part) -> dict[str, int]:
    """Tell of each part that is silent, and of those that work again; return how many. One query while all is well.

    `by` is who watches: it says nothing of itself. A silence is claimed before it is told, so that it is told once, and given back when
    nobody could be told.
    """
    rows = {Part(row.part): row for row in Heartbeat.objects.filter(part__in=heartbeats.LIMITS)}
    silent = [part for part in heartbeats.LIMITS if part != by and part in rows and heartbeats.is_silent(part, rows[part].at, now)]
    told = 0
    for part in silent:
        mine = Heartbeat.objects.filter(Q(told_at=None) | Q(told_at__lt=now - AGAIN), part=part)
        if mine.update(told_at=now):
            logger.error("Silent since %s: %s. Pages for visitors promise no time until it works again.", rows[part].at, part)
            if tell(state.SILENT[part], now):
                told += 1
            else:
                Heartbeat.objects.filter(part=part).update(told_at=rows[part].told_at)
    for part, row in rows.items():
        if part not in silent and row.told_at is not None and Heartbeat.objects.filter(part=part, told_at=row.told_at).update(told_at=None):
            logger.warning("Works again: %s.", part)
    return {"silences_told": told}


def watch_standby(now: dt.datetime) -> None:
    """Tell the operators of what the watch of two database machines says, or that it is silent, and log that all is well. One query.

    Once in AGAIN; sooner when something else is wrong as well: then the watch takes told_at back (deploy/postgresql/watch).
    """
    row = Heartbeat.objects.filter(part=Part.STANDBY).first()
    codes = state.standby_codes(row, now)
    if row is None or (not codes and row.told_at is None):
        return
    mine = Heartbeat.objects.filter(part=Part.STANDBY)
    if not codes:
        if mine.filter(told_at=row.told_at).update(told_at=None):
            logger.warning("Requests are stored on both database machines again.")
    elif mine.filter(Q(told_at=None) | Q(told_at__lt=now - AGAIN)).update(told_at=now):
        told = 0
        for code in codes:
            logger.error("%s", state.WORDS[code])
            told += tell(code, now)
        if not told:
            mine.update(told_at=row.told_at)


def tell(code: str, now: dt.datetime) -> int:
    """Tell operators, and leads of what they must work around, by every way there is; return how many messages left."""
    people = recipients.reachable_operators()
    if code in state.SILENT.values():
        people += _leads()
    return by_mail(code, people) + _by_webhooks(code, now)


def by_mail(code: str, people: list[User]) -> int:
    """Send to each person by the first mail server that takes it; return how many mails left. No query."""
    left, dead = 0, set()
    ways = mail.ways()
    for person in dict.fromkeys(person for person in people if person.email):
        for name, way in ways.items():
            if name in dead:
                continue
            try:
                mail.send(way, person.email, *_words(code, person))
                left += 1
                break
            except OSError as error:  # SMTPException is one
                logger.error("A warning could not be mailed by %s: %s", name, type(error).__name__)
                dead.add(name)
    return left


def _leads() -> list[User]:
    leads = Membership.objects.filter(role=Membership.Role.LEAD, user__is_active=True, user__is_staff=True).exclude(user__email="")
    return [member.user for member in leads.select_related("user").order_by("user")]


def _words(code: str, person: User) -> tuple[str, str]:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        body = [str(state.WORDS.get(code, state.OTHER))]
        if code in state.SILENT.values():
            body.append(_("Until it works again, the pages for visitors name no time and say whom to call."))
        if unit := state.FAILED.get(code):
            body.append(_("If you run the site: sign in on the server and read why: journalctl -u %(unit)s") % {"unit": unit})
        else:
            body.append(_("If you run the site: sign in on the server and run “manage.py doctor”. It says what to do."))
        if code in state.SILENT.values():
            body.append(_("If you lead a center: look into the queue yourself, often, until this line is gone from your staff pages."))
        body += [f"{settings.STAFF_URL}/admin/", _("Please do not answer this e-mail. Nobody reads the answers.")]
        return _("The site needs you"), "\n\n".join(body) + "\n"


def _by_webhooks(code: str, now: dt.datetime) -> int:
    """Post to each webhook that is told of everything, or of danger: who watches a pager must know that it may stay silent."""
    body = json.dumps({"type": "site.trouble", "timestamp": now.isoformat(), "data": {"issue": code}}, separators=(",", ":")).encode()
    left = 0
    for endpoint in WebhookEndpoint.objects.filter(is_active=True).exclude(sealed_secret=b""):
        try:
            webhook.post(endpoint, body, f"msg_{code}_{int(now.timestamp())}", now)
            left += 1
        except Exception as error:  # whatever a receiver does, the next one is told
            logger.error("A warning could not be posted to a webhook: %s", type(error).__name__)
    return left


def ping_switch(now: dt.datetime) -> dict[str, int]:
    """Ask for HEARTBEAT_URL while all is well (periodic job), so that somebody elsewhere misses it when it stops; return whether it was."""
    if not settings.HEARTBEAT_URL or not state.look(now).ok:
        return {}
    parts = urlsplit(settings.HEARTBEAT_URL)
    inside = parts.hostname in settings.WEBHOOKS_INSIDE
    if parts.scheme != "https" and not inside:
        logger.error("HEARTBEAT_URL needs https://, or its host in WEBHOOKS_INSIDE.")
        return {}
    try:
        connection = connections.open_to(parts, timeout=TIMEOUT_SECONDS, inside=inside)
        try:
            connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
            answered = connection.getresponse().status < 300
        finally:
            connection.close()
    except (OSError, connections.NotPublic, http.client.HTTPException) as error:
        logger.warning("HEARTBEAT_URL could not be asked for: %s", type(error).__name__)
        return {}
    return {"heartbeat_sent": int(answered)}
