"""Language data for search, one TOML file per language: the stemmer and stop words."""

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data" / "languages"


class BadLanguageFile(Exception):
    """A language file is invalid. The message names the file and what it may contain."""


@dataclass(frozen=True)
class Language:
    """Language data for search.

    `stemmer` is a name of the snowballstemmer package, or "" for none. `endings` maps endings typed without accents to
    accented ones. `empty` are stop words; `whole` are words that the stemmer would confuse with another word.
    """

    stemmer: str = ""
    endings: dict[str, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


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
        empty, whole = frozenset(content.pop("empty", [])), frozenset(content.pop("whole", []))
        return Language(empty=empty, whole=whole, **content)
    except (OSError, ValueError, TypeError) as error:
        raise BadLanguageFile(f"{path.name}: {error}. It may hold stemmer, endings, empty and whole.") from None
