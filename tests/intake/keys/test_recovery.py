"""The recovery key: any two of three papers open the cases of a centre whose key is lost, and one alone opens nothing."""

import base64
import io
import random

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from intake.crypto import keyring, sealing
from intake.crypto.key_files import KeyringError
from intake.keys import dialogue, recovery
from intake.models import Event, KeyWrap
from tests.intake.keys.conftest import send, words_of

SEED = bytes(range(32))


class Terminal(io.StringIO):
    """What a person sees and types. `answers` are given to input(), by the prompt."""

    def isatty(self):
        return True


def keys(*arguments, out=None):
    out = out or io.StringIO()
    call_command("keys", *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def shares(settings):
    """Three papers of which two are needed; the site seals to the recovery key."""
    settings.RECOVERY_PUBLIC_KEY = recovery.public_key(recovery.private_key(SEED))
    return recovery.divide(SEED, shares=3, threshold=2)


def typed(monkeypatch, *lines):
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def lose_the_key(centre, centre_keys):
    (centre_keys / f"{keyring.active_key(centre).pk}.key").unlink()
    keyring.forget_read_keys()


def test_two_of_three_papers_open_the_cases_of_a_centre_whose_key_is_lost(shares, riverside, harbor, centre_keys, monkeypatch):
    cases = [send(f"Help number {number}") for number in range(3)]
    lose_the_key(riverside, centre_keys)
    typed(monkeypatch, shares[2], shares[0])
    assert "3 cases can be opened again" in keys("recover", "--centre", "riverside", "--jobs", "1")
    assert [words_of(case) for case in cases] == ["Help number 0", "Help number 1", "Help number 2"]
    assert set(KeyWrap.objects.exclude(centre_key=None).values_list("centre_key", flat=True)) == {keyring.active_key(riverside).pk}
    [event] = Event.objects.filter(kind=Event.Kind.KEY_RECOVERED)
    assert (event.centre, event.data["wrapped"], event.data["left"]) == (riverside, 3, 0)


def test_recovering_twice_makes_no_second_key(shares, riverside, centre_keys, monkeypatch):
    case = send()
    lose_the_key(riverside, centre_keys)
    for _time in range(2):
        typed(monkeypatch, *shares[:2])
        keys("recover", "--centre", "riverside", "--jobs", "1")
    assert riverside.keys.count() == 2
    assert words_of(case) == "Help me stop"


def test_what_was_never_wrapped_to_the_recovery_key_is_counted(cases, shares, riverside, centre_keys, monkeypatch):
    lose_the_key(riverside, centre_keys)
    with pytest.raises(CommandError, match=r"5 keys .* 0 cases can be recovered"):
        keys("verify")
    typed(monkeypatch, *shares[:2])
    assert "5 keys of cases, notes and drafts were not wrapped" in keys("recover", "--centre", "riverside", "--jobs", "1")


def test_a_pair_that_was_made_elsewhere_and_is_kept_as_a_file_still_recovers(riverside, centre_keys, settings, tmp_path):
    private, public = sealing.new_key_pair()
    settings.RECOVERY_PUBLIC_KEY = base64.b64encode(public).decode()
    case = send()
    (tmp_path / "recovery.key").write_bytes(base64.b64encode(private))
    assert "1 of 1 stored cases" in keys("drill", "--key-file", str(tmp_path / "recovery.key"))
    lose_the_key(riverside, centre_keys)
    keys("recover", "--centre", "riverside", "--jobs", "1", "--key-file", str(tmp_path / "recovery.key"))
    assert words_of(case) == "Help me stop"
    with pytest.raises(CommandError, match="holds no private recovery key"):
        keys("drill", "--key-file", str(tmp_path / "nothing"))


def test_the_drill_opens_a_canary_with_the_papers_and_changes_nothing(shares, riverside, monkeypatch):
    case = send()
    before = list(KeyWrap.objects.order_by("pk").values_list("pk", "centre_key", "wrapped"))
    typed(monkeypatch, *shares[1:])
    assert "opens a canary, and 1 of 1 stored cases. Nothing was changed" in keys("drill")
    assert list(KeyWrap.objects.order_by("pk").values_list("pk", "centre_key", "wrapped")) == before
    assert words_of(case) == "Help me stop"


def test_the_drill_says_when_the_papers_are_those_of_a_former_key(shares, riverside, settings, monkeypatch):
    send()
    settings.RECOVERY_PUBLIC_KEY = recovery.public_key(recovery.private_key(b"\x01" * 32))
    typed(monkeypatch, *shares[:2])
    with pytest.raises(CommandError, match="no canary, and 1 of 1 stored cases"):
        keys("drill")


def test_after_a_holder_left_new_papers_open_the_old_cases_and_the_old_papers_none(shares, riverside, settings):
    cases = [send("Before there were papers"), send("Sealed to the first papers")]
    KeyWrap.objects.filter(inquiry=cases[0], centre_key=None).delete()
    new = recovery.private_key(b"\x01" * 32)
    settings.RECOVERY_PUBLIC_KEY = recovery.public_key(new)
    for _time in range(2):  # a run that was killed is simply run again
        assert "are wrapped to the recovery key" in keys("renew-recovery", "--jobs", "1")
    wraps = KeyWrap.objects.filter(centre_key=None)
    assert wraps.count() == 2
    for wrap in wraps:
        assert sealing.unwrap_with_private_key(wrap.wrapped, wrap.inquiry_id, new)
        with pytest.raises(sealing.SealBroken):
            sealing.unwrap_with_private_key(wrap.wrapped, wrap.inquiry_id, recovery.private_key(SEED))
    assert [words_of(case) for case in cases] == ["Before there were papers", "Sealed to the first papers"]


def test_a_mistake_in_a_paper_is_found_when_it_is_typed(shares, riverside, monkeypatch):
    words = shares[0].split()
    misspelt, swapped = ["zzzz", *words[1:]], [words[0], words[2], words[1], *words[3:]]
    typed(monkeypatch, " ".join(misspelt), " ".join(swapped), shares[0], shares[0], shares[1])
    out = io.StringIO()
    private = dialogue.private_recovery_key("", out)
    assert private == recovery.private_key(SEED)
    for words_said in ("Not a word of a share: number 1", "doesn't add up", "typed already"):
        assert words_said in out.getvalue()


def test_the_first_four_letters_of_each_word_are_enough(shares):
    assert recovery.read_share(" ".join(word[:4].upper() for word in shares[0].split())) == shares[0]


def test_one_paper_or_papers_of_two_keys_give_nothing(shares, monkeypatch):
    other = recovery.divide(b"\x01" * 32, shares=3, threshold=2)
    for too_little in (shares[:1], [shares[0], other[1]]):
        with pytest.raises(KeyringError, match="don't give the recovery key"):
            recovery.combine(too_little)
    typed(monkeypatch, shares[0])
    with pytest.raises(KeyringError, match="too few shares"):
        dialogue.private_recovery_key("", io.StringIO())
    with pytest.raises(KeyringError, match="numbers of shares"):
        recovery.divide(SEED, shares=2, threshold=3)


# --- Making one ---


def a_person(monkeypatch, *, mistakes=0):
    """Somebody at a terminal who copies each share to paper and types back what is asked; return (what they see, their papers)."""
    screen, papers = Terminal(), []
    left = [mistakes]

    def answer(prompt=""):
        if prompt.startswith("Press Enter when"):
            shown = screen.getvalue().rsplit("with their numbers.\n\n", 1)[1]
            papers.append(" ".join(line.split()[1] for line in shown.strip().splitlines()))
        if not prompt.startswith("word "):
            return ""
        if left[0]:
            left[0] -= 1
            return "something"
        return papers[-1].split()[int(prompt.removeprefix("word ").removesuffix(": ")) - 1]

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr("sys.stdin", Terminal())
    return screen, papers


def test_the_papers_that_were_written_down_give_the_key_that_is_printed(monkeypatch, settings, riverside):
    screen, papers = a_person(monkeypatch)
    shown = keys("make-recovery", "--shares", "4", "--threshold", "2", out=screen)
    settings.RECOVERY_PUBLIC_KEY = shown.split("RECOVERY_PUBLIC_KEY=")[1].split()[0]
    assert len(papers) == 4
    send("Sealed to the papers")
    typed(monkeypatch, papers[3], papers[1])
    assert "1 of 1 stored cases" in keys("drill")


def test_who_types_back_another_word_sees_the_share_again(monkeypatch):
    screen, papers = a_person(monkeypatch, mistakes=1)
    shares = recovery.divide(SEED, shares=3, threshold=2)
    dialogue.hand_out(shares, screen)
    assert papers == [shares[0], *shares]


def test_shares_are_shown_on_a_terminal_only(monkeypatch):
    out = io.StringIO()
    with pytest.raises(CommandError, match="on a terminal only"):
        keys("make-recovery", out=out)
    assert out.getvalue() == ""


def test_any_two_of_five_papers_are_enough_whatever_their_order():
    shares = recovery.divide(SEED, shares=5, threshold=2)
    chance = random.Random(1)
    for _time in range(5):
        assert recovery.combine(chance.sample(shares, 2)) == SEED
