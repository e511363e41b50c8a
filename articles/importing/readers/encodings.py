"""Decodes files, and repairs or reports letters that went through a wrong encoding."""

from __future__ import annotations

import re

from articles.importing.document import UnreadableDocument
from articles.importing.doubts import Doubts, quote

OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
DECLARED = re.compile(rb"<(?:meta\b[^<>]*\bcharset|\?xml\b[^<>]*\bencoding)\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
KNOWN_CHARSETS = re.compile(r"(?:windows-?125[0-8]|cp125[0-8]|iso-?8859-?\d{1,2}|latin-?[19]|macintosh|x-mac-roman)$", re.IGNORECASE)
PYTHON_NAMES = {"macintosh": "mac_roman", "x-mac-roman": "mac_roman", "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252"}
"""Browsers read pages in ISO 8859-1 as windows-1252, which has more letters."""

LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\v]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
AFTER = "".join(bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xC0)) + "\x81\x8d\x8f\x90\x9d"
MISREAD = re.compile(f"â€\ufffd|[Â-ô][{re.escape(AFTER)}]{{1,3}}")
"""Letters of UTF-8 that were read as windows-1252."""
OTHER_SIGNS = (
    (re.compile(r"\b\w*[a-z]Õ(?:[a-z]\w*)?"), "looks like text in a wrong encoding (that of old Macs)"),
    (re.compile(r"\b[^\W\d_]+\?(?:[a-z]{1,2}\b|[a-z]{3,}\b)"), "has a question mark inside, where a letter may have been lost"),
    (
        re.compile(r"&(?:nbsp|amp|lt|gt|quot|[rl][sd]quo|[mn]dash|hellip|#\d{2,5});"),
        "is a letter written for web pages; put the letter itself",
    ),
    (re.compile(r"=(?:E2=80=[0-9A-F]{2}|C3=[0-9A-F]{2}|20$)", re.MULTILINE), "is a letter written for e-mail; put the letter itself"),
)


def decoded(raw: bytes, doubts: Doubts) -> str:
    """Return the text of `raw`, which is UTF-8 or a page that names its encoding. Raises UnreadableDocument if it is neither."""
    if is_utf_16(raw):
        raise UnreadableDocument("it is not UTF-8 (it looks like UTF-16): save it again with the encoding UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    declared = DECLARED.search(raw[:4096])
    charset = declared[1].decode("ascii").lower() if declared else ""
    if KNOWN_CHARSETS.match(charset):
        try:
            text = raw.decode(PYTHON_NAMES.get(charset, charset))
        except (UnicodeDecodeError, LookupError):
            pass
        else:
            doubts.add(f"The file was read in the encoding {charset}, which it names itself; look for wrong letters.")
            return text
    raise UnreadableDocument(f"it is not UTF-8 (line {line} has a byte that can't be read): save it again with the encoding UTF-8.")


def is_utf_16(raw: bytes) -> bool:
    half = max(len(raw) // 2, 1)
    return raw.startswith(OTHER_ENCODINGS) or max(raw[::2].count(0), raw[1::2].count(0)) > 0.8 * half


def clean(text: str, doubts: Doubts, *, is_markup: bool = False) -> str:
    """Return `text` with plain line ends and without invisible letters. Letters of a wrong encoding are repaired or reported."""
    text = INVISIBLE.sub("", LINE_ENDS.sub("\n", text)).translate(LIGATURES)
    text = _repaired(text, doubts)
    text, removed = CONTROLS.subn(" ", text)
    if removed:
        doubts.add(f"{removed} control characters were left out; a letter may be missing where they stood.")
    for number, line in enumerate(text.split("\n"), start=1):
        if "\ufffd" in line:
            doubts.add("the sign \ufffd stands for letters that were lost before this file was saved.", number)
    for pattern, what in OTHER_SIGNS[: 1 if is_markup else None]:
        if match := pattern.search(text):
            doubts.add(f"{quote(match[0])} {what}.", text.count("\n", 0, match.start()) + 1)
    return text


def _repaired(text: str, doubts: Doubts) -> str:
    """Repair letters that were stored in UTF-8 and read in another encoding. One doubt names the first word of each line."""
    places: list[tuple[int, str]] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        mended = _mended(line)
        if mended != line:
            places.append((number, next((word for word in line.split() if _mended(word) != word), line)))
            lines[number - 1] = mended
    doubts.add_group("looks like text in a wrong encoding; it was repaired, look for wrong letters", places)
    return "\n".join(lines)


def _mended(words: str) -> str:
    """Return `words` after at most three repairs, since a text may have been misread more than once."""
    for _ in range(3):
        mended = MISREAD.sub(lambda match: _letter(match[0]), words)
        if mended == words:
            break
        words = mended
    return words


def _letter(misread: str) -> str:
    if misread.endswith("\ufffd"):
        return "”"  # its last byte has no letter in windows-1252
    raw = b"".join(letter.encode("latin-1") if ord(letter) < 0x100 else letter.encode("cp1252", "ignore") for letter in misread)
    for length in range(len(raw), 1, -1):
        try:
            letter = raw[:length].decode("utf-8")
        except UnicodeDecodeError:
            continue
        if len(letter) == 1 and (ord(letter) < 0x250 or 0x2000 <= ord(letter) < 0x2200):
            return letter + misread[length:]
    return misread
