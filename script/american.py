"""Write locale/us: the English words on the screen in the spelling of the United States, where the source has the British one.

Run it after makemessages. It reads every English string from the Spanish catalogue.
"""

import re
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po"
TARGET = ROOT / "locale" / "us" / "en" / "LC_MESSAGES" / "django.po"
SPELLINGS = {
    "centre": "center",
    "licence": "license",
    "organisation": "organization",
    "programme": "program",
    "recognise": "recognize",
    "cancelled": "canceled",
    "colour": "color",
}
# A word that stands in braces or after "%(" is the name of a value, which must stay.
_WORDS = re.compile(rf"(?<![\w(])({'|'.join(SPELLINGS)})(?=(?:s|d|’s)?\b)", re.IGNORECASE)
_NAMES = re.compile(r"%\(\w+\)|\{\w+\}")


def american(text: str) -> str:
    """Return `text` in the spelling of the United States."""
    parts, end = [], 0
    for name in _NAMES.finditer(text):
        parts += [_respelled(text[end : name.start()]), name.group()]
        end = name.end()
    return "".join([*parts, _respelled(text[end:])])


def _respelled(text: str) -> str:
    def spell(match: "re.Match[str]") -> str:
        word = match.group()
        other = SPELLINGS[word.lower()]
        return other.capitalize() if word[0].isupper() else other

    return _WORDS.sub(spell, text)


def catalogue() -> polib.POFile:
    """Return the catalogue of all strings that are spelled otherwise."""
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n != 1);", "Language": "en"}
    for entry in polib.pofile(str(SOURCE)):
        if entry.obsolete or (american(entry.msgid) == entry.msgid and american(entry.msgid_plural or "") == (entry.msgid_plural or "")):
            continue
        if entry.msgid_plural:
            words = {"msgstr_plural": {0: american(entry.msgid), 1: american(entry.msgid_plural)}, "msgid_plural": entry.msgid_plural}
        else:
            words = {"msgstr": american(entry.msgid)}
        flags = [flag for flag in entry.flags if flag.endswith("-format")]
        made.append(polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, flags=flags, **words))
    return made


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    made = catalogue()
    made.save(str(TARGET))
    made.save_as_mofile(str(TARGET.with_suffix(".mo")))


if __name__ == "__main__":
    main()
