"""Reads the vocabulary files (danger/data/*.toml) and compiles them for the server and for browsers."""

import json
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from danger import linear
from danger.concepts import GAP, Grammar
from danger.signs import sign
from danger.text import SOUNDS, as_spelt, fold, sentences

FOLDER = Path(__file__).parent / "data"
# Read by static/js/danger.js and written by `manage.py train_danger`; tests/danger/test_data.py fails when it is out of date.
FOR_BROWSERS = Path(__file__).parent.parent / "static" / "data" / "danger.json"

Grammars = dict[str, Grammar]


def languages() -> list[str]:
    """Return the languages that have a data file."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@lru_cache(maxsize=1)
def compiled() -> dict[str, Any]:
    """Return the vocabulary of every language: {code: {"concepts": {…}, "signs": {…}, "ordinary": "word word …"}}."""
    return {code: _compiled(code) for code in languages()}


@lru_cache(maxsize=1)
def grammars() -> Grammars:
    """Return the grammar of every language."""
    return {code: Grammar(data, data["ordinary"].split(), SOUNDS.get(code, as_spelt)) for code, data in compiled().items()}


def forget() -> None:
    """Clear the caches, after a data file was written."""
    compiled.cache_clear()
    grammars.cache_clear()
    _common_by_language.cache_clear()


def for_browsers() -> str:
    """Return the compiled data and the weights of the linear model as JSON."""
    weights = json.loads(linear.WEIGHTS.read_text(encoding="ascii"))
    return json.dumps({"grammars": compiled(), "linear": weights}, ensure_ascii=False, separators=(",", ":"))


def _compiled(code: str) -> dict[str, Any]:
    content = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    folded = {
        name: ",".join(_merged(_needed(name, {" ".join(map(_folded, phrase.split())) for phrase in listed.split(",") if phrase.strip()})))
        for name, listed in content["concepts"].items()
    }
    signs = {code: {"level": sign(code).level.code, **rules} for code, rules in content["signs"].items()}
    data = {"concepts": folded, "signs": signs}
    without = Grammar(data, (), SOUNDS.get(code, as_spelt))
    # Only those that are one or two letters away from a word of the vocabulary are needed.
    near = {
        word
        for word in map(SOUNDS.get(code, as_spelt), common_words())
        if len(word) > 5 and word not in without.words and not without.is_stem_of(word) and without.nearest(word)
    }
    return {**data, "ordinary": " ".join(sorted(near))}


# Where such a phrase ends matters.
_EXACT = ("NOINTENT", "SELFHARM", "TITLE")


def _needed(concept: str, phrases: set[str]) -> list[str]:
    """Return the phrases that don't contain another one: with “come off” listed, “come off it” is not needed."""
    if concept in _EXACT:
        return sorted(phrases)
    return sorted(phrase for phrase in phrases if not any(f" {other} " in f" {phrase} " for other in phrases if other != phrase))


def _merged(phrases: list[str]) -> list[str]:
    """Return phrases that differ in one word as one: “cant wake” and “wont wake” as “cant|wont wake”. It makes the file a tenth smaller."""
    rows = sorted(tuple(phrase.split()) for phrase in phrases)
    for at in reversed(range(max(map(len, rows)))):
        alike: dict[tuple[Any, ...], list[tuple[str, ...]]] = {}
        for row in rows:
            # A single word stays alone: "a|b" would be no shorter than "a,b".
            alike.setdefault((row[:at], row[at + 1 :]) if len(row) > max(at, 1) else (row,), []).append(row)
        rows = [
            (*same[0][:at], "|".join(sorted({row[at] for row in same})), *same[0][at + 1 :]) if len(same) > 1 else same[0]
            for same in alike.values()
        ]
    return sorted(" ".join(row) for row in rows)


def _folded(word: str) -> str:
    return word if word == GAP else fold(word)


def common_words() -> list[str]:
    """Return the words of common_words.txt, folded."""
    lines = (FOLDER / "common_words.txt").read_text(encoding="utf-8").splitlines()
    return [fold(word) for line in lines if not line.startswith("#") for word in line.split()]


@lru_cache(maxsize=1)
def _common_by_language() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    code = ""
    for line in (FOLDER / "common_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") and line[2:] in languages():
            code = line[2:]
        elif not line.startswith("#"):
            lists.setdefault(code, set()).update(fold(word) for word in line.split())
    shortest = {"en": SHORT_ENGLISH, "es": SHORT_SPANISH}
    return {code: frozenset(words) | frozenset(shortest.get(code, "").split()) for code, words in lists.items()}


SHORT_ENGLISH = (
    "the a an is are was i my me he she his her it and to of in on at for with that have has not you they from im cant dont wont up out "
    "just took after who what when how get got been being this so we our if or by do did day days need want feel keep keeps out of off"
)
SHORT_SPANISH = (
    "el la los las un una unos unas de del y que en con por para se me le les nos te mi mis tu su sus es esta estan no ya lo al muy mas "
    "pero como estoy tengo tiene hace si o porque todo todos toda nada hoy sin cuando donde ella dias dia quiero puedo tomo toma bebe hay "
    "son ha he fue era hijo hija hermano hermana esposo mama papa ayuda desde anda ando dejo deje cada hasta entre sobre"
)
# No English word has them.
_SPANISH_LETTERS = re.compile("[áéíóúñ¿¡]", re.IGNORECASE)


def language_of(text: str) -> str:
    """Return the language with the most common words in `text`; the first one if there is a tie."""
    words = [word for sentence in sentences(text) for word in sentence.words]
    common = _common_by_language()
    points = {code: sum(word in common.get(code, ()) for word in words) for code in languages()}
    if "es" in points:
        points["es"] += len(_SPANISH_LETTERS.findall(text))
    return max(points, key=lambda code: points[code])
