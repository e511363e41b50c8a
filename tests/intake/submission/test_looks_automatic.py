"""Nobody is judged in silence: what looks automatic is asked for once more, and what doesn't come back is seen by staff."""

import datetime as dt
import importlib
import re
import secrets
from dataclasses import replace

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from intake import triage
from intake.assessment.spam import FormSigns
from intake.cases import blind_index
from intake.mailbox import danger_escalation, status_texts
from intake.models import Event, Inquiry, Message, Notification, RetentionRule
from intake.retention import rounds
from intake.submission import form_tokens, receive
from recovery_site.verbs import Refused
from tests.intake.pages import hidden
from tests.intake.submission.test_contact_form import payload

pytestmark = pytest.mark.django_db
QUEUE = "/admin/intake/inquiry/"


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def somebody(amara):
    """Amara can be told, so that times are promised."""
    amara.email = "amara@example.org"
    amara.save()


def filled(page, **answers):
    return {"token": hidden(page, "token"), "for_whom": "self", "contact_way": "mailbox", "message": "hello", **answers}


def automatic(page, **answers):
    """Send what a program sends: at once, with the hidden field filled in."""
    return filled(page, website="http://a.example", **answers)


def main(page):
    return re.search(r"<main.*</main>", page.content.decode(), re.S).group()


def as_shown(page):
    """Return the hidden fields of the page that asks once more, as a browser would send them."""
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', main(page)))


def asked(visitor, **answers):
    return visitor.post("/contact/", automatic(visitor.get("/contact/"), **answers))


def test_what_looks_automatic_is_asked_for_once_more_with_every_word_kept(riverside, visitor):
    page = asked(visitor, message="I drink & I can't stop", substances=["alcohol", "opioids"], name="Mo", other_notes="not on Mondays")
    assert page.status_code == 422
    assert "Please press Send again" in main(page)
    assert "could not tell that a person sent this" in main(page)
    for kept in ("I drink &amp; I can&#x27;t stop", 'value="alcohol"', 'value="opioids"', 'value="Mo"', "not on Mondays"):
        assert kept in main(page), kept
    assert 'name="website"' not in main(page)
    assert not visitor.cookies
    inquiry = Inquiry.objects.get()
    assert inquiry.is_held
    assert inquiry.answer_by is None
    assert not Notification.objects.filter(kind="new_inquiry", channel="staff_email").exists()
    assert payload(inquiry)["message"] == "I drink & I can't stop"


def test_mo_presses_send_again_and_is_promised_what_everybody_is(riverside, visitor):
    page = asked(visitor, message="please help")
    answer = visitor.post("/contact/", as_shown(page))
    assert answer.status_code == 303
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.outcome, inquiry.held_for) == ("new", "", None)
    assert inquiry.answer_by is not None
    assert Notification.objects.filter(kind="new_inquiry").exists()
    receipt = main(visitor.get("/contact/sent/"))
    assert "will answer by" in receipt
    words = re.findall(r"<li>(\w+)</li>", receipt)
    visitor.post("/mailbox/", {"words": " ".join(words)})
    assert "please help" in main(visitor.get("/mailbox/open/"))
    assert not Message.objects.exists()


def test_mo_who_answered_one_question_at_a_time_loses_nothing(riverside, visitor):
    hidden_answers = {"step": "4", "needs_interpreter": "False", "age_band": "26_64", "substances": ["alcohol"]}
    page = asked(visitor, **hidden_answers)
    assert visitor.post("/contact/", as_shown(page)).status_code == 303
    inquiry = Inquiry.objects.get()
    assert payload(inquiry) == {"message": "hello", "age_band": "26_64", "substances": ["alcohol"]}
    assert (inquiry.needs_interpreter, inquiry.state) == (False, "new")


def test_a_double_click_is_asked_too_and_stored_once(riverside, visitor):
    form = automatic(visitor.get("/contact/"))
    for _click in range(2):
        assert "Please press Send again" in main(visitor.post("/contact/", form))
    assert Inquiry.objects.get().is_held


def test_who_goes_back_and_changes_a_word_is_a_person(riverside, visitor):
    form = automatic(visitor.get("/contact/"))
    visitor.post("/contact/", form)
    assert visitor.post("/contact/", form | {"message": "hello, it is me"}).status_code == 303
    assert Inquiry.objects.get().state == "new"
    assert Inquiry.objects.get().answer_by is not None
    assert Message.objects.count() == 1


def test_changing_what_was_written_shows_the_form_with_it(riverside, visitor):
    page = visitor.post("/contact/", as_shown(asked(visitor, message="stays here")) | {"go": "all"})
    assert page.status_code == 200
    assert "stays here" in main(page)
    assert 'name="again"' not in main(page)


