"""One very long word in a receipt must not cost the server its memory."""

import tracemalloc

import pytest
from django.urls import reverse

from intake.crypto import wordlists

LONG = "abcdefghij" * 300  # letters; the work grew with their square


def peak(do):
    tracemalloc.start()
    try:
        do()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_word_that_no_list_can_hold_costs_nothing(language):
    wordlists.nearest("warmup", language)
    assert peak(lambda: wordlists.nearest(LONG, language)) < 1_000_000  # bytes
    assert wordlists.nearest(LONG, language) == ()


@pytest.mark.django_db
def test_a_stranger_at_the_mailbox_gets_the_words_back_to_mend(client):
    words = " ".join([LONG, *["abacus"] * 5])
    answer = client.post(reverse("intake:mailbox"), {"words": words})
    assert answer.status_code == 422
