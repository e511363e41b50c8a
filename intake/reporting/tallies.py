"""What a report counts of a case, and the sums of it over many cases."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from intake.models import Inquiry
from intake.reporting.runs import Runs
from intake.scheduling.opening_hours import Clock

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# What is read of an inquiry.
COLUMNS = (
    "centre_id", "received_at", "first_response_at", "first_contact_at", "answer_by", "closed_at", "state", "outcome",
    "guide_slug", "attempts_made",
)  # fmt: skip
# Who took the request back, or is answered in another case, before the promised time was not left waiting.
NOBODY_TO_ANSWER = (Inquiry.Outcome.WITHDRAWN, Inquiry.Outcome.DUPLICATE)
NUMBERS = ("total", "promised", "kept")
COUNTERS = ("days", "hours", "guides", "outcomes", "attempts")
RUNS = ("response", "contact", "unanswered")


def moment(when: dt.datetime) -> int:
    """Return a moment as a whole number: microseconds since 1970."""
    return (when - EPOCH) // dt.timedelta(microseconds=1)


class Case(NamedTuple):
    """What is counted of one case. Minutes are minutes of opening hours, in tenths."""

    received: int  # as `moment` tells it
    # How it was closed; empty while it is not.
    outcome: str
    # Spam is no inquiry, and who answered it fast helped nobody: of spam nothing but the outcome is counted.
    spam: bool
    hour: int  # by the centre's time
    guide: str
    attempts: int
    response: int | None
    contact: int | None
    # Whether the promise was kept; while nobody has answered, the moment that was promised.
    kept: bool | None
    promise: int | None


# A case as from_columns gives it: hundreds are counted for a report, and have no need of names.
Listed = Case | tuple[Any, ...]


def as_columns(cases: Sequence[Case]) -> list[list[Any]]:
    """Return cases in the form in which they are stored: all arrivals, all outcomes, and so on. It is read in half the time."""
    return [list(column) for column in zip(*cases, strict=True)]


def from_columns(columns: list[list[Any]]) -> Iterator[Listed]:
    """Return the cases that were stored in this form."""
    return zip(*columns, strict=True)


def case_of(row: Any, clock: Clock, there: dt.datetime) -> Case:
    """Return what is counted of a row of COLUMNS, of a case that arrived at `there` by its centre's time."""
    received, answered, reached, promised = row.received_at, row.first_response_at, row.first_contact_at, row.answer_by
    if not answered and row.outcome in NOBODY_TO_ANSWER and row.closed_at and promised and row.closed_at <= promised:
        promised = None
    return Case(
        received=moment(received),
        outcome=row.outcome if row.state == Inquiry.State.CLOSED else "",
        spam=row.outcome == Inquiry.Outcome.SPAM,
        hour=there.hour,
        guide=row.guide_slug,
        attempts=row.attempts_made,
        response=_tenths(clock.minutes(received, answered)) if answered else None,
        contact=_tenths(clock.minutes(received, reached)) if reached else None,
        kept=answered <= promised if promised and answered else None,
        promise=moment(promised) if promised and not answered else None,
    )


# Adding to a Counter takes twice as long.
Counts = defaultdict[str, int]


def _counts() -> Counts:
    return defaultdict(int)


@dataclass
class Figures:
    """Counts and times of some inquiries."""

    total: int = 0
    promised: int = 0  # of those that were answered
    kept: int = 0
    response: Runs = field(default_factory=Runs)
    contact: Runs = field(default_factory=Runs)
    # When those that nobody has answered yet were promised an answer.
    unanswered: Runs = field(default_factory=lambda: Runs("q"))
    days: Counts = field(default_factory=_counts)
    hours: Counts = field(default_factory=_counts)
    guides: Counts = field(default_factory=_counts)
    outcomes: Counts = field(default_factory=_counts)
    attempts: Counts = field(default_factory=_counts)

    def add(self, case: Listed, day: str) -> bool:
        """Count a case that arrived on `day` by its centre's calendar; return whether it is an inquiry."""
        _received, outcome, spam, hour, guide, attempts, response, contact, kept, promise = case
        if outcome:
            self.outcomes[outcome] += 1
        if spam:
            return False
        self.total += 1
        self.days[day] += 1
        self.hours[str(hour)] += 1
        self.guides[guide] += 1
        self.attempts[str(attempts)] += 1
        if response is not None:
            self.response.add(response)
        if contact is not None:
            self.contact.add(contact)
        if kept is not None:
            self.promised += 1
            self.kept += kept
        if promise is not None:
            self.unanswered.add(promise)
        return True

    def columns(self) -> dict[str, Any]:
        """Return the values of the columns that store these figures."""
        counts = {name: getattr(self, name) for name in (*NUMBERS, *COUNTERS)}
        return {"counts": counts} | {name: getattr(self, name).packed() for name in RUNS}

    def take(self, counts: Mapping[str, Any], response: bytes, contact: bytes, unanswered: bytes) -> None:
        """Add figures as they were stored."""
        # Written out: a report does this hundreds of times.
        self.total += counts["total"]
        self.promised += counts["promised"]
        self.kept += counts["kept"]
        for name in COUNTERS:
            sums = getattr(self, name)
            for key, count in counts[name].items():
                sums[key] += count
        self.response.take(response)
        self.contact.take(contact)
        self.unanswered.take(unanswered)


def _tenths(minutes: float) -> int:
    return round(round(minutes, 1) * 10)
