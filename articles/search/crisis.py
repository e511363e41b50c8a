"""Hears danger in what somebody typed, in every language, since who is in danger writes as it comes (the danger package)."""

import re

from danger.assess import UNCLEAR, assess
from danger.grammar import grammars
from danger.levels import Level
from danger.signs import SIGNS
from danger.text import fold

DOTTED = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?")


def undotted(text: str) -> str:
    """Return `text` with what is short for something as one word: “o.d.” → “od”."""
    return DOTTED.sub(lambda hit: hit[0].replace(".", ""), text)


def crisis_lines_for(typed: str, language: str) -> list[str]:
    """Return the keys of the helplines for what `typed` speaks of.

    A mere mention of what kills brings the number too: “what is an overdose” is asked beside somebody who has one.
    """
    heard = [hit for hit in assess(typed, language).signs if hit.code != UNCLEAR]
    wanted = [SIGNS[hit.code] for hit in heard if hit.level >= Level.LOOK or SIGNS[hit.code].level == Level.ALARM]
    return list(dict.fromkeys(key for sign in wanted for key in sign.searched))


def speaks_of(word: str) -> bool:
    """Tell whether a plain word is, as it stands, one that danger is told by."""
    return any(grammar.sound(fold(word)) in grammar.words for grammar in grammars().values())
