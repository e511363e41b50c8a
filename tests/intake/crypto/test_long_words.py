"""A very long word in a receipt must not exhaust the server's memory."""

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
def test_a_word_longer_than_any_in_the_lists_costs_no_time(language):
    wordlists.nearest("warmup", language)
    assert peak(lambda: wordlists.nearest(LONG, language)) < 1_000_000  # bytes
    assert wordlists.nearest(LONG, language) == ()


@pytest.mark.django_db
def test_a_visitor_with_a_very_long_word_gets_the_form_back(client):
    words = " ".join([LONG, *["abacus"] * 5])
    answer = client.post(reverse("intake:mailbox"), {"words": words})
    assert answer.status_code == 422
