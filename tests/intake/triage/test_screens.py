"""The case page: what it shows, what it hides, and how it keeps typed text."""

import datetime as dt
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.safety import supply_alerts
from intake import triage
from intake.admin.cases import contact_window
from intake.mailbox import messages
from intake.models import Event, Inquiry, InternalNote, Message

pytestmark = pytest.mark.django_db
DETAILS = ("Quillon", "5550143", "quillon@example.org")


@pytest.fixture
def at(client, inquiry):
    """Return the URL of a step of the case."""
    return lambda step="": f"/admin/intake/inquiry/{inquiry.reference}/{step}"


def version(inquiry):
    return Inquiry.objects.values_list("version", flat=True).get(pk=inquiry.pk)


def text(response):
    return response.content.decode()


def test_contact_preferences_are_shown_before_the_message(client, at, amara):
    client.force_login(amara)
    page = text(client.get(at()))
    assert page.index("Contact by phone call") < page.index("What they wrote") < page.index("zzyzxword") < page.index("History")


def test_each_opening_of_a_case_is_recorded_once(client, at, inquiry, amara, ben):
    client.force_login(amara)
    client.get(at())
    client.get(at())
    client.force_login(ben)
    client.get(at())
    assert list(inquiry.events.filter(kind="opened").values_list("actor__username", flat=True)) == ["amara", "ben"]


def test_contact_details_are_shown_on_demand_and_that_is_recorded(client, at, inquiry, amara):
    client.force_login(amara)
    assert not any(detail in text(client.get(at())) for detail in DETAILS)
    assert client.get(at("contact/")).status_code == 405
    page = text(client.post(at("contact/"), follow=True))
    assert "Quillon" in page
    assert 'href="tel:+12125550143"' in page
    assert inquiry.events.filter(kind="contact_shown", actor=amara).count() == 1


def test_contact_details_close_after_five_minutes(client, at, amara, monkeypatch):
    client.force_login(amara)
    client.post(at("contact/"))
    assert 'class="closes-in-5"' in text(client.get(at()))
    later = timezone.now() + dt.timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(contact_window.timezone, "now", lambda: later)
    assert not any(detail in text(client.get(at())) for detail in DETAILS)


def test_contact_details_shown_to_amara_are_not_shown_to_ben(client, at, amara, ben):
    client.force_login(amara)
    client.post(at("contact/"))
    client.force_login(ben)
    assert not any(detail in text(client.get(at())) for detail in DETAILS)


def test_outside_safe_times_the_page_says_so_first(client, at, inquiry, amara):
    tomorrow = (timezone.now() + dt.timedelta(days=2)).weekday()
    Inquiry.objects.filter(pk=inquiry.pk).update(safe_windows=[[tomorrow, "09:00", "12:00"]], time_zone="America/New_York")
    client.force_login(amara)
    page = text(client.get(at()))
    assert "Now is NOT a safe time" in page
    assert "9:00 a.m.–12:00 p.m." in page


@pytest.mark.parametrize(
    ("columns", "rings"),
    [
        ({}, True),
        ({"unsafe": True}, False),
        ({"unsafe": True, "priority": 1}, True),  # a life comes before the clock
        ({"no_longer_safe": True, "priority": 1}, False),
    ],
)
def test_a_phone_number_is_a_link_only_in_safe_times(client, at, inquiry, amara, columns, rings):  # noqa: PLR0917
    changes = dict(columns)
    if changes.pop("unsafe", False):
        later = (timezone.now() + dt.timedelta(days=2)).weekday()
        changes |= {"safe_windows": [[later, "09:00", "12:00"]], "time_zone": "America/New_York"}
    Inquiry.objects.filter(pk=inquiry.pk).update(**changes)
    client.force_login(amara)
    client.post(at("contact/"))
    page = client.get(at()).content.decode()
    assert "+12125550143" in page
    assert ('href="tel:+12125550143"' in page) == rings
    assert ("no call now" in page) != rings


def test_the_page_reminds_staff_to_disclose_nothing_about_the_person_asked_about(client, at, inquiry, amara):
    Inquiry.objects.filter(pk=inquiry.pk).update(for_whom="other")
    client.force_login(amara)
    assert "Never confirm or deny" in text(client.get(at()))


@pytest.fixture
def outsiders(noor, olga, edith):
    """Users who can't see the case: staff of another centre, the operator, an editor."""
    return noor, olga, edith


