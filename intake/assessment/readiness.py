"""Whether a centre can take inquiries, and what it still lacks. Routing, the forms, hand-overs and the admin ask here."""

import enum
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake.crypto import pins
from intake.models import Centre, CentreKey, OpeningHours
from intake.notifications import recipients


class Lack(enum.StrEnum):
    """What a centre may lack. Paused or switched off is no lack: somebody decided it."""

    KEY = "key"
    PIN = "pin"
    HOURS = "hours"
    PEOPLE = "people"

    @property
    def words(self) -> Promise:
        """A sentence for leads and operators: what is missing, and the mend."""
        return WORDS[self]


WORDS: dict[Lack, Promise] = {
    Lack.KEY: _(
        "No key that opens what is sealed to it. Restore its file from the backup of the keys, or make a new key with “manage.py "
        "keys create”."
    ),
    Lack.PIN: _(
        "The organization has not signed its key. Somebody may have put another key into the database, so nothing is sealed to it. The "
        "person who runs the site finds out with “manage.py keys verify”."
    ),
    Lack.HOURS: _("No opening hours. Enter them, or tick “day and night”."),
    Lack.PEOPLE: _(
        "Nobody who works there can be told of danger. Give one active member an e-mail address and switch their e-mails on, or make "
        "them a lead."
    ),
}


def missing(centre: Centre) -> list[Lack]:
    """Return what `centre` lacks, in the order of Lack; an empty list means that inquiries may go there."""
    return missing_at([centre])[centre.pk]


def missing_at(centres: Iterable[Centre]) -> dict[int, list[Lack]]:
    """Return {id: what the centre lacks} of each of `centres`. Three queries."""
    centres = list(centres)
    keys = [centre.pk for centre in centres]
    active = list(CentreKey.objects.filter(retired_at=None, centre__in=keys))
    unsigned = {key.centre_id for key in active if not pins.is_pinned(key)}
    has = {
        # A key that was swapped opens nothing either; what to do about it is another thing.
        Lack.KEY: {key.centre_id for key in active if key.unusable_since is None} | unsigned,
        Lack.PIN: set(keys) - unsigned,
        Lack.HOURS: set(OpeningHours.objects.filter(centre__in=keys).values_list("centre", flat=True))
        | {centre.pk for centre in centres if centre.always_open},
        Lack.PEOPLE: recipients.staffed_centres(keys),
    }
    return {key: [lack for lack, centres_with_it in has.items() if key not in centres_with_it] for key in keys}


def complete() -> set[int]:
    """Return the ids of the centres that lack nothing, whether or not they accept inquiries now. Four queries."""
    return {key for key, lacks in missing_at(list(Centre.objects.only("pk", "always_open"))).items() if not lacks}


def able() -> QuerySet[Centre]:
    """Return the centres that accept inquiries now and lack nothing, by name. Five queries."""
    return Centre.objects.accepting().filter(pk__in=complete()).order_by("name")
