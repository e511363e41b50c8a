"""Inquiries as a file: without identity unless a lead says why, watermarked, recorded."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.cases.permissions import led_centres, visible_inquiries
from intake.crypto import keyring, sealing
from intake.models import Centre, Event, ExportRecord, Inquiry, Referral
from intake.reporting import counting
from intake.reporting.counting import Period, PromiseState
from intake.scheduling import response_times, safe_times

LONGEST = 366  # days
MOST_WITH_IDENTITY = 2_000  # rows
# Full-width signs count too: some spreadsheets read them as the plain ones.
_FORMULA = re.compile(r"(^|[;,\t\r\n|])(?=\s*+[=+\-@\uff1d\uff0b\uff0d\uff20])")
FORMATS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class ExportRefused(Exception):
    """The export was not made; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


@dataclass(frozen=True)
class Wanted:
    """What to export: the inquiries received in the period (each centre's own days, a year at most), as "csv" or "xlsx"."""

    period: Period
    reason: str
    file_format: str = "csv"
    with_identity: bool = False


@transaction.atomic
def export(wanted: Wanted, *, by: User) -> bytes:
    """Return the file, for the centres that `by` leads, and record it; with identity also in each case's history.

    The first row names the columns. Drills are left out; cases that no report counts are in it and marked (intake.reporting.counting),
    so that the dashboard's numbers can be counted again. Without identity a row has no reference either: a day and an hour, and what
    sorted the case. Raises ExportRefused.
    """
    centres = Centre.objects.in_bulk(led_centres(by))
    if not centres:
        raise ExportRefused(_("Only a lead can export."))
    if not 1 <= wanted.period.days <= LONGEST:
        raise ExportRefused(_("Choose a period of at most a year."))
    now = timezone.now()
    inquiries = _inquiries(centres, wanted.period, by, now)
    if wanted.with_identity and inquiries[: MOST_WITH_IDENTITY + 1].count() > MOST_WITH_IDENTITY:
        raise ExportRefused(_("At most %(n)d cases with names at once. Choose a shorter period.") % {"n": MOST_WITH_IDENTITY})
    mark = _("Confidential. Exported by %(who)s on %(when)s (%(reason)s).") % {
        "who": by.shown_name,
        "when": _clock(now, safe_times.zone(by.time_zone).key),
        "reason": ExportRecord.Reason(wanted.reason).label,
    }
    table = list(_rows(inquiries if wanted.with_identity else inquiries.defer("sealed"), wanted, by, mark))
    zones = counting.zones(centres.values())
    moments = [wanted.period.moments(zone) for zone in zones]
    ExportRecord.objects.create(
        made_by=by,
        made_at=now,
        reason=wanted.reason,
        with_identity=wanted.with_identity,
        file_format=wanted.file_format,
        since=min(begin for begin, _end in moments),
        until=max(end for _begin, end in moments),
        centres=sorted(centres),
        rows=len(table),
    )
    for centre_id in sorted(centres):
        # The names are in the history of each case as well.
        codes = {"reason": wanted.reason, "names": wanted.with_identity, "rows": len(table), "format": wanted.file_format}
        events.record_beside_cases(Event.Kind.EXPORT_MADE, by=by, centre_id=centre_id, **codes)
    lines = [_head(wanted.with_identity, zones), *table]
    return csv_file(lines) if wanted.file_format == "csv" else _xlsx(lines, mark)


def _inquiries(centres: dict[int, Centre], period: Period, by: User, now: dt.datetime) -> QuerySet[Inquiry]:
    """Return the inquiries of the period that `by` may see, in order, with the state of the promise and whether they were referred."""
    promise = Case(
        *(When(counting.promise_state(state, now), then=Value(state.value)) for state in PromiseState if state != PromiseState.NONE),
        default=Value(PromiseState.NONE.value),
        output_field=IntegerField(),
    )
    arrived = counting.arrived(centres, period).filter(pk__in=visible_inquiries(by).values("pk"))
    return (
        arrived.select_related("centre")
        .annotate(promise=promise, was_referred=Exists(Referral.objects.filter(inquiry=OuterRef("pk"))))
        .order_by("received_at")
    )


def _head(with_identity: bool, zones: list[str]) -> list[str]:
    known = [
        _("received, day and hour (%(zone)s)") % {"zone": zones[0] if len(zones) == 1 else _("the centre's own time, see “time zone”")},
        _("time zone"), _("centre"), _("counted in reports"), _("priority"), _("for whom"), _("language"), _("contact by"), _("state"),
        _("outcome"), _("guide"), _("attempts"), _("promise of the first answer"), _("minutes to first answer (opening hours)"),
        _("minutes until reached (opening hours)"), _("furthest step"), _("confidential"),
    ]  # fmt: skip
    return [_("reference"), _("name"), _("phone"), _("e-mail"), *known] if with_identity else known


def _rows(inquiries: Any, wanted: Wanted, by: User, mark: str) -> Iterator[list[Any]]:
    promises = {
        PromiseState.NONE: "",
        PromiseState.NOT_DUE: _("not due yet"),
        PromiseState.KEPT: _("kept"),
        PromiseState.BROKEN: _("broken"),
    }
    for inquiry in inquiries.iterator(chunk_size=2000):
        reached = inquiry.contact_minutes is not None
        step = counting.furthest_step(inquiry.outcome, reached=reached, referred=inquiry.was_referred)
        received = response_times.at_centre(inquiry.centre, inquiry.received_at)
        known = [
            f"{received:%Y-%m-%d %H}:00",
            inquiry.centre.time_zone,
            inquiry.centre.name,
            _("no") if inquiry.outcome in counting.LEFT_OUT else _("yes"),
            inquiry.get_priority_display(),
            inquiry.get_for_whom_display(),
            inquiry.language,
            inquiry.get_contact_way_display(),
            inquiry.get_state_display(),
            inquiry.get_outcome_display(),
            inquiry.guide_slug,
            inquiry.attempts_made,
            promises[PromiseState(inquiry.promise)],
            "" if inquiry.response_minutes is None else inquiry.response_minutes,
            "" if inquiry.contact_minutes is None else inquiry.contact_minutes,
            str(counting.STEP_LABELS[step]),
            mark,
        ]
        if wanted.with_identity:
            events.record(inquiry, Event.Kind.EXPORTED, by=by, reason=wanted.reason)
            yield [safe_cell(value) for value in [inquiry.reference, *_identity(inquiry, by), *known]]
        else:
            yield [safe_cell(value) for value in known]


def _clock(moment: dt.datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def _identity(inquiry: Inquiry, by: User) -> list[str]:
    try:
        payload = sealing.open_sealed("inquiry", inquiry.pk, bytes(inquiry.sealed), case_keys.for_staff(inquiry, by))
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        return [_("can’t be opened"), "", ""]
    phone = f"{payload.get('phone', '')} {payload.get('phone_note', '')}".strip()
    return [str(payload.get("name", "")), phone, str(payload.get("email", ""))]


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula, nor any part of it that another separator would cut off."""
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value


def csv_file(lines: list[list[Any]]) -> bytes:
    """Return the rows as a CSV file in UTF-8. The cells must have gone through safe_cell."""
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
