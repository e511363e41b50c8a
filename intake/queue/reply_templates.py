"""Reply templates: which fit a case, and what their placeholders become."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from articles.checks import respectful_terms
from articles.checks.findings import Level
from intake.models import Inquiry, ReplyTemplate

PLACEHOLDERS = ("reference", "centre", "phone", "staff")
_BRACES = re.compile(r"{([^{}]*)}")


def fitting(inquiry: Inquiry) -> QuerySet[ReplyTemplate]:
    """Return the templates for the case's centre and language, and those for all centres."""
    return ReplyTemplate.objects.filter(Q(centre=None) | Q(centre=inquiry.centre_id), language=inquiry.language)


def filled(template: ReplyTemplate, inquiry: Inquiry, user: User) -> str:
    """Return the text with its placeholders filled in. None of them names the person."""
    values = {
        "reference": inquiry.reference,
        "centre": inquiry.centre.name,
        "phone": inquiry.centre.phone,
        "staff": user.shown_name,
    }
    return _BRACES.sub(lambda match: values.get(match[1], match[0]), template.body)


def validate_placeholders(body: str) -> None:
    """Raise ValidationError when the text has a placeholder that nothing fills."""
    unknown = [name for name in _BRACES.findall(body) if name not in PLACEHOLDERS]
    if unknown:
        raise ValidationError(
            _("%(unknown)s is no placeholder. These are: %(known)s.") % {"unknown": _braced(unknown[:1]), "known": _braced(PLACEHOLDERS)}
        )


def disrespectful(body: str, language: str) -> list[str]:
    """Return one line for each term that shames people, with what to say instead: the check that guides go through."""
    return [
        f"{finding.message} {finding.suggestion}".strip()
        for finding in respectful_terms.find(body, language)
        if finding.level != Level.NOTE
    ]


def _braced(names: Iterable[str]) -> str:
    return ", ".join("{" + name + "}" for name in names)
