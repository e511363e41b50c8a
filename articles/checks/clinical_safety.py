"""Checks that guides include life-saving information and no dangerous advice."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from articles import topics as guide_topics
from articles.checks import examples
from articles.checks.findings import Finding, Level, around, shorten
from articles.checks.registry import Rank, register
from articles.checks.safety_messages import MESSAGES, NO_DATA, PARTS, Message
from articles.checks.text import advice, language_data, safety_data, topic_detection
from articles.checks.text.parsed_guide import Block, ParsedGuide
from articles.checks.text.safety_data import Claim, Fact, SafetyData, Suspicion
from articles.checks.text.topic_detection import ALCOHOL, BENZODIAZEPINES, CANNABIS, OPIOIDS, SEDATIVES, STIMULANTS
from recovery_site.helplines import all_numbers

NAME = safety_data.NAME
LONGEST = 500  # characters of a sentence that are looked at together, so that no text is slow
OVERLAP = 100
DANGEROUS = {OPIOIDS, ALCOHOL, BENZODIAZEPINES, SEDATIVES}
ELSEWHERE = {STIMULANTS, CANNABIS, topic_detection.OTHER}
FIRST_PART, SHORT = 0.2, 200  # share of the body, and words of a body that is short enough to be seen at once
TENTH_DAY = 240  # hours
SIGNS = 2
ONLY_OPIOIDS = frozenset({"naloxone", "second", "breaths"})  # steps that an overdose of alcohol doesn’t need


@dataclass(frozen=True)
class Sentence:
    """A sentence of a guide. `text` is comparable and has the length of `words`."""

    words: str
    text: str
    block: Block


@dataclass(frozen=True)
class _Need:
    """Which guides must carry a fact: those on one of `topics`, and of a kind if one is named."""

    rule: str
    topics: frozenset[str]
    level: Level = Level.ERROR
    only_withdrawal: bool = False


NEEDS = (
    _Need("tolerance", frozenset({OPIOIDS})),
    _Need("naloxone", frozenset({OPIOIDS})),
    _Need("sudden-stop", frozenset({ALCOHOL, BENZODIAZEPINES})),
    _Need("sedatives", frozenset({SEDATIVES})),
    _Need("seizures", frozenset({ALCOHOL, BENZODIAZEPINES, SEDATIVES})),
    _Need("stimulants", frozenset({STIMULANTS}), Level.WARNING),
    _Need("cannabis", frozenset({CANNABIS}), Level.WARNING, only_withdrawal=True),
    _Need("pregnancy", frozenset({OPIOIDS, ALCOHOL, BENZODIAZEPINES}), Level.WARNING, only_withdrawal=True),
    _Need("mixing", frozenset({OPIOIDS, BENZODIAZEPINES, SEDATIVES}), Level.WARNING, only_withdrawal=True),
    _Need("timing", frozenset({OPIOIDS}), Level.WARNING, only_withdrawal=True),
    _Need("thiamine", frozenset({ALCOHOL}), Level.WARNING, only_withdrawal=True),
)


@register(NAME, examples.of_safety_data(), rank=Rank.SAFETY)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """Depends on the topics of the guide: the substances that editors chose, those that the title names by any name of the synonym
    list, or else the one named most in the text. The facts and the claims, with examples, stand in
    articles/data/languages/<language>/clinical-safety.toml; the rules have the names of the facts that a clinical reviewer ticks.

    Missing is an error: in guides on opioids, that tolerance falls after a break and a former dose can kill, naloxone, and (if they
    name treatments) buprenorphine, methadone and naltrexone; in guides on alcohol, benzodiazepines and other sedatives, that
    stopping suddenly can kill, and seizures; in guides on withdrawal or overdose, the emergency number together with two danger
    signs, and a crisis line (a line for finding treatment is none); in guides on overdose, the steps; in a timeline of alcohol, a
    warning beside a band that is over before day 10. Missing is a warning, since a guide may leave it to another: pregnancy, mixing,
    the timing of buprenorphine and naltrexone, thiamine, children, the dangers of stimulants and cannabis, and emergency signs in
    the first fifth.

    Claimed is an error: that withdrawal isn't dangerous, that stopping suddenly is safe, that naloxone isn't needed or doesn't work,
    that the medicines are no recovery, and all advice that has killed. So are doses and taper schedules that readers are told to
    follow. A claim counts where the sentence asserts it: not if it is negated directly before in the same clause, denied, asked,
    quoted or reported. Patterns don't understand a text: they miss what is said in new words. That is why a reviewer ticks the
    facts one by one."""
    data = safety_data.of(guide.language)
    if data is None:
        yield _missing("no-data", Level.WARNING, NO_DATA)
        return
    topics = topic_detection.topics(guide)
    sentences = list(sentences_of(guide, data))
    yield from _facts(guide, data, topics, sentences)
    yield from _medicines(guide, data, topics)
    yield from _children(guide, data, sentences)
    yield from _time_bands(guide, data, topics)
    withdrawal, overdose = topic_detection.is_about_withdrawal(guide), topic_detection.is_about_overdose(guide)
    if overdose:
        without = frozenset() if OPIOIDS in topics else ONLY_OPIOIDS
        yield from _parts(guide, data.facts["overdose-steps"], Level.ERROR, without=without)
    if withdrawal or overdose:
        yield from _emergency(guide, data)
        yield from _crisis_line(guide)
    for sentence in sentences:
        yield from _claims(sentence, data, topics, guide.language)


def sentences_of(guide: ParsedGuide, data: SafetyData) -> Iterator[Sentence]:
    """Yield the sentences, without quotations and without the items of lists that say what not to do."""
    lead = ""
    for block in guide.blocks:
        if block.kind != "item":
            lead = language_data.comparable(block.text)
        if block.quoted or (block.kind == "item" and data.asserting.negation.search(lead) and not lead.endswith(".")):
            continue
        for sentence in block.sentences:
            for start in range(0, max(1, len(sentence) - OVERLAP), LONGEST - OVERLAP):
                words = sentence[start : start + LONGEST]
                yield Sentence(words, language_data.comparable(words), block)


def _missing(rule: str, level: Level, message: Message, *, names: str = "", excerpt: str = "") -> Finding:
    text = str(message.missing)
    return _finding(rule, level, message, Finding(NAME, level, text % {"names": names} if names else text, excerpt))


def _claimed(rule: str, level: Level, sentence: Sentence, match: re.Match[str]) -> Finding:
    message = MESSAGES[rule]
    excerpt = around(sentence.words, match.start(), match.end())
    # A reason holds for the whole sentence, never for the same dose in another one.
    claim = Finding(NAME, level, str(message.asserted), excerpt, sentence.block.section, phrase=sentence.words)
    return _finding(rule, level, message, claim)


def _finding(rule: str, level: Level, message: Message, finding: Finding) -> Finding:
    return replace(finding, level=level, reason=str(message.reason), source=message.source, suggestion=str(message.suggestion), rule=rule)


# ------------------------------------------------------------------------------------------------------------------- facts


def _facts(guide: ParsedGuide, data: SafetyData, topics: set[str], sentences: list[Sentence]) -> Iterator[Finding]:
    withdrawal = topic_detection.is_about_withdrawal(guide)
    for need in NEEDS:
        if not need.topics & topics or (need.only_withdrawal and not withdrawal):
            continue
        if need.rule == "sedatives" and topics & {ALCOHOL, BENZODIAZEPINES}:
            continue  # “sudden-stop” asks for the same
        fact = data.facts[need.rule]
        if fact.parts:
            yield from _parts(guide, fact, need.level)
        elif not (fact.when and not fact.when.search(_text(guide))) and not _is_said(fact, sentences):
            yield _missing(need.rule, need.level, MESSAGES[need.rule])


def _text(guide: ParsedGuide) -> str:
    text: str = guide.extra.setdefault("comparable", language_data.comparable(guide.words))
    return text


def _is_said(fact: Fact, sentences: list[Sentence]) -> bool:
    texts = [fact.hides.sub(" ", sentence.text) for sentence in sentences]
    if any(fact.one_sentence.search(text) for text in texts):
        return True
    for place in fact.places:
        for number, text in enumerate(texts):
            if not place[0].search(text):
                continue
            for start in range(max(0, number - fact.window + 1), number + 1):
                window = " ".join(texts[start : start + fact.window])
                if all(pattern.search(window) for pattern in place) and not fact.spoils.search(window):
                    return True
    return False


def _parts(guide: ParsedGuide, fact: Fact, level: Level, *, without: frozenset[str] = frozenset()) -> Iterator[Finding]:
    text = fact.hides.sub(" ", _text(guide))
    if absent := [label for label, pattern in fact.parts.items() if label not in without and not pattern.search(text)]:
        names = ", ".join(str(PARTS.get(label, label)) for label in absent)
        yield _missing(fact.rule, level, MESSAGES[fact.rule], names=names)


def _medicines(guide: ParsedGuide, data: SafetyData, topics: set[str]) -> Iterator[Finding]:
    fact = data.facts["medicines"]
    text = _text(guide)
    absent = [label for label, pattern in fact.parts.items() if not pattern.search(text)]
    if OPIOIDS not in topics or not absent or not (fact.when and fact.when.search(text)):
        return
    names = ", ".join(str(PARTS[label]) for label in absent)
    if len(absent) == len(fact.parts):
        yield _missing("medicines", Level.ERROR, MESSAGES["medicines"], names=names)
    else:
        yield _missing("some-medicines", Level.WARNING, MESSAGES["medicines"], names=names)


def _children(guide: ParsedGuide, data: SafetyData, sentences: list[Sentence]) -> Iterator[Finding]:
    fact = data.facts["children"]
    if fact.when is None or _is_said(fact, sentences):
        return
    if fact.when.search(language_data.comparable(guide.title)):
        yield _missing("children", Level.WARNING, MESSAGES["children"])


def _number(numbers: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of phone numbers, however they are grouped."""
    groups = "|".join("[ ().-]*".join(number) for number in sorted(numbers))
    return re.compile(rf"(?<![\d-])(?:1[ ().-]*)?(?:{groups})(?!\d)")


