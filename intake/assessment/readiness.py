"""Whether a centre can take inquiries, and what it still lacks. Routing, the forms, hand-overs and the admin ask here."""

import enum
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake.models import Centre, CentreKey, OpeningHours
from intake.notifications import recipients


class Lack(enum.StrEnum):
    """What a centre may lack. Paused or switched off is no lack: somebody decided it."""

    KEY = "key"
    HOURS = "hours"
    PEOPLE = "people"

    @property
    def words(self) -> Promise:
        """A sentence for leads and operators: what is missing, and the mend."""
        return WORDS[self]


WORDS: dict[Lack, Promise] = {
    Lack.KEY: _(
        "No key that opens what is sealed to it. Restore its file from the backup of the keys, or make a new key with “manage.py "
        "create_centre_key”."
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
    has = {
        Lack.KEY: set(CentreKey.objects.usable().filter(centre__in=keys).values_list("centre", flat=True)),
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
