"""Receipts: too strong to be guessed, but tolerant of copying mistakes."""

import math
import random
import unicodedata
from collections import Counter
from itertools import combinations

import pytest

from intake.crypto import receipts, sealing, wordlists
from intake.identifiers import new_id

pytestmark = pytest.mark.once


@pytest.fixture
def english():
    words = receipts.from_entropy(bytes(range(32)), "en")
    assert len(words) == 7
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
def test_a_receipt_has_about_77_bits(language):
    words = wordlists.words_of(language)
    assert len(set(words.plain)) == len(words.plain)
    assert words.words_in_receipt * math.log2(len(words.plain)) > 76.5


def test_two_receipts_are_never_the_same():
    assert receipts.new("en") != receipts.new("en")


def test_the_same_form_has_the_same_receipt_and_another_form_another():
    assert receipts.for_form(b"one", "en") == receipts.for_form(b"one", "en")
    assert receipts.for_form(b"one", "en") != receipts.for_form(b"two", "en")


def test_a_form_token_reveals_nothing_without_the_sites_secret(settings):
    before = receipts.for_form(b"one", "en")
    settings.FORM_SECRET = "another secret"
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
def test_common_copying_mistakes_still_open_the_mailbox(english, mistype):
    assert opens_with(mistype(english), english)


def test_each_single_typing_mistake_is_corrected(english):
    generator = random.Random(7)
    forgiven = 0
    for _ in range(40):
        words = list(english)
        place = generator.randrange(7)
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
        ("walnut candle napkin", "missing", ["walnut", "candle", "napkin"]),
        (
            "walnut candle napkin velvet pebble ribbon apple acorn button",
            "extra",
            ["walnut", "candle", "napkin", "velvet", "pebble", "ribbon", "apple", "acorn", "button"],
        ),
        ("walnut candle napkin velvet pebble ribbon qqqqqq", "unknown", ["qqqqqq"]),
    ],
)
def test_an_unreadable_receipt_names_the_words_in_doubt(typed, reason, in_doubt):
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
def test_no_receipt_contains_a_frightening_or_revealing_word(word):
    assert word not in wordlists.words_of("en").plain
    assert word not in wordlists.words_of("es").plain


# What a receipt once said, or could have: drugs, their names in the street, drinking, bodies, shame, violence and religion.
@pytest.mark.parametrize(
    "word",
    [
        "freebase",
        "coke",
        "morphine",
        "dosage",
        "sedative",
        "speed",
        "crystal",
        "snow",
        "spice",
        "keg",
        "needle",
        "defile",
        "celibacy",
        "feminize",
        "repulsive",
        "paralyses",
        "esophagus",
        "blood",
        "skull",
        "gun",
        "knife",
        "prison",
        "police",
        "death",
        "guilt",
        "angel",
        "temple",
        "sangre",
        "pecado",
        "iglesia",
        "polvo",
        "cuchillo",
    ],
)
def test_the_words_of_a_receipt_are_kind(word):
    assert word not in wordlists.words_of("en").plain
    assert word not in wordlists.words_of("es").plain


def test_english_words_are_short_and_no_mistake_turns_one_into_another():
    words = wordlists.words_of("en").plain
    assert len(words) == 2048
    assert all(3 <= len(word) <= 9 for word in words)
    forms = [form for word in words for form in wordlists._deletions(word)]
    # Two words that differ by one letter, one missing or two exchanged share a form with a letter missing.
    shared = {form for form, times in Counter(forms).items() if times > 1}
    close = [word for word in words if wordlists._deletions(word) & shared]
    assert not [(one, other) for one, other in combinations(close, 2) if wordlists.is_same(one, other)]


OLD = ("manager", "prude", "diffusive", "lining", "scalded", "unskilled")


def test_a_receipt_of_the_old_list_still_opens():
    assert opens_with("Manager prude difusive lining scalded unskilled", OLD)


@pytest.mark.parametrize("added", [" and", " 's", "\n• the", " and and", " quux"])
def test_what_was_added_to_a_receipt_is_left_out(english, spanish, added):
    assert opens_with(" ".join(english) + added, english)
    assert opens_with(" ".join(spanish) + added, spanish)
    assert opens_with(" ".join(OLD) + added, OLD)


def test_one_word_of_the_list_too_many_still_opens(english):
    assert opens_with(" ".join(("umbrella", *english)), english)
    assert opens_with(" ".join((*english[:3], "umbrella", *english[3:])), english)


def test_words_that_are_run_together_open(english, spanish):
    assert opens_with("".join(english), english)
    assert opens_with("".join(spanish).upper(), spanish)
    assert opens_with(f"{english[0]}{english[1]} {' '.join(english[2:])}", english)
    assert opens_with("".join(OLD), OLD)


@pytest.mark.parametrize("compound", ["artwork", "bookshelf", "blueberry", "sunflower"])
def test_a_word_made_of_two_others_is_not_taken_for_two_when_words_are_missing(english, compound):
    with pytest.raises(receipts.UnreadableReceipt) as refused:
        receipts.readings(" ".join([compound, *english[:4]]))
    assert refused.value.reason == "missing"


def test_accents_typed_as_two_signs_are_read(spanish):
    assert opens_with(unicodedata.normalize("NFD", " ".join(receipts.shown(spanish, "es"))), spanish)
