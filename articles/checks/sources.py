# ruff: noqa: E501 (a pattern cut into lines hides what it matches)
"""Whether a reader can find out where a fact comes from, and whether it still holds."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from articles import rendering
from articles.checks.examples import Example
from articles.checks.findings import Finding, Level, shorten
from articles.checks.reading import Block, Reading
from articles.checks.registry import register

NAME = "sources"
OLD = 10  # years
CARRIES_EVERYTHING = 0.8  # of all citations …
ENOUGH_CITATIONS = 5  # … when there are as many
NUMBER = r"\d+(?:[.,]\d+)*"
COUNTED = r"(?:minutes?|hours?|days?|weeks?|months?|years?|minutos?|horas?|días?|semanas?|meses|años?)"

# Kind of claim -> how it is worded.
CLAIMS = {
    "figure": re.compile(
        rf"{NUMBER}\s?(?:%|percent\b|per cent\b|por ciento\b)|[$€£]\s?\d|{NUMBER} (?:million|billion|thousand|millones|mil)\b"
        rf"|\b\d{{1,3}}(?:,\d{{3}})+\b"
        rf"|\b(?:one|two|three|four|five|six|seven|eight|nine|\d+) (?:in|out of) (?:every )?(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\b(?! (?:minutes?|hours?|days?|weeks?|months?|years?))"
        rf"|\b(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|\d+) de cada (?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d+)\b"
        rf"|\b(?:half|a third|two thirds|a quarter|three quarters) of (?:all |the )?(?:people|those|adults|patients|users|deaths|overdoses|families|teens)\b"
        rf"|\bla (?:mitad|tercera parte|cuarta parte) de (?:las|los|quienes)\b"
        rf"|\b(?:doubled?|tripled?|quadrupled?|twofold|threefold|fourfold|tenfold)\b|\b(?:two|three|four|five|six|ten|\d+|several|many) times (?:as|more|higher|stronger|likelier|the)\b"
        rf"|\b(?:se duplic|se triplic)\w+|\b\w+ veces (?:más|mayor|menos)\b"
        rf"|\b{NUMBER}(?:\s?(?:to|or|and|a|o|–|-)\s?{NUMBER})? {COUNTED}\b",
        re.IGNORECASE,
    ),
    "year": re.compile(r"(?<![\d$/-])(?:19[5-9]\d|20[0-4]\d)(?![\d/-])"),
    "superlative": re.compile(
        r"\bmost (?:effective|dangerous|deadly|addictive|powerful|potent|proven|successful|reliable|widely used)\b"
        r"|\bthe (?:single )?(?:most common|leading|main|number one|biggest|largest|highest|lowest|deadliest|strongest|fastest|safest|best|worst) (?:\w+ )?"
        r"(?:causes?|rates?|risks?|treatments?|evidence|results?|outcomes?|chances?|therap(?:y|ies)|medicines?|medications?|drugs?|killers?|predictors?)\b"
        r"|\b(?:the )?gold standard\b"
        r"|\bmás (?:eficaz|eficaces|efectiv[oa]s?|peligros[oa]s?|adictiv[oa]s?|potentes?|letal(?:es)?)(?= (?:de|del|que existe)\b)"
        r"|\b(?:la principal causa|la causa principal|la causa más común|el mejor tratamiento|la mejor terapia)\b",
        re.IGNORECASE,
    ),
    "according-to": re.compile(
        r"\baccording to (?!your|the label|his|her|their|plan|our|what you|you\b|the plan|the program|you and)\w+"
        r"|\b(?:studies|research(?:ers)?|evidence|experts?|scientists|trials|surveys|data|statistics)(?: \w+)? (?:shows?|suggests?|finds?|found|says?|agrees?|indicates?|proves?|reports?|confirms?|estimates?)\b"
        r"|\b(?:a|one|recent|another) (?:study|survey|report|trial)(?: \w+){0,4} (?:shows?|showed|found|finds|suggests?|says|estimated)\b"
        r"|\b(?:Centers? for Disease Control|CDC|NIDA|SAMHSA|FDA|World Health Organization|WHO)(?: and Prevention)?(?: \([A-Z]+\))? (?:reports?|says?|said|found|estimates?|warns?|warned|states?|declared)\b"
        r"|\bare known to (?:speed|help|improve|reduce|work|heal)\b"
        r"|\bsegún (?!(?:sus?|lo|usted|sea|le|cada|quién|cómo|qué|dónde|nuestr[oa]s?|el caso|la etiqueta|el plan|la persona|el estado|la edad)\b)\w+"
        r"|\b(?:los estudios|las investigaciones|la investigación|los expertos|la evidencia)(?: \w+)? (?:muestran?|demuestran?|sugieren?|dicen?|indican?|encontr\w+)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
# Numbers that state no fact about the world: phone numbers, the time of day a service is open, steps, what to do, ages of law.
NO_CLAIM = re.compile(
    r"\b(?:\+?1[- .]?)?\(?\d{3}\)?[- .]\d{3}[- .]\d{4}\b|\b(?:911|988|741741|838255|999|111|116 123)\b|\b24/7\b"
    r"|\b24 (?:hours a day|horas(?: al| del)? día)\b|\b7 (?:days a week|días a la semana|días de la semana)\b|\b(?:12|twelve|doce)[- ](?:steps?|pasos)\b"
    r"|\b(?:step|part|phase|option|level|page|question|title|section|opción|paso|nivel|parte|pregunta) \d+(?:\.\d+)?\b|\b42 CFR\b[^.]*|\b\d+ USC \d+\b"
    r"|\b(?:ages?|aged|under|over|edad de|menor(?:es)? de|mayor(?:es)? de) \d{1,2}(?: años)?\b|\b\d{1,2} (?:years old|años de edad)\b"
    r"|[“\"][^”\"]{1,200}[”\"]",
    re.IGNORECASE,
)  # fmt: skip
# “Wait 2 to 3 minutes”: how long to do something is no claim.
WHAT_TO_DO = re.compile(
    r"(?:then |please |do not |don['’]t |por favor,? |luego |no )?(?:call|wait|talk|ask|give|try|plan|write|set|keep|rest|stay|check|look|go|allow|breathe|push|repeat|walk|sit|count|"
    r"llame|espere|hable|pregunte|dé|pruebe|escriba|ponga|descanse|quédese|revise|respire|repita|camine|cuente)\b",
    re.IGNORECASE,
)
DURATION = re.compile(rf"\b{NUMBER}(?:\s?(?:to|or|and|a|o|–|-)\s?{NUMBER})? {COUNTED}\b", re.IGNORECASE)
SAYS_WHY = re.compile(
    r"\b(?:old(?:er)?|still|classic|first|landmark|only|law|in force|reaffirmed|confirmed|unchanged|no newer|date|dated|reviewed|updated|"
    r"más de diez|sigue|todavía|clásic|primer|únic|ley|vigente|confirmad|reafirmad|no hay otr|fecha|revisad|actualizad)",
    re.IGNORECASE,
)

CITED = {
    "sources": [
        {"number": 1, "title": "A handbook", "publisher": "Example Press", "year": 2024, "url": "https://example.org/1", "read_on": "2026-01-31", "note": ""},
        {"number": 2, "title": "A study", "publisher": "Example Press", "year": 2023, "url": "https://example.org/2", "read_on": "2026-01-31", "note": ""},
    ]
}  # fmt: skip


def _with(**changes: Any) -> dict[str, Any]:
    return {"sources": [{**CITED["sources"][0], **changes}, CITED["sources"][1]]}


EXAMPLES = (
    Example("Signs begin 8 to 24 hours after the last use.[1] Most people feel better in a week.[2]", fields=CITED),
    Example("Signs begin 8 to 24 hours after the last use. They fade.[1][2]", ("uncited-figure",), fields=CITED),
    Example("Deaths rose by 30 percent. They fell.[1][2]", ("uncited-figure",), fields=CITED),
    Example("In 2017 an emergency was declared. It holds.[1][2]", ("uncited-year",), fields=CITED),
    Example("It is the most effective treatment. It helps.[1][2]", ("uncited-superlative",), fields=CITED),
    Example("According to experts it helps. It does.[1][2]", ("uncited-according-to",), fields=CITED),
    Example("Call 1-800-662-4357, open 24 hours a day, 7 days a week. A 12-step group may help, too.[1][2]", fields=CITED),
    Example(
        "Según los expertos, ayuda. Un 30 % mejora. Es así.[1][2]", ("uncited-according-to", "uncited-figure"), language="es", fields=CITED
    ),
    Example("Según los expertos, ayuda.[1] Llame al 988, las 24 horas del día.[2]", language="es", fields=CITED),
    Example("It helps.[1][2][9]", ("dead-number",), fields=CITED),
    Example("It helps.[1]", ("unused-source",), fields=CITED),
    Example("It helps.[1][2]", ("old-source",), fields=_with(year=2009)),
    Example("It helps.[1][2]", ("old-source-explained",), fields=_with(year=2009, note="Still the clearest table.")),
    Example("It helps.[1][2]", ("missing-field",), fields=_with(year=None)),
    Example("It helps.[1][2]", ("no-address",), fields=_with(url="")),
    Example("It helps.[1][2]", ("not-read",), fields=_with(read_on=None)),
    Example("It is.[1] It was.[1] It does.[1] It did.[1] It will.[1][2]", ("one-source",), fields=CITED),
    Example("It helps many people.", ("no-sources",)),
)


@register(NAME, EXAMPLES)
def check(reading: Reading) -> Iterator[Finding]:
    """Sentences with a figure, a year, a superlative or “according to” that cite no source (in the text and its callouts;
    the summary, the facts at a glance and the timeline repeat what the text says); numbers without a source, sources nothing
    cites; sources older than ten years (a note when the source's own note says why), without year, address or publisher, or
    never read; one source that carries the whole guide. Phone numbers, opening hours, steps and ages are no figures."""
    yield from _uncited(reading)
    yield from _numbers(reading)
    for source in reading.sources:
        yield from _one_source(source, reading)


def _uncited(reading: Reading) -> Iterator[Finding]:
    for block in reading.blocks:
        if block.kind in ("paragraph", "item") and block.in_body and not block.quoted and block.callout != "emergency":
            for sentence in block.sentences:
                yield from _claims(sentence, block)


def _claims(sentence: str, block: Block) -> Iterator[Finding]:
    if rendering.CITATION.search(sentence) or sentence.endswith("?"):
        return
    masked = NO_CLAIM.sub("·", sentence)
    if WHAT_TO_DO.match(sentence):
        masked = DURATION.sub("·", masked)
    reasons = {
        "figure": _("A figure without a source: nobody can check it, and figures grow old."),
        "year": _("A date without a source: nobody can check what happened then."),
        "superlative": _("“The most” is a comparison: readers may ask with what, and who compared."),
        "according-to": _("It names somebody who said so, and not where."),
    }
    for kind, pattern in CLAIMS.items():
        if pattern.search(masked):
            yield Finding(
                NAME,
                Level.WARNING,
                _("This sentence states a fact and cites no source."),
                excerpt=shorten(sentence),
                section=block.section,
                reason=reasons[kind],
                source="JAMA benchmarks for health information (Silberg 1997): attribution, currency",
                suggestion=_("Put the number of the source behind the sentence, or say it without the claim."),
                rule=f"uncited-{kind}",
            )
            return


def _numbers(reading: Reading) -> Iterator[Finding]:
    cited = [int(number) for block in reading.blocks for number in rendering.CITATION.findall(block.text)]
    numbers = [source["number"] for source in reading.sources]
    if not numbers and not cited:
        if any(block.in_body for block in reading.prose):
            yield Finding(
                NAME, Level.WARNING, _("The guide has no source at all."),
                reason=_("Readers and reviewers can’t tell what it rests on."),
                suggestion=_("Add the sources that the facts come from and cite them by number."), rule="no-sources",
            )  # fmt: skip
        return
    for number in sorted(set(cited) - set(numbers)):
        block = next(block for block in reading.blocks if f"[{number}]" in block.text)
        yield Finding(
            NAME, Level.ERROR, _("The text cites [%(number)s], but there is no such source.") % {"number": number},
            shorten(next(sentence for sentence in block.sentences if f"[{number}]" in sentence)), block.section,
            _("A number that leads nowhere looks like proof and is none."),
            suggestion=_("Add the source, or mend the number."), rule=f"dead-number {number}",
        )  # fmt: skip
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        yield Finding(
            NAME, Level.ERROR, _("Two sources have the number %(number)s.") % {"number": number},
            reason=_("Nobody can tell which of them is meant."), suggestion=_("Give each source its own number."), rule=f"doubled-number {number}",
        )  # fmt: skip
    for source in reading.sources:
        if source["number"] not in cited:
            yield Finding(
                NAME, Level.WARNING, _("Nothing cites source %(number)s.") % {"number": source["number"]}, shorten(source["title"]),
                reason=_("A source that nothing rests on makes the guide look better founded than it is."),
                suggestion=_("Cite it where it is used, or remove it."), rule="unused-source",
            )  # fmt: skip
    yield from _one_carries_all(cited, reading)


def _one_carries_all(cited: list[int], reading: Reading) -> Iterator[Finding]:
    if len(cited) < ENOUGH_CITATIONS:
        return
    number, times = Counter(cited).most_common(1)[0]
    if times / len(cited) >= CARRIES_EVERYTHING:
        title = next((source["title"] for source in reading.sources if source["number"] == number), "")
        yield Finding(
            NAME,
            Level.WARNING,
            _("Source %(number)s carries %(times)s of %(all)s citations.") % {"number": number, "times": times, "all": len(cited)},
            excerpt=shorten(title),
            reason=_("If this one source is wrong or withdrawn, the whole guide is."),
            suggestion=_("Find a second, independent source for what matters most."),
            rule="one-source",
        )


def _one_source(source: Mapping[str, Any], reading: Reading) -> Iterator[Finding]:
    name = shorten(f"[{source['number']}] {source['title']}")
    missing = [
        label
        for label, value in (
            (_("title"), source["title"]),
            (_("publisher"), source["publisher"]),
            (_("year"), source["year"]),
        )
        if not value
    ]
    if missing:
        yield Finding(
            NAME, Level.NOTE if missing == [_("year")] and SAYS_WHY.search(source["note"]) else Level.WARNING,
            _("The source lacks: %(what)s.") % {"what": ", ".join(missing)}, name,
            reason=_("A reader who wants to check it has to find it first."), suggestion=_("Add what is missing."), rule="missing-field",
        )  # fmt: skip
    if source["year"] and reading.today.year - source["year"] > OLD:
        explained = bool(SAYS_WHY.search(source["note"]))
        yield Finding(
            NAME,
            Level.NOTE if explained else Level.WARNING,
            _("The source is of %(year)s, more than ten years ago.") % {"year": source["year"]},
            excerpt=name,
            reason=_("Drugs, treatments and law have changed since."),
            suggestion=_("Use a newer one, or say in its note why this one still holds."),
            rule="old-source-explained" if explained else "old-source",
        )
    if not source["url"]:
        yield Finding(
            NAME, Level.NOTE, _("The source has no web address."), name,
            reason=_("A reader who wants to check it has to find it first."), suggestion=_("Add the address, if it can be read on the web."), rule="no-address",
        )  # fmt: skip
    if not source["read_on"]:
        yield Finding(
            NAME, Level.NOTE, _("It isn’t noted when the source was last read."), name,
            reason=_("Pages change: without the day nobody knows what was there."), suggestion=_("Read it and enter the day."), rule="not-read",
        )  # fmt: skip
