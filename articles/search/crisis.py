"""Finds danger in search queries, in all languages, so that the results page shows the right helpline first (the danger package)."""

import re

from danger.assess import UNCLEAR, assess
from danger.grammar import grammars
from danger.levels import Level
from danger.signs import SIGNS
from danger.text import fold

DOTTED = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?")


def undotted(text: str) -> str:
    """Return `text` with abbreviations as single words: “o.d.” → “od”."""
    return DOTTED.sub(lambda hit: hit[0].replace(".", ""), text)


def crisis_lines_for(typed: str, language: str) -> list[str]:
    """Return the keys of the helplines for the danger in `typed`, the gravest sign first.

    The bare name of a deadly sign is enough: people who see an overdose search for “what is an overdose”.
    """
    hits = [hit for hit in assess(typed, language).signs if hit.code != UNCLEAR]
    shown = [SIGNS[hit.code] for hit in hits if hit.level >= Level.LOOK or SIGNS[hit.code].level == Level.ALARM]
    return list(dict.fromkeys(key for sign in shown for key in sign.searched))


def signs_in(typed: str, language: str) -> list[str]:
    """Return the codes of the signs in `typed` that are danger to somebody, and not the bare name of a topic."""
    hits = [hit for hit in assess(typed, language).signs if hit.level >= Level.LOOK and hit.code != UNCLEAR]
    return [hit.code for hit in hits if SIGNS[hit.code].searched]


def is_danger_word(word: str) -> bool:
    """Return whether a plain word is in the danger vocabulary of any language."""
    return any(grammar.sound(fold(word)) in grammar.words for grammar in grammars().values())
