"""Decides what makes a sign harmless: it is over, somebody died of it, it is denied, a title, a topic or a question.

The guards are concepts in danger/data/*.toml; those of every language count for the rules of every language. In doubt nothing here
applies, and the sign stands. static/js/danger.js is the same in JavaScript.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from danger.concepts import Place, Places
from danger.text import Sentence

GUARDS = (
    *("PAST", "NOW", "INTENT", "RENEWED", "WELL", "DIED", "TALK", "TITLE", "ASKING", "JOKE"),
    *("DENY", "UNSURE", "NOINTENT", "SELFHARM", "DOUBT", "SEEKS", "CALM"),
)
BESIDE = 2  # words
LONGEST_SUBJECT = 5  # words: “my wife says she”, before a denial
NEAR = 5  # words after “never” that it may deny
BUT = frozenset({"but", "pero", "sino", "aunque"})


def guards_of(found: dict[str, Places]) -> Places:
    """Return the places of the guards that a sentence has, of all languages."""
    guards: Places = {}
    for name in GUARDS:
        if places := [place for one in found.values() for place in one.get(name, ())]:
            guards[name] = places
    return guards


def is_doubtful(guards: Places) -> bool:
    """Return whether the sentence has a RENEWED (“try again”) or a DOUBT (“but”, “just want”; not in a SEEKS, “just want help”)."""
    seeks = guards.get("SEEKS", ())
    return "RENEWED" in guards or any(all(_between(doubt, seek) for seek in seeks) for doubt in guards.get("DOUBT", ()))


def settled(guards: Places, *, doubtful: bool, renewed: bool) -> Places:
    """Return the guards as they count together.

    INTENT (“want to die”) counts as NOW. A NOW that says that all is WELL (“today I am fine”) doesn't, unless the sentence or a neighbour
    is doubtful. UNSURE (“I don't know if …”, “I can't promise …”) takes away what denies, RENEWED what is past.
    """
    well = [] if doubtful else guards.get("WELL", [])
    now = [place for place in guards.get("NOW", ()) if all(_between(place, other) > BESIDE for other in well)] + guards.get("INTENT", [])
    unsure = "UNSURE" in guards
    undone = {"NOW", *(("DENY", "NOINTENT") if unsure else ()), *(("PAST",) if renewed else ())}
    kept = {name: places for name, places in guards.items() if name not in undone}
    return {**kept, "NOW": now} if now else kept


def guard_of_whole(guards: Places) -> str:
    """Return the reason if the whole sentence is about the past or a death, else ""."""
    if "DIED" in guards:
        return "died"
    return "past" if "PAST" in guards and "NOW" not in guards else ""


def is_over(places: list[Place], guards: Places) -> bool:
    """Return whether a sign is near words such as "years ago" and farther from "now": "a stroke years ago, and now she drinks"."""
    if "PAST" not in guards or "NOW" not in guards:
        return False
    over = min(_between(place, other) for place in places for other in guards["PAST"])
    return over <= BESIDE and over < min(_between(place, other) for place in places for other in guards["NOW"])


def titled_words(guards: Places, sentence: Sentence) -> set[int]:
    """Return the numbers of the words right after a TITLE: “our band is called …”, “the drill for …”."""
    return {end for _start, end in guards.get("TITLE", ()) if end not in sentence.breaks}


def topic(guards: Places) -> str:
    """Return the reason if a bare name is only a topic or a question, else ""."""
    return next((reason for name, reason in (("TALK", "talk"), ("JOKE", "talk"), ("ASKING", "asking")) if name in guards), "")


@dataclass(frozen=True)
class Denied:
    """The words by which somebody denies an intent: “don't want to” and “kill myself” right after it.

    `words` are the numbers of the words, and `clause` the same with the few words before them (“my wife says she”). `holds` says whether
    the denial may be believed; where it may not, what it denies stands, whatever else denies it.
    """

    words: frozenset[int] = frozenset()
    clause: frozenset[int] = frozenset()
    holds: bool = False


def denied_intent(guards: Places, sentence: Sentence, *, doubtful: bool) -> Denied:
    """Return the intents that a sentence denies.

    They aren't believed where a word raises a doubt in the sentence or beside it, where more follows than a comma and a
    CALM (“I need a bed in detox”), after another denial (“I can't say I won't hurt myself”), or beside a NOW (“not tonight”).
    """
    words: set[int] = set()
    clause: set[int] = set()
    holds = not doubtful
    for start, end in guards.get("NOINTENT", ()):
        # The longest of those that begin there: “hurt himself or anyone”.
        for act, after in sorted((place for place in guards.get("SELFHARM", ()) if place[0] == end), reverse=True)[:1]:
            if any(at in sentence.breaks for at in range(start + 1, act + 1)):
                continue
            words |= set(range(start, after))
            begin = max([at for at in sentence.breaks if at <= start], default=0)
            clause |= set(range(begin if start - begin <= LONGEST_SUBJECT else start, after))
            twice = any(_closely_before(other, start, sentence) for other in guards.get("DENY", ()))
            beside = any(_between((start, after), now) <= 1 for now in guards.get("NOW", ()) if not start <= now[0] < now[1] <= after)
            calm = any(place[0] >= after for place in guards.get("CALM", ()))
            ends = after == len(sentence.words)
            holds = holds and not twice and not beside and (ends or (calm and after in sentence.breaks))
    return Denied(frozenset(words), frozenset(clause), holds)


def _closely_before(place: Place, start: int, sentence: Sentence) -> bool:
    return 0 <= start - place[1] <= BESIDE and not any(at in sentence.breaks for at in range(place[1], start + 1))


def affirmed_places(found: Places, guards: Places, sentence: Sentence, intent: Denied) -> Places:
    """Return the concepts without those that a “not” or “never” right before them denies; an intent is not among them."""
    if "DENY" not in guards:
        return found
    nexts = (range(end, min(end + NEAR, len(sentence.words))) for _start, end in guards["DENY"])
    return without(found, {at for numbers in nexts for at in _until_break(numbers, sentence)} - intent.words)


def without(found: Places, starts: Collection[int]) -> Places:
    """Return the concepts without the places that begin at one of these words."""
    if not starts:
        return found
    kept = {name: [place for place in places if place[0] not in starts] for name, places in found.items()}
    return {name: places for name, places in kept.items() if places}


def _until_break(numbers: range, sentence: Sentence) -> Iterator[int]:
    for at in numbers:
        if at in sentence.breaks or sentence.words[at] in BUT:
            return
        yield at


def _between(one: Place, other: Place) -> int:
    """Return the number of words between two places; 0 if they touch or overlap."""
    return max(one[0] - other[1], other[0] - one[1], 0)