def test_a_program_that_says_at_once_that_it_is_sent_again_is_asked_all_the_same(riverside, visitor):
    assert asked(visitor, again="1").status_code == 422
    assert Inquiry.objects.get().is_held


def test_the_answer_to_a_form_that_staff_closed_meanwhile_is_no_empty_promise(riverside, visitor, amara):
    page = asked(visitor)
    inquiry = Inquiry.objects.get()
    triage.close(inquiry, by=amara, version=inquiry.version, outcome="spam")
    visitor.post("/contact/", as_shown(page))
    assert "will answer by" in main(visitor.get("/contact/sent/"))
    inquiry.refresh_from_db()
    assert inquiry.state == "new"


def test_after_a_broken_connection_the_form_sent_again_is_found(riverside, visitor, monkeypatch):
    page = asked(visitor)
    whole = receive.receive

    def receive_and_lose_the_answer(*args, **kwargs):
        whole(*args, **kwargs)
        raise OSError

    monkeypatch.setattr(receive, "receive", receive_and_lose_the_answer)
    assert visitor.post("/contact/", as_shown(page)).status_code == 303
    assert Inquiry.objects.get().state == "new"
    assert "Please press Send again" in main(asked(visitor))


@pytest.mark.parametrize(
    "answers",
    [
        {"pregnancy": "yes", "message": "14 weeks, using. Please help."},
        {"age_band": "under_18"},
        {"daily_use": "stopping"},
        {"danger_now": "yes"},
        {"message": "he overdosed http://a.example"},
    ],
)
def test_what_is_urgent_is_never_held(riverside, visitor, answers):
    assert asked(visitor, **answers).status_code == 303
    inquiry = Inquiry.objects.get()
    assert inquiry.state == "new"
    assert inquiry.priority < Inquiry.Priority.NORMAL
    assert Notification.objects.filter(kind="new_inquiry").exists()


# The inputs of people who were closed in silence, each sent four seconds after the form was opened.
@pytest.mark.parametrize(
    "answers",
    [
        {"pregnancy": "yes", "message": "14 weeks, using. Please help.", "website": "https://a.example"},
        {"message": "14 weeks, using. Please help.", "website": "https://a.example"},
        {"message": "I lost it all at the casino, then forex and crypto. I drink to forget it."},
        {"message": "He buys on telegram with bitcoin, and viagra"},
        {"for_whom": "professional", "name": "Sam Rivera, www.clinic.example", "message": "Do you have a bed this week?"},
    ],
)
def test_people_who_were_taken_for_programs_get_through_at_once(riverside, visitor, monkeypatch, answers):
    form = filled(visitor.get("/contact/")) | answers
    later = form_tokens.time.time() + 4
    monkeypatch.setattr(form_tokens.time, "time", lambda: later)
    assert visitor.post("/contact/", form).status_code == 303
    assert Inquiry.objects.get().state == "new"
    assert Notification.objects.filter(kind="new_inquiry").exists()
    assert "will answer by" in main(visitor.get("/contact/sent/"))


def test_the_hidden_field_keeps_password_managers_and_screen_readers_out(riverside, visitor):
    page = visitor.get("/contact/").content.decode()
    container = re.search(r'<div[^>]*class="visually-hidden"[^>]*>(?:(?!</form>).)*?name="website"', page, re.S).group()
    assert 'aria-hidden="true"' in container
    assert re.search(r"<div[^>]*\sinert[\s>]", container)
    field = re.search(r'<input[^>]*name="website"[^>]*>', page).group()
    for attribute in ('tabindex="-1"', 'autocomplete="off"', "data-1p-ignore", 'data-lpignore="true"', 'data-bwignore="true"'):
        assert attribute in field, attribute
    assert 'data-form-type="other"' in field


# --- What nobody sent again ---------------------------------------------------------------------------------------


@pytest.fixture
def held(riverside, visitor):
    asked(visitor, message="hello there")
    return Inquiry.objects.get()


def test_amara_sees_how_many_look_automatic_and_why(held, amara, client):
    client.force_login(amara)
    queue = client.get(QUEUE).content.decode()
    assert re.search(r'Looks automatic <span class="count">1</span>', queue)
    assert held.reference not in queue
    page = client.get(QUEUE, {"view": "automatic"}).content.decode()
    assert held.reference in page
    assert "a field that people don’t see was filled in" in page
    assert "it was sent within three seconds" in page
    assert f"sent on {timezone.localtime(held.received_at):%-d %b %Y}" in page
    assert "left" not in re.search(rf'data-case="{held.reference}".*?</tr>', page, re.S).group()
    assert held.reference not in client.get(QUEUE, {"view": "spam"}).content.decode()


