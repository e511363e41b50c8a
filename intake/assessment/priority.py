"""How urgent an inquiry is, from what its sender said. Triage, never a diagnosis and never a placement."""

from danger import signs
from danger.assess import Assessment
from danger.assess import assess as assess_text
from danger.levels import Level
from intake.cases.inquiry_data import InquiryData
from intake.models import Inquiry

Priority = Inquiry.Priority
OF_LEVEL = {Level.ALARM: Priority.DANGER, Level.LOOK: Priority.URGENT, Level.MENTION: Priority.NORMAL, Level.NONE: Priority.NORMAL}
# Answers that are no signs of danger (danger.signs), and how urgent they are: pregnancy and a person under 18
# (45 CFR 96.131 puts pregnant people first). intake.cases.labels has their words.
PREGNANT, UNDER_18 = "pregnant", "under_18"


def assess(data: InquiryData) -> tuple[Inquiry.Priority, list[str]]:
    """Return the priority and the codes of its reasons, the gravest first: signs of danger, then answers."""
    assessment = assess_text(data.text, data.language)
    reasons = list(assessment.codes)
    priority = of(assessment)
    if data.danger_now:
        priority, reasons = Priority.DANGER, ["danger_now", *reasons]
    answers = {PREGNANT: data.pregnancy == "yes", UNDER_18: data.age_band == "under_18", "stopping": data.daily_use == "stopping"}
    answered = [code for code, is_so in answers.items() if is_so]
    if answered:
        priority = min(priority, Priority.URGENT)
    # The answer to the question says it already.
    covered = {"expecting"} if PREGNANT in answered else set()
    return priority, list(dict.fromkeys([*(code for code in reasons if code not in covered), *answered]))


def of(assessment: Assessment) -> Inquiry.Priority:
    """Return the priority that follows from the assessment of a text."""
    return OF_LEVEL[assessment.level]


def of_text(text: str, language: str | None = None) -> tuple[Inquiry.Priority, list[str]]:
    """Return the priority of words alone, and the codes of the signs in them."""
    assessment = assess_text(text, language)
    return of(assessment), assessment.codes


def codes_for_receipt(data: InquiryData, reasons: list[str]) -> list[str]:
    """Return the signs whose lines the page after sending shows: those of the reasons, and what fits the answers.

    That stopping suddenly can kill stands there for everybody who names alcohol or sedatives.
    """
    codes = [code for code in reasons if code in signs.SIGNS]
    # Only with these may "don't stop suddenly" be said to somebody pregnant; never with tobacco, stimulants or cannabis.
    stopping_harms = bool({"opioids", "benzodiazepines"} & set(data.substances)) or data.daily_use in ("daily", "stopping")
    if PREGNANT in reasons and "pregnancy" not in codes:
        codes.append("pregnancy" if stopping_harms else "expecting")
    if {"alcohol", "benzodiazepines"} & set(data.substances) or data.daily_use in ("daily", "stopping"):
        codes.append("stopping")
    return list(dict.fromkeys(codes))
