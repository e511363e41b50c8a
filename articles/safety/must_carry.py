"""What a clinical reviewer has to confirm about a guide, fact by fact, because no pattern can judge it.

The facts are data: which guides they concern in articles/data/facts.toml, their words in articles/data/languages/<code>/facts.toml.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.checks.text import parsed_guide, topic_detection
from articles.checks.text.parsed_guide import ParsedGuide
from articles.models import FactAnswer, Guide, GuideEvent
from recovery_site import languages

DATA = Path(__file__).parent.parent / "data"
WORDS_OF_A_REASON = 2  # at least, as in review_gate.justify


@dataclass(frozen=True)
class Fact:
    """A fact that guides of some topics must carry, or, if `forbidden`, advice that they may not give.

    `name` and `question` are in the language of the staff member.
    """

    id: str
    forbidden: bool
    name: str
    question: str


@dataclass(frozen=True)
class Asked:
    """A fact as it is put to the reviewer of a guide.

    `sections` are the parts of the guide in which its words stand, the one with most of them first. The first one is proposed.
    """

    fact: Fact
    sections: tuple[str, ...]

    @property
    def proposed(self) -> str:
        return self.sections[0] if self.sections else ""


@dataclass(frozen=True)
class Answer:
    """What the reviewer said of a fact: ticked, in `place` (a section), or a `reason`: why the guide doesn't need it, or why the advice
    that is there does no harm."""

    ticked: bool = False
    place: str = ""
    reason: str = ""


Answers = Mapping[str, Answer]  # by id of the fact


@dataclass(frozen=True)
class FactList:
    """What the reviewer of a guide has to confirm. `sections` are the parts of the guide in which a fact can stand."""

    asked: tuple[Asked, ...]
    sections: tuple[str, ...]

    def unanswered(self, answers: Answers) -> list[Fact]:
        """Return the facts without a valid answer.

        A fact that must be carried is answered by a tick and one of the sections, forbidden advice by a tick alone; or, without a
        tick, by a reason of some words. A tick with a reason contradicts itself.
        """
        return [one.fact for one in self.asked if not self._is_answered(one.fact, answers.get(one.fact.id, Answer()))]

    def _is_answered(self, fact: Fact, answer: Answer) -> bool:
        if answer.ticked:
            return not answer.reason.strip() and (fact.forbidden or answer.place in self.sections)
        return len(answer.reason.split()) >= WORDS_OF_A_REASON


@lru_cache(maxsize=1)
def _facts() -> dict[str, dict[str, Any]]:
    return tomllib.loads((DATA / "facts.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def _texts(language: str) -> dict[str, dict[str, Any]]:
    """Return the names, questions and words of a language, {} if it has no file."""
    path = DATA / "languages" / language / "facts.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@lru_cache(maxsize=128)
def _pattern(language: str, fact: str) -> re.Pattern[str] | None:
    words = _texts(language).get(fact, {}).get("words", [])
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + ")", re.IGNORECASE) if words else None


def fact_list(guide: Guide) -> FactList:
    """Return what the reviewer of the stored working copy has to confirm. Three queries."""
    parsed = parsed_guide.read(guide, today=timezone.localdate())
    topics = _topics(parsed)
    shown, fallback = _texts(languages.current()), _texts(settings.LANGUAGE_CODE)
    asked = []
    for fact_id, rule in _facts().items():
        if topics.isdisjoint(rule["topics"]):
            continue
        text = shown.get(fact_id) or fallback[fact_id]
        fact = Fact(fact_id, rule.get("forbidden", False), text["name"], text["question"])
        asked.append(Asked(fact, _sections_with(_pattern(guide.language, fact_id), parsed)))
    return FactList(tuple(asked), tuple(parsed.sections))


def refusal(facts: Iterable[Fact]) -> str:
    """Return why approval is refused while `facts` are unanswered, as a message that names them."""
    names = "; ".join(fact.name for fact in facts)
    return _("Tick each fact with its place in the text, or say why this guide doesn’t need it. Missing: %(facts)s.") % {"facts": names}


def store(event: GuideEvent, facts: FactList, answers: Answers) -> None:
    """Keep the answers with the approval or review that they were given for. The questions are kept as they were asked."""
    FactAnswer.objects.bulk_create(_row(event, one.fact, answers[one.fact.id]) for one in facts.asked)


def _row(event: GuideEvent, fact: Fact, answer: Answer) -> FactAnswer:
    if answer.ticked:
        said = FactAnswer.Said.NOWHERE if fact.forbidden else FactAnswer.Said.CARRIED
    else:
        said = FactAnswer.Said.HARMLESS if fact.forbidden else FactAnswer.Said.NOT_NEEDED
    place = answer.place if said == FactAnswer.Said.CARRIED else ""
    return FactAnswer(event=event, fact=fact.id, question=fact.question, said=said, place=place[:200], reason=answer.reason.strip()[:500])


def _topics(guide: ParsedGuide) -> set[str]:
    """Return the topics of a guide as facts.toml names them."""
    substances = {*guide.substances, *topic_detection.topics(guide)}
    stages = {*guide.stages, *(["withdrawal"] if topic_detection.is_about_withdrawal(guide) else [])}
    return {"any", f"kind:{guide.kind}", *(f"substance:{code}" for code in substances), *(f"stage:{code}" for code in stages)}


def _sections_with(words: re.Pattern[str] | None, guide: ParsedGuide) -> tuple[str, ...]:
    """Return the sections in which at least one of the words stands, those with most different ones first."""
    if words is None:
        return ()
    counts = {
        name: len({match.casefold() for block in blocks for match in words.findall(block.text)}) for name, blocks in guide.sections.items()
    }
    return tuple(sorted((name for name, count in counts.items() if count), key=lambda name: -counts[name]))
