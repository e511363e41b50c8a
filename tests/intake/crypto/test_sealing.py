"""A sealed payload opens only unchanged, in its own record and with its own key."""

import uuid

import pytest

from intake.crypto import sealing

pytestmark = pytest.mark.once

PAYLOAD = {"name": "Zoë 🌊", "message": "لا أستطيع النوم", "substances": ["opioids"]}


@pytest.fixture
def key():
    return sealing.new_case_key()


def test_a_payload_opens_unchanged(key):
    record = uuid.uuid4()
    assert sealing.open_sealed("inquiry", record, sealing.seal("inquiry", record, PAYLOAD, key), key) == PAYLOAD


def test_a_sealed_payload_contains_no_plaintext(key):
    blob = sealing.seal("inquiry", uuid.uuid4(), {"name": "Quillon"}, key)
    assert b"Quillon" not in blob
    assert b"name" not in blob


@pytest.mark.parametrize(("kind", "same_record"), [("message", True), ("inquiry", False)])
def test_a_ciphertext_moved_to_another_record_does_not_open(key, kind, same_record):
    record = uuid.uuid4()
    blob = sealing.seal("inquiry", record, PAYLOAD, key)
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(kind, record if same_record else uuid.uuid4(), blob, key)


def test_every_changed_byte_is_noticed(key):
    record = uuid.uuid4()
    blob = sealing.seal("note", record, {"text": "short"}, key)
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 1
        with pytest.raises(sealing.SealBroken):
            sealing.open_sealed("note", record, bytes(changed), key)


@pytest.mark.parametrize("length", [0, 1, 12, 13, 20, 100])
def test_a_truncated_payload_does_not_open(key, length):
    record = uuid.uuid4()
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed("note", record, sealing.seal("note", record, {"text": "x"}, key)[:length], key)


def test_short_payloads_have_the_same_length(key):
    record = uuid.uuid4()
    lengths = {len(sealing.seal("message", record, {"text": "x" * size}, key)) for size in (0, 1, 40, 400)}
    assert len(lengths) == 1


def test_the_same_payload_never_looks_the_same(key):
    record = uuid.uuid4()
    assert sealing.seal("note", record, PAYLOAD, key) != sealing.seal("note", record, PAYLOAD, key)


def test_the_private_key_unwraps_the_case_key(key):
    private, public = sealing.new_key_pair()
    record = uuid.uuid4()
    wrapped = sealing.wrap_to_public_key(key, record, public)
    assert key not in wrapped
    assert sealing.unwrap_with_private_key(wrapped, record, private) == key


def test_a_wrap_is_bound_to_its_inquiry_and_its_key(key):
    private, public = sealing.new_key_pair()
    other_private, _public = sealing.new_key_pair()
    record = uuid.uuid4()
    wrapped = sealing.wrap_to_public_key(key, record, public)
    with pytest.raises(sealing.SealBroken):
        sealing.unwrap_with_private_key(wrapped, uuid.uuid4(), private)
    with pytest.raises(sealing.SealBroken):
        sealing.unwrap_with_private_key(wrapped, record, other_private)
    with pytest.raises(sealing.SealBroken):
        sealing.unwrap_with_private_key(wrapped[:40], record, private)
    with pytest.raises(sealing.SealBroken):
        sealing.unwrap_with_private_key(wrapped, record, b"no key")


def test_a_malformed_public_key_is_refused(key):
    with pytest.raises(ValueError, match="public key"):
        sealing.wrap_to_public_key(key, uuid.uuid4(), b"short")
