# ruff: noqa: E501 (a pattern cut into lines hides what it matches)
"""Checks for promises that nobody can keep."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from articles.checks.examples import Example
from articles.checks.findings import Finding, Level, around
from articles.checks.registry import Rank, register
from articles.checks.text.parsed_guide import ParsedGuide

NAME = "overclaims"
FRAUD_ACT = "Opioid Addiction Recovery Fraud Prevention Act (FTC)"
BRAIN = "Volkow, Koob, McLellan 2016 (NEJM 374:363): changes of the reward system; NIDA: Drugs, Brains, and Behavior"


@dataclass(frozen=True)
class Claim:
    """A kind of claim: its pattern, the level of findings and their texts."""

    rule: str
    level: Level
    pattern: re.Pattern[str]
    message: str | Promise
    reason: str | Promise
    suggestion: str | Promise
    source: str = FRAUD_ACT


OUTCOME = (
    gettext_lazy("It promises an outcome that nobody can promise."),
    gettext_lazy("People who believe a promise and then use again blame themselves, and US law forbids claims of effect without proof."),
    gettext_lazy("Say what it can help with, for whom, and how often, with a source."),
)
ONE_PATH = (
    gettext_lazy("It says that all people need the same path."),
    gettext_lazy("Care is chosen with the person. Someone whom this path doesn’t fit reads that there is none for them."),
    gettext_lazy("Say whom it helps, and name the other ways."),
)
ABSOLUTE = (
    gettext_lazy("An absolute about the brain that isn’t so."),
    gettext_lazy("The brain’s reward system adapts to a drug and can recover. “Never” takes the hope that is justified."),
    gettext_lazy("Say that the brain makes less dopamine, or answers less to it, and that this eases with time and treatment."),
)


def _claim(rule: str, level: Level, words: tuple[Promise, Promise, Promise], pattern: str, source: str = FRAUD_ACT) -> Claim:
    return Claim(rule, level, re.compile(pattern, re.IGNORECASE), *words, source)


NEEDED = r"(?<!may )(?<!might )(?<!can )(?:needs?|must|has to|have to|requires?|should)"
TREATMENTS = (
    r"(?:treatment|rehab\w*|detox\w*|residential|inpatient|meetings?|12[- ]steps?|twelve steps|abstinence|therapy|aftercare|course of)"
)
DOES = r"(?:mak|produc|feel|recover|heal|work|function|return|repair|releas|regulat|chang|experienc|go(?:es)? back|get)\w*"
CLAIMS = (
    _claim(
        "cure", Level.ERROR, OUTCOME,
        r"\bcur(?:e|es|ed|ing)\b(?! of (?:souls|meat))|\bmiracle (?:cure|drug|treatment|pill)s?\b|\bcura(?:rá|mos|r|n|do|da)?\b(?= (?:la |el |su |tu |para |definitiva|contra |a )|[.!,;])|\bcura milagrosa\b",
    ),
    _claim(
        "guarantee", Level.ERROR, OUTCOME,
        r"(?<!law )(?<!act )(?<!state )(?<!rights )(?<!their )\bguarante(?:e|es|ed|eing)\b|\b100 ?(?:%|percent) (?:success\w*|effective|safe|free)"
        r"|(?<!ley )(?<!derecho )(?<!constitución )\bgarantiza(?:mos|do|da|dos|das|r|n)?\b|\b100 ?% (?:eficaz|efectiv[oa]|segur[oa])",
    ),
    _claim(
        "promise", Level.WARNING, OUTCOME,
        r"\b(?:we|our team) promise\b(?! (?:nothing|to (?:listen|keep|answer|tell|call|reply|write|be honest)))|\ble prometemos\b(?! (?:escuchar|contestar|responder|llamar))",
    ),
    _claim(
        "lasting-recovery", Level.WARNING, OUTCOME,
        r"\b(?:lasting|long-lasting|everlasting|permanent|lifelong|life-long) (?:recovery|sobriety|freedom|abstinence|healing|cure)\b|\b(?:complete|total|full) (?:sobriety|freedom|healing|cure)\b|\b(?:complete|total) recovery\b"
        r"|\b(?:free|freedom|out of (?:it|your life|their life)|clean|sober|over) (?:for good|forever)\b|\bfree (?:from|of) (?:the grip of )?(?:\w+ )?(?:addiction|drugs|heroin|alcohol)\b(?=.{0,20}(?:forever|for good|future|life))"
        r"|\b(?:recover\w*|freedom|free)\b[^.;]{0,30}\bfor ?ever\b|\bbuild\w* a (?:future|life) free\b|\bgives? (?:a|the|every) person their life back\b|\bsuccess rates? of \d|\b(?!100)\d+ ?(?:%|percent) success|\b\d+ ?(?:%|percent) of (?:our|the) (?:clients|patients|residents|guests|graduates)\b"
        r"|(?<!guarantee )(?<!guarantee that )\byou(?: will|['’]ll) (?:never (?:use|drink|crave|want|relapse|need)|recover\b|beat\b|be (?:cured|free|sober)|get (?:well|sober|your life back))|\bnever (?:use|touch|drink|crave|relapse|want)\b[^.;]{0,20} again\b"
        r"|\b(?:\d+|eight|nine) (?:out of|in) (?:every )?(?:ten|10|100) (?:of our )?(?:clients|patients|residents|guests|graduates)\b(?= (?:\w+ )?(?:stay|are|get|never|recover|succeed))"
        r"|\bbehind (?:you |them )?(?:forever|for good)\b|\bonce and for all\b|\bworks every time\b|\bnever fails\b|\b(?:risk-free|painless|pain-free|symptom-free|effortless) (?:\w+ )?(?:detox\w*|withdrawal|treatment|recovery|cure)\b"
        r"|\b(?:ends?|erases?|eliminates?|eradicates?) (?:your |their |the |an? |all )?addictions?\b(?! (?:stigma|and the))"
        r"|\b(?:works?|worked) for (?:everyone|everybody|anyone|all)\b|\balways works\b|\bproven to (?:end|stop|heal)\b"
        r"|\bheal(?:s)? (?:not just|the (?:whole )?(?:body|mind|heart|spirit|person|root))\b"
        r"|\b(?:recuperación|sobriedad) (?:duradera|permanente|total|definitiva|completa|para toda la vida)\b|\blibre (?:de \w+ )?para siempre\b|\bfunciona para tod[oa]s\b|\bsiempre funciona\b|\bnunca falla\b"
        r"|\b(?:libér\w+|liber\w+|dej\w+|salg\w+|salir|sale|san\w+|adiós)\b[^.;]{0,40}\bpara siempre\b|\btasas? de éxito (?:del?|superior(?:es)? al?|de más del) \d|\bdesintoxicación (?:sin dolor|sin riesgos?)\b",
    ),
    _claim(
        "one-path", Level.WARNING, ONE_PATH,
        r"\b(?:the|there is|there’s|there's|is) (?:the )?only (?:one )?(?:sensible |right |true |real |safe |proven |effective )?(?:way|path|answer|treatment|solution|option|choice|road|cure|thing that works)\b(?! to (?:know|tell|find out|be sure|test|check|learn|see))"
        r"|\bthe one (?:decision|way|path|answer|treatment|thing) that\b|\bonly one (?:sensible |right |true |real )?(?:way|path|answer|treatment)\b"
        rf"|\b(?:everyone|everybody|all (?:people|patients|addicts|users|persons)|each (?:person|addict)|every (?:person|addict|patient|individual)|anyone who|whoever)\b[^.;:]{{0,80}}\b{NEEDED}\b[^.;:]{{0,60}}\b{TREATMENTS}"
        rf"|\b(?:imperative|essential|crucial|vital)\b[^.;]{{0,40}}\b(?:individuals?|everyone|everybody|people|a person|you)\b[^.;]{{0,40}}\b{TREATMENTS}"
        r"|\bnot (?:just|merely|only) (?:a recommendation|an option)\b|\bisn['’]t one option among many\b|\bthe best course of action\b"
        r"|\b(?:no one|nobody) (?:can )?(?:recovers?|gets? (?:better|well|sober)|stops?|quits?) (?:alone|without)\b|\b(?:has to|have to|must|needs? to) hit (?:rock )?bottom\b|\bonce an addict\b|\balways (?:be )?an addict\b"
        rf"|\b(?:you|people|they|a person) can(?:no|['’])t (?:recover|heal|stop|quit|get (?:better|well|sober)) (?:alone|on (?:your|their) own|without)\b|\bwithout (?:\w+ )?{TREATMENTS}[^.;]{{0,20}}\b(?:can(?:no|['’])t|cannot|won['’]t|will not) (?:recover|heal|stop|quit|get (?:better|well|sober))\b"
        r"|\ba must for (?:everyone|everybody|all|anyone)\b|\babstinence is (?:required|necessary|essential|a must)\b|\bmust be (?:drug|substance)[- ]free to (?:recover|heal|get)\b"
        r"|\b(?:el único|la única) (?:camino|manera|forma|solución|tratamiento|salida|opción|respuesta)\b|\bno hay otr[oa] (?:camino|manera|forma|salida)\b"
        r"|\btod(?:os|as|a persona)\b[^.;:]{0,60}\b(?:necesitan?|deben?|tienen? que)\b[^.;:]{0,60}\b(?:tratamiento|rehabilitación|desintoxicación|internamiento|abstinencia|reuniones|terapia)\b|\bnadie (?:se recupera|sale|mejora|lo logra) (?:sol[oa]|sin)\b|\b(?:hay que|tien\w+ que|deben?|necesitan?) tocar fondo\b",
        "ASAM Criteria, 4th edition (2023): care is matched to the person",
    ),
    _claim(
        "brain-absolute", Level.ERROR, ABSOLUTE,
        rf"\b(?:brain|dopamine|receptors?|reward system)\b[^.;]{{0,90}}\b(?:unable to|can never|will never|(?:never|can(?:no|['’])t(?: ever)?|cannot(?: ever)?|no longer) (?:again|fully |be the same|{DOES})|never again|no longer able|incapable of"
        r"|stops? (?:making|producing)|loses? (?:all|(?:its|the|their) ability)|for ?ever|for life|irreversibl[ey]|permanent(?:ly)? (?:damaged?|destroyed|changed|broken|lost))\b[^.;]{0,60}"
        r"|\b(?:permanently|forever|irreversibly|completely) (?:damages?|destroys?|rewires?|changes?|breaks?|hijacks?|alters?)\b[^.;]{0,30}\bbrains?\b|\b(?:permanent|irreversible|lasting) (?:brain damage|damage to (?:the|your) brain)\b"
        r"|\b(?:drugs?|heroin|meth|alcohol|cocaine|addiction|opioids?|it|fentanyl) destroys? (?:the|your) brain\b"
        r"|\b(?:cerebro|dopamina|receptores)\b[^.;]{0,90}\b(?:incapaz de|nunca(?: más)?|jamás|ya no (?:puede|produce|fabrica|funciona)|no puede|para siempre|irreversible\w*|deja de producir|daño permanente)\b[^.;]{0,60}"
        r"|\b(?:destruye|daña) (?:para siempre |permanentemente |por completo )(?:el|su) cerebro\b|\b(?:destruye|daña) (?:el|su) cerebro para siempre\b|\bdaño cerebral (?:permanente|irreversible)\b",
        BRAIN,
    ),
)  # fmt: skip
# The sentence denies the claim, or warns of people who make it.
NOT_SO = re.compile(
    r"\b(?:no|not|isn['’]t|aren['’]t|doesn['’]t|don['’]t|didn['’]t|won['’]t|can['’]t|cannot|never|nobody|no one|none|without|neither|nor|rather than|instead of|few)\b[^.;:,]{0,45}$"
    r"|\b(?:no|ni|nunca|nadie|ningún|ninguna|sin|tampoco|en vez de)\b[^.;:,]{0,45}$",
    re.IGNORECASE,
)
WARNS = re.compile(
    r"\b(?:anyone who|anybody who|someone who|people who|programs? that|centers? that|places? that|they|ads?|offers?|who(?:ever)?) (?:\w+ )?(?:promise[sd]?|claims?|says?|offers?|guarantees?|sells?)\b"
    r"|\b(?:beware|be wary|wary of|careful with|walk away|red flags?|scams?|myths?|false promises?|bad signs?|warning signs?|no proof|ask (?:them )?why|steer clear|avoid)\b"
    r"|\b(?:promet[ea]n?|aseguran?|desconf[ií]e|cuidado con|al[eé]jese|mitos?|estafas?|señal(?:es)? de alerta|malas señales|falsas promesas)\b",
    re.IGNORECASE,
)
OTHER_ILLNESS = re.compile(
    r"\b(?:hepatitis|infections?|infección|infecciones|cancer|cáncer|pneumonia|neumonía|antibiotics?|antibióticos?|meat)\b", re.IGNORECASE
)
# The absolute statement is denied: “does not stop”, “isn’t broken for ever”.
ABSOLUTE_DENIED = re.compile(
    r"\b(?:isn['’]t|is not|aren['’]t|are not|does(?:n['’]t| not)|do(?:n['’]t| not)|no es|no son|no)\b[^.;,]{0,30}"
    r"\b(?:for ?ever|for life|permanent\w*|irreversibl\w*|stops?|destroyed|broken|lost|loses?|unable|incapable|para siempre|incapaz|deja)\b",
    re.IGNORECASE,
)
# Lack of oxygen, or of vitamins in long-term drinking, does damage the brain.
REAL_HARM = re.compile(r"\b(?:oxygen|overdos\w+|breath\w*|stroke|thiamine|inhal\w+|oxígeno|sobredosis|respira\w*|tiamina)\b", re.IGNORECASE)
NEVER_HEALS = re.compile(
    r"\b(?:never|can(?:no|['’])t|cannot|won['’]t|will not|no longer|unable to|nunca|jamás|no (?:se|puede))\b(?:\s\w+){0,2}?\s"
    r"(?:heal\w*|recover\w*|grows? back|improve\w*|adapt\w*|recupera\w*|sana\w*|mejora\w*)",
    re.IGNORECASE,
)
BRAIN_HEALS = re.compile(
    r"\b(?:heals?|recovers?|eases?|adapts?|grows? back|improves?|for (?:a while|some time)|at first|for now|se recupera|sana|mejora|por un tiempo)\b",
    re.IGNORECASE,
)

ASKS = re.compile(r"(?:(?:is|are|can|does|do|will)\b|¿)[^.!]*\?$", re.IGNORECASE)

EXAMPLES = (
    Example("Treatment can help you stay well. There is no cure, and no one can guarantee an outcome."),
    Example("Our program cures addiction.", ("cure",)),
    Example("We guarantee that you will recover.", ("guarantee",)),
    Example("Find lasting recovery with us.", ("lasting-recovery",)),
    Example("Walk away from anyone who promises a cure. Be wary of ads that offer lasting recovery."),
    Example("Everyone who drinks must go to residential treatment.", ("one-path",)),
    Example("Detox is the only way.", ("one-path",)),
    Example("Not everyone needs detox. Detox isn't the only way, and there is no one path."),
    Example("The brain becomes unable to produce dopamine.", ("brain-absolute",)),
    Example("The brain adapts to the drug, and it can heal. At first the brain can't feel much joy, but that eases."),
    Example("Nuestro programa cura la adicción. Es el único camino.", ("cure", "one-path"), language="es"),
    Example("Le garantizamos una recuperación duradera.", ("guarantee", "lasting-recovery"), language="es"),
    Example("El cerebro nunca más produce dopamina.", ("brain-absolute",), language="es"),
    Example("No hay una cura, y nadie puede garantizar un resultado. No es el único camino.", language="es"),
)


@register(NAME, EXAMPLES, rank=Rank.HONESTY)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """Finds promised outcomes (“cure” and “guaranteed” are errors, “lasting recovery” is a warning), claims that all people
    need the same path (a warning) and absolute statements about the brain (an error). Sentences that deny such claims (“there
    is no cure”), warn of them or quote them are ignored."""
    for block in guide.blocks:
        if block.quoted:
            continue
        warned = bool(WARNS.search(block.section)) and block.in_body
        for sentence in block.sentences:
            if not warned:
                yield from _in_sentence(sentence, block.section)


def _in_sentence(sentence: str, section: str) -> Iterator[Finding]:
    speaks_for_us = re.search(r"\b(?:we|our|prometemos)\b", sentence, re.IGNORECASE)
    for claim in CLAIMS:
        match = claim.pattern.search(sentence)
        if match is None or NOT_SO.search(sentence[: match.start()]):
            continue
        if WARNS.search(sentence) and not speaks_for_us:
            continue
        if claim.rule == "cure" and OTHER_ILLNESS.search(sentence):
            continue
        if claim.rule == "cure" and ASKS.match(sentence):
            continue
        if claim.rule == "brain-absolute" and _is_qualified(sentence, match):
            continue
        if any(sentence.rfind(opening, 0, match.start()) > sentence.rfind(closing, 0, match.start()) for opening, closing in ("“”", "«»")):
            continue
        yield Finding(
            NAME,
            claim.level,
            str(claim.message),
            excerpt=around(sentence, match.start(), min(match.end(), match.start() + 120)),
            section=section,
            reason=str(claim.reason),
            source=claim.source,
            suggestion=str(claim.suggestion),
            rule=claim.rule,
            phrase=sentence,
        )


def _is_qualified(sentence: str, match: re.Match[str]) -> bool:
    """Return whether a statement about the brain is denied, says that the effect passes, or is about real damage."""
    hopeful = BRAIN_HEALS.search(NEVER_HEALS.sub("", sentence))
    return bool(hopeful or ABSOLUTE_DENIED.search(match.group()) or REAL_HARM.search(sentence))
