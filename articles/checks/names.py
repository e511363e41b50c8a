# ruff: noqa: E501 (a pattern cut into lines hides what it matches)
"""Checks for names and numbers of others: treatment centres, phone numbers, e-mail addresses and brands."""

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from articles.checks.examples import Example
from articles.checks.findings import Finding, Level, around
from articles.checks.registry import Rank, register
from articles.checks.text.known_names import BRANDS, GENERIC, KNOWN, PUBLIC_NUMBERS, SPANISH_GENERICS
from articles.checks.text.parsed_guide import Block, ParsedGuide
from recovery_site.helplines import all_numbers

NAME = "names"
FACILITY = (
    r"(?:(?:Addiction |Detox |Recovery |Treatment |Rehab(?:ilitation)? |Medical |Wellness |Behavioral |Health |Healthcare ){0,4}"
    r"(?:Recovery|Detox|Rehab|Rehabilitation|Treatment|Wellness|Sober Living|Behavioral Health|Healthcare|Health|Medical|Addiction|Treatment)?"
    r" ?(?:Cent(?:er|re)s?|Clinics?|Hospitals?|House|Homes?|Retreat|Ranch|Lodge|Institute|Foundation|Campus|Village|Facility|Services|Group)"
    r"|(?:Addiction |Detox |Recovery |Treatment |Rehab |Intensive ){0,4}(?:Outpatient|Inpatient|Residential|Recovery|Treatment|Detox|Rehab) Program"
    r"|(?:Addiction |Detox |Behavioral ){0,4}(?:Recovery|Detox|Rehab|Treatment|Wellness|Sober Living|Behavioral Health))"
)
CENTRE = re.compile(rf"\b((?:[A-ZÁÉÍÓÚÑ][\w’'&.-]*[ ]){{1,4}}){FACILITY}\b(?! (?:Act|Month|Week|Guide|Plan|Improvement|Admin))")
SPANISH_CENTRE = re.compile(
    r"\b(?:Centro|Clínica|Hospital|Casa|Fundación|Instituto|Granja|Residencia)(?: de (?:Recuperación|Rehabilitación|Desintoxicación|Tratamiento|Adicciones))?"
    r"(?: (?:de |del |la |las |los |el )*(?:[A-ZÁÉÍÓÚÑ][\w’'-]+)){1,4}"
)
SPEAKS = re.compile(
    r"\b(?:we|our|us|nosotros|nuestr[oa]s?|(?:le|lo|la|les|los|las|te) \w+(?:amos|emos|imos)|(?:ofrec|ten|pod|atend)emos|(?:ayud|est|cont|trat)amos|somos)\b",
    re.IGNORECASE,
)
# In titles all words are capitalised. There a name counts only if it is addressed or is the subject of a verb.
GREETS = re.compile(
    r"\b(?:Welcome to|At|About|About Us:|Contact|Call|Visit|Join|Why Choose|Why|Meet|Bienvenid[oa]s? al?|Contacte al?|Llame al?|Visite)(?: [Tt]he)? $"
)
ACTS = re.compile(r"\s(?:Is Here|Offers|Provides|Team|Staff|Ofrece)\b")
BRAND = re.compile(rf"\b(?:{'|'.join(BRANDS)})\b", re.IGNORECASE)
SHORT_NUMBER = re.compile(
    r"\b(?:call|dial|text|phone|ring|llame|marque|llamar|marcar|mensaje|texto)(?: (?:or|and|o|y|to|at|al|a|us|the|el|number|número|text|call|now|on)| [A-ZÁÉ]{3,})* (\d{3,6})\b(?![-–.,]?\d| (?:hours?|days?|people|times|horas?|días?|personas))",
    re.IGNORECASE,
)
LOOKS_LIKE_PHONE = re.compile(r"\d(?:[\d ().–-]{5,})\d")
CALLED_A_BRAND = re.compile(r"\b(?:brands?|marcas?)\b", re.IGNORECASE)
SPELT_NUMBER = re.compile(r"\b(?:1[-. ])?8\d\d[-. ](?=[\dA-Z-]{0,40}[A-Z])[\dA-Z][\dA-Z-]{5,40}\b")  # 1-800-662-HELP
RECORD = re.compile(r"(?:PMC|PMID:?|NBK|NCT|ISBN(?:-1[03])?:?|doi:)\s?$", re.IGNORECASE)  # the number of a paper or book follows
EMAIL = re.compile(r"\b[\w.+-]{1,64}@([\w-]{1,63}\.[\w.-]{0,190}\w)")

