"""What a case is about, for the rows of the queue: the answers that were ticked, and the guide they came from. Never their words."""

import uuid
from collections.abc import Collection

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.cases import case_keys, permissions
from intake.crypto import keyring, sealing
from intake.models import Inquiry, KeyWrap

# Short names of what choices.SUBSTANCES spells out for visitors. "I don't know" says nothing that a row needs.
SUBSTANCES = {
    "alcohol": _("alcohol"),
    "opioids": _("opioids"),
    "benzodiazepines": _("benzodiazepines"),
    "stimulants": _("stimulants"),
    "cannabis": _("cannabis"),
    "other": _("another substance"),
}


def about(inquiries: Collection[Inquiry], user: User) -> dict[uuid.UUID, list[str]]:
    """Return the labels of what each case is about, by its id, for those that `user` may open. One query.

    The substances are sealed: each case costs one unwrapping of its key (about 0.4 ms), and nothing else of what was decrypted leaves
    this function. A case that can't be opened here has no labels.
    """
    wanted = {inquiry.pk: inquiry for inquiry in inquiries if not inquiry.erased_at and permissions.may(user, "open_case", inquiry)}
    wraps = (
        KeyWrap.objects.filter(inquiry__in=list(wanted), centre_key__centre_id=F("inquiry__centre_id"))
        .select_related("centre_key", "inquiry")
        .only("wrapped", "centre_key__centre", "centre_key__public_key", "inquiry__sealed")
        .order_by("centre_key_id")
    )
    newest = {wrap.inquiry_id: wrap for wrap in wraps} if wanted else {}
    return {pk: [*_substances(newest.get(pk)), *_guide(inquiry)] for pk, inquiry in wanted.items()}


def _substances(wrap: KeyWrap | None) -> list[str]:
    if wrap is None:
        return []
    try:
        payload = sealing.open_sealed("inquiry", wrap.inquiry_id, bytes(wrap.inquiry.sealed), case_keys.of_wrap(wrap))
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        return []
    return [str(SUBSTANCES[code]) for code in payload.get("substances", []) if code in SUBSTANCES]


def _guide(inquiry: Inquiry) -> list[str]:
    return [f"“{inquiry.guide_slug.replace('-', ' ')}”"] if inquiry.guide_slug else []
