"""Splits English and Spanish text into sentences and words."""

import re

CITATION = re.compile(r"\[\d{1,3}\]")
WORD = re.compile(r"[^\W\d_]+(?:['’‑-][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
# A full stop after one of these doesn't end a sentence.
ABBREVIATIONS = re.compile(
    r"(?:\b(?:[A-Za-z]|Dr|Drs|Mr|Mrs|Ms|St|No|vs|etc|Inc|Ltd|Jr|Sr|Prof|approx|fig|al|e\.g|i\.e|a\.m|p\.m|U\.S|EE\.UU"
    r"|Sra|Dra|Ud|Uds|p\.ej|núm|pág))\.$",
    re.IGNORECASE,
)
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"”’»)\]]*+(?:\[\d{1,3}\])*+(?=\s++[\"“‘«(\[¡¿]*[A-ZÁÉÍÓÚÑÜ\d])")


def split(text: str) -> list[str]:
    """Return the sentences of `text`. A citation after the full stop belongs to the sentence before it."""
    sentences, start = [], 0
    for match in _END.finditer(text):
        candidate = text[start : match.end()]
        if match.group().startswith(".") and ABBREVIATIONS.search(text[start : match.start() + 1]) and "[" not in match.group():
            continue
        sentences.append(candidate.strip())
        start = match.end()
    rest = text[start:].strip()
    return [*sentences, rest] if rest else sentences


def words(text: str) -> list[str]:
    """Return the words and numbers of `text`, without citations."""
    return WORD.findall(CITATION.sub("", text))
