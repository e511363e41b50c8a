"""Recognises questions and answers that are marked with letters: "Q: …" and "A: …"."""

from __future__ import annotations

import itertools
import re

from articles.importing.doubts import Doubts
from articles.importing.elements import Element, Heading, Text, drop_start

QUESTION = re.compile(r"(?:Q|P|Question|Pregunta)\s?\d{0,2}\s?[.:)]\s+(?=\S)", re.IGNORECASE)
ANSWER = re.compile(r"(?:A|R|Answer|Respuesta)\s?\d{0,2}\s?[.:)]\s+(?=\S)", re.IGNORECASE)


def without_letters(elements: list[Element], doubts: Doubts) -> list[Element]:
    """Return `elements` with a section title for each question that an answer follows, both without their letters."""
    pairs = [
        position
        for position, (entry, following) in enumerate(itertools.pairwise(elements))
        if isinstance(entry, Heading | Text) and isinstance(following, Text) and QUESTION.match(entry.text) and ANSWER.match(following.text)
    ]
    if len(pairs) < 2:
        return elements
    result = list(elements)
    places = []
    for position in pairs:
        question, answer = elements[position], elements[position + 1]
        if not isinstance(question, Heading | Text) or not isinstance(answer, Text):
            continue
        match, cut = QUESTION.match(question.text), ANSWER.match(answer.text)
        words = question.text[match.end() if match else 0 :].strip()
        level = question.level if isinstance(question, Heading) else 2
        result[position] = Heading(question.line, level, words)
        result[position + 1] = Text(
            answer.line, drop_start(answer.spans, cut.end() if cut else 0), answer.indent, answer.blank_before, answer.after_break
        )
        places.append((question.line, words))
    doubts.add_group("a question was made a section title, and the letters before it and its answer were left out", places)
    return result
