"""Explains a found sign to staff: the words of the text, the sign, and why it is only a mention or a guess."""

from django.utils.translation import gettext as _

from danger import signs
from danger.assess import UNCLEAR, Hit
from danger.corpus.nearest import nearest


def in_words(hit: Hit) -> str:
    """Return the explanation of `hit`; for a guess, with the labelled sentence that is most similar."""
    if hit.code == UNCLEAR and (like := nearest(hit.words)):
        facts = {"words": hit.words, "sign": signs.sign(like.kind).label, "like": like.text}
        return _("“%(words)s”: sounds like %(sign)s: “%(like)s”") % facts
    facts = {"words": hit.words, "sign": signs.sign(hit.code).label, "why": signs.REASONS[hit.reason] if hit.reason else ""}
    return _("“%(words)s”: %(sign)s (%(why)s)") % facts if hit.reason else _("“%(words)s”: %(sign)s") % facts
