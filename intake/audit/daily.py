"""Verifies the newest part of the chains once a day, and tells leads and operators when it was changed."""

import datetime as dt
import logging
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from intake.audit import chain, signing, verifying
from intake.audit.verifying import Finding
from intake.cases import events
from intake.models import Centre, Event, Membership
from intake.notifications import recipients

logger = logging.getLogger(__name__)

EVERY = dt.timedelta(hours=24)
# Read from the last signed head before so long ago: a day that was missed is read, too.
NEWEST = dt.timedelta(days=3)


def verify_newest(now: dt.datetime) -> dict[str, int]:
    """Verify what was recorded since NEWEST, once a day (housekeeping); return how many changes were found.

    A change is recorded, in the trail of each centre that it is about, and mailed to the leads there and to the operators: one mail a day
    until `manage.py audit verify` finds nothing any more.
    """
    if not settings.SERVES_STAFF:
        return {}
    if Event.objects.filter(kind__in=[Event.Kind.AUDIT_VERIFIED, Event.Kind.AUDIT_FAILED], at__gt=now - EVERY).exists():
        return {}
    heads, keys = kept()
    result = verifying.verify(heads=heads, keys=keys, since=now - NEWEST)
    if not result.findings:
        events.record_beside_cases(Event.Kind.AUDIT_VERIFIED, by="system", rows=result.rows, heads=result.heads)
        return {}
    chains = {finding.chain for finding in result.findings if finding.chain} or {chain.SITE}
    # A file of heads may be about a centre of another database, such as before a restore.
    centres = set(Centre.objects.filter(pk__in=chains).values_list("pk", flat=True))
    for one in sorted(chains):
        count = sum(finding.chain == one for finding in result.findings)
        events.record_beside_cases(Event.Kind.AUDIT_FAILED, by="system", centre_id=one if one in centres else None, changes=count)
    logger.error("The audit trail does not verify: %d changes. Run `manage.py audit verify`.", len(result.findings))
    _tell(chains, result.findings)
    return {"changes_of_the_audit_trail": len(result.findings)}


def kept() -> tuple[list[signing.Head], list[bytes]]:
    """Return the heads of this server's own file, and the public keys that may have signed: its own, and those that the file names."""
    heads: list[signing.Head] = []
    keys: list[bytes] = []
    path = Path(settings.AUDIT_HEADS_FILE)
    if path.exists():
        try:
            with path.open(encoding="ascii") as lines:
                heads, keys = signing.read_file(lines)
        except (OSError, ValueError) as failure:
            logger.error("The file of signed heads can't be read: %s", type(failure).__name__)
    if own := signing.public_key():
        keys.append(own)
    return heads, keys


def _tell(chains: Collection[int], findings: list[Finding]) -> None:
    """Mail the operators and the leads of the centres of `chains`; of all centres, when it is about the whole site."""
    led = Membership.objects.filter(role=Membership.Role.LEAD, user__is_active=True, user__is_staff=True).select_related("user")
    if chain.SITE not in chains:
        led = led.filter(centre__in=chains)
    people: dict[User, None] = dict.fromkeys([*recipients.reachable_operators(), *(member.user for member in led)])
    centres = Centre.objects.filter(pk__in=chains).order_by("name")
    for person in people:
        if not person.email:
            continue
        with translation.override(person.language or settings.LANGUAGE_CODE):
            text = render_to_string("intake/mail/audit_failed.txt", {"centres": centres, "count": len(findings)})
            mail = EmailMessage(
                _("The record of access was changed"),
                text,
                settings.DEFAULT_FROM_EMAIL,
                [person.email],
                headers={"Auto-Submitted": "auto-generated"},
            )
        try:
            mail.send()
        except OSError:  # SMTPException is one; the event and the log say it as well
            logger.error("A mail about the audit trail could not be sent.")
