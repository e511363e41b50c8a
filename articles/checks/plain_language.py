"""Checks readability: reading grade, long sentences and unexplained abbreviations."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from articles.checks.examples import Example
from articles.checks.findings import Finding, Level, around, shorten
from articles.checks.registry import Rank, register
from articles.checks.text import readability, sentences
from articles.checks.text.parsed_guide import Block, ParsedGuide

NAME = "plain-language"
# US school grades by Flesch-Kincaid.
GRADE_AIM, GRADE_WARNING, GRADE_ERROR = 6.0, 7.0, 8.0
# Points on the INFLESZ scale. Higher is easier: "normal" begins at 55, "fairly easy" at 65.
EASE_AIM, EASE_WARNING, EASE_ERROR = 65.0, 60.0, 55.0
# Words that a section needs before its grade is meaningful, and before it can be an error.
SECTION_COUNTS, SECTION_BLOCKS = 40, 100
LONG_SENTENCE = 25  # words
ABBREVIATION = re.compile(r"(?<![\w.@/-])[A-Z][A-Z0-9]{0,4}[A-Z]s?(?![\w@/-]|\.\w)")
_EVERYDAY = "US USA UK EU OK TV DVD PDF ID AM PM HIV AIDS COVID DNA FAQ TTY EE UU IV AA ADN VIH SIDA SOS ASAP DC LGBTQ LGBT ZIP GPS URL"
# Words written in capitals for emphasis.
_STRESSED = (
    "NOT NEVER ALWAYS AND OR NO DO STOP ALL ONLY MUST NOW YES YOU DON ANY CALL TEXT HELP READ THIS IF IS ARE BEFORE ALONE FIRST TOO "
    "NUNCA SÍ SIEMPRE TODO TODOS SOLO SÓLO LLAME AYUDA AHORA ANTES NI"
)
# Abbreviations that are easier to read than the full term.
KNOWN = frozenset((*_EVERYDAY.split(), *_STRESSED.split()))
# Before words to send as a text message.
NOT_ABBREVIATED = re.compile(
    r"(?:\b(?:text|send|write|the word|reply|envíe|enviar|escriba|escribir|mande|mandar|la palabra)\s+[“\"]?)$", re.IGNORECASE
)
NAMES_IN_CAPITALS = re.compile(r"SMART Recovery|FRANK\b|EE\. ?UU\.|HIV")

LONG = (
    "When you stop, the signs that we list below will come on in waves that rise and fall through the day, and most of them will be gone "
    "before the week is out."
)
EXAMPLES = (
    Example("You may feel ill. It can be hard to sleep. Drink some water."),
    Example(
        "Individuals undergoing unsupervised discontinuation frequently experience considerable gastrointestinal discomfort, "
        "perspiration and psychological agitation.",
        ("grade",),
    ),
    Example(LONG, ("grade", "long-sentence")),
    Example("Ask whether the IOP takes your plan.", ("abbreviation",)),
    Example("Do NOT stop by yourself. You are NEVER alone."),
    Example("Ask about an intensive outpatient program (IOP). An IOP takes some hours a week. Text HOME to 741741."),
    Example("Puede sentirse mal. Le va a costar dormir. Tome agua.", language="es"),
    Example(
        "La interrupción repentina del consumo ocasiona manifestaciones gastrointestinales considerables, sudoración intensa y "
        "perturbaciones psicológicas significativas.",
        ("grade",),
        language="es",
    ),
    Example("Pregunte si el PAI acepta su plan de salud.", ("abbreviation",), language="es"),
)


@register(NAME, EXAMPLES, rank=Rank.CLARITY)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """Checks the reading level of the guide and of each section (without headings, tables and names of drugs; each list item
    counts as a sentence), and finds sentences of more than 25 words and abbreviations that the guide doesn't explain.

    English: Flesch-Kincaid grade; aim for 6. Above 6 is a note, above 7 a warning, above 8 an error. Spanish: INFLESZ points;
    aim for 65. Below 65 is a note, below 60 a warning, below 55 an error. Sections are checked from 40 words on, and can be
    errors from 100 words on."""
    yield from _grades(guide)
    yield from _long_sentences(guide)
    yield from _abbreviations(guide)


def grade(guide: ParsedGuide) -> float | None:
    """Return the reading level of a guide: a grade in English, INFLESZ points in Spanish, None if it has no sentences."""
    texts = [block.text for block in guide.prose]
    if guide.language == "es":
        scores = readability.spanish(texts)
        return scores[0] if scores else None
    return readability.english(texts)


def _grades(guide: ParsedGuide) -> Iterator[Finding]:
    yield from _grade(guide, guide.prose, "", highest=Level.ERROR)
    for section, blocks in guide.sections.items():
        prose = [block for block in blocks if block in guide.prose] if section else []
        size = sum(len(sentences.words(block.text)) for block in prose)
        if size >= SECTION_COUNTS and len(guide.sections) > 1:
            yield from _grade(guide, prose, section, highest=Level.ERROR if size >= SECTION_BLOCKS else Level.WARNING)


def _grade(guide: ParsedGuide, blocks: Iterable[Block], section: str, *, highest: Level) -> Iterator[Finding]:
    blocks = list(blocks)
    texts = [block.text for block in blocks]
    if guide.language == "es":
        scores = readability.spanish(texts)
        if scores is None:
            return
        value, level = scores[0], _level(-scores[0], (-EASE_AIM, -EASE_WARNING, -EASE_ERROR))
        message = _("Reading ease %(inflesz).0f by INFLESZ (%(huerta).0f by Fernández Huerta); aim for 65 or more.") % {
            "inflesz": scores[0],
            "huerta": scores[1],
        }
        source = "INFLESZ (Barrio Cantalejo 2008); Fernández Huerta 1959"
    else:
        english_grade = readability.english(texts)
        if english_grade is None:
            return
        value, level = english_grade, _level(english_grade, (GRADE_AIM, GRADE_WARNING, GRADE_ERROR))
        message = _("Reading grade %(grade).1f (Flesch-Kincaid); aim for 6 or less.") % {"grade": english_grade}
        source = "Flesch-Kincaid (Kincaid et al. 1975); AHRQ, NIH: plain language for health"
    # No notes for sections: too many of them would teach editors to ignore all notes.
    if level is None or (section and level is Level.NOTE):
        return
    if level is Level.ERROR:
        level = highest
    hardest = max((sentence for block in blocks for sentence in block.sentences), key=lambda text: len(sentences.words(text)))
    yield Finding(
        NAME,
        level,
        message,
        excerpt=shorten(hardest),
        section=section,
        reason=_("People read this tired, ill or afraid: what asks for effort isn’t read to the end."),
        source=source,
        suggestion=_("Shorten the longest sentences first (the one shown), then replace long words by everyday ones."),
        rule=f"grade {value:.1f}",
    )


def _level(value: float, bounds: tuple[float, float, float]) -> Level | None:
    for bound, level in zip(reversed(bounds), (Level.ERROR, Level.WARNING, Level.NOTE), strict=True):
        if value > bound:
            return level
    return None


def _long_sentences(guide: ParsedGuide) -> Iterator[Finding]:
    for block in guide.prose:
        for sentence in block.sentences:
            number = len(sentences.words(sentence))
            if number > LONG_SENTENCE and not block.quoted:
                yield Finding(
                    NAME,
                    Level.WARNING,
                    _("A sentence of %(number)s words; 25 are the most that people follow with ease.") % {"number": number},
                    excerpt=shorten(sentence),
                    section=block.section,
                    reason=_("By the end of a long sentence its beginning is forgotten, all the more in withdrawal."),
                    source="plainlanguage.gov; GOV.UK content design",
                    suggestion=_("Make two sentences of it, or a list."),
                    rule="long-sentence",
                )


def _abbreviations(guide: ParsedGuide) -> Iterator[Finding]:
    seen: set[str] = set()
    for block in guide.blocks:
        text = NAMES_IN_CAPITALS.sub(lambda match: "·" * len(match.group()), block.text)
        if text.isupper():
            continue
        for match in ABBREVIATION.finditer(text):
            short = match.group().removesuffix("s")
            if short in KNOWN | seen or NOT_ABBREVIATED.search(text[: match.start()]) or _explained(short, guide.words):
                continue
            seen.add(short)
            yield Finding(
                NAME,
                Level.WARNING,
                _("The guide doesn’t say what “%(short)s” stands for.") % {"short": short},
                excerpt=around(block.text, match.start(), match.end()),
                phrase=short,
                section=block.section,
                reason=_("People who don’t know the letters feel shut out, and can’t look up what they can’t say."),
                source="plainlanguage.gov",
                suggestion=_("Write it out at the first use with the letters in brackets, or do without the letters."),
                rule="abbreviation",
            )


def _explained(short: str, words: str) -> bool:
    """Return whether `words` explains an abbreviation: “full term (ABC)”, “ABC (full term)”, “ABC means …” and so on."""
    letters = re.escape(short)
    return bool(
        re.search(rf"\w{{2,}} \({letters}s?\b[^)]*\)", words)
        or re.search(rf"\b{letters}s? \((?:[^)]*\w+ \w+|\w{{6,}}\))", words)
        or re.search(rf"\b{letters}s?, (?:the|an?|la|el|una?) \w+ \w+", words)
        or re.search(rf"\b{letters}s?\W+(?:is the|is short for|stands? for|means?|es la|es el|significa|quiere decir)\b", words)
        or re.search(rf"\b(?:or|called|known as|short for|o|llamad[oa]s?) [“\"]?(?:the |el |la )?[“\"]?{letters}s?\b", words)
    )
