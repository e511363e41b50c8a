"""Inquiries as a file: without identity unless a lead says why, watermarked, recorded."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.cases.permissions import led_centres, visible_inquiries
from intake.crypto import keyring, sealing
from intake.models import Event, ExportRecord, Inquiry

LONGEST = dt.timedelta(days=366)
MOST_WITH_IDENTITY = 2_000  # rows
# Full-width signs count too: some spreadsheets read them as the plain ones.
_FORMULA = re.compile(r"(^|[;,\t\r\n|])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
FORMATS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class ExportRefused(Exception):
    """The export was not made; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


@dataclass(frozen=True)
class Wanted:
    """What to export: the inquiries received from `since` until `until` (aware, a year at most), as "csv" or "xlsx"."""

    since: dt.datetime
    until: dt.datetime
    reason: str
    file_format: str = "csv"
    with_identity: bool = False


@transaction.atomic
def export(wanted: Wanted, *, by: User) -> bytes:
    """Return the file, for the centres that `by` leads, and record it; with identity also in each case's history.

    Drills are left out. Without identity a row has no reference either: a day and an hour, and what sorted the case. Raises ExportRefused.
    """
    centres = led_centres(by)
    if not centres:
        raise ExportRefused(_("Only a lead can export."))
    if not dt.timedelta() < wanted.until - wanted.since <= LONGEST:
        raise ExportRefused(_("Choose a period of at most a year."))
    inquiries = (
        visible_inquiries(by)
        .filter(centre_id__in=centres, received_at__gte=wanted.since, received_at__lt=wanted.until, is_drill=False)
        .select_related("centre")
        .order_by("received_at")
    )
    if wanted.with_identity and inquiries[: MOST_WITH_IDENTITY + 1].count() > MOST_WITH_IDENTITY:
        raise ExportRefused(_("At most %(n)d cases with names at once. Choose a shorter period.") % {"n": MOST_WITH_IDENTITY})
    table = list(_rows(inquiries if wanted.with_identity else inquiries.defer("sealed"), wanted, by))
    now = timezone.now()
    ExportRecord.objects.create(
        made_by=by,
        made_at=now,
        reason=wanted.reason,
        with_identity=wanted.with_identity,
        file_format=wanted.file_format,
        since=wanted.since,
        until=wanted.until,
        centres=centres,
        rows=len(table),
    )
    mark = _("Confidential. Exported by %(who)s on %(when)s (%(reason)s).") % {
        "who": by.shown_name,
        "when": f"{now:%Y-%m-%d %H:%M} UTC",
        "reason": ExportRecord.Reason(wanted.reason).label,
    }
    lines = [[mark], _head(wanted.with_identity), *table]
    return _csv(lines) if wanted.file_format == "csv" else _xlsx(lines, mark)


def _head(with_identity: bool) -> list[str]:
    known = [
        _("received (day and hour)"), _("centre"), _("priority"), _("for whom"), _("language"), _("contact by"), _("state"), _("outcome"),
        _("guide"), _("attempts"), _("minutes to first answer"),
    ]  # fmt: skip
    return [_("reference"), _("name"), _("phone"), _("e-mail"), *known] if with_identity else known


def _rows(inquiries: Any, wanted: Wanted, by: User) -> Iterator[list[Any]]:
    for inquiry in inquiries.iterator(chunk_size=2000):
        minutes: Any = ""
        if inquiry.first_response_at is not None:
            minutes = round((inquiry.first_response_at - inquiry.received_at).total_seconds() / 60)
        known = [
            f"{inquiry.received_at:%Y-%m-%d %H}:00",
            inquiry.centre.name,
            inquiry.get_priority_display(),
            inquiry.get_for_whom_display(),
            inquiry.language,
            inquiry.get_contact_way_display(),
            inquiry.get_state_display(),
            inquiry.get_outcome_display(),
            inquiry.guide_slug,
            inquiry.attempts_made,
            minutes,
        ]
        if wanted.with_identity:
            events.record(inquiry, Event.Kind.EXPORTED, by=by, reason=wanted.reason)
            yield [_safe(value) for value in [inquiry.reference, *_identity(inquiry, by), *known]]
        else:
            yield [_safe(value) for value in known]


def _identity(inquiry: Inquiry, by: User) -> list[str]:
    try:
        payload = sealing.open_sealed("inquiry", inquiry.pk, bytes(inquiry.sealed), case_keys.for_staff(inquiry, by))
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        return [_("can’t be opened"), "", ""]
    phone = f"{payload.get('phone', '')} {payload.get('phone_note', '')}".strip()
    return [str(payload.get("name", "")), phone, str(payload.get("email", ""))]


def _safe(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula, nor any part of it that another separator would cut off."""
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value


def _csv(lines: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    # The mark that makes spreadsheets read it as UTF-8.
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _xlsx(lines: list[list[Any]], mark: str) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        # On every printed page, too.
        sheet.set_header(f"&C{mark[:200].replace('&', '&&')}")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return file.getvalue()
