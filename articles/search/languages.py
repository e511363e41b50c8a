"""Language data for search: the stemmer, stop words and subjects from one TOML file per language, and a dictionary from a library."""

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from spellchecker import SpellChecker

FOLDER = Path(__file__).parent.parent / "data" / "languages"


class BadLanguageFile(Exception):
    """A language file is invalid. The message names the file and what it may contain."""


@dataclass(frozen=True)
class Language:
    """Language data for search.

    `stemmer` is a name of the snowballstemmer package, or "" for none. `endings` maps endings typed without accents to
    accented ones. `empty` are stop words; `whole` are words that the stemmer would confuse with another word. `measures` are
    words such as “liter”: they are no misspelling, and a guide need not hold them. `subjects` are things that people ask about
    and that a library may have no guide on. `deadly` are the words of somebody who asks whether something can kill.
    """

    stemmer: str = ""
    endings: dict[str, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    measures: frozenset[str] = frozenset()
    subjects: tuple[str, ...] = ()
    deadly: frozenset[str] = frozenset()


@lru_cache(maxsize=4)
def codes(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the codes of the languages that have a file."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@lru_cache(maxsize=32)
def of(code: str, folder: Path = FOLDER) -> Language:
    """Return the content of articles/data/languages/<code>.toml, or an empty Language if there is no such file.

    Raises BadLanguageFile if the file is invalid.
    """
    path = folder / f"{code}.toml"
    if not path.is_file():
        return Language()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for name in ("empty", "whole", "measures", "deadly"):
            content[name] = frozenset(content.get(name, []))
        return Language(**{**content, "subjects": tuple(content.get("subjects", []))})
    except (OSError, ValueError, TypeError) as error:
        raise BadLanguageFile(f"{path.name}: {error}. It may hold stemmer, endings, empty, whole, measures, subjects and deadly.") from None


def dictionary(code: str) -> frozenset[str]:
    """Return the words of a language, in lower case, as spelt; none for a language without a dictionary.

    Reading it takes 0.1 s: call words.dictionary, which keeps it.
    """
    try:
        return frozenset(SpellChecker(language=code).word_frequency.words())
    except ValueError:
        return frozenset()
