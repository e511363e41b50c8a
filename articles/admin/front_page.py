"""The panel of editors and reviewers on the admin's index page: what waits for them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import CLINICAL_REVIEWER, EDITOR, has_role
from articles import permissions
from articles.models import Guide, SupplyAlert
from articles.safety import link_checks
from recovery_site.staff.admin_site import Panel

ROWS = 6  # of each kind; the list of guides shows the rest
SOON = dt.timedelta(days=30)
SHOWN = ("title", "language", "state", "reviewed_on", "next_review_on", "live_edition", "created_by", "last_edited_by")


@dataclass(frozen=True)
class Waiting:
    """One kind of work: its heading, the first guides, how many there are, and the query of the list that shows all of them."""

    heading: str
    guides: list[Guide]
    number: int
    query: str


def guides_panel(request: HttpRequest) -> Panel | None:
    """Return a panel with the guides that wait for an editor or a reviewer, or None for all others.

    At most two queries a kind of work, one for supply alerts, and two for each guide in review (whether the reviewer is among its authors).
    """
    user = request.user
    if not isinstance(user, User) or not (has_role(user, EDITOR) or has_role(user, CLINICAL_REVIEWER)):
        return None
    today = timezone.localdate()
    guides = Guide.objects.only(*SHOWN)
    open_comments = Count("comments", filter=Q(comments__resolved_at=None))
    in_review = _waiting(_("In review"), guides.filter(state=Guide.State.IN_REVIEW).order_by("edited_at"), "state__exact=in_review")
    live = guides.filter(live_edition__isnull=False)
    work = [
        _waiting(_("Open comments"), guides.annotate(comments_open=open_comments).filter(comments_open__gt=0), "comments=open"),
        _waiting(
            _("Your drafts"),
            guides.filter(Q(owner=user) | Q(last_edited_by=user), state=Guide.State.DRAFT).order_by("-edited_at"),
            "state__exact=draft",
        ),
        _waiting(_("Due for review"), live.filter(next_review_on__lte=today + SOON).order_by("next_review_on"), "due=30"),
        _waiting(_("Links of sources that lead nowhere"), link_checks.with_dead_sources(guides), "links=dead"),
        _waiting(_("Never reviewed by a clinician"), live.filter(reviewed_on=None), "due=never"),
    ]
    work.insert(0 if has_role(user, CLINICAL_REVIEWER) else 1, in_review)
    own = {guide.pk for guide in in_review.guides if permissions.may_review(user) and permissions.wrote(user, guide)}
    alerts = SupplyAlert.objects.filter(ended_at=None, ends_at__gt=timezone.now())
    context: dict[str, Any] = {
        "work": [waiting for waiting in work if waiting.number],
        "own": own,
        "today": today,
        "alerts": [(alert, alert.state_at(timezone.now())) for alert in alerts],
    }
    return Panel("admin/articles/guide/panel.html", context)


def _waiting(heading: str, guides: QuerySet[Guide], query: str) -> Waiting:
    rows = list(guides[: ROWS + 1])
    return Waiting(heading, rows[:ROWS], len(rows) if len(rows) <= ROWS else guides.count(), query)
