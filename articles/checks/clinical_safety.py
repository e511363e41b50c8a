"""Whether the guide says what keeps its readers alive."""

import re
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from articles.checks.examples import Example
from articles.checks.findings import Finding, Level, around, shorten
from articles.checks.registry import Rank, register
from articles.checks.text import safety_patterns as said
from articles.checks.text import topic_detection
from articles.checks.text.parsed_guide import Block, ParsedGuide
from recovery_site.helplines import all_numbers

NAME = "clinical-safety"
ASAM = "ASAM National Practice Guideline for Opioid Use Disorder, 2020 update"
STRANG = "Strang et al. 2003 (BMJ 326:959); ASAM 2020"
BENZO = "Joint Clinical Practice Guideline on Benzodiazepine Tapering 2025 (PMC12463801)"
ALCOHOL = "ASAM Clinical Practice Guideline on Alcohol Withdrawal Management 2020"
MMWR = "Darke et al. 2017 (Addiction 112:199); MMWR, 1 May 2025 (medetomidine)"

SAFE_OPIOIDS = (
    "After a break your tolerance falls. A dose that was once usual can kill. Keep naloxone close. Treatment with buprenorphine, "
    "methadone or naltrexone helps.\n\n## When to get emergency help\n\nCall 911. For thoughts of suicide call 988."
)
SAFE_ALCOHOL = (
    "Do not stop all at once. Stopping suddenly can cause seizures, and it can kill.\n\n## When to get emergency help\n\n"
    "Call 911. For thoughts of suicide call 988."
)
SEGURO = (
    "Después de una pausa su tolerancia baja. La dosis de antes puede matar. Tenga naloxona cerca. La buprenorfina, la metadona y la "
    "naltrexona son tratamientos.\n\n## Cuándo pedir ayuda de emergencia\n\nLlame al 911. Si piensa en el suicidio, llame al 988."
)
HEROIN = {"title": "Coming off heroin", "kind": "withdrawal", "substances": ["heroin"]}
DRINK = {"title": "Coming off alcohol", "kind": "withdrawal", "substances": ["alcohol"]}
EXAMPLES = (
    Example(SAFE_OPIOIDS, fields=HEROIN),
    Example(SAFE_ALCOHOL, fields=DRINK),
    Example(SAFE_ALCOHOL, fields={"title": "Benzodiazepine withdrawal", "substances": ["benzodiazepines"]}),
    Example(SEGURO, language="es", fields={**HEROIN, "title": "Dejar la heroína"}),
    Example(
        SAFE_OPIOIDS.replace("After a break your tolerance falls. A dose that was once usual can kill. ", ""),
        ("overdose-after-detox",),
        fields=HEROIN,
    ),
    Example(
        SAFE_OPIOIDS.replace("your tolerance falls. A dose that was once usual can kill", "your tolerance does not fall"),
        ("overdose-after-detox",),
        fields=HEROIN,
    ),
    Example(SAFE_OPIOIDS.replace("Keep naloxone close. ", ""), ("naloxone",), fields=HEROIN),
    Example(SAFE_OPIOIDS.replace("with buprenorphine, methadone or naltrexone ", ""), ("medicines",), fields=HEROIN),
    Example(SAFE_OPIOIDS.replace(", methadone or naltrexone", ""), ("some-medicines",), fields=HEROIN),
    Example(SAFE_OPIOIDS.replace("When to get emergency help", "Numbers").replace("Call 911. ", ""), ("emergency-help",), fields=HEROIN),
    Example(SAFE_OPIOIDS.replace("For thoughts of suicide call 988.", ""), ("crisis-line",), fields=HEROIN),
    Example(SAFE_OPIOIDS + " Opioid withdrawal is not life-threatening.", ("called-harmless",), fields=HEROIN),
    Example(SAFE_OPIOIDS + " It is a myth that nobody dies of opioid withdrawal.", fields=HEROIN),
    Example(SAFE_OPIOIDS.replace("can kill", "can’t kill you"), ("overdose-after-detox",), fields=HEROIN),
    Example(SAFE_OPIOIDS.replace("Keep naloxone close", "You don’t need naloxone"), ("naloxone-denied",), fields=HEROIN),
    Example(SAFE_OPIOIDS + " You don’t need a prescription for naloxone. Naloxone doesn’t work on alcohol.", fields=HEROIN),
    Example(SAFE_OPIOIDS + " Methadone is just swapping one drug for another.", ("medicines-denied",), fields=HEROIN),
    Example(SAFE_OPIOIDS + " Some people say that this swaps one drug for another. It doesn’t.", fields=HEROIN),
    Example(SAFE_ALCOHOL + " It is fine to quit cold turkey.", ("sudden-stop-safe",), fields=DRINK),
    Example(SAFE_ALCOHOL + " It is not safe to quit cold turkey. A doctor helps you stop safely.", fields=DRINK),
    Example(SAFE_ALCOHOL.replace("it can kill", "it won’t kill you"), ("sudden-stop", "sudden-stop-safe"), fields=DRINK),
    Example(SAFE_ALCOHOL.replace(", and it can kill", ""), ("sudden-stop",), fields=DRINK),
    Example(SAFE_ALCOHOL.replace("cause seizures, and it can ", ""), ("seizures",), fields=DRINK),
    Example(SAFE_OPIOIDS + " Take 8 mg on the first day.", ("dose",), fields=HEROIN),
    Example(SAFE_OPIOIDS + " Take two pills every four hours.", ("dose",), fields=HEROIN),
    Example(SAFE_ALCOHOL + " Cut your dose by 10% every week.", ("taper",), fields=DRINK),
    Example(SAFE_ALCOHOL + " Drink one beer less each day.", ("taper",), fields=DRINK),
    Example(
        "Cannabis withdrawal is not life-threatening. Call 911 or 988 in an emergency.\n\n## Emergency help\n\nCall 911.",
        fields={"title": "Cannabis withdrawal", "substances": ["cannabis"]},
    ),
    Example(SEGURO.replace("Tenga naloxona cerca. ", ""), ("naloxone",), language="es", fields={**HEROIN, "title": "Dejar la heroína"}),
    Example(
        SEGURO.replace("Tenga naloxona cerca", "No necesita naloxona"),
        ("naloxone-denied",),
        language="es",
        fields={**HEROIN, "title": "Dejar la heroína"},
    ),
    Example(
        "La abstinencia de heroína no es peligrosa.",
        ("called-harmless", "overdose-after-detox", "naloxone", "emergency-help", "crisis-line"),
        language="es",
        fields={**HEROIN, "title": "Abstinencia"},
    ),
)


