"""The names and contact details of the centres, for the editorial checks (setting OWN_NAMES: articles can't import intake)."""

from intake.models import Centre


def names() -> list[str]:
    """Return the names, legal names, phone numbers and e-mail addresses of all centres; one query."""
    rows = Centre.objects.values_list("name", "legal_name", "phone", "notify_address")
    return [value for row in rows for value in row if value]
