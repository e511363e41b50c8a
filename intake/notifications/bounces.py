"""Delivery reports (RFC 3464): a mail server took a notification, and says later that it could not be delivered.

The reports go to the sender's address. An operator has the mail server hand them to `manage.py read_delivery_report`. A report is believed
when it quotes the Message-ID of a notification that was sent: only its recipient's servers have seen it.
"""

import datetime as dt
import email
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.utils import parseaddr
from uuid import UUID

from django.db import transaction

from intake.models import Notification
from intake.notifications import channels, outbox
from intake.notifications.http_client import Why

logger = logging.getLogger(__name__)

LARGEST = 1_000_000  # bytes that are read of a report; what it quotes of a notification is far smaller
# A delay is no failure: the server says so again when it gives up.
_FAILED = "failed"


@dataclass(frozen=True)
class Report:
    """What a report says: which notification failed, whom it was to (empty where the report doesn't quote it), and a code of Why."""

    notification: UUID
    address: str
    why: Why


def take(raw: bytes, now: dt.datetime) -> bool:
    """Store what follows from a delivery report; return whether it was one about a notification of ours.

    The notification is given up, as if the server had refused it at once. A report that comes twice changes nothing.
    """
    report = read(raw)
    if report is None:
        return False
    with transaction.atomic():
        rows = Notification.objects.select_for_update(of=("self",)).select_related("inquiry__centre", "recipient")
        notification = rows.filter(pk=report.notification, state=Notification.State.SENT).first()
        if notification is None or not _is_still_theirs(notification, report):
            return False
        Notification.objects.filter(pk=notification.pk).update(state=Notification.State.DEAD, last_error="Bounced", next_attempt_at=now)
        follows = channels.get(notification.channel).given_up(notification, report.why, now)
        if follows is not None:
            outbox.enqueue(follows, inquiry=notification.inquiry)
    logger.warning("A notification came back: %s", report.why.value)
    return True


def _is_still_theirs(notification: Notification, report: Report) -> bool:
    """Return whether a colleague still has the address that the mail went to."""
    user = notification.recipient
    return user is None or not report.address or report.address.casefold() == user.email.casefold()


def read(raw: bytes) -> Report | None:
    """Return what a mail reports; None for any other mail, for a delay, and for a report that quotes no Message-ID of ours."""
    message = email.message_from_bytes(raw[:LARGEST], policy=policy.compat32)
    if message.get_content_type() != "multipart/report" or str(message.get_param("report-type", "")).lower() != "delivery-status":
        return None
    quoted = next(_quoted(message), None)
    failed = [block for block in _recipients(message) if str(block.get("Action", "")).strip().lower() == _FAILED]
    found = re.fullmatch(r"<notification\.([0-9a-f]{32})@[^<>@\s]+>", str(quoted.get("Message-ID", "")).strip()) if quoted else None
    if quoted is None or found is None or not failed:
        return None
    return Report(UUID(found[1]), parseaddr(str(quoted.get("To", "")))[1], _why(str(failed[0].get("Status", ""))))


def _recipients(message: Message) -> Iterator[Message]:
    """Yield the fields of each recipient in the report: all groups of fields but the first, which is about the mail."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from [block for block in part.get_payload() if isinstance(block, Message) and "Action" in block]


def _quoted(message: Message) -> Iterator[Message]:
    """Yield the headers of the mail that the report returns, whole or without its body."""
    for part in message.get_payload() if message.is_multipart() else ():
        if not isinstance(part, Message):
            continue
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            yield from (inner for inner in part.get_payload() if isinstance(inner, Message))
        elif part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            body = part.get_payload(decode=True)
            yield email.message_from_bytes(body if isinstance(body, bytes) else b"", policy=policy.compat32)


def _why(status: str) -> Why:
    """Return why, from an enhanced status code (RFC 3463)."""
    found = re.match(r"\s*([45])\.(\d{1,3})\.(\d{1,3})\b", status)
    if found is None or found[1] == "4":
        return Why.REFUSED if found is None else Why.TRIED
    if found[2] == "1":
        return Why.NO_ADDRESS
    return Why.FULL if (found[2], found[3]) == ("2", "2") else Why.REFUSED