def _emergency(guide: ParsedGuide, data: SafetyData) -> Iterator[Finding]:
    number = _number(all_numbers(keys=("emergency",)))
    body = [block for block in guide.blocks if block.in_body]
    before = 0
    for section, blocks in guide.sections.items():
        text = language_data.comparable(" · ".join([section, *(block.text for block in blocks)]))
        if number.search(text) and sum(bool(sign.search(text)) for sign in data.facts["emergency-signs"].others["signs"]) >= SIGNS:
            total = sum(len(block.text.split()) for block in body)
            line = guide_topics.search_line(guide.substances, guide.stages, ())
            if total > SHORT and before > FIRST_PART * total and not guide_topics.danger_of(guide.kind, line):
                yield _missing("position", Level.WARNING, MESSAGES["position"])
            return
        before += sum(len(block.text.split()) for block in blocks if block.in_body)
    yield _missing("emergency-signs", Level.ERROR, MESSAGES["emergency-signs"])


def _crisis_line(guide: ParsedGuide) -> Iterator[Finding]:
    if not _number(all_numbers(keys=("crisis", "text"))).search(guide.words):
        yield _missing("crisis-line", Level.ERROR, MESSAGES["crisis-line"])


def _time_bands(guide: ParsedGuide, data: SafetyData, topics: set[str]) -> Iterator[Finding]:
    others = data.facts["time-bands"].others
    for phase in guide.phases if ALCOHOL in topics else ():
        words = f"{phase['title']}. {phase.get('text', '')}"
        text = language_data.comparable(words)
        over = any(pattern.search(text) for pattern in others["settled"])
        if over and phase["from_hour"] < TENTH_DAY and not any(pattern.search(text) for pattern in others["warned"]):
            yield _missing("time-bands", Level.ERROR, MESSAGES["time-bands"], excerpt=shorten(words))


