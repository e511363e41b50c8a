"""A receipt's words: strong enough to guess hopelessly, forgiving enough to be copied by a shaking hand."""

import math
import random

import pytest

from intake.crypto import receipts, sealing, wordlists
from intake.identifiers import new_id

pytestmark = pytest.mark.once


@pytest.fixture
def english():
    words = receipts.from_entropy(bytes(range(32)), "en")
    assert len(words) == 6
    return words


@pytest.fixture
def spanish():
    words = receipts.from_entropy(bytes(range(32)), "es")
    assert len(words) == 7
    return words


def opens_with(typed, words):
    lookup, key = receipts.derive(words)
    return receipts.candidates(typed).get(lookup) == key


@pytest.mark.parametrize("language", ["en", "es"])
def test_about_77_bits(language):
    words = wordlists.words_of(language)
    assert len(set(words.plain)) == len(words.plain)
    assert words.words_in_receipt * math.log2(len(words.plain)) > 76.5


def test_two_receipts_are_never_the_same():
    assert receipts.new("en") != receipts.new("en")


def test_the_same_form_has_the_same_receipt_and_another_form_another():
    assert receipts.for_form(b"one", "en") == receipts.for_form(b"one", "en")
    assert receipts.for_form(b"one", "en") != receipts.for_form(b"two", "en")


def test_the_form_without_the_site_secret_tells_nothing(settings):
    before = receipts.for_form(b"one", "en")
    settings.SECRET_KEY = "another secret"
    assert receipts.for_form(b"one", "en") != before


def test_look_up_and_key_are_unrelated_and_need_their_own_pepper(settings, english):
    lookup, key = receipts.derive(english)
    assert lookup != key
    settings.RECEIPT_LOOKUP_PEPPER = "other"
    other_lookup, same_key = receipts.derive(english)
    assert other_lookup != lookup
    assert same_key == key


@pytest.mark.parametrize(
    "mistype",
    [
        " ".join,
        lambda words: "  " + ", ".join(words).upper() + ". ",
        lambda words: "\n".join(f"{place}. {word}" for place, word in enumerate(words, 1)),
        "-".join,
        lambda words: " ".join((words[1], words[0], *words[2:])),
        lambda words: " ".join((words[-1], *words[:-1])),
        lambda words: " ".join((words[3], *words[1:3], words[0], *words[4:])),
    ],
    ids=["as shown", "shouted, with commas", "numbered lines", "dashes", "two exchanged", "last word first", "two far ones exchanged"],
)
def test_a_hurried_copy_opens_the_mailbox(english, mistype):
    assert opens_with(mistype(english), english)


def test_each_single_mistake_in_a_letter_is_forgiven(english):
    generator = random.Random(7)
    forgiven = 0
    for _ in range(40):
        words = list(english)
        place = generator.randrange(6)
        letters = list(words[place])
        letters[generator.randrange(len(letters))] = generator.choice("abcdefghijklmnopqrstuvwxyz")
        words[place] = "".join(letters)
        if wordlists.plain(words[place]) in wordlists.words_of("en").shown:
            continue  # now another word of the list: nobody can tell that it is a mistake
        assert opens_with(" ".join(words), english)
        forgiven += 1
    assert forgiven > 30


def test_spanish_words_open_with_and_without_accents(spanish):
    shown = receipts.shown(spanish, "es")
    assert opens_with(" ".join(shown), spanish)
    assert opens_with(" ".join(spanish), spanish)


def test_accents_are_shown_and_not_needed():
    accented = next(word for word in wordlists.words_of("es").shown.values() if word == "ábaco")
    assert wordlists.plain(accented) == "abaco"


@pytest.mark.parametrize(
    ("typed", "reason", "in_doubt"),
    [
        ("", "empty", []),
        ("12 34 !!", "empty", []),
        ("walnut candle napkin", "count", ["walnut", "candle", "napkin"]),
        ("walnut candle napkin velvet pebble qqqqqq", "unknown", ["qqqqqq"]),
    ],
)
def test_what_can_not_be_a_receipt_says_what_to_mend(typed, reason, in_doubt):
    with pytest.raises(receipts.UnreadableReceipt) as caught:
        receipts.candidates(typed)
    assert caught.value.reason == reason
    assert caught.value.words == in_doubt


def test_another_receipt_does_not_open_the_case(english):
    inquiry, case_key = new_id(), sealing.new_case_key()
    _lookup, key = receipts.derive(english)
    _other, other_key = receipts.derive(receipts.new("en"))
    wrapped = receipts.wrap(case_key, inquiry, key)
    assert receipts.unwrap(wrapped, inquiry, key) == case_key
    with pytest.raises(sealing.SealBroken):
        receipts.unwrap(wrapped, inquiry, other_key)
    with pytest.raises(sealing.SealBroken):
        receipts.unwrap(wrapped, new_id(), key)


@pytest.mark.parametrize("word", ["junkie", "relapse", "rehab", "droga", "adicto", "recaer", "jeringa", "satan"])
def test_no_receipt_hurts_or_gives_away(word):
    assert word not in wordlists.words_of("en").shown
    assert word not in wordlists.words_of("es").shown
