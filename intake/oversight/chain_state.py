"""Whether the chains over the audit trail are intact, as the daily look at them found, and up to where they are signed."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from intake.audit import SITE
from intake.models import Centre, Event, SignedHead

Kind = Event.Kind
# What one look found is recorded within this time.
ONE_LOOK = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class State:
    """When the trail was looked at last (None: never), whether a change was found in what the reader may see, and the signed heads."""

    looked_at: dt.datetime | None
    changed: bool
    # The name of each centre (empty: of the site) with its newest signed head.
    heads: list[tuple[str, SignedHead]]


def state(centre_ids: Collection[int], *, whole_site: bool) -> State:
    """Return the state of the chains of these centres and, with `whole_site`, of the site's own. Three or four queries."""
    events = Event.objects.filter(kind__in=[Kind.AUDIT_VERIFIED, Kind.AUDIT_FAILED]).order_by("-at")
    looks = list(events.values_list("at", "kind", "centre")[:50])
    last = max((at for at, _kind, _centre in looks), default=None)
    own = {None, *centre_ids}
    changed = any(kind == Kind.AUDIT_FAILED and centre in own and last and at > last - ONE_LOOK for at, kind, centre in looks)
    newest = SignedHead.objects.filter(chain=OuterRef("pk")).order_by("-number").values("pk")[:1]
    centres = list(Centre.objects.filter(pk__in=centre_ids).annotate(head=Subquery(newest)).order_by("name").values_list("name", "head"))
    signed = SignedHead.objects.in_bulk([head for _name, head in centres if head is not None])
    heads = [(name, signed[head]) for name, head in centres if head in signed]
    if whole_site and (site := SignedHead.objects.filter(chain=SITE).order_by("-number").first()):
        heads.append(("", site))
    return State(last, changed, heads)
