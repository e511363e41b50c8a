"""What must hold for every receipt, envelope and set of shares, tried with many that nobody chose."""

import uuid
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.crypto import receipts, sealing, wordlists
from intake.crypto.key_files import KeyringError
from intake.keys import recovery

pytestmark = pytest.mark.once

# The same examples at every run, and no limit of time: other work may slow this machine down.
same = settings(derandomize=True, deadline=None, database=None, max_examples=60)
slow = settings(same, max_examples=20)
entropy = st.binary(min_size=32, max_size=32)
languages = st.sampled_from(sorted(wordlists.LANGUAGES))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
KEY, RECORD = bytes(range(32)), uuid.UUID(int=7)


def refusal(typed):
    """Why `typed` can't be a receipt, or None where it may be one."""
    try:
        receipts.readings(typed)
    except receipts.UnreadableReceipt as unreadable:
        return unreadable
    return None


@same
@given(entropy, languages)
def test_every_receipt_is_read_as_it_was_shown(drawn, language):
    words = receipts.from_entropy(drawn, language)
    assert receipts.readings(" ".join(receipts.shown(words, language)))[0] == words


@same
@given(entropy, languages, st.data())
def test_upper_case_digits_and_commas_change_no_receipt(drawn, language, data):
    words = receipts.from_entropy(drawn, language)
    between = st.sampled_from([" ", "  ", ", ", "\n", " 2. ", "; ", "\u00a0"])
    typed = "".join(data.draw(st.sampled_from([word, word.upper(), word.title()])) + data.draw(between) for word in words)
    assert words in receipts.readings(typed)


@same
@given(entropy, languages, st.data())
def test_one_wrong_letter_in_a_word_still_names_the_receipt_or_the_word(drawn, language, data):
    words = list(receipts.from_entropy(drawn, language))
    place = data.draw(st.integers(0, len(words) - 1))
    letter = data.draw(st.integers(0, len(words[place]) - 1))
    wrong = words[place][:letter] + data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz")) + words[place][letter + 1 :]
    typed = [*words[:place], wrong, *words[place + 1 :]]
    if wordlists.plain(wrong) != words[place] and wrong in wordlists.words_of(language).shown:
        return  # another word of the list: nobody can know
    refused = refusal(" ".join(typed))
    # Where too many words are as near, the page names this one.
    assert wrong in refused.words if refused else tuple(words) in receipts.readings(" ".join(typed))


@slow
@given(entropy, languages, st.data())
def test_two_swapped_words_open_the_same_inquiry(drawn, language, data):
    words = receipts.from_entropy(drawn, language)
    one, other = data.draw(st.lists(st.integers(0, len(words) - 1), min_size=2, max_size=2, unique=True))
    swapped = list(words)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    lookup, key = receipts.derive(words)
    assert receipts.candidates(" ".join(swapped))[lookup] == key


@same
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_reason(typed):
    refused = refusal(typed)
    assert refused.reason in ("empty", "missing", "extra", "unknown") if refused else receipts.readings(typed)


@same
@given(st.dictionaries(st.text(), json_values), st.uuids(), st.binary(min_size=32, max_size=32))
def test_what_was_sealed_is_what_is_opened(payload, record, key):
    assert sealing.open_sealed("note", record, sealing.seal("note", record, payload, key), key) == payload


@same
@given(st.binary(max_size=600), st.data())
def test_an_envelope_with_any_byte_changed_cut_or_added_is_broken_and_nothing_else(content, data):
    blob = bytearray(sealing.seal_bytes(b"label", content, KEY))
    place = data.draw(st.integers(0, len(blob) - 1))
    change = data.draw(st.sampled_from(["flip", "cut", "add"]))
    if change == "flip":
        blob[place] ^= data.draw(st.integers(1, 255))
    elif change == "cut":
        del blob[place:]
    else:
        blob[place:place] = data.draw(st.binary(min_size=1, max_size=20).filter(lambda added: not bytes(blob[place:]).startswith(added)))
    with pytest.raises(sealing.SealBroken):
        sealing.open_bytes(b"label", bytes(blob), KEY)


@same
@given(st.binary(max_size=300))
def test_bytes_that_nobody_sealed_never_open(blob):
    with pytest.raises(sealing.SealBroken):
        sealing.open_bytes(b"label", blob, KEY)


@pytest.fixture(scope="module")
def pair():
    return sealing.new_key_pair()


@same
@given(data=st.data())
def test_a_wrapped_key_with_any_byte_changed_or_cut_is_broken(pair, data):
    private, public = pair
    blob = bytearray(sealing.wrap_to_public_key(KEY, RECORD, public))
    place = data.draw(st.integers(0, len(blob) - 1))
    if data.draw(st.booleans()):
        blob[place] ^= data.draw(st.integers(1, 255))
    else:
        del blob[place:]
    with pytest.raises(sealing.SealBroken):
        sealing.unwrap_with_private_key(bytes(blob), RECORD, private)


@slow
@given(entropy, st.integers(2, 4), st.integers(0, 2), st.data())
def test_any_k_shares_recover_the_seed_and_one_fewer_never(seed, threshold, more, data):
    shares = recovery.divide(seed, shares=threshold + more, threshold=threshold)
    for chosen in combinations(shares, threshold):
        assert recovery.combine(data.draw(st.permutations(chosen))) == seed
    for chosen in combinations(shares, threshold - 1):
        with pytest.raises(KeyringError):
            recovery.combine(chosen)


@slow
@given(entropy)
def test_a_seed_gives_one_pair_that_opens_what_is_sealed_to_it(seed):
    private = recovery.private_key(seed)
    assert private == recovery.private_key(seed)
    wrapped = sealing.wrap_to_public_key(KEY, RECORD, sealing.public_half(private))
    assert sealing.unwrap_with_private_key(wrapped, RECORD, private) == KEY


@slow
@given(entropy, st.data())
def test_a_share_with_another_word_is_refused_when_it_is_typed(seed, data):
    words = recovery.divide(seed, shares=2, threshold=2)[0].split()
    place = data.draw(st.integers(0, len(words) - 1))
    words[place] = data.draw(st.sampled_from(recovery.WORDLIST).filter(lambda word: word != words[place]))
    with pytest.raises(KeyringError):
        recovery.read_share(" ".join(words))
