"""What staff type is kept sealed, offered again, put back and forgotten."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from intake import triage
from intake.admission import prescreens
from intake.cases import case_keys, drafts
from intake.cases.permissions import forget_recusals
from intake.crypto import keyring
from intake.mailbox import sessions
from intake.models import ContactAttempt, Inquiry, InternalNote, Message, Notification, PreScreen, ReplyTemplate, StaffDraft
from intake.retention import erasure
from tests.support import housekeeping

pytestmark = pytest.mark.django_db
HERE = "/admin/intake/inquiry/"
BY_PHONE = HERE + "by-phone/"


@pytest.fixture
def at(inquiry):
    return lambda path="": f"{HERE}{inquiry.reference}/{path}"


@pytest.fixture
def amara_in(client, amara):
    client.force_login(amara)
    return client


def opened(client, address):
    """Return the page and what a browser would send from its form, with nothing typed."""
    page = html.fromstring(client.get(address).content)
    form = page.cssselect("form[data-drafts]")[0]
    return page, {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}


def box(page, name):
    return page.cssselect(f"[name='{name}']")[0]


def test_what_amara_types_is_kept_sealed_and_offered_after_a_crash(amara_in, amara, at, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 7, 15, 14, tzinfo=dt.UTC))  # Saturday, 10:14 in New York
    amara_in.force_login(amara)
    _page, data = opened(amara_in, at())
    answer = amara_in.post(at("drafts/"), {**data, "reply-text": "Quill said wordone", "note-text": "Sister knows wordtwo"})
    assert answer.content.decode() == "What you typed is kept (10:14 a.m.)."
    rows = [bytes(row.sealed) for row in StaffDraft.objects.all()]
    assert len(rows) == 2
    assert not any(word in row for row in rows for word in (b"wordone", b"wordtwo"))
    page, _data = opened(amara_in, at())
    words = " ".join(page.text_content().split())
    assert "You were writing this on Saturday at 10:14 a.m.: Quill said wordone" in words
    assert "Sister knows wordtwo" in words
    assert not (box(page, "reply-text").text or "").strip()


def test_a_stolen_database_opens_no_draft(amara_in, at, centre_keys):
    _page, data = opened(amara_in, at())
    amara_in.post(at("drafts/"), {**data, "note-text": "wordtwo"})
    for file in centre_keys.iterdir():
        file.unlink()
    keyring._read.cache_clear()
    assert "wordtwo" not in amara_in.get(at()).content.decode()


def test_a_draft_is_put_back_with_one_press_and_thrown_away_with_another(amara_in, at):
    _page, data = opened(amara_in, at())
    amara_in.post(at("drafts/"), {**data, "reply-text": "wordone", "attempt-note": "wordthree"})
    page, fresh = opened(amara_in, at())
    [reply] = [offer for offer in page.cssselect(".draft-offer") if "wordone" in offer.text_content()]
    address = reply.cssselect("[formaction$='put-back/']")[0].get("formaction")
    page = html.fromstring(amara_in.post(address, {**fresh, "note-text": "typed meanwhile"}, follow=True).content)
    assert box(page, "reply-text").text.strip() == "wordone"
    assert box(page, "note-text").text.strip() == "typed meanwhile"
    [offer] = page.cssselect(".draft-offer")
    assert "wordthree" in offer.text_content()
    _page, fresh = opened(amara_in, at())
    amara_in.post(offer.cssselect("button[formaction$='discard/']")[0].get("formaction"), fresh)
    assert "wordthree" not in amara_in.get(at()).content.decode()


def test_saving_a_note_keeps_the_reply_that_is_being_typed(amara_in, at):
    _page, data = opened(amara_in, at())
    sent = {**data, "note-text": "For us", "reply-text": "Half a sent", "attempt-outcome": "no_answer"}
    page = html.fromstring(amara_in.post(at("note/"), sent, follow=True).content)
    assert InternalNote.objects.count() == 1
    assert box(page, "reply-text").text.strip() == "Half a sent"
    assert not (box(page, "note-text").text or "").strip()
    assert [radio.get("value") for radio in page.cssselect("[name='attempt-outcome'][checked]")] == ["no_answer"]
    assert page.cssselect(".draft-offer") == []


CHOSEN = {
    "attempt-way": "text",
    "attempt-next_action_at": "2031-03-04T10:00",
    "close-outcome": "informed",
    "follow_up-at": "2031-03-05T10:00",
    "wait-reason": "medical",
    "priority-priority": "2",
}


@pytest.mark.parametrize("step", ["note/", "watch/", "reply/"])
def test_a_choice_stays_when_the_button_of_another_step_is_pressed_twice(amara_in, at, step):
    """The step changes no other form: not by a press that is carried out, nor by one that is refused (a reply without words)."""
    page, data = opened(amara_in, at())
    assert not any(box(page, name).value == value for name, value in CHOSEN.items())
    sent = {**data, **CHOSEN}
    for _press in range(2):
        page = html.fromstring(amara_in.post(at(step), {**sent, "note-text": "For us"}, follow=True).content)
        assert {name: box(page, name).value for name in CHOSEN} == CHOSEN
        assert page.cssselect(".draft-offer") == []
        for name in CHOSEN:
            assert "open" in next(box(page, name).iterancestors("details")).attrib
        sent = {name: value for name, value in page.cssselect("form[data-drafts]")[0].form_values() if name != "csrfmiddlewaretoken"}


def test_what_the_page_filled_in_itself_is_no_draft(amara_in, at):
    _page, data = opened(amara_in, at())
    amara_in.post(at("drafts/"), data)
    assert not StaffDraft.objects.exists()


def test_a_draft_without_words_says_what_was_chosen(amara_in, at):
    _page, data = opened(amara_in, at())
    amara_in.post(at("drafts/"), {**data, "close-outcome": "informed"})
    page, _data = opened(amara_in, at())
    [offer] = page.cssselect(".draft-offer blockquote")
    assert " ".join(offer.text_content().split()) == "How it ended: information given"


@pytest.mark.parametrize("step", ["claim/", "contact/", "watch/", "priority/", "reply/"])
def test_no_button_throws_typed_text_away_whether_it_is_refused_or_not(amara_in, at, step):
    """Priority and reply are refused here: nothing was chosen, nothing was written."""
    _page, data = opened(amara_in, at())
    page = html.fromstring(amara_in.post(at(step), {**data, "note-text": "Half a sent"}, follow=True).content)
    assert box(page, "note-text").text.strip() == "Half a sent"


def test_a_template_comes_after_what_is_typed_and_the_note_stays(amara_in, at, riverside):
    template = ReplyTemplate.objects.create(title="First", body="This is {staff}.", centre=riverside)
    _page, data = opened(amara_in, at())
    sent = {**data, "template": template.pk, "reply-text": "Dear you", "note-text": "For us"}
    page = html.fromstring(amara_in.post(at("template/"), sent, follow=True).content)
    assert box(page, "reply-text").text.strip() == "Dear you\n\nThis is Amara Diallo."
    assert box(page, "note-text").text.strip() == "For us"
    assert amara_in.post(at("template/"), {"template": "9" * 4400}).status_code == 303


def test_a_stale_save_keeps_all_boxes(amara_in, at, inquiry, ben):
    _page, data = opened(amara_in, at())
    triage.claim(inquiry, by=ben)
    answer = amara_in.post(at("reply/"), {**data, "reply-text": "My answer", "note-text": "For us"})
    page = html.fromstring(answer.content)
    assert answer.status_code == 409
    assert (box(page, "reply-text").text.strip(), box(page, "note-text").text.strip()) == ("My answer", "For us")


def test_two_tabs_are_two_drafts(amara_in, at):
    (_one, first), (_two, second) = opened(amara_in, at()), opened(amara_in, at())
    amara_in.post(at("drafts/"), {**first, "reply-text": "in the first tab"})
    amara_in.post(at("drafts/"), {**second, "reply-text": "in the second tab"})
    words = amara_in.get(at()).content.decode()
    assert "in the first tab" in words
    assert "in the second tab" in words


@pytest.mark.parametrize(
    ("step", "data", "model"),
    [
        ("reply/", {"reply-text": "We have a place"}, Message),
        ("note/", {"note-text": "For us"}, InternalNote),
        ("attempt/", {"attempt-way": "phone", "attempt-outcome": "no_answer"}, ContactAttempt),
    ],
)
def test_going_back_and_sending_again_sends_nothing_twice(amara_in, at, inquiry, step, data, model):  # noqa: PLR0917
    _page, fresh = opened(amara_in, at())
    prefix = step.strip("/")
    amara_in.post(at("drafts/"), {**fresh, **data})
    amara_in.post(at(step), {**fresh, **data})
    inquiry.refresh_from_db()
    again = amara_in.post(at(step), {**fresh, **data, f"{prefix}-version": inquiry.version}, follow=True)
    assert "Nothing was sent twice" in again.content.decode()
    assert model.objects.count() == 1
    # What was sent is forgotten, also when a last save of the page comes after it.
    amara_in.post(at("drafts/"), {**fresh, **data})
    assert ".draft-offer" not in again.content.decode()
    assert not StaffDraft.objects.exclude(sealed=b"").exists()


def test_a_refused_step_is_not_spent(amara_in, at, inquiry):
    _page, fresh = opened(amara_in, at())
    amara_in.post(at("reply/"), {**fresh, "reply-text": "x", "reply-version": 99})
    amara_in.post(at("reply/"), {**fresh, "reply-text": "We have a place"})
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "step", "data"),
    [
        ("", "reply/", {"reply-version": "99", "reply-text": "wordone"}),
        ("", "follow-up/", {"note-text": "wordone"}),
        ("disclosures/", "consent/", {"consent-what": "wordone"}),
        ("pre-screen/", "pre-screen/save/", {"prescreen-version": "99", "prescreen-notes": "wordone"}),
        (BY_PHONE, BY_PHONE, {"message": "wordone"}),
    ],
)
def test_what_was_refused_is_offered_when_its_page_was_closed(amara_in, at, path, step, data):
    address, sent_to = (BY_PHONE, BY_PHONE) if path == BY_PHONE else (at(path), at(step))
    _page, fresh = opened(amara_in, address)
    refused = html.fromstring(amara_in.post(sent_to, {**fresh, **data}).content)
    assert any("wordone" in (box.value or "") for box in refused.cssselect("form[data-drafts] :is(textarea, input[type=text])"))
    assert refused.cssselect(".draft-offer") == []
    page, _data = opened(amara_in, address)
    [offer] = page.cssselect(".draft-offer")
    assert "wordone" in offer.text_content()


def test_nobody_else_sees_puts_back_or_changes_a_draft(amara_in, at, ben, inquiry, client):
    _page, data = opened(amara_in, at())
    amara_in.post(at("drafts/"), {**data, "reply-text": "wordone"})
    row = StaffDraft.objects.get()
    client.force_login(ben)
    assert "wordone" not in client.get(at()).content.decode()
    _page, fresh = opened(client, at())
    assert client.post(at(f"drafts/{row.pk}/put-back/"), fresh).status_code == 404
    client.post(at(f"drafts/{row.pk}/discard/"), fresh)
    client.post(at("drafts/"), {**fresh, "reply-draft": str(row.pk), "reply-text": "of Ben"})
    assert bytes(StaffDraft.objects.get().sealed) == bytes(row.sealed)


def test_drafts_of_a_case_that_one_stepped_back_from_open_to_nobody(amara_in, at, inquiry, amara):
    _page, data = opened(amara_in, at())
    triage.recuse(inquiry, by=amara)
    forget_recusals(amara)
    assert amara_in.post(at("drafts/"), {**data, "reply-text": "wordone"}).status_code == 404
    assert not StaffDraft.objects.exists()


def test_drafts_are_forgotten_after_a_week_and_with_the_case(amara_in, at, inquiry, amara, time_machine):
    drafts.save(uuid.uuid4(), "note", {"text": ["old"]}, by=amara, inquiry=inquiry)
    StaffDraft.objects.update(saved_at=timezone.now() - dt.timedelta(days=7, minutes=1))
    assert "You were writing" not in amara_in.get(at()).content.decode()
    drafts.save(uuid.uuid4(), "note", {"text": ["new"]}, by=amara, inquiry=inquiry)
    housekeeping.run(timezone.now())
    assert StaffDraft.objects.count() == 1
    erasure.withdraw(inquiry)
    assert not StaffDraft.objects.exists()


def test_an_emptied_box_is_no_draft(amara_in, at):
    _page, data = opened(amara_in, at())
    amara_in.post(at("drafts/"), {**data, "note-text": "wordtwo"})
    amara_in.post(at("drafts/"), data)
    assert not StaffDraft.objects.exists()


def test_the_pre_screen_keeps_boxes_and_words(amara_in, at, inquiry):
    _page, data = opened(amara_in, at("pre-screen/"))
    typed = {**data, "prescreen-notes": "half a word"}
    flags = [value for value, _label in prescreens.RED_FLAGS][:2]
    amara_in.post(at("drafts/"), {**typed, "prescreen-red_flags": flags})
    page, fresh = opened(amara_in, at("pre-screen/"))
    page = html.fromstring(amara_in.post(page.cssselect("[formaction$='put-back/']")[0].get("formaction"), fresh, follow=True).content)
    assert box(page, "prescreen-notes").text.strip() == "half a word"
    assert [tick.get("value") for tick in page.cssselect("[name='prescreen-red_flags'][checked]")] == flags
    # A refusal keeps both ticks as well.
    _page, fresh = opened(amara_in, at("pre-screen/"))
    answer = amara_in.post(at("pre-screen/save/"), {**fresh, "prescreen-version": 99, "prescreen-red_flags": flags})
    page = html.fromstring(answer.content)
    assert [tick.get("value") for tick in page.cssselect("[name='prescreen-red_flags'][checked]")] == flags
    assert not PreScreen.objects.exists()


def test_a_consent_and_an_emergency_are_kept(amara_in, at):
    _page, data = opened(amara_in, at("disclosures/"))
    amara_in.post(at("drafts/"), {**data, "consent-what": "that she comes", "emergency-nature": "overdose"})
    assert {row.form for row in StaffDraft.objects.all()} == {"consent", "emergency"}
    words = amara_in.get(at("disclosures/")).content.decode()
    assert "that she comes" in words
    assert "overdose" in words


def test_a_call_that_is_taken_down_is_kept_sealed_to_the_centre(amara_in, client, ben):
    address = HERE + "by-phone/"
    _page, data = opened(amara_in, address)
    typed = {**data, "for_whom": "self", "message": "wordone is what they said"}
    assert amara_in.post(address + "drafts/", typed).status_code == 200
    assert b"wordone" not in bytes(StaffDraft.objects.get().sealed)
    page, fresh = opened(amara_in, address)
    page = html.fromstring(amara_in.post(page.cssselect("[formaction$='put-back/']")[0].get("formaction"), fresh, follow=True).content)
    assert box(page, "message").text.strip() == "wordone is what they said"
    amara_in.post(address, {**typed, "contact_way": "mailbox"})
    assert Inquiry.objects.count() == 1
    assert "wordone" not in amara_in.get(address).content.decode()
    client.force_login(ben)
    assert "wordone" not in client.get(address).content.decode()


def test_what_is_sent_after_half_an_hour_is_offered_after_signing_in(amara_in, at, amara, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    _page, data = opened(amara_in, at())
    time_machine.shift(dt.timedelta(minutes=31))
    answer = amara_in.post(at("reply/"), {**data, "reply-text": "Half an hour of words"}, headers={"referer": f"http://testserver{at()}"})
    assert answer.headers["Location"] == f"/admin/login/?next={at()}"
    assert not Message.objects.exists()
    amara_in.force_login(amara)
    assert "Half an hour of words" in amara_in.get(at()).content.decode()


def test_what_is_sent_from_a_page_that_was_open_across_two_sign_ins_is_offered(inquiry, amara, at):
    """Signing in again renews the secret of the forms: what an older page sends is refused, and kept."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(amara)
    _page, data = opened(browser, at())
    refused = browser.post(at("note/"), {**data, "note-text": "Words of an old page"}, headers={"sec-fetch-site": "same-origin"})
    assert refused.status_code == 403
    assert "what you typed is offered to you there" in refused.content.decode()
    assert "Words of an old page" in browser.get(at()).content.decode()
    browser.post(at("note/"), {**data, "note-text": "Words of another site"}, headers={"sec-fetch-site": "cross-site"})
    page = browser.get(at()).content.decode()
    assert "Words of another site" not in page
    assert not InternalNote.objects.exists()


