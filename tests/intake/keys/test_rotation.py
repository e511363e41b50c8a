"""A new key for a centre: every case is wrapped to it while requests come in, and the old key opens nothing any more."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from intake import triage
from intake.cases import drafts
from intake.crypto import keyring, pins, sealing
from intake.crypto.key_files import KeyringError
from intake.identifiers import new_id
from intake.keys import inventory, rewrapping, rotation
from intake.models import CentreKey, Event, KeyWrap
from intake.queue import shift_notes
from tests.intake.keys.conftest import send, words_of


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(rotation, "SETTLE", 0)
    monkeypatch.setattr(rotation.time, "sleep", lambda seconds: None)


def keys(*arguments, **options):
    out = io.StringIO()
    call_command("keys", *arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


def rotate(*options):
    return keys("rotate", "riverside", "--jobs", "1", *options)


def test_every_case_opens_with_the_new_key_and_none_with_the_old(riverside, cases):
    old = keyring.active_key(riverside)
    wraps = {wrap.inquiry_id: bytes(wrap.wrapped) for wrap in KeyWrap.objects.all()}
    rotate()
    new = keyring.active_key(riverside)
    assert new != old
    assert set(KeyWrap.objects.values_list("centre_key", flat=True)) == {new.pk}
    assert [words_of(case) for case in cases] == [f"Help number {number}" for number in range(5)]
    for wrap in KeyWrap.objects.all():
        assert bytes(wrap.wrapped) != wraps[wrap.inquiry_id]
        with pytest.raises(sealing.SealBroken):
            sealing.unwrap_with_private_key(wrap.wrapped, wrap.inquiry_id, keyring.private_key(old))


def test_notes_between_shifts_and_unsent_drafts_are_still_read(riverside, cases, amara, ben):
    shift_notes.write(riverside, "Mara calls back at six", by=amara)
    drafts.save(new_id(), "call", {"name": ["Quillon"]}, by=amara)
    rotate("--destroy-old", "--yes")
    assert [read.text for read in shift_notes.recent(ben, shift_notes.timezone.now())] == ["Mara calls back at six"]
    assert [draft.fields for draft in drafts.without_case(by=amara)] == [{"name": ["Quillon"]}]


def test_a_request_that_comes_in_meanwhile_is_sealed_to_the_new_key(riverside, cases, monkeypatch):
    arrived = []
    original = rewrapping.store_for_key

    def store(*arguments):
        arrived.append(send("Meanwhile"))
        original(*arguments)

    monkeypatch.setattr(rewrapping, "store_for_key", store)
    rotate()
    assert {words_of(case) for case in arrived} == {"Meanwhile"}
    assert set(KeyWrap.objects.values_list("centre_key", flat=True)) == {keyring.active_key(riverside).pk}


def test_what_was_stored_at_the_last_moment_for_the_former_key_is_wrapped_too(riverside, cases, monkeypatch):
    old = keyring.active_key(riverside)
    late = []

    def store_late(seconds):
        case = send("At the last moment")
        wrapped = sealing.wrap_to_public_key(sealing.new_case_key(), case.pk, old.public_key)
        KeyWrap.objects.filter(inquiry=case).update(centre_key=old, wrapped=wrapped)
        late.append(case)

    monkeypatch.setattr(rotation.time, "sleep", store_late)
    rotate("--destroy-old", "--yes")
    assert KeyWrap.objects.get(inquiry=late[0]).centre_key == keyring.active_key(riverside)


def test_the_old_key_is_destroyed_only_when_nothing_is_wrapped_to_it(riverside, cases, centre_keys):
    old = keyring.active_key(riverside)
    with pytest.raises(KeyringError, match="in use"):
        rotation.destroy(old)
    keyring.create_centre_key(riverside)
    old.refresh_from_db()
    with pytest.raises(KeyringError, match="5 keys of cases, notes and drafts are still wrapped"):
        rotation.destroy(old)
    assert (centre_keys / f"{old.pk}.key").exists()
    rotate("--destroy-old", "--yes")
    assert not (centre_keys / f"{old.pk}.key").exists()
    assert words_of(cases[0]) == "Help number 0"


def test_without_yes_the_old_key_is_destroyed_only_after_the_centre_was_typed(riverside, cases, monkeypatch, centre_keys):
    old = keyring.active_key(riverside)
    monkeypatch.setattr("sys.stdin", io.StringIO("riverside-east\n"))
    with pytest.raises(CommandError, match="Nothing was changed"):
        rotate("--destroy-old")
    assert keyring.active_key(riverside) == old
    monkeypatch.setattr("sys.stdin", io.StringIO("riverside\n"))
    rotate("--destroy-old")
    assert [path.name for path in centre_keys.iterdir()] == [f"{keyring.active_key(riverside).pk}.key"]


def test_a_rotation_that_was_killed_goes_on_without_another_key(riverside, cases, monkeypatch):
    def killed(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rewrapping, "store_for_key", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate()
    new = keyring.active_key(riverside)
    assert "isn't finished: 5" in rotate()
    assert keyring.active_key(riverside) == new
    assert set(KeyWrap.objects.values_list("centre_key", flat=True)) == {new.pk}
    rotate()
    assert keyring.active_key(riverside) != new


def test_a_case_that_is_handed_to_another_centre_meanwhile_stays_there(riverside, open_harbor, cases, luisa, monkeypatch):
    original = rewrapping.store_for_key

    def store(*arguments):
        if not KeyWrap.objects.filter(centre_key__centre=open_harbor).exists():
            cases[0].refresh_from_db()
            triage.hand_over(cases[0], to=open_harbor, by=luisa, version=cases[0].version)
        original(*arguments)

    monkeypatch.setattr(rewrapping, "store_for_key", store)
    rotate()
    assert KeyWrap.objects.get(inquiry=cases[0]).centre_key == keyring.active_key(open_harbor)
    assert words_of(cases[0]) == "Help number 0"


def test_what_the_lost_private_half_alone_opens_is_left_and_named(riverside, cases, centre_keys):
    old = keyring.active_key(riverside)
    (centre_keys / f"{old.pk}.key").unlink()
    keyring.forget_read_keys()
    assert "5 could not be wrapped" in rotate()
    with pytest.raises(CommandError, match=f"wrapped to key {old.pk}, whose private half isn't"):
        keys("verify")


def test_making_rotating_retiring_and_destroying_are_recorded(riverside, cases):
    old = keyring.active_key(riverside)
    rotate("--destroy-old", "--yes")
    new = keyring.active_key(riverside)
    events = Event.objects.filter(inquiry=None, centre=riverside).order_by("pk")
    assert [(event.kind, event.data["key"], event.data.get("why")) for event in events] == [
        ("key_created", old.pk, None),
        ("key_retired", old.pk, None),
        ("key_created", new.pk, None),
        ("key_rotated", new.pk, None),
        ("key_retired", old.pk, "destroyed"),
    ]


def test_the_list_shows_number_centre_fingerprint_and_what_is_wrapped(riverside, cases):
    [row] = inventory.rows()
    assert (row.key, row.private_half, row.wraps) == (keyring.active_key(riverside), "here", 5)
    listed = keys("list")
    for part in (f"{row.key.pk}  Riverside", "active, signed", "private half here", "5 wrapped", row.fingerprint):
        assert part in listed


def test_a_retired_key_leaves_the_centre_without_one(riverside, monkeypatch):
    number = keyring.active_key(riverside).pk
    keys("retire", str(number), "--yes")
    assert keyring.active_key(riverside) is None
    with pytest.raises(CommandError, match="no key 77"):
        keys("retire", "77", "--yes")


def test_verify_finds_a_swapped_key_and_puts_it_back(riverside, cases):
    key = keyring.active_key(riverside)
    assert "opens what is sealed to it" in keys("verify")
    CentreKey.objects.update(public_key=sealing.new_key_pair()[1])
    with pytest.raises(CommandError, match="CHANGED IN THE DATABASE"):
        keys("verify")
    with pytest.raises(CommandError, match="It was put back"):
        keys("verify", "--mend")
    assert "opens what is sealed to it" in keys("verify")
    assert bytes(keyring.active_key(riverside).public_key) == bytes(key.public_key)
    assert words_of(send("After the mend")) == "After the mend"


def test_verify_tells_a_key_that_nobody_signed_from_one_that_was_swapped(riverside, settings, tmp_path):
    private, settings.ORGANISATION_PUBLIC_KEY = settings.ORGANISATION_KEY, pins.organisation_public_key()
    settings.ORGANISATION_KEY = ""  # it lies in a safe
    CentreKey.objects.update(signature=None)
    with pytest.raises(CommandError, match="keys pin"):
        keys("verify")
    (tmp_path / "from the safe").write_text(private + "\n")
    signed = keys("pin", "--organisation-key", str(tmp_path / "from the safe"))
    assert "is signed" in signed
    assert settings.ORGANISATION_PUBLIC_KEY in signed
    CentreKey.objects.update(signature=None, public_key=sealing.new_key_pair()[1])
    with pytest.raises(CommandError, match="it was swapped"):
        keys("verify")


def test_a_public_server_lists_keys_and_touches_none(riverside, settings):
    settings.SITE_ROLE = "public"
    assert "private half elsewhere" in keys("list")
    for part in (["verify"], ["create", "riverside"], ["rotate", "riverside"], ["encrypt"]):
        with pytest.raises(CommandError, match="staff server"):
            keys(*part)
