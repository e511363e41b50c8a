"""How urgent an inquiry is, from what its sender said. Triage, never a diagnosis and never a placement."""

from collections.abc import Iterable

from intake.inquiry_data import InquiryData
from intake.models import Inquiry

# Each reason is a code; intake.wording has the words that staff read.
DANGER_REASONS = frozenset({"danger_now"})
URGENT_REASONS = frozenset({"pregnant", "under_18"})


def assess(data: InquiryData) -> tuple[Inquiry.Priority, list[str]]:
    """Return the priority and the codes of its reasons, the gravest first.

    Danger now comes before all; pregnancy and a person under 18 are urgent (45 CFR 96.131 puts pregnant people first).
    """
    reasons = list(_reasons(data))
    if DANGER_REASONS & set(reasons):
        return Inquiry.Priority.DANGER, reasons
    if URGENT_REASONS & set(reasons):
        return Inquiry.Priority.URGENT, reasons
    return Inquiry.Priority.NORMAL, reasons


def _reasons(data: InquiryData) -> Iterable[str]:
    if data.danger_now:
        yield "danger_now"
    if data.pregnancy == "yes":
        yield "pregnant"
    if data.age_band == "under_18":
        yield "under_18"
