"""A note that one shift leaves is sealed, waits on every page of the next, and is acknowledged by somebody else."""

import datetime as dt

import pytest
from django.utils import timezone

from intake.models import ShiftNote
from intake.queue import shift_notes
from recovery_site.verbs import NotAllowed, Refused

pytestmark = pytest.mark.django_db
BOARD, NOTE = "/admin/intake/inquiry/board/", "/admin/intake/inquiry/board/note/"
TEXT = "Zzyzx calls back at seven."


@pytest.fixture
def left(client, amara, riverside, django_capture_on_commit_callbacks):
    """Amara leaves a note."""
    client.force_login(amara)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(NOTE, {"centre": riverside.pk, "text": TEXT})
    return ShiftNote.objects.get()


def shown(client, who, path=BOARD):
    client.force_login(who)
    return client.get(path).content.decode()


def test_ben_sees_on_every_page_that_it_waits_and_says_that_he_read_it(client, left, ben, amara, django_capture_on_commit_callbacks):
    assert "Amara Diallo left a note for you" in shown(client, ben, "/admin/")
    page = shown(client, ben)
    assert TEXT in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(NOTE, {"read": left.pk})
    left.refresh_from_db()
    assert left.acknowledged_by == ben
    assert "Read by Ben Okafor" in shown(client, amara)
    assert "left a note for you" not in shown(client, ben, "/admin/")


def test_amara_can_not_acknowledge_her_own(client, left, amara):
    page = shown(client, amara)
    assert "Nobody of the next shift has read it yet." in page
    assert "left a note for you" not in page
    client.post(NOTE, {"read": left.pk})
    left.refresh_from_db()
    assert left.acknowledged_at is None
    with pytest.raises(NotAllowed):
        shift_notes.acknowledge(left, by=amara)


def test_nobody_of_another_center_sees_or_acknowledges_it(client, left, noor):
    assert TEXT not in shown(client, noor)
    assert client.post(NOTE, {"read": left.pk}).status_code == 404
    assert client.post(NOTE, {"read": "nonsense"}).status_code == 404
    with pytest.raises(NotAllowed):
        shift_notes.acknowledge(left, by=noor)
    with pytest.raises(NotAllowed):
        shift_notes.write(left.centre, TEXT, by=noor)


def test_it_is_stored_sealed(left):
    row = ShiftNote.objects.values().get()
    assert b"Zzyzx" not in b"".join(bytes(value) for value in row.values() if isinstance(value, bytes | memoryview))


def test_without_the_key_the_page_says_so(client, left, ben, settings, tmp_path):
    settings.CENTRE_KEYS_DIR = tmp_path / "nowhere"
    assert "This note can’t be opened here" in shown(client, ben)


def test_an_empty_note_is_refused(client, amara, riverside):
    client.force_login(amara)
    assert client.post(NOTE, {"centre": riverside.pk, "text": ""}).status_code == 422
    with pytest.raises(Refused):
        shift_notes.write(riverside, "  ", by=amara)


def test_a_center_without_a_key_keeps_no_note(client, amara, riverside):
    riverside.keys.all().update(retired_at=timezone.now())
    client.force_login(amara)
    assert "This center has no key" in client.post(NOTE, {"centre": riverside.pk, "text": TEXT}).content.decode()


def test_it_is_forgotten_after_thirty_days(left):
    assert shift_notes.forget_old(timezone.now() + dt.timedelta(days=29)) == {"shift_notes_forgotten": 0}
    assert shift_notes.forget_old(timezone.now() + dt.timedelta(days=31)) == {"shift_notes_forgotten": 1}
