"""The pre-screen: structured notes of a first talk."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Event, Inquiry, PreScreen
from intake.triage import base

# ASAM Criteria, 4th edition (2023): the six dimensions.
DIMENSIONS = (
    ("intoxication", gettext_lazy("1. Intoxication, withdrawal and addiction medications")),
    ("biomedical", gettext_lazy("2. Physical health")),
    ("psychiatric", gettext_lazy("3. Mental health and thinking")),
    ("risks", gettext_lazy("4. Risks of substance use")),
    ("environment", gettext_lazy("5. Where and with whom they live")),
    ("considerations", gettext_lazy("6. What matters to them, and what stands in the way")),
)
EDITION = "asam-4"
# The first five call for the emergency number or 988 before any further question.
EMERGENCIES = frozenset({"breathing", "overdose", "suicide", "seizure_now", "chest_pain"})
RED_FLAGS = (
    ("breathing", gettext_lazy("can’t be woken, breathes slowly, blue lips")),
    ("overdose", gettext_lazy("overdose now or in the last day")),
    ("suicide", gettext_lazy("thinks of suicide")),
    ("seizure_now", gettext_lazy("seizure, seeing things or confusion")),
    ("chest_pain", gettext_lazy("chest pain")),
    ("earlier_seizure", gettext_lazy("seizure or delirium in an earlier withdrawal")),
    ("stopping_suddenly", gettext_lazy("drinks or takes benzodiazepines daily and stops now")),
    ("pregnant", gettext_lazy("pregnant")),
    ("vomiting", gettext_lazy("vomits again and again")),
    ("fentanyl", gettext_lazy("severe withdrawal after street fentanyl")),
    ("lost_tolerance", gettext_lazy("just out of detox, hospital or prison")),
    ("under_18", gettext_lazy("under 18")),
    ("unsafe_home", gettext_lazy("not safe at home")),
)


@transaction.atomic
def save_prescreen(inquiry: Inquiry, *, by: User, version: int, answers: dict[str, Any]) -> PreScreen:
    """Seal the answers (all optional; `red_flags` is a list of codes of RED_FLAGS) and raise the priority they call for.

    The priority only ever rises here: an emergency makes it danger now, any other red flag urgent.
    """
    inquiry = base.get_for_update(inquiry, "prescreen", by=by, version=version)
    base.refuse_closed(inquiry)
    payload = {name: value for name, value in answers.items() if value} | {"edition": EDITION}
    sealed = sealing.seal("prescreen", inquiry.pk, payload, case_keys.for_staff(inquiry, by))
    row, _made = PreScreen.objects.update_or_create(
        inquiry=inquiry, defaults={"sealed": sealed, "updated_at": timezone.now(), "updated_by": by}
    )
    flags = set(answers.get("red_flags", ()))
    if flags:
        called_for = Inquiry.Priority.DANGER if flags & EMERGENCIES else Inquiry.Priority.URGENT
        if called_for < inquiry.priority:
            inquiry.priority = called_for
            # Which flag it was stays sealed.
            inquiry.priority_reasons = [*inquiry.priority_reasons, "red_flag"]
    base.save_new_version(inquiry, "priority", "priority_reasons")
    events.record(inquiry, Event.Kind.PRESCREENED, by=by)
    return row
