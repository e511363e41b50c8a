"""How urgent an inquiry is, from what its sender said. Triage, never a diagnosis and never a placement."""

from collections.abc import Iterable

from intake.assessment import danger
from intake.cases.inquiry_data import InquiryData
from intake.models import Inquiry

# Each reason is a code; intake.cases.labels has the words that staff read, intake.mailbox.status_texts those for the visitor.
DANGER_REASONS = frozenset({"danger_now", "says_overdose", "says_not_breathing", "says_suicide", "says_seizure", "says_chest_pain"})
URGENT_REASONS = frozenset({"pregnant", "under_18", "says_stopping", "says_pregnancy", "says_child"})


def is_danger(data: InquiryData) -> bool:
    """Tell whether the sender says, by the answer or by words of the text, that someone is in danger now."""
    return of(_reasons(data)) == Inquiry.Priority.DANGER


def assess(data: InquiryData) -> tuple[Inquiry.Priority, list[str]]:
    """Return the priority and the codes of its reasons, the gravest first.

    Danger now comes before all, said by the answer or by words of the text; pregnancy and a person under 18 are urgent
    (45 CFR 96.131 puts pregnant people first).
    """
    reasons = list(_reasons(data))
    return of(reasons), reasons


def of(reasons: Iterable[str]) -> Inquiry.Priority:
    """Return the priority that follows from codes of reasons."""
    found = set(reasons)
    if DANGER_REASONS & found:
        return Inquiry.Priority.DANGER
    return Inquiry.Priority.URGENT if URGENT_REASONS & found else Inquiry.Priority.NORMAL


def _reasons(data: InquiryData) -> Iterable[str]:
    if data.danger_now:
        yield "danger_now"
    if data.pregnancy == "yes":
        yield "pregnant"
    if data.age_band == "under_18":
        yield "under_18"
    for reason in danger.reasons_in(f"{data.message}\n{data.other_notes}"):
        # The answer to the question says it already.
        if not (reason == "says_pregnancy" and data.pregnancy == "yes"):
            yield reason
