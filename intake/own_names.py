"""What is ours in a guide's text: the setting OWN_NAMES points here, since the guides' side never imports this one."""

from intake.models import Centre


def names() -> list[str]:
    """Return the names, legal names, phone numbers and e-mail addresses of all centres; one query."""
    rows = Centre.objects.values_list("name", "legal_name", "phone", "notify_address")
    return [value for row in rows for value in row if value]