# ------------------------------------------------------------------------------------------------------------------- claims


def _claims(sentence: Sentence, data: SafetyData, topics: set[str], language: str) -> Iterator[Finding]:
    matches: dict[str, tuple[Claim | None, re.Match[str]]] = {}
    for claim in data.claims:
        if claim.rule not in matches and (match := _asserted(claim, sentence, data, topics, language)):
            matches[claim.rule] = (claim, match)
    if "taper" in matches:
        matches.pop("dose", None)
    for rule, (found, match) in matches.items():
        level = Level.WARNING if found is None or found.is_warning else Level.ERROR
        yield _claimed(rule, level, sentence, match)
    for suspicion in data.suspicions:
        if suspicion.rule not in matches and (place := _suspected(suspicion, sentence, data, topics)):
            matches[suspicion.rule] = (None, place)
            yield _claimed(suspicion.rule, Level.WARNING, sentence, place)
    if not matches and (heard := advice.level(sentence.text, language)):
        message = MESSAGES["suspected-advice"]
        excerpt = shorten(sentence.words)
        suspected = Finding(NAME, heard, str(message.asserted), excerpt, sentence.block.section, phrase=sentence.words)
        yield _finding("forbidden-advice", heard, message, suspected)


def _suspected(suspicion: Suspicion, sentence: Sentence, data: SafetyData, topics: set[str]) -> re.Match[str] | None:
    text = sentence.text
    if suspicion.topics and not suspicion.topics & topics:
        return None
    if not all(pattern.search(text) for pattern in suspicion.patterns) or suspicion.unless.search(text):
        return None
    for match in suspicion.patterns[-1].finditer(text):
        if data.asserting.is_asserted(text, match.start()):
            return match
    return None


def _asserted(claim: Claim, sentence: Sentence, data: SafetyData, topics: set[str], language: str) -> re.Match[str] | None:
    text = sentence.text
    if (claim.topics and not claim.topics & topics) or (claim.trigger and not claim.trigger.search(text)):
        return None
    match = claim.pattern.search(text)
    while match and not data.asserting.is_asserted(text, match.start()):
        match = claim.pattern.search(text, match.end())
    if match is None or claim.unless.search(text):
        return None
    if claim.other_substances:
        subject = data.asserting.clause(text, match.start()) + match.group()
        named = topic_detection.named(subject, language)
        if not named & DANGEROUS and (named & ELSEWHERE or not topics & DANGEROUS):
            return None
    return match
