"""Data of the checks by language: articles/data/languages/<language>/<name>.toml."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "data" / "languages"
SYNONYMS = FOLDER.parent / "synonyms.toml"
# A word in angle brackets stands for the group of that name in the file's [words].
GROUP = re.compile(r"<([A-Z][A-Z_]*)>")
# "…" stands for at most these characters of the same sentence, "~" for the same without the group <NO>. Bounded, so that no text
# makes a pattern slow.
GAP = r"[^.;!?]{0,50}?"
GAP_WITHOUT_NO = r"(?:(?!<NO>)[^.;!?]){0,40}?"
NOTHING = re.compile(r"(?!)")


@lru_cache(maxsize=32)
def read(language: str, name: str) -> Mapping[str, Any]:
    """Return the content of a file, or an empty mapping if the language has none."""
    path = FOLDER / language / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def languages(name: str) -> tuple[str, ...]:
    """Return the codes of the languages that have the file `name`, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{name}.toml")))


@lru_cache(maxsize=8)
def synonyms(language: str) -> Mapping[str, str]:
    """Return the names that people search for, and what they mean, as articles/data/synonyms.toml lists them."""
    listed: Mapping[str, str] = tomllib.loads(SYNONYMS.read_text(encoding="utf-8")).get(language, {})
    return listed


def compiled(patterns: Iterable[str], words: Mapping[str, str], *, flags: re.RegexFlag = re.NOFLAG, whole: bool = True) -> re.Pattern[str]:
    """Compile alternatives as one pattern of whole words. Raises KeyError for an unknown group, re.error for a wrong pattern.

    Texts are compared in lower case (see `comparable`), so patterns are written in lower case.
    """
    parts = [expanded(pattern, words) for pattern in patterns]
    if not parts:
        return NOTHING
    joined = "|".join(parts)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)" if whole else joined, flags)


def expanded(pattern: str, words: Mapping[str, str]) -> str:
    """Return `pattern` with its groups and gaps written out."""
    pattern = pattern.replace("~", GAP_WITHOUT_NO)
    while GROUP.search(pattern):
        pattern = GROUP.sub(lambda match: f"(?:{words[match[1]]})", pattern)
    return pattern.replace("…", GAP)


def comparable(text: str) -> str:
    """Return `text` in lower case, with straight apostrophes. It has the same length, so that places in it are places in `text`."""
    lower = text.lower()
    return (lower if len(lower) == len(text) else text).replace("’", "'").replace("‘", "'").replace("\u00a0", " ")
