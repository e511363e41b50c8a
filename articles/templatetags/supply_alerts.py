"""Supply alerts for pages of other apps."""

from typing import Any

from django import template
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from articles import topics
from articles.models import SupplyAlert
from articles.safety import supply_alerts
from recovery_site import languages

register = template.Library()


@register.simple_tag(name="supply_alerts")
def shown(region: str = "") -> list[SupplyAlert]:
    """Return the alerts that visitors see now; with a `region`, those that concern it.

    None while the database can't be reached: the form then still keeps what was typed.
    """
    try:
        return supply_alerts.shown(timezone.now(), region or "")
    except (DatabaseError, InterfaceError):
        return []


@register.filter
def text_in(alert: SupplyAlert, language: Any = "") -> str:
    """Return the text of an alert in `language`, by default that of the page."""
    return alert.text_in(str(language) or languages.current())


@register.filter
def about(alert: SupplyAlert) -> str:
    """Return the names of the substances that an alert is about."""
    return ", ".join(topics.labels(alert.substances, topics.SUBSTANCES))