def test_what_was_sent_when_the_server_failed_is_offered(amara_in, at, monkeypatch):
    """The page of the error says so: "What you typed is kept"."""
    _page, data = opened(amara_in, at())
    monkeypatch.setattr(triage, "reply", lambda *args, **kwargs: 1 / 0)
    amara_in.raise_request_exception = False
    answer = amara_in.post(at("reply/"), {**data, "reply-text": "Words before the fall"})
    assert answer.status_code == 500
    assert "Words before the fall" in amara_in.get(at()).content.decode()


class TestTakingBack:
    """A reply can be taken back for fifteen seconds; nothing has to run for it to go out."""

    @pytest.fixture(autouse=True)
    def seconds(self, settings, time_machine):
        settings.TAKE_BACK_SECONDS = 15
        time_machine.move_to(timezone.now(), tick=False)

    def test_amara_takes_a_reply_back_into_the_box(self, amara_in, at, inquiry):
        _page, data = opened(amara_in, at())
        page = html.fromstring(amara_in.post(at("reply/"), {**data, "reply-text": "To the wrong person"}, follow=True).content)
        button = page.cssselect(".take-back button")[0]
        page = html.fromstring(amara_in.post(button.get("formaction"), {**data, "note-text": "For us"}, follow=True).content)
        assert box(page, "reply-text").text.strip() == "To the wrong person"
        assert box(page, "note-text").text.strip() == "For us"
        inquiry.refresh_from_db()
        assert (inquiry.state, inquiry.first_response_at, inquiry.response_minutes) == ("open", None, None)
        assert not Message.objects.exists()
        assert not Notification.objects.filter(kind="answer_waiting").exists()
        assert inquiry.events.filter(kind="reply_taken_back").exists()

    def test_the_visitor_sees_and_hears_of_it_only_afterwards(self, inquiry, amara, time_machine):
        message = triage.reply(inquiry, by=amara, version=inquiry.version, text="We have a place")
        notice = Notification.objects.get(kind="answer_waiting")
        assert notice.next_attempt_at == message.visible_from
        mailbox = sessions.Mailbox(inquiry, case_keys.for_staff(inquiry, amara), "", b"", False, 900)
        assert sessions.letters(mailbox) == []
        time_machine.shift(dt.timedelta(seconds=16))
        assert [letter.text for letter in sessions.letters(mailbox)] == ["We have a place"]

    def test_after_that_it_is_too_late_and_nobody_else_may(self, at, inquiry, amara, ben, client, time_machine):  # noqa: PLR0917
        message = triage.reply(inquiry, by=amara, version=inquiry.version, text="We have a place")
        client.force_login(ben)
        assert "take-back" not in client.get(at()).content.decode()
        assert "too late" in client.post(at(f"take-back/{message.pk}/"), follow=True).content.decode()
        client.force_login(amara)
        time_machine.shift(dt.timedelta(seconds=16))
        assert "too late" in client.post(at(f"take-back/{message.pk}/"), follow=True).content.decode()
        assert Message.objects.count() == 1