def test_one_press_puts_a_person_into_the_queue_with_a_promise_and_tells_the_others(held, amara, client):
    client.force_login(amara)
    page = client.get(QUEUE, {"view": "automatic"}).content.decode()
    address = re.search(r'form="to-queue"\s+formaction="([^"]*)"', page).group(1)
    case = client.post(address, follow=True).content.decode()
    assert "The request is in the queue." in case
    assert "held, because it looked automatic" in case
    held.refresh_from_db()
    assert (held.state, held.is_held) == ("new", False)
    assert held.answer_by is not None
    assert Notification.objects.filter(kind="new_inquiry").exists()
    assert 'Looks automatic <span class="count">0</span>' in client.get(QUEUE).content.decode()
    with pytest.raises(Refused):
        triage.put_in_queue(held, by=amara)


def test_the_case_page_says_why_it_looks_automatic_and_promises_nothing(held, amara, client):
    client.force_login(amara)
    page = client.get(f"{QUEUE}{held.reference}/").content.decode()
    assert "Why it looks automatic" in page
    assert "A person: put it in the queue" in page
    assert "hello there" in page
    assert "Reopen the case" not in page


def test_noor_at_another_centre_neither_sees_nor_counts_it(held, noor, client):
    client.force_login(noor)
    assert 'Looks automatic <span class="count">0</span>' in client.get(QUEUE).content.decode()
    assert client.post(f"{QUEUE}{held.reference}/to-queue/").status_code == 404


def test_amara_closes_several_as_spam_and_the_count_goes_down(held, amara, client):
    client.force_login(amara)
    client.post(QUEUE + "bulk/?view=automatic", {"step": "spam", "case": f"{held.reference}:{held.version}"})
    held.refresh_from_db()
    assert (held.outcome, held.is_held) == ("spam", False)
    assert held.reference in client.get(QUEUE, {"view": "spam"}).content.decode()


def test_what_the_second_look_finds_urgent_leaves_the_list(held):
    danger_escalation.escalate_if_dangerous(held, Inquiry.Priority.URGENT, ["stopping"])
    held.refresh_from_db()
    assert (held.state, held.priority) == ("new", Inquiry.Priority.URGENT)
    assert held.answer_by is not None


def test_a_block_by_luisa_holds_for_what_is_sent_again(inquiry_data, arrives, luisa):
    abusive, token = arrives(), secrets.token_bytes(16)
    blind_index.run(timezone.now())
    abusive.refresh_from_db()
    triage.block(abusive, by=luisa, version=abusive.version)
    automatic_signs = FormSigns(trap_filled=True, seconds_open=0)
    held = receive.receive(inquiry_data, form_token=token, signs=automatic_signs).inquiry
    blind_index.run(timezone.now())
    receive.receive(inquiry_data, form_token=token, signs=replace(automatic_signs, sent_again=True))
    held.refresh_from_db()
    assert held.state == "new"
    blind_index.run(timezone.now())
    held.refresh_from_db()
    assert (held.state, held.outcome, held.is_held) == ("closed", "spam", False)


def test_the_mailbox_never_promises_what_nobody_keeps(held, amara):
    assert "will answer by" not in status_texts.status_for_visitor(held, unreached=False)
    triage.put_in_queue(held, by=amara)
    held.refresh_from_db()
    assert "will answer by" in status_texts.status_for_visitor(held, unreached=False)
    triage.close(held, by=amara, version=held.version, outcome="spam")
    held.refresh_from_db()
    assert "Your request is closed." in status_texts.status_for_visitor(held, unreached=False)


def test_it_is_erased_by_the_rule_for_spam_and_leaves_the_list(held, riverside):
    RetentionRule.objects.create(centre=riverside, outcome="spam", days=30)
    Inquiry.objects.update(closed_at=timezone.now() - dt.timedelta(days=31))
    rounds.run(timezone.now())
    held.refresh_from_db()
    assert not held.is_held


def test_what_the_previous_release_closed_in_silence_comes_into_the_list(riverside, arrives, amara):
    silent, closed = (arrives(state="closed", outcome="spam", closed_at=timezone.now()) for _case in range(2))
    for case in (silent, closed):
        Event.objects.create(inquiry=case, kind="received", at=timezone.now(), data={"by": "visitor", "spam": ["sales", "links"]})
    Event.objects.create(inquiry=closed, kind="closed", actor=amara, at=timezone.now(), data={"outcome": "spam"})
    migration = importlib.import_module("intake.migrations.0005_looks_automatic")
    migration.hold_what_no_person_has_judged(apps, None)
    assert list(Inquiry.objects.filter(held_for__isnull=False)) == [silent]