EXAMPLES = (
    Example("Our team is here. Call 988 or 1-800-662-4357. A medical detox center can help."),
    Example("Ask at a hospital. Narcotics Anonymous, SMART Recovery and the Mayo Clinic are known."),
    Example("Using alone? Call 1-800-972-0590. For food, dial 211; deaf callers dial 711. To stop smoking, call 1-800-QUIT-NOW."),
    Example("Nurses at Juniper Hollow Recovery have seen it before.", ("centre",)),
    Example("At Juniper Hollow Detox Center, we help you.", ("centre-speaks",)),
    Example("Words.", ("centre-speaks",), fields={"contact_text": "The nurses of Juniper Hollow Recovery wait for you."}),
    Example("Call 202-555-0143 today.", ("phone",)),
    Example("Text HELP to 55501.", ("phone",)),
    Example("Call 1-800-555-HOPE now, or 1-800-662-HELP.", ("phone",)),
    Example("Write to help@juniper.example.com.", ("email",)),
    Example("Narcan can save a life.", ("brand",)),
    Example("Naloxone (Narcan) can save a life. Narcan is a brand name."),
    Example("Las enfermeras del Centro de Recuperación Enebro le esperan.", ("centre",), language="es"),
    Example("Llame al 202-555-0143.", ("phone",), language="es"),
    Example("Llame al 988. Narcóticos Anónimos es gratis. La naloxona (Narcan) salva vidas.", language="es"),
)


@register(NAME, EXAMPLES, rank=Rank.FORM)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """Finds names of other treatment centres (an error if the text speaks for them or in the contact block, otherwise a
    warning), phone numbers that are neither ours nor a helpline's (an error), other e-mail addresses (a warning) and brand
    names of medicines without the generic name (a note). Our own names come from the OWN_NAMES setting, helplines from
    recovery_site/helplines.toml (lines against overdose among them). Mutual-help groups, public bodies and public services
    such as 211 are allowed."""
    own = own_names()
    yield from _centres(guide, own)
    seen: set[str] = set()
    for block in guide.blocks:
        yield from _numbers(block, own)
        yield from _addresses(block, own)
        yield from _brands(block, seen, guide.language)


def own_names() -> tuple[str, ...]:
    """Return our own names and phone numbers: SITE_NAME and the result of the function in the OWN_NAMES setting."""
    hook = getattr(settings, "OWN_NAMES", "")
    return (settings.SITE_NAME, *(import_string(hook)() if hook else ()))


def _centres(guide: ParsedGuide, own: tuple[str, ...]) -> Iterator[Finding]:
    publishers = [source["publisher"] for source in guide.sources]
    known = [*own, *KNOWN, *publishers]
    mentions: list[tuple[str, Block, str, re.Match[str]]] = []
    for block in guide.blocks:
        for sentence in block.sentences:
            for pattern in (CENTRE, SPANISH_CENTRE) if guide.language == "es" else (CENTRE,):
                for match in pattern.finditer(sentence):
                    name = _proper(match.group())
                    if name and not any(_same(name, other) for other in known):
                        mentions.append((name, block, sentence, match))
    in_sentences = {name for name, block, sentence, match in mentions if not _in_a_title(block, sentence, match)}
    reported: set[tuple[str, str]] = set()
    for name, block, sentence, match in mentions:
        named = any(_same(name, other) for other in in_sentences) or _greeted(name, sentence, match)
        if _in_a_title(block, sentence, match) and not named:
            continue  # such as “Choosing Treatment Centers”
        speaks = not block.in_body or bool(SPEAKS.search(sentence))
        if (name, block.section) in reported:
            continue
        reported.add((name, block.section))
        yield Finding(
            NAME,
            Level.ERROR if speaks else Level.WARNING,
            _("“%(name)s” is none of our centres, and the text speaks for it.") % {"name": name}
            if speaks
            else _("“%(name)s” is none of our centres.") % {"name": name},
            excerpt=around(sentence, match.start(), match.end()),
            section=block.section,
            reason=_("Readers would look for help at a place that isn’t ours, and think that we speak for it."),
            source="FTC: deceptive claims of who answers; EKRA (18 USC 220)",
            suggestion=_("Use our own name, or leave the name out. If the centre is ours, add it to the centres."),
            rule="centre-speaks" if speaks else "centre",
            phrase=name,
        )