@register(NAME, EXAMPLES, rank=Rank.SAFETY)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """By substance (as chosen, as the title says, or the one the text keeps naming). Opioids: that tolerance falls after a break
    and a former dose can kill; naloxone; with treatments named, also buprenorphine, methadone and naltrexone. Alcohol and
    benzodiazepines: that stopping suddenly can kill, and seizures. Withdrawal of any kind: when to get emergency help, and a
    crisis line. All of these are errors. Nowhere: that withdrawal from these isn't dangerous, that naloxone isn't needed, that the
    medicines swap one drug for another, or that one may stop suddenly (errors); doses or taper schedules, in figures or in
    words (an error when the reader is told to take it, a warning otherwise)."""
    found = topic_detection.topics(guide)
    windows = _windows(guide)
    if topic_detection.OPIOIDS in found:
        yield from _opioids(guide, windows)
    for topic in (topic_detection.ALCOHOL, topic_detection.BENZODIAZEPINES):
        if topic in found:
            yield from _sudden_stop(guide, windows, topic)
    if topic_detection.is_about_withdrawal(guide):
        yield from _emergency(guide)
    for block in guide.blocks:
        for sentence in block.sentences:
            yield from _dangerous(sentence, block, found)


def _windows(guide: ParsedGuide) -> list[str]:
    """Return each sentence of the guide with the two that follow it: a warning may take as many."""
    spoken = [sentence for block in guide.blocks if not block.quoted for sentence in block.sentences]
    return [" ".join(spoken[start : start + 3]) for start in range(len(spoken))]


