"""The validated data of a contact form, before it is sealed."""

from dataclasses import dataclass, field
from typing import Any

from intake.models import Inquiry

# The fields that describe or name a person. All others are stored in the cleartext columns of the same name.
SEALED_FIELDS = (
    "name",
    "phone",
    "phone_note",
    "email",
    "message",
    "substances",
    "age_band",
    "pregnancy",
    "payer",
    "other_notes",
)


@dataclass(frozen=True, kw_only=True)
class InquiryData:
    """A validated inquiry. All fields are optional except `for_whom`. Sealed fields are left out of repr()."""

    for_whom: str = Inquiry.ForWhom.SELF
    language: str = "en"
    needs_interpreter: bool = False
    country: str = ""
    region: str = ""
    contact_way: str = Inquiry.ContactWay.MAILBOX
    may_leave_voicemail: bool = False
    may_say_who_we_are: bool = False
    others_may_answer: bool = True
    time_zone: str = ""
    safe_windows: list[list[Any]] = field(default_factory=list)
    danger_now: bool = False
    # "" (no answer), "no", "daily" or "stopping": alcohol or sedatives every day, and about to stop or just stopped.
    daily_use: str = ""
    # Slug of the requested centre; empty if the visitor has no preference.
    centre: str = ""
    # Values of Consent.Purpose.
    consents: list[str] = field(default_factory=list)

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    # What was written beside the number: an extension, whose phone it is, a second number.
    phone_note: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    message: str = field(default="", repr=False)
    substances: list[str] = field(default_factory=list, repr=False)
    age_band: str = field(default="", repr=False)
    pregnancy: str = field(default="", repr=False)
    payer: str = field(default="", repr=False)
    other_notes: str = field(default="", repr=False)

    @property
    def text(self) -> str:
        """All that was written in the person's own words."""
        return f"{self.message}\n{self.other_notes}\n{self.phone_note}".strip("\n")

    def payload(self) -> dict[str, Any]:
        """Return the values of SEALED_FIELDS that are not empty."""
        return {name: value for name in SEALED_FIELDS if (value := getattr(self, name))}
