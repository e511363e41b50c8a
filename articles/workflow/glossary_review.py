"""Review of glossary terms: visitors read the last approved text while a newer one waits for approval."""

import hashlib
import json

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import permissions
from articles.models import Term
from recovery_site.verbs import Refused, Stale

WORDS = ("term", "also", "meaning")


def shown(language: str) -> QuerySet[Term]:
    """Return the terms in `language` that visitors can read. One query."""
    return Term.objects.filter(language=language).exclude(shown_term="").order_by("shown_term")


def digest(term: Term) -> str:
    """Return a digest of the edited text of `term`, which identifies the text that a reviewer saw."""
    words = json.dumps([getattr(term, name) for name in WORDS], ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()


def differs(term: Term) -> bool:
    """Return whether the edited text of `term` differs from the visible one."""
    return any(getattr(term, name) != getattr(term, f"shown_{name}") for name in WORDS)


def show(term: Term) -> None:
    """Copy the edited text of `term` to the visible fields. The caller saves it."""
    for name in WORDS:
        setattr(term, f"shown_{name}", getattr(term, name))


@transaction.atomic
def record_edit(term: Term, *, by: User) -> None:
    """Record that `by` edited `term`, which is saved already. The visible text doesn't change."""
    fresh = Term.objects.select_for_update().get(pk=term.pk)
    fresh.writers.add(by)
    fresh.waits = fresh.reviewed_on is None or differs(fresh)
    fresh.save(update_fields=["waits"])


def why_not_approve(user: User, term: Term) -> str:
    """Return why `user` may not approve `term`, as a message for the screen, or "" if they may."""
    if not permissions.may_review(user):
        return _("Only a clinical reviewer can approve an explanation.")
    if term.writers.contains(user):
        return _("You wrote or changed this text, so another clinical reviewer has to approve it.")
    return ""


@transaction.atomic
def approve(term: Term, *, by: User, seen: str) -> Term:
    """Approve the text of `term` with the digest `seen` and make it visible, with the reviewer's name and the date.

    Raises NotAllowed, Stale if the text changed since, or Refused if nothing is waiting.
    """
    term = Term.objects.select_for_update().get(pk=term.pk)
    reason = why_not_approve(by, term)
    permissions.require(not reason, reason)
    if not term.waits:
        raise Refused(_("Nothing has changed since it was approved."))
    if seen != digest(term):
        raise Stale(_("Someone else changed this term after you opened it. Look at the new text first."))
    show(term)
    term.reviewed_by = ", ".join(part for part in (by.shown_name, by.credentials) if part)
    term.reviewed_on = timezone.localdate()
    term.waits = False
    term.save()
    term.writers.clear()
    return term