def _proper(words: str) -> str:
    """Return `words` without leading generic words, or "" if they are all generic."""
    parts = words.split()
    while parts and parts[0].lower().strip("’'.,") in GENERIC:
        parts.pop(0)
    if not parts:
        return ""
    facility = re.compile(r"(?:centers?|centres?|clinics?|programs?|house|homes?|services|group|facility|campus|institute|foundation|centro|clínica|casa|instituto|fundación|residencia|granja|de|del|la|las|los|el|adicciones|tratamiento|rehabilitación|recuperación|desintoxicación|wellness|living|retreat|ranch|lodge|village|healthcare|rehabilitation)", re.IGNORECASE)  # fmt: skip
    specific = [part for part in parts if part.lower().strip("’'.,") not in GENERIC and not facility.fullmatch(part)]
    return " ".join(parts) if specific else ""


def _same(name: str, other: str) -> bool:
    left, right = name.casefold(), other.casefold()
    return bool(right) and (left in right or right in left)


def _greeted(name: str, sentence: str, match: re.Match[str]) -> bool:
    """Return whether a title addresses readers for the name or says what it does (“Welcome to …”, “… Is Here to Help”)."""
    start = match.start() + match.group().rfind(name)
    return bool(GREETS.search(sentence[:start]) or ACTS.match(sentence[match.end() :]))


def _in_a_title(block: Block, sentence: str, match: re.Match[str]) -> bool:
    """Return whether the words around the name are capitalised too, so that capitals don't indicate a name."""
    rest = re.findall(
        r"[^\W\d_]{4,}", sentence[max(0, match.start() - 200) : match.start()] + " " + sentence[match.end() : match.end() + 200]
    )
    if not rest:
        return block.kind in ("title", "heading", "callout-title", "contact-heading")
    return len(rest) > 1 and sum(word[0].isupper() for word in rest) / len(rest) > 0.7


@lru_cache(maxsize=1)
def _helpline_numbers() -> frozenset[str]:
    return frozenset(all_numbers()) | PUBLIC_NUMBERS


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def _numbers(block: Block, own: tuple[str, ...]) -> Iterator[Finding]:
    ours = _helpline_numbers() | {_digits(name) for name in own if len(_digits(name)) >= 3}
    spans = [match.span() for match in SPELT_NUMBER.finditer(block.text)]
    if LOOKS_LIKE_PHONE.search(block.text):
        region = settings.COUNTRY
        spelt = [start for start, _end in spans]
        spans += [
            (match.start, match.end)
            for match in phonenumbers.PhoneNumberMatcher(block.text, region, leniency=phonenumbers.Leniency.POSSIBLE)
            if len(_digits(match.raw_string)) >= 7
            and match.start not in spelt
            and not re.search(r"(?:19|20)\d\d\s?[–-]\s?(?:19|20)\d\d", match.raw_string)
            and not RECORD.search(block.text[: match.start])
        ]
    spans += [match.span(1) for match in SHORT_NUMBER.finditer(block.text)]
    for start, end in spans:
        if _digits(phonenumbers.convert_alpha_characters_in_number(block.text[start:end])) not in ours:
            yield Finding(
                NAME, Level.ERROR, _("%(number)s is neither our number nor a helpline’s.") % {"number": block.text[start:end]},
                around(block.text, start, end), block.section,
                _("Somebody in need dials what is printed. A wrong or old number may be a stranger’s, or a call centre that sells patients."),
                "FTC: deceptive treatment helplines",
                _("Use our number or a helpline’s. A new helpline is added to the list of helplines first, with the day it was checked."), "phone",
            )  # fmt: skip


def _addresses(block: Block, own: tuple[str, ...]) -> Iterator[Finding]:
    for match in EMAIL.finditer(block.text):
        if match[1].lower() not in settings.SITE_URL and match.group() not in own:
            yield Finding(
                NAME, Level.WARNING, _("An e-mail address that isn’t ours."), around(block.text, match.start(), match.end()), block.section,
                _("What people write there isn’t sealed, and we don’t know who reads it."),
                "", _("Link to our contact form instead."), "email", phrase=match.group(),
            )  # fmt: skip


def _brands(block: Block, seen: set[str], language: str) -> Iterator[Finding]:
    for sentence in block.sentences:
        for match in BRAND.finditer(sentence):
            brand = match.group().lower()
            generic = BRANDS[brand]
            shown = SPANISH_GENERICS.get(generic, generic) if language == "es" else generic
            if brand in seen or shown in sentence.lower() or generic in sentence.lower() or CALLED_A_BRAND.search(sentence):
                seen.add(brand)
                continue
            seen.add(brand)
            yield Finding(
                NAME, Level.NOTE, _("“%(brand)s” is a brand of %(generic)s.") % {"brand": match.group(), "generic": shown},
                around(sentence, match.start(), match.end()), block.section,
                _("Other makers’ products do the same, and may cost less."),
                "FDA: nonproprietary names", _("Use the generic name, with the brand in brackets if people know it by that."), "brand",
            )  # fmt: skip
