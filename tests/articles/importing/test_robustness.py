"""Any file is imported completely or refused in one line, without a traceback or lost words.

The texts are random with fixed seeds, so that failures can be reproduced.
"""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from articles.importing.document import ImportedGuide, UnreadableDocument
from articles.importing.readers.html import to_html
from tests.articles.importing.documents import MORE, PROSE, TWIN, guide_from, words_of

pytestmark = pytest.mark.once

SEEDS = range(12)
TEXTS_A_SEED = 25

TITLES = [
    "Signs of Withdrawal",
    "What helps",
    "HOW LONG",
    "How Long Does It Take?",
    "Is it safe",
    "Day One:",
    "Not a Title.",
    "Contact Us Today",
    "Sources",
]
SENTENCES = [
    PROSE,
    MORE,
    "It passes.",
    "Call us today, and our team can tell you more.",
    "Call 911 now.",
    "a line in lower case",
    "Signs are:",
]
MARKS = ["- ", "* ", "• ", "– ", "1. ", "2) ", "(3) ", "1.2 ", "  - ", "    1. ", "\t• ", "> ", "## ", "# ", "+ ", "•", "-", "¿", "“", "…"]
RULES = ["-----", "=====", "* * *", "~~~~", "", "", "", " ", "\t", "\f", "---", "```", "|---|---|", "___"]
ODD = [
    "\u00a0",
    "\u200b",
    "\x07",
    "\ufffd",
    "\u2028",
    "é",
    "漢字",
    "ﷺ",
    "🙂",
    "\u202e",
    "—",
    "’",
    "&amp;",
    "\\",
    "`x`",
    "**b**",
    "_i_",
    "|",
    "~~s~~",
    "http://x.y",
]
TAGS = [
    "<p>",
    "</p>",
    "<h1>",
    "<h2>",
    "</h2>",
    "<li>",
    "<ul>",
    "</ul>",
    "<table>",
    "<td>",
    "</table>",
    "<b>",
    "<a href='x'>",
    "</a>",
    "<br>",
    "<div",
    "<!--",
    "]]>",
]


def made_by_chance(chance: random.Random, odd: list[str]) -> str:
    lines = []
    for _ in range(chance.randrange(1, 40)):
        kind = chance.random()
        if kind < 0.3:
            lines.append(chance.choice(RULES))
        elif kind < 0.5:
            lines.append(chance.choice(TITLES))
        else:
            words = f"{chance.choice(MARKS) if chance.random() < 0.5 else ''}{chance.choice(SENTENCES)}".split(" ")
            for _ in range(chance.randrange(3)):
                words.insert(chance.randrange(len(words) + 1), chance.choice(odd))
            line = " ".join(words)
            width = chance.choice([0, 0, 30, 72])
            lines += [line] if not width else re.findall(rf".{{1,{width}}}(?:\s|$)|\S+", line)
    return chance.choice(["\n", "\n", "\r\n", "\n\n", "\r"]).join(lines)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W\d_]+", text))


def imported_or_refused(source: str | bytes, folder: Path, name: str) -> ImportedGuide | None:
    """Return the guide, or None after a refusal in one line. Anything else fails the test."""
    try:
        return guide_from(folder, source, name)
    except UnreadableDocument as error:
        refusal = str(error)
    assert refusal
    assert "\n" not in refusal
    return None


def lost(source: str, folder: Path, name: str) -> Counter[str]:
    """Return the words of `source` that are neither in the guide nor in a doubt; none if it is refused."""
    guide = imported_or_refused(source, folder, name)
    if guide is None:
        return Counter()
    assert guide.title
    assert re.fullmatch(r"[a-z0-9]+(?:[-_]+[a-z0-9]+)*[-_]*", guide.slug)
    assert to_html(guide.sections) is not None
    return words(re.sub("[\u200b\ufffd]", "", source)) - words(words_of(guide))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_word_of_a_text_is_lost(tmp_path, seed):
    chance = random.Random(seed)
    for _ in range(TEXTS_A_SEED):
        source = made_by_chance(chance, ODD)
        if not re.search(r"(?:^|[\r\n\f])#{1,6} ", source):  # else it may be read as Markdown
            assert not lost(source, tmp_path, "guide.txt"), source


@pytest.mark.parametrize("seed", SEEDS)
def test_no_word_of_markdown_is_lost(tmp_path, seed):
    chance = random.Random(1000 + seed)
    for _ in range(TEXTS_A_SEED):
        source = made_by_chance(chance, [sign for sign in ODD if sign != "&amp;"])
        source = re.sub(r"```", "", source)  # the words after a fence name a language and aren't text
        assert not lost(f"# A title\n\n{source}", tmp_path, "guide.md"), source


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["guide.html", "guide.md", "guide.txt", "guide"])
def test_any_file_is_imported_or_refused(tmp_path, seed, name):
    chance = random.Random(2000 + seed)
    for _ in range(TEXTS_A_SEED):
        lost(made_by_chance(chance, ODD + TAGS + TAGS), tmp_path, name)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_file_is_imported_or_refused(tmp_path, seed):
    chance = random.Random(3000 + seed)
    raw = bytearray(TWIN.read_bytes())
    for _ in range(20):
        at = chance.randrange(len(raw))
        raw[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        imported_or_refused(bytes(raw), tmp_path, "guide.txt")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 8_000,
        "# A\n\n" + "[" * 8_000,
        "# A\n\n" + "*a " * 4_000,
        "- " * 4_000 + "x",
        "1. " * 4_000 + "x",
        ("- x\n\n" + "  y\n\n" * 5) * 500,
        "A Title\n" * 2_000,
        "Signs:\n" * 2_000,
        "a\n-\n" * 4_000,
        "word " * 40_000,
        "\n".join("  " * (number % 60) + "- x" for number in range(1_000)),
        "<p>" * 20_000 + "x",
        "<ul><li>" * 900 + "x",
        "<b>" * 900 + "x",
        "<h1>x<br>" * 4_000,
        "<table><tr><td>x" * 600,
        "<p>" + "x<br>" * 10_000,
        "<del>x" * 900,
        "<pre>" + "- x\n" * 2_500,
        "[a b=c]" * 20_000,
        "{{< x >}}{++y++}{>>z<<}" * 5_000,
        "::: x\n" * 20_000,
        "<script>" * 20_000,
        "<!--" * 20_000,
        "1 " + "a" * 20_000,
        "1\n" * 4_000,
        "TODO\n" * 4_000,
        "> x\n" * 4_000,
        "<sup>x" * 900,
        "<div class=comments hidden>x" * 900,
        "<table><tr><th>x<th>y<tr><td rowspan=9>z<td><ul><li>a</ul></table>" * 500,
        "\n".join(f"[image{number}]: <data:image/png;base64,AA>" for number in range(5_000)),
    ],
    ids=range(32),
)
@pytest.mark.parametrize("name", ["guide.txt", "guide.md"])
def test_hostile_texts_end_soon(tmp_path, text, name):
    """Texts that could overflow the stack or take quadratic time."""
    imported_or_refused(text, tmp_path, name)
