"""Examples of checks, which serve as tests and documentation."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from articles.checks.text import language_data, safety_data


@dataclass(frozen=True)
class Example:
    """A small guide, and the rules that must find something in it (none if it is correct).

    `body` is Markdown as in the starter library. `fields` sets other fields of the snapshot. The handbook shows `shown`, if given,
    instead of the whole body.
    """

    body: str
    finds: tuple[str, ...] = ()
    language: str = "en"
    fields: dict[str, Any] = field(default_factory=dict)
    shown: str = ""


def of_data(name: str) -> tuple[Example, ...]:
    """Return the examples of a check from the [[claims]] of its data."""
    return tuple(
        Example(sentence, finds, language)
        for language in language_data.languages(name)
        for row in language_data.read(language, name)["claims"]
        for finds, sentences in (((row["rule"],), row["found"]), ((), row["passes"]))
        for sentence in sentences
    )


def of_safety_data() -> tuple[Example, ...]:
    """Return the examples of clinical-safety from its data, each inside a guide that is safe otherwise."""
    return tuple(_of_safety_data())


def _of_safety_data() -> Iterator[Example]:
    for language in language_data.languages(safety_data.NAME):
        data = language_data.read(language, safety_data.NAME)
        for guide in data["guides"]:
            body, fields = safety_data.with_words(language, guide, "rest", data["guides"][guide]["parts"].get("rest", ""))
            yield Example(body, (), language, fields)
        for rule, row in data["facts"].items():
            yield from _of_row(language, row, rule, place=rule)
        for row in (*data["claims"], *data.get("suspicions", ())):
            yield from _of_row(language, row, row["rule"], place="")


def _of_row(language: str, row: dict[str, Any], rule: str, *, place: str) -> Iterator[Example]:
    for finds, sentences in (((rule,), row.get("found", ())), ((), row.get("passes", ()))):
        for sentence in sentences:
            body, fields = safety_data.with_words(language, row["guide"], place, sentence)
            yield Example(body, finds, language, fields, shown=sentence)
