"""Nobody makes the site slow with a text that a regular expression tries to read in every possible way."""

import time

import pytest

from articles import checks
from danger import assess
from tests.adversarial import patterns
from tests.articles.checks.texts import snapshot

# Characters. A request may have 5,000, the longest field that is looked through with patterns; the text of a guide is looked through
# by block and sentence, and the longest guide that we ship has 19,000 characters in all of its blocks.
LENGTH = 5_000
LIMIT = 0.1  # seconds of processor time; what backtracks needs seconds to hours
TRIES = 3


def _seconds(fed: patterns.Fed, text: str) -> float:
    start = time.process_time()
    fed.run(text)
    return time.process_time() - start


@pytest.fixture
def loaded(db):
    """Have all patterns compiled that are made from data when they are first needed."""
    for language, words in (("en", "Withdrawal from alcohol can kill. Call 911."), ("es", "Dejar el alcohol puede matar. Llame al 911.")):
        checks.run(snapshot(words, language=language))
        assess.assess(words)


def test_no_text_that_a_person_may_type_keeps_a_pattern_busy(loaded):
    fed = patterns.everywhere()
    slow = []
    for one in fed:
        for text in patterns.texts(one.pattern, LENGTH):
            if all(_seconds(one, text) > LIMIT for _again in range(TRIES)):
                slow.append(f"{one.where} on {text[:20]!r}…")
                break
    assert not slow, "\n".join(slow)
    assert len(fed) > 400
