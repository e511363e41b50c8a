"""What search knows of a language, one file a language: its stemmer and its empty words."""

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data" / "languages"


class BadLanguageFile(Exception):
    """The file doesn't say what search needs; the message names it and the mend."""


@dataclass(frozen=True)
class Language:
    """`stemmer` is a name of the snowballstemmer package, "" for none; `endings` maps typed endings to accented ones;
    `empty` are words that carry no meaning of their own, `whole` those that the stemmer would take for another word."""

    stemmer: str = ""
    endings: dict[str, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


@lru_cache(maxsize=4)
def codes(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the languages that have a file."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@lru_cache(maxsize=32)
def of(code: str, folder: Path = FOLDER) -> Language:
    """Return what articles/data/languages/<code>.toml says; a language without a file has no stemmer and no empty words.

    Raises BadLanguageFile for a file that can't be read.
    """
    path = folder / f"{code}.toml"
    if not path.is_file():
        return Language()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        empty, whole = frozenset(content.pop("empty", [])), frozenset(content.pop("whole", []))
        return Language(empty=empty, whole=whole, **content)
    except (OSError, ValueError, TypeError) as error:
        raise BadLanguageFile(f"{path.name}: {error}. It may hold stemmer, endings, empty and whole.") from None
