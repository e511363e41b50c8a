"""The contact form: wording, steps, consents, danger warnings, and resending."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from intake.cases import consents
from intake.crypto import keyring, sealing
from intake.forms import InquiryForm
from intake.mailbox import contact_preferences
from intake.models import Consent, Event, Inquiry, KeyWrap
from tests.intake.pages import hidden
from tests.people import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


def text(page):
    return re.search(r"<main.*</main>", page.content.decode(), re.S).group()


def filled(page, **answers):
    return {"token": hidden(page, "token"), "for_whom": "self", "contact_way": "mailbox", **answers}


def payload(inquiry):
    wrap = KeyWrap.objects.get(inquiry=inquiry)
    key = sealing.unwrap_with_private_key(wrap.wrapped, inquiry.pk, keyring.private_key(wrap.centre_key))
    return sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, key)


@pytest.mark.parametrize(
    ("for_whom", "question"),
    [("self", "Are you pregnant?"), ("other", "Which state are they in?"), ("professional", "Please do not name the person")],
)
def test_the_wording_fits_the_person_who_asks(riverside, visitor, for_whom, question):
    assert question in text(visitor.get("/contact/", {"for": for_whom}))
    again = visitor.post("/contact/", filled(visitor.get("/contact/"), for_whom=for_whom, message="stays here", go="words"))
    assert again.status_code == 200
    assert question in text(again)
    assert "stays here" in text(again)


def test_every_answer_is_stored_in_its_place(riverside, visitor):
    answers = {
        "message": "Short of sleep",
        "substances": ["alcohol", "opioids"],
        "pregnancy": "no",
        "age_band": "26_64",
        "region": "NY",
        "payer": "insurance",
        "name": "Mo",
        "needs_interpreter": "on",
        "spoken_language": "Polski",
        "contact_way": "phone",
        "phone": "212 555 0143",
        "consent_call": "on",
        "may_leave_voicemail": "on",
        "only_i_answer": "on",
        "safe_times": ["weekend_evening"],
        "time_zone": "America/Chicago",
        "other_notes": "Never before eight",
    }
    assert visitor.post("/contact/", filled(visitor.get("/contact/"), **answers)).status_code == 303
    inquiry = Inquiry.objects.get()
    assert (inquiry.country, inquiry.region, inquiry.needs_interpreter, inquiry.contact_way) == ("US", "NY", True, "phone")
    assert (inquiry.may_leave_voicemail, inquiry.may_say_who_we_are, inquiry.others_may_answer) == (True, False, False)
    assert inquiry.safe_windows == [[5, "17:00", "21:00"], [6, "17:00", "21:00"]]
    assert inquiry.time_zone == "America/Chicago"
    assert payload(inquiry) == {
        "name": "Mo",
        "phone": "+12125550143",
        "message": "Short of sleep",
        "substances": ["alcohol", "opioids"],
        "age_band": "26_64",
        "pregnancy": "no",
        "payer": "insurance",
        "other_notes": "Speaks best: Polski\nNever before eight",
    }


def test_each_consent_is_stored_with_its_wording_language_and_time(riverside, visitor, gateway):
    page = visitor.get("/contact/")
    boxes = re.findall(r'<input type="checkbox" name="consent_\w+"[^>]*>', page.content.decode())
    assert len(boxes) == 5
    assert not any("checked" in box for box in boxes)
    answers = {"contact_way": "text", "phone": "212 555 0143", "consent_text": "on", "consent_automated_text": "on"}
    visitor.post("/contact/", filled(page, **answers))
    held = Consent.objects.order_by("purpose")
    assert [(one.purpose, one.wording, one.language, one.withdrawn_at) for one in held] == [
        ("automated_text", consents.CURRENT, "en", None),
        ("text", consents.CURRENT, "en", None),
    ]
    assert held[0].given_at == Inquiry.objects.get().received_at


def test_every_stored_wording_can_be_shown_again():
    assert set(consents.SENTENCES[consents.CURRENT]) == set(Consent.Purpose)


def test_mistakes_are_named_in_the_order_of_the_page(riverside, visitor):
    page = text(visitor.post("/contact/", filled(visitor.get("/contact/"), for_whom="", contact_way="")))
    assert page.index("Say who this is for.") < page.index("Choose how we may answer you.")


def test_changing_the_language_keeps_every_word(riverside, visitor):
    page = visitor.get("/contact/")
    assert 'formaction="/es/contact/#main"' in text(page)
    spanish = visitor.post("/es/contact/", filled(page, message="no lo pierdas", substances=["alcohol"], consent_call="on", go="language"))
    assert spanish.status_code == 200
    assert '<html lang="es"' in spanish.content.decode()
    assert "no lo pierdas" in text(spanish)
    assert re.search(r'value="alcohol"[^>]*checked', text(spanish))
    assert re.search(r'name="consent_call"[^>]*checked', text(spanish))
    assert hidden(spanish, "token") == hidden(page, "token")


def test_the_enter_key_sends_and_does_not_change_the_language(riverside, visitor):
    form = text(visitor.get("/contact/"))
    first_button = re.search(r"<button[^>]*>", form).group()
    assert "name=" not in first_button


@pytest.mark.parametrize(
    ("message", "priority", "line"),
    [
        ("He overdosed", 1, "Call now, even if the person seems well"),
        ("quiero morir", 1, "Thoughts of ending a life, or of hurting yourself?"),
        ("I quit drinking this morning", 2, "can kill"),
    ],
)
def test_words_of_danger_raise_the_priority_and_show_a_number_before_and_after(riverside, visitor, message, priority, line):
    page = visitor.get("/contact/")
    assert line in text(visitor.post("/contact/", filled(page, message=message, go="words")))
    assert visitor.post("/contact/", filled(page, message=message)).status_code == 303
    assert Inquiry.objects.get().priority == priority
    assert line in text(visitor.get("/contact/sent/"))


def test_stopping_after_daily_use_is_read_first(riverside, visitor):
    page = visitor.get("/contact/")
    assert visitor.post("/contact/", filled(page, substances=["alcohol"], daily_use="stopping")).status_code == 303
    inquiry = Inquiry.objects.get()
    assert (inquiry.priority, inquiry.priority_reasons) == (2, ["stopping"])
    assert "daily_use" not in payload(inquiry)


@pytest.mark.parametrize(("substance", "is_said"), [("alcohol", True), ("benzodiazepines", True), ("cannabis", False)])
def test_the_receipt_says_not_to_stop_suddenly_where_it_may_fit(riverside, visitor, substance, is_said):
    visitor.post("/contact/", filled(visitor.get("/contact/"), substances=[substance]))
    assert Inquiry.objects.get().priority == 3
    assert ("stop suddenly" in text(visitor.get("/contact/sent/"))) is is_said


@pytest.mark.parametrize(
    ("answers", "is_said"),
    [
        ({"substances": ["opioids"]}, True),
        ({"substances": ["benzodiazepines"]}, True),
        ({"substances": ["alcohol"], "daily_use": "daily"}, True),
        ({"substances": ["stimulants"]}, False),
        ({"substances": ["cannabis"]}, False),
    ],
)
def test_somebody_pregnant_is_told_not_to_stop_only_where_stopping_harms(riverside, visitor, answers, is_said):
    visitor.post("/contact/", filled(visitor.get("/contact/"), pregnancy="yes", **answers))
    receipt = text(visitor.get("/contact/sent/"))
    assert ("it can harm you and the baby" in receipt) is is_said
    assert ("Pregnant people are seen first" in receipt) is not is_said


def test_too_many_forms_of_one_network_wait_and_keep_their_words(riverside, visitor):
    for _number in range(20):
        visitor.post("/contact/", filled(visitor.get("/contact/")))
    answer = visitor.post("/contact/", filled(visitor.get("/contact/"), message="still here"))
    assert answer.status_code == 429
    assert "still here" in text(answer)
    other = visitor.post("/contact/", filled(visitor.get("/contact/")), REMOTE_ADDR="198.51.100.9")
    assert other.status_code == 303


def test_every_question_says_why_it_is_asked(riverside, visitor):
    form = InquiryForm()
    # The sentences of consent say themselves what they are for.
    asked = [field for field in form if not field.is_hidden and field.name != "website" and not field.name.startswith("consent_")]
    assert len(asked) > 15
    assert [field.name for field in asked if not field.help_text] == []
    asked_here = {
        "for_whom",
        "danger_now",
        "message",
        "substances",
        "daily_use",
        "pregnancy",
        "age_band",
        "region",
        "payer",
        "name",
        "needs_interpreter",
    }
    asked_here |= {"spoken_language", "contact_way", "phone", "email", "may_leave_voicemail", "may_say_who_we_are", "only_i_answer"}
    assert {field.name for field in asked} == asked_here | {"safe_times", "time_zone", "other_notes"}, "what nobody needs isn't asked"


def test_the_response_time_shown_before_sending_follows_the_answers(riverside, visitor):
    member("amara", "Amara Diallo", riverside, "triage", email="amara@example.org")
    page = visitor.get("/contact/")
    usual, urgent = (
        re.search(r"will answer by <b>(.*?)</b>", text(answer)).group(1)
        for answer in (
            visitor.post("/contact/", filled(page, go="words")),
            visitor.post("/contact/", filled(page, pregnancy="yes", go="words")),
        )
    )
    assert usual != urgent


def test_a_paused_centre_is_shown_as_closed(riverside, visitor):
    riverside.paused_until = timezone.now() + dt.timedelta(days=2)
    riverside.save()
    assert "Nobody is there right now; the next opening is" in text(visitor.get("/contact/"))


def test_states_have_their_names(riverside, visitor):
    assert '<option value="NY">New York</option>' in text(visitor.get("/contact/"))
    assert '<option value="NY">Nueva York</option>' in text(visitor.get("/es/contact/"))


def test_autofill_and_keyboards_know_the_fields(riverside, visitor):
    page = text(visitor.get("/contact/"))
    for name, attributes in {
        "name": 'autocomplete="given-name"',
        "phone": 'autocomplete="tel"',
        "email": 'autocomplete="email"',
        "region": 'autocomplete="address-level1"',
    }.items():
        tag = re.search(rf'<(?:input|select)[^>]*name="{name}"[^>]*>', page).group()
        assert attributes in tag
    assert 'type="tel"' in re.search(r'<input[^>]*name="phone"[^>]*>', page).group()


def test_resending_the_form_changes_the_contact_preferences(riverside, visitor):
    form = filled(visitor.get("/contact/"), contact_way="phone", phone="212 555 0143", consent_call="on")
    visitor.post("/contact/", form)
    visitor.post("/contact/", form | {"contact_way": "mailbox", "phone": "", "consent_call": ""})
    inquiry = Inquiry.objects.get()
    assert inquiry.contact_way == "mailbox"
    assert "phone" not in payload(inquiry)
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_a_corrected_number_and_a_withdrawn_consent_in_a_resent_form_apply(riverside, visitor, gateway):
    ticked = {"consent_call": "on", "consent_automated_text": "on"}
    form = filled(visitor.get("/contact/"), contact_way="phone", phone="212 555 0143")
    visitor.post("/contact/", form | ticked)
    visitor.post("/contact/", form | {"phone": "212 555 0199", "consent_call": "on"})
    inquiry = Inquiry.objects.get()
    assert payload(inquiry)["phone"] == "+12125550199"
    assert not inquiry.tell_by_text
    assert list(Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True)) == ["call"]


def test_the_same_form_again_changes_nothing(riverside, visitor):
    form = filled(visitor.get("/contact/"), contact_way="phone", phone="212 555 0143", consent_call="on")
    for _time in range(2):
        visitor.post("/contact/", form)
    assert list(Event.objects.filter(inquiry__isnull=False).values_list("kind", flat=True)) == ["received"]
    assert Inquiry.objects.get().version == 1


def test_resending_an_old_page_does_not_undo_changes_made_in_the_mailbox(riverside, visitor):
    form = filled(visitor.get("/contact/"), contact_way="phone", phone="212 555 0143", consent_call="on")
    sent = visitor.get(visitor.post("/contact/", form)["Location"]).content.decode()
    visitor.post("/mailbox/", {"words": " ".join(re.findall(r"<li>(\w+)</li>", sent))})
    contact_preferences.no_longer_safe(Inquiry.objects.get())
    visitor.post("/contact/", form)
    inquiry = Inquiry.objects.get()
    assert inquiry.no_longer_safe
    assert inquiry.contact_way == "mailbox"
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_changed_answers_in_a_resent_form_reach_staff(riverside, visitor):
    form = filled(visitor.get("/contact/"))
    visitor.post("/contact/", form)
    visitor.post("/contact/", form | {"for_whom": "other", "needs_interpreter": "on", "region": "NY"})
    inquiry = Inquiry.objects.get()
    assert (inquiry.for_whom, inquiry.needs_interpreter, inquiry.region) == ("other", True, "NY")


@pytest.mark.parametrize("guide", ["alcohol-withdrawal.", "a b", "x" * 130, "<b>", "ñ"])
def test_the_form_can_be_sent_despite_a_damaged_link_from_a_guide(riverside, visitor, guide):
    answer = visitor.post("/contact/", filled(visitor.get("/contact/", {"guide": guide}), guide=guide))
    assert answer.status_code == 303
    assert Inquiry.objects.get().guide_slug == ""


@pytest.mark.parametrize(
    ("way", "kept"),
    [
        ("phone", {"phone", "call", "automated_text"}),
        ("text", {"phone", "text", "automated_text"}),
        ("email", {"email"}),
        ("mailbox", set()),
        ("mailbox to be told by text", {"phone", "automated_text"}),
    ],
)
def test_fields_of_other_ways_of_contact_are_not_stored(riverside, visitor, gateway, way, kept):
    consents_given = dict.fromkeys(("consent_call", "consent_text", "consent_email"), "on")
    if "automated_text" in kept:
        consents_given["consent_automated_text"] = "on"
    way = way.split()[0]
    addresses = {"phone": "212 555 0143", "email": "mo@example.org"}
    visitor.post("/contact/", filled(visitor.get("/contact/"), contact_way=way, **addresses, **consents_given))
    assert {"phone"} & set(payload(Inquiry.objects.get())) == {"phone"} & kept
    assert set(Consent.objects.values_list("purpose", flat=True)) == kept - {"phone"}


def test_the_cached_form_has_a_new_token_each_time(riverside, visitor):
    first, second = visitor.get("/contact/?guide=alcohol"), visitor.get('/contact/?guide="><b>x')
    assert hidden(first, "token") != hidden(second, "token")
    assert hidden(first, "guide") == "alcohol"
    assert hidden(second, "guide") == "&quot;&gt;&lt;b&gt;x"
    assert "OF-THIS-FORM" not in second.content.decode()
    assert '<html lang="es"' in visitor.get("/es/contact/").content.decode()
    assert "Your mailbox" not in text(visitor.get("/es/contact/"))