def test_a_case_of_another_centre_looks_like_one_that_does_not_exist(client, at, inquiry, outsiders):
    steps = ("", "claim/", "release/", "contact/", "attempt/", "reply/", "note/", "close/", "reopen/")
    for person in outsiders:
        client.force_login(person)
        for step in steps:
            ask = client.post if step else client.get
            theirs, nowhere = ask(at(step)), ask(f"/admin/intake/inquiry/0000-0000/{step}")
            assert theirs.status_code == nowhere.status_code == 404
            # The token of the form that signs out is masked anew in each answer.
            theirs, nowhere = (re.sub(rb'value="\w{64}"', b"", page.content) for page in (theirs, nowhere))
            assert theirs.replace(inquiry.reference.encode(), b"0000-0000") == nowhere
    assert not inquiry.events.exclude(kind__in=["received", "notified"]).exists()


def test_amara_takes_a_case_from_claim_to_close(client, at, inquiry, amara):
    client.force_login(amara)
    client.post(at("claim/"))
    client.post(at("attempt/"), {"attempt-version": version(inquiry), "attempt-way": "phone", "attempt-outcome": "no_answer"})
    client.post(at("reply/"), {"reply-version": version(inquiry), "reply-text": "We tried to call you."})
    client.post(at("note/"), {"note-text": "Sounds worn out."})
    page = text(client.get(at()))
    assert "We tried to call you." in page
    assert "Sounds worn out." in page
    assert "contact tried: phone call, no answer" in page
    client.post(at("close/"), {"close-version": version(inquiry), "close-outcome": "informed"})
    page = text(client.get(at()))
    assert "Reopen the case" in page
    client.post(at("reopen/"))
    assert list(inquiry.events.filter(actor=amara).values_list("kind", flat=True)) == [
        "claimed", "attempted", "replied", "note_added", "opened", "closed", "reopened"
    ]  # fmt: skip


def test_the_second_to_claim_is_told_who_was_first(client, at, inquiry, amara, ben):
    triage.claim(inquiry, by=ben)
    client.force_login(amara)
    refused = client.post(at("claim/"))
    assert refused.status_code == 409
    assert "Ben Okafor has already taken this case." in text(refused)


def test_a_stale_reply_is_refused_and_nothing_typed_is_lost(client, at, inquiry, amara, ben):
    seen_version = version(inquiry)
    triage.reply(inquiry, text="Ben was faster.", by=ben, version=seen_version)
    client.force_login(amara)
    typed = {"reply-version": seen_version, "reply-text": "Amara's own words."}
    refused = client.post(at("reply/"), typed)
    assert refused.status_code == 409
    assert "Ben was faster." in text(refused)
    assert "Amara&#x27;s own words." in text(refused)
    assert f'name="reply-version" value="{version(inquiry)}"' in text(refused)
    assert Message.objects.count() == 1


def test_a_forbidden_voicemail_without_a_reason_is_refused_with_an_explanation(client, at, inquiry, amara):
    Inquiry.objects.filter(pk=inquiry.pk).update(may_leave_voicemail=False)
    client.force_login(amara)
    refused = client.post(at("attempt/"), {"attempt-version": version(inquiry), "attempt-way": "phone", "attempt-outcome": "voicemail"})
    assert refused.status_code == 409
    assert "write down why in the note" in text(refused)


def test_an_empty_form_names_the_missing_fields(client, at, inquiry, amara):
    client.force_login(amara)
    answer = client.post(at("close/"), {"close-version": version(inquiry), "close-outcome": ""})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text(answer)


def test_the_visitors_message_counts_as_read_when_amara_opens_the_case(client, at, inquiry, amara):
    from intake.cases import case_keys

    messages.add_visitor_message(inquiry, {"text": "Are you there?"}, case_keys.for_staff(inquiry, amara))
    Inquiry.objects.filter(pk=inquiry.pk).update(state="waiting", first_response_at=timezone.now())
    client.force_login(amara)
    assert "Are you there?" in text(client.get(at()))
    inquiry.refresh_from_db()
    assert (inquiry.has_unread_message, inquiry.state) == (False, "open")
    assert Message.objects.get().read_at is not None


def test_without_the_key_the_page_says_so_and_still_shows_the_contact_warnings(client, at, inquiry, amara, centre_keys):
    from intake.crypto import keyring

    keyring._read.cache_clear()
    for file in centre_keys.iterdir():
        file.unlink()
    client.force_login(amara)
    page = text(client.get(at()))
    assert "can’t be opened here" in page
    assert "Contact by phone call" in page


def test_typed_text_is_stored_in_sealed_columns_only(client, at, inquiry, amara):
    client.force_login(amara)
    client.post(at("contact/"), follow=True)
    client.post(at("reply/"), {"reply-version": version(inquiry), "reply-text": "Wexford calling"})
    client.post(at("note/"), {"note-text": "Wexford noted"})
    assert not LogEntry.objects.exists()
    session_data = str(dict(client.session.items()))
    session_data += " ".join(str(event.data) for event in Event.objects.all())
    assert not any(word in session_data for word in (*DETAILS, "Wexford", "zzyzxword"))


