"""Finds the topics of a guide in the names of the categories that another site put it under."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import override

from articles import topics

SAME = {
    "drinking": "alcohol", "alcoholism": "alcohol", "alcoholismo": "alcohol", "meth": "methamphetamine", "marijuana": "cannabis",
    "weed": "cannabis", "marihuana": "cannabis", "opiates": "opioids", "opiaceos": "opioids", "painkillers": "prescription opioids",
    "benzos": "benzodiazepines", "smoking": "nicotine", "tobacco": "nicotine", "tabaco": "nicotine", "vaping": "nicotine",
    "rehab": "treatment", "detoxification": "detox", "desintoxicacion": "detox", "sobriety": "recovery", "relapse": "recovery",
    "families": "family", "parents": "family", "caregivers": "family", "familia": "family", "familias": "family", "familiares": "family",
    "clinicians": "professional", "providers": "professional",
}  # fmt: skip
"""Names of categories that stand for a topic without having its name."""
EMPTY = {
    "for",
    "and",
    "of",
    "the",
    "your",
    "your-self",
    "de",
    "para",
    "y",
    "la",
    "el",
    "los",
    "las",
    "por",
    "su",
    "usted",
    "understanding",
    "what",
}
IGNORED = {"uncategorized", "uncategorised", "sin categoria"}


def topics_of(names: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the codes of the topics that the categories `names` stand for ("substance:alcohol"), and the names without one."""
    codes: list[str] = []
    unknown: list[str] = []
    known = _known()
    for name in names:
        if _plain(name) in IGNORED:
            continue
        words = _words(name)
        matching = [code for code, wanted in known if wanted and wanted <= words]
        codes += matching
        unknown += [] if matching else [name]
    return tuple(dict.fromkeys(codes)), unknown


def _known() -> list[tuple[str, frozenset[str]]]:
    """Return (code, words) of all topics, with the words of their codes and of their names in each language."""
    known: list[tuple[str, frozenset[str]]] = []
    for kind, (_title, codes) in topics.KINDS.items():
        for code, label in codes.items():
            names = {code}
            for language, _name in settings.LANGUAGES:
                with override(language):
                    names.add(str(label))
            known += [(f"{kind}:{code}", _words(name)) for name in sorted(names)]
    return known


def _words(name: str) -> frozenset[str]:
    """Return the words of a name without accents, endings and small words."""
    plain = _plain(name)
    words = re.findall(r"[a-z]+", plain)
    words += [part for word in words for part in SAME.get(word, "").split()]
    return frozenset(word.removesuffix("s") for word in words if word not in EMPTY)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()
