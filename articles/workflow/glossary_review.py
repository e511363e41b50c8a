"""The second pair of eyes for the glossary: visitors read an explanation as it was last approved, not as it is being edited."""

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
    """Return the terms of `language` that visitors read. One query."""
    return Term.objects.filter(language=language).exclude(shown_term="").order_by("shown_term")


def digest(term: Term) -> str:
    """Return what stands for the words of `term` as they are edited now: who approves says by it which words they saw."""
    words = json.dumps([getattr(term, name) for name in WORDS], ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()


def differs(term: Term) -> bool:
    """Tell whether the words of `term` are edited since visitors read them."""
    return any(getattr(term, name) != getattr(term, f"shown_{name}") for name in WORDS)


def show(term: Term) -> None:
    """Make the edited words of `term` those that visitors read. The caller stores it."""
    for name in WORDS:
        setattr(term, f"shown_{name}", getattr(term, name))


@transaction.atomic
def record_edit(term: Term, *, by: User) -> None:
    """Take note that `by` wrote words of `term`, which is stored already. Visitors go on reading what they read."""
    fresh = Term.objects.select_for_update().get(pk=term.pk)
    fresh.writers.add(by)
    fresh.waits = fresh.reviewed_on is None or differs(fresh)
    fresh.save(update_fields=["waits"])


def why_not_approve(user: User, term: Term) -> str:
    """Return the reason why `user` may not approve `term`, in words for the screen; "" when they may."""
    if not permissions.may_review(user):
        return _("Only a clinical reviewer can approve an explanation.")
    if term.writers.contains(user):
        return _("You wrote or changed this text, so another clinical reviewer has to approve it.")
    return ""


@transaction.atomic
def approve(term: Term, *, by: User, seen: str) -> Term:
    """Let visitors read the words of `term` whose digest is `seen`, with the reviewer's name and the day.

    Raises NotAllowed, Stale when the words are others by now, or Refused when nothing waits.
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
    term.writers.clear()  # what they write from now on is the next change
    return term