def _missing(rule: str, message: str, reason: str, suggestion: str, source: str) -> Finding:
    return Finding(NAME, Level.ERROR, message, reason=reason, source=source, suggestion=suggestion, rule=rule)


def _at(place: tuple[str, Block], finding: Finding) -> Finding:
    sentence, block = place
    return replace(finding, excerpt=shorten(sentence), section=block.section)


def _spoken(guide: ParsedGuide, pattern: re.Pattern[str]) -> Iterator[tuple[str, Block]]:
    """Return the sentences that say `pattern` in the guide's own voice: no question, quotation, myth, denial or opinion of others."""
    for block in guide.blocks:
        for sentence in block.sentences:
            match = None if block.quoted or sentence.endswith("?") else pattern.search(sentence)
            if match and not (
                said.DENIED.search(sentence) or said.THEY_SAY.search(sentence) or said.NOT_BEFORE.search(sentence[: match.start()])
            ):
                yield sentence, block


def _opioids(guide: ParsedGuide, windows: list[str]) -> Iterator[Finding]:
    warns = any(
        said.IS_FATAL.search(said.NOT_FATAL.sub("", text))
        and not said.NOT_FALLING.search(text)
        and (said.TOLERANCE_FALLS.search(text) or said.FORMER_DOSE.search(text))
        for text in windows
    )
    if not warns or not any(said.TOLERANCE_FALLS.search(text) and not said.NOT_FALLING.search(text) for text in windows):
        yield _missing(
            "overdose-after-detox",
            _("It doesn’t say that tolerance falls after a break, and that a former dose can then kill."),
            _("The weeks after detox, a hospital stay or jail are dangerous: the body no longer bears what it bore before."),
            _(
                "Say that tolerance is lost within days, that the amount used before can kill now, "
                "and what protects: medicine and naloxone."
            ),
            STRANG,
        )
    taken_back = next(_spoken(guide, said.NALOXONE_DENIED), None)
    if taken_back or not said.NALOXONE.search(guide.words):
        missing = _missing(
            "naloxone-denied" if taken_back else "naloxone",
            _("It says that naloxone isn’t needed, or doesn’t work.") if taken_back else _("It doesn’t mention naloxone."),
            _("Naloxone brings back breathing in an overdose, can be bought without prescription, and does no harm without opioids."),
            _("Say what naloxone does, where to get it, and to call the emergency number all the same."),
            f"{ASAM}; FDA, 29 March 2023 (over the counter)",
        )
        yield _at(taken_back, missing) if taken_back else missing
    for refused in _spoken(guide, said.MEDICINES_DENIED):
        wrong = _missing(
            "medicines-denied",
            _("It speaks against the medicines for opioid use disorder."),
            _("Methadone and buprenorphine are the first choice and lower the risk of dying; care without medicine did not."),
            _("Say what the medicines do, with a source. If your program doesn’t offer them, say who does."),
            ASAM,
        )
        yield _at(refused, wrong)
    absent = [name for name, pattern in said.MEDICINES.items() if not pattern.search(guide.words)]
    if not absent or not said.TREATMENT.search(guide.words):
        return
    everything = len(absent) == len(said.MEDICINES)
    finding = _missing(
        "medicines" if everything else "some-medicines",
        _("It names treatments, but not: %(names)s.") % {"names": ", ".join(absent)},
        _("Methadone and buprenorphine are the first choice and lower the risk of dying; care without medicine did not."),
        _("Name buprenorphine, methadone and naltrexone as treatments, with what each asks of a person."),
        ASAM,
    )
    yield finding if everything else replace(finding, level=Level.WARNING)


