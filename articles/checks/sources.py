# ruff: noqa: E501 (a pattern cut into lines hides what it matches)
"""Checks citations and sources."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from articles.checks.examples import Example
from articles.checks.findings import Finding, Level, shorten
from articles.checks.registry import Rank, register
from articles.checks.text.numbers import NUMBER, RANGE, TIME
from articles.checks.text.parsed_guide import Block, ParsedGuide
from articles.rendering import body_html

NAME = "sources"
OLD = 10  # years
CARRIES_EVERYTHING = 0.8  # share of citations from which one source carries the guide …
ENOUGH_CITATIONS = 5  # … if the guide has at least this many
PEOPLE = (
    r"(?:people|those|them|us|you|adults|patients|clients|users|men|women|veterans|students|workers|americans|deaths|overdoses|cases|families|teens|"
    r"children|babies|newborns|doctors|programs|visits)"
)
GENTE = r"(?:ellos|ellas|adultos|pacientes|personas|hombres|mujeres|muertes|sobredosis|casos|familias|jóvenes|niños|bebés|programas|que|quienes)"
BODIES = (
    r"(?:Centers? for Disease Control|CDC|NIDA|National Institute on Drug Abuse|National Institutes? of Health|NIH|SAMHSA|FDA|HHS|ASAM|American Society of Addiction Medicine"
    r"|American Medical Association|World Health Organization|WHO|Surgeon General)(?: and Prevention)?(?: \([A-Z]+\))?"
)
SAYS = (
    r"(?:shows?|showed|suggests?|finds?|found|says?|said|agrees?|believes?|thinks?|indicates?|proves?|proved|reports?|reported|confirms?|estimates?|estimated|warns?|warned|notes?|states?"
    r"|declared|announced|recommends?|advises?|considers?|defines?)"
)
ORGANISMOS = r"(?:los CDC|CDC|NIDA|SAMHSA|FDA|NIH|OMS|OPS|Organización Mundial de la Salud)"
DICE = r"(?:muestran?|mostró|mostraron|demuestran?|demostr\w+|sugieren?|dicen?|indican?|indicó|informan?|señalan?|estiman?|recomiendan?|advierten?|coinciden?|halló|hallaron|encontr\w+)"

# Patterns by kind of claim.
CLAIMS = {
    "figure": re.compile(
        rf"{NUMBER}[\s-]?(?:%|percent\b|per cent\b|por ciento\b)|[$€£]\s?\d|{NUMBER} (?:million|billion|thousand|millones|mil)\b"
        rf"|(?<![\d-])\d{{1,3}}(?:[,.\u00a0\u202f ]\d{{3}})+(?![\d-])|\b(?:thousands|millions|billions) (?:of\b|die\b|are\b|have\b|use\b|live\b|misuse\b)|\b(?:miles|millones) de\b"
        rf"|\b(?:one|two|three|four|five|six|seven|eight|nine|\d+) (?:in|out of) (?:every )?(?:two|three|four|five|six|seven|eight|nine|ten|twenty|a hundred|\d+)\b(?! (?:minutes?|hours?|days?|weeks?|months?|years?))"
        rf"|\b(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|\d+) de cada (?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|veinte|cien|\d+)\b"
        rf"|\b(?:half|(?:a|one)[ -]third|two[ -]thirds|(?:a|one)[ -](?:quarter|fifth|tenth)|three[ -]quarters) of (?:all |the |these |those |our )*{PEOPLE}\b"
        rf"|\b(?:la mitad|(?:la|una) (?:tercera|cuarta|quinta) parte|un (?:tercio|cuarto|quinto)|dos tercios|tres cuart[oa]s(?: partes)?) de (?:tod[oa]s )?(?:l[oa]s )?{GENTE}\b"
        rf"|\b(?:doubled?|tripled?|quadrupled?|halved)\b|\b(?:{NUMBER}|two|three|four|ten|hundred)[ -]?fold\b|\b(?:{NUMBER}|several|many) times (?:as|more|higher|greater|stronger|likelier|deadlier|larger|the)\b"
        rf"|\b(?:duplic|triplic)(?:ó|aron|ad[oa]s?|an?)\b|\b\w+ veces (?:más|mayor|menos)\b"
        rf"|\b{RANGE} {TIME}\b|\b(?:days?|días?) {NUMBER}\s?(?:to|and|through|a|y|al|–|-)\s?(?:days? |el día |día )?{NUMBER}\b",
        re.IGNORECASE,
    ),
    "year": re.compile(r"(?<![\d$/-])(?:19[5-9]\d|20[0-4]\d)(?![\d/-])"),
    "superlative": re.compile(
        r"\bmost (?:effective|dangerous|deadly|lethal|addictive|powerful|potent|proven|successful|reliable|widely used)\b"
        r"|\b(?:the|one of the|[\w’']+s) (?:single )?(?:most common|leading|main|number one|biggest|largest|highest|lowest|deadliest|strongest|fastest|fastest-growing|safest|best|worst) (?:\w+ )?"
        r"(?:causes?|rates?|risks?|treatments?|evidence|results?|outcomes?|chances?|therap(?:y|ies)|medicines?|medications?|drugs?|killers?|predictors?|side effects?|problems?)\b"
        r"|\bthe (?:safest|best|surest|fastest|only proven) (?:way|place|method|option|choice|approach)s? (?:to|for|of) (?!(?:know|find|tell|ask|reach|learn|keep|say|you\b))"
        r"|\bone of the (?:safest|deadliest|best|strongest|most \w+) (?:ways|options|choices|drugs|medicines|treatments)\b|\b(?:works?|is|are) (?:better|more effective|safer) than any (?:other )?\w+"
        r"|\b(?:the )?gold standard\b"
        r"|\bmás (?:eficaz|eficaces|efectiv[oa]s?|peligros[oa]s?|adictiv[oa]s?|potentes?|letal(?:es)?)(?= (?:de|del|que existe)\b)"
        r"|\b(?:el|la|los|las) (?:\w+ )?(?:drogas?|tratamientos?|medicamentos?|terapias?|opciones|opción|manera|forma|método)s? más (?:eficaz|eficaces|efectiv[oa]s?|peligros[oa]s?|adictiv[oa]s?|potentes?|letal(?:es)?|segur[oa]s?)\b"
        r"|\b(?:la principal causa|la causa principal|la causa más común|el mejor tratamiento|la mejor terapia|la mejor (?:manera|forma) de (?:dejar|tratar|salir))\b",
        re.IGNORECASE,
    ),
    "according-to": re.compile(
        r"\baccording to (?!your|the label|his|her|their|plan|our|what you|you\b|the plan|the program|you and)\w+"
        rf"|\b(?:studies|research(?:ers)?|evidence|experts?|scientists|clinical trials|trials|surveys|data|statistics)(?: \w+)? (?:have |has )?(?:\w+ly )?(?:shown|suggested|demonstrated|proven|{SAYS})\b"
        r"|\b(?:a|one|recent|another) (?:study|survey|report|trial)(?: \w+){0,4} (?:shows?|showed|found|finds|suggests?|says|estimated)\b"
        rf"|\b(?:doctors|clinicians|physicians) (?:agree|believe|say)\b|\b{BODIES} (?:also )?{SAYS}\b|\b(?:reported|estimated|recommended|reports?) (?:by|from) (?:the )?(?:U\.?S\.? )?{BODIES}"
        r"|\b(?:scientifically|clinically|medically) (?:proven|shown)\b|\b(?:been|was|were|is|are) (?:proven|shown|found) to\b|\bwell[- ](?:documented|established)\b|\bthere is (?:strong|good|clear|growing|solid) evidence\b"
        r"|\bare known to (?:speed|help|improve|reduce|work|heal)\b"
        r"|\b(?:según|de acuerdo con|de acuerdo a) (?!(?:sus?|lo|usted|sea|le|cada|quién|cómo|qué|dónde|nuestr[oa]s?|el caso|la etiqueta|el plan|la persona|el estado|la edad|ell[oa]s?|él)\b)\w+"
        rf"|\b(?:los estudios|las investigaciones|la investigación|los investigadores|los expertos|los científicos|los médicos|la evidencia|{ORGANISMOS})(?: \w+)? {DICE}\b|\bun estudio(?: \w+){{0,3}} {DICE}\b"
        r"|\b(?:está|se ha|ha sido|han sido) (?:científicamente )?(?:demostrad|comprobad|probad)[oa]s?\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
# Numbers that aren't factual claims: phone numbers, opening hours, steps, legal ages.
NO_CLAIM = re.compile(
    r"\b(?:\+?1[- .]?)?\(?\d{3}\)?[- .]\d{3}[- .]\d{4}\b|\b(?:911|988|741741|838255|999|111|116 123)\b|\b24/7\b"
    r"|\b24 (?:hours a day|horas(?: al| del)? día)\b|\b(?:las )?24 horas\b(?=, | y |\.)|\b365 (?:days a year|días (?:al|del) año)\b|\blos (?:7|siete) días\b|\b(?:7|seven|siete) (?:days a week|días a la semana|días de la semana)\b|\b(?:12|twelve|doce)[- ](?:steps?|pasos)\b"
    r"|\b(?:step|part|phase|option|level|page|question|title|section|opción|paso|nivel|parte|pregunta) \d+(?:\.\d+)?\b|\b42 CFR\b[^.]*|\b\d+ USC \d+\b"
    r"|\b(?:room|suite|box|floor|building|apartment|sala|oficina|piso|apartado) \d+\b"
    r"|\b(?:ages?|aged|under|over|edad de|menor(?:es)? de|mayor(?:es)? de) \d{1,2}(?: años)?\b|\b\d{1,2} (?:years old|años de edad)\b"
    r"|[“\"][^”\"]{1,200}[”\"]",
    re.IGNORECASE,
)  # fmt: skip
# What we do ourselves isn't a factual claim: “We answer within 2 hours”.
WHAT_WE_DO = re.compile(
    r"\b(?:we|our \w+|someone|a (?:nurse|counselor|person)(?: from our team)?) (?:will )?(?:try to )?(?:answers?|reply|replies|calls?|writes?|keeps?|deletes?|erases?|offers?|aims?|sees?|tries|responds?)\b"
    r"|\b(?:contestamos|respondemos|llamamos|escribimos|guardamos|borramos|ofrecemos)\b|\b(?:le|lo|la) (?:contesta|responde|llama|escribe)\w*\b",
    re.IGNORECASE,
)
# Instructions aren't factual claims: “Wait 2 to 3 minutes”.
WHAT_TO_DO = re.compile(
    r"(?:then |please |do not |don['’]t |por favor,? |luego |no )?(?:call|wait|talk|ask|give|try|plan|write|set|keep|rest|stay|check|look|go|allow|breathe|push|repeat|walk|sit|count|"
    r"llame|espere|hable|pregunte|dé|pruebe|escriba|ponga|descanse|quédese|revise|respire|repita|camine|cuente)\b",
    re.IGNORECASE,
)
DURATION = re.compile(rf"\b{RANGE} {TIME}\b", re.IGNORECASE)
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


@register(NAME, EXAMPLES, rank=Rank.EVIDENCE)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """Finds sentences with a figure, a year, a superlative or “according to” that cite no source (in the text and callouts
    only, since the summary, facts at a glance and timeline repeat the text), citations without a source, sources that are
    never cited, sources that are older than ten years (a note if the source's note says why), lack a year, address or
    publisher, or were never read, and guides that rely on a single source. Phone numbers, opening hours, steps and ages don't
    count as figures."""
    yield from _uncited(guide)
    yield from _numbers(guide)
    for source in guide.sources:
        yield from _one_source(source, guide)


def _uncited(guide: ParsedGuide) -> Iterator[Finding]:
    for block in guide.blocks:
        if block.kind in ("paragraph", "item") and block.in_body and not block.quoted and block.callout != "emergency":
            for sentence in block.sentences:
                yield from _claims(sentence, block)


def _claims(sentence: str, block: Block) -> Iterator[Finding]:
    if body_html.CITATION.search(sentence) or sentence.endswith("?"):
        return
    masked = NO_CLAIM.sub("·", sentence)
    if WHAT_TO_DO.match(sentence) or WHAT_WE_DO.search(sentence):
        masked = DURATION.sub("·", masked)
    reasons = {
        "figure": _("A figure without a source: nobody can check it, and figures go out of date."),
        "year": _("A date without a source: nobody can check what happened then."),
        "superlative": _("“The most” is a comparison: readers may ask with what, and who compared."),
        "according-to": _("It names somebody who said so, but not where."),
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


def _numbers(guide: ParsedGuide) -> Iterator[Finding]:
    cited = [int(number) for block in guide.blocks for number in body_html.CITATION.findall(block.text)]
    numbers = [source["number"] for source in guide.sources]
    if not numbers and not cited:
        if any(block.in_body for block in guide.prose):
            yield Finding(
                NAME, Level.WARNING, _("The guide has no source at all."),
                reason=_("Readers and reviewers can’t tell what it rests on."),
                suggestion=_("Add the sources that the facts come from and cite them by number."), rule="no-sources",
            )  # fmt: skip
        return
    for number in sorted(set(cited) - set(numbers)):
        block = next(block for block in guide.blocks if f"[{number}]" in block.text)
        yield Finding(
            NAME, Level.ERROR, _("The text cites [%(number)s], but there is no such source.") % {"number": number},
            shorten(next(sentence for sentence in block.sentences if f"[{number}]" in sentence)), block.section,
            _("A number that leads nowhere looks like proof and is none."),
            suggestion=_("Add the source, or correct the number."), rule=f"dead-number {number}",
        )  # fmt: skip
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        yield Finding(
            NAME, Level.ERROR, _("Two sources have the number %(number)s.") % {"number": number},
            reason=_("Nobody can tell which of them is meant."), suggestion=_("Give each source its own number."), rule=f"doubled-number {number}",
        )  # fmt: skip
    for source in guide.sources:
        if source["number"] not in cited:
            yield Finding(
                NAME, Level.WARNING, _("Nothing cites source %(number)s.") % {"number": source["number"]}, shorten(source["title"]),
                reason=_("A source that nothing rests on makes the guide look better founded than it is."),
                suggestion=_("Cite it where it is used, or remove it."), rule="unused-source",
            )  # fmt: skip
    yield from _one_carries_all(cited, guide)


def _one_carries_all(cited: list[int], guide: ParsedGuide) -> Iterator[Finding]:
    if len(cited) < ENOUGH_CITATIONS:
        return
    number, times = Counter(cited).most_common(1)[0]
    if times / len(cited) >= CARRIES_EVERYTHING:
        title = next((source["title"] for source in guide.sources if source["number"] == number), "")
        yield Finding(
            NAME,
            Level.WARNING,
            _("Source %(number)s carries %(times)s of %(all)s citations.") % {"number": number, "times": times, "all": len(cited)},
            excerpt=shorten(title),
            reason=_("If this one source is wrong or withdrawn, the whole guide is."),
            suggestion=_("Find a second, independent source for what matters most."),
            rule="one-source",
        )


def _one_source(source: Mapping[str, Any], guide: ParsedGuide) -> Iterator[Finding]:
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
    if source["year"] and guide.today.year - source["year"] > OLD:
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