def test_a_case_page_is_never_stored_by_the_browser(client, at, amara):
    client.force_login(amara)
    assert "no-store" in client.get(at()).headers["Cache-Control"]


def test_the_number_of_queries_does_not_grow_with_the_history(client, at, inquiry, amara, django_assert_num_queries):
    client.force_login(amara)

    def work():
        for number in range(3):
            triage.add_note(inquiry, text=f"Note {number}", by=amara)
            triage.reply(inquiry, text=f"Reply {number}", by=amara, version=version(inquiry))
            triage.log_attempt(inquiry, by=amara, version=version(inquiry), way="phone", outcome="no_answer", note="Nobody")

    work()
    client.get(at())
    with CaptureQueriesContext(connection) as few:
        client.get(at())
    work()
    with django_assert_num_queries(len(few)):
        client.get(at())


def test_the_phone_script_contains_only_what_the_visitor_allowed(client, at, inquiry, amara):
    client.force_login(amara)
    client.post(at("contact/"))
    page = text(client.get(at()))
    assert "no center and no reason" in page
    assert "calling from Riverside" not in page
    Inquiry.objects.filter(pk=inquiry.pk).update(may_say_who_we_are=True)
    assert "calling from Riverside" in text(client.get(at()))


def test_the_phone_script_has_the_drug_alerts_of_the_persons_state_in_their_language(client, at, inquiry, amara, edith, ruth):  # noqa: PLR0917
    def alert(region, english, spanish):
        ends_at = timezone.now() + dt.timedelta(days=3)
        given = {"substances": ["fentanyl"], "source": "Health department", "texts": {"en": english, "es": spanish}}
        supply_alerts.approve(supply_alerts.propose(by=edith, region=region, ends_at=ends_at, **given), by=ruth)

    alert("", "Strong everywhere.", "Fuerte en todas partes.")
    alert("NY", "Strong in New York.", "Fuerte en Nueva York.")
    alert("PA", "Strong in Pennsylvania.", "Fuerte en Pensilvania.")
    Inquiry.objects.filter(pk=inquiry.pk).update(region="NY", language="es")
    client.force_login(amara)
    client.post(at("contact/"))
    page = text(client.get(at()))
    assert "Fuerte en todas partes." in page
    assert "Fuerte en Nueva York." in page
    assert "Pensilvania" not in page


def test_a_reply_is_refused_when_the_visitor_has_written_meanwhile(client, at, inquiry, amara):
    from intake.cases import case_keys

    seen_version = version(inquiry)
    messages.add_visitor_message(inquiry, {"text": "Please do not call any more"}, case_keys.for_staff(inquiry, amara))
    client.force_login(amara)
    refused = client.post(at("reply/"), {"reply-version": seen_version, "reply-text": "We will call you."})
    assert refused.status_code == 409
    assert "Please do not call any more" in text(refused)


@pytest.mark.parametrize(("language", "path"), [("en", "/guides/a-guide/"), ("es", "/es/guides/a-guide/"), ("fr", "/guides/a-guide/")])
def test_the_guide_they_came_from_is_linked_in_the_language_they_wrote_in(client, at, inquiry, amara, settings, language, path):  # noqa: PLR0917
    Inquiry.objects.filter(pk=inquiry.pk).update(language=language, guide_slug="a-guide")
    client.force_login(amara)
    assert f'href="{settings.SITE_URL}{path}"' in text(client.get(at()))


def test_amara_sees_by_which_words_danger_was_heard_and_they_are_stored_nowhere(client, at, inquiry, amara):
    from intake.cases import case_keys

    said = {"text": "I drink a litre of vodka every day and I want to stop today. I overdosed in 2016."}
    messages.add_visitor_message(inquiry, said, case_keys.for_staff(inquiry, amara))
    client.force_login(amara)
    page = text(client.get(at()))
    assert "“drink … every day … stop”: stopping alcohol or sedatives" in page
    assert "“overdosed”: overdose (it is over)" in page
    inquiry.refresh_from_db()
    assert inquiry.priority_reasons == ["stopping"]
    assert "every day" not in str([event.data for event in Event.objects.all()])


@pytest.mark.parametrize(("step", "box"), [("note/", "note-text"), ("reply/", "reply-text"), ("attempt/", "attempt-note")])
def test_a_text_that_is_too_long_is_refused_whole_and_no_browser_cuts_its_end(client, at, amara, step, box):
    client.force_login(amara)
    assert "maxlength" not in re.search(rf"<textarea[^>]*name=\"{box}\"[^>]*>", text(client.get(at())))[0]
    pasted = "word " * 5000 + "the last of it"
    answer = client.post(at(step), {box: pasted, "attempt-way": "phone", "attempt-outcome": "reached"})
    assert answer.status_code == 422
    assert "the last of it" in text(answer)
    assert not InternalNote.objects.exists()