def _sudden_stop(guide: ParsedGuide, windows: list[str], topic: str) -> Iterator[Finding]:
    source = ALCOHOL if topic == topic_detection.ALCOHOL else BENZO
    for called_safe in _spoken(guide, said.SAFE_STOP):
        wrong = _missing(
            "sudden-stop-safe",
            _("It says that stopping suddenly is safe."),
            _("Withdrawal from alcohol and from benzodiazepines can be fatal, and readers may stop the day they read this."),
            _("Say near the top: don’t stop suddenly by yourself, it can kill; see a doctor first."),
            source,
        )
        yield _at(called_safe, wrong)
    if not any(said.SUDDENLY.search(text) and said.CAN_KILL.search(said.NOT_FATAL.sub("", text)) for text in windows):
        yield _missing(
            "sudden-stop",
            _("It doesn’t say that stopping suddenly can kill."),
            _("Withdrawal from alcohol and from benzodiazepines can be fatal, and readers may stop the day they read this."),
            _("Say near the top: don’t stop suddenly by yourself, it can kill; see a doctor first."),
            source,
        )
    if not said.SEIZURES.search(guide.words):
        yield _missing(
            "seizures",
            _("It doesn’t name seizures."),
            _("A seizure is the danger that comes first, often within two days, and that bystanders can act on."),
            _("Name seizures as a danger of stopping suddenly, and as a reason to call the emergency number."),
            source,
        )


def _emergency(guide: ParsedGuide) -> Iterator[Finding]:
    titles = [block for block in guide.blocks if block.kind in ("heading", "callout-title")]
    if not any(said.EMERGENCY.search(block.text) for block in titles) and not any(block.callout == "emergency" for block in guide.blocks):
        yield _missing(
            "emergency-help",
            _("It has no part that says when to get emergency help."),
            _("Somebody may read this beside a person who is dying, and looks for one thing."),
            _("Add a section “When to get emergency help” with the signs and the number to call."),
            "ASAM 2020; SAMHSA TIP 63",
        )
    lines = all_numbers(keys=("crisis", "treatment", "text"))
    if not any(re.search(rf"(?<!\d)(?:1[ ().-]*)?{'[ ().-]*'.join(number)}(?!\d)", guide.words) for number in lines):
        yield _missing(
            "crisis-line",
            _("It names no crisis line."),
            _("Thoughts of suicide are common in withdrawal, and a line answers day and night."),
            _("Name the crisis line (988 in the US: call or text)."),
            "988 Suicide & Crisis Lifeline (SAMHSA)",
        )


def _dangerous(sentence: str, block: Block, found: set[str]) -> Iterator[Finding]:
    if (match := said.HARMLESS.search(sentence)) and not block.quoted and not said.DENIED.search(sentence):
        named = {topic for topic, words in topic_detection.WORDS.items() if words.search(sentence)}
        harmless_elsewhere = not named and (topic_detection.OTHER_SUBSTANCES.search(sentence) or not found)
        spanish_ok = "abstinencia" not in match.group().lower() or said.HARMLESS_ES_NEEDS.search(match.group())
        if not harmless_elsewhere and spanish_ok:
            yield Finding(
                NAME, Level.ERROR, _("It says that withdrawal isn’t dangerous."), shorten(sentence), block.section,
                _("People die of it: of seizures, of vomiting and diarrhea without care, and of what street fentanyl is mixed with."),
                MMWR, _("Say that it is rarely deadly with care, and name the danger signs."), "called-harmless",
            )  # fmt: skip
    if match := said.TAPER.search(sentence):
        yield _amount("taper", Level.ERROR, sentence, match, block)
    elif (match := said.DOSE.search(sentence)) and not said.NALOXONE.search(sentence):
        yield _amount("dose", Level.ERROR if said.TELLS_TO_TAKE.search(sentence) else Level.WARNING, sentence, match, block)


def _amount(rule: str, level: Level, sentence: str, match: re.Match[str], block: Block) -> Finding:
    return Finding(
        NAME, level, _("It gives a taper schedule.") if rule == "taper" else _("It gives a dose."),
        around(sentence, match.start(), match.end()), block.section,
        _("A dose that is right for one person can kill another; readers without a prescriber would follow it."),
        BENZO if rule == "taper" else ASAM, _("Leave out the amount and say who decides it: a clinician, with the person."), rule,
    )  # fmt: skip
