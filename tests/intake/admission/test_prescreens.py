"""Pre-screen, summary, waiting list, follow-ups, reply templates."""

import datetime as dt
from uuid import uuid4

import pytest
from django.utils import timezone

from intake import admission, triage
from intake.admin.cases.typed import id_name
from intake.models import Inquiry, PreScreen, ReplyTemplate, WaitingListEntry
from intake.queue import queue
from recovery_site.verbs import Refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def fresh(inquiry):
    return Inquiry.objects.get(pk=inquiry.pk)


@pytest.fixture
def at(inquiry):
    return lambda step="": f"/admin/intake/inquiry/{inquiry.reference}/{step}"


def test_the_answers_are_sealed_and_shown_in_the_form_again(client, at, inquiry, amara):
    client.force_login(amara)
    answers = {"prescreen-version": inquiry.version, "prescreen-risks": "serious", "prescreen-risks_note": "Uses alone at night"}
    assert "stored, sealed" in client.post(at("pre-screen/save/"), answers, follow=True).content.decode()
    assert b"alone" not in bytes(PreScreen.objects.get().sealed)
    assert "Uses alone at night" in client.get(at("pre-screen/")).content.decode()
    page = client.get(at("summary/")).content.decode()
    assert "serious concern: Uses alone at night" in page
    assert "zzyzxword" in page
    assert "Quillon" not in page
    assert inquiry.events.filter(kind="summarised", actor=amara).count() == 1


def test_a_colleagues_answers_are_shown_before_they_are_replaced(client, at, inquiry, amara, ben):
    admission.save_prescreen(inquiry, answers={"notes": "Ben's own notes"}, by=ben, version=inquiry.version)
    client.force_login(amara)
    answer = client.post(at("pre-screen/save/"), {"prescreen-version": inquiry.version, "prescreen-notes": "mine"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Ben&#x27;s own notes" in page
    assert "mine" in page


@pytest.mark.parametrize(
    ("day", "advice"),
    [("9999-12-31T23:59", "between 2000 and 2100"), ("0001-01-01T00:00", "between 2000"), ("2001-01-01T09:00", "from today on")],
)
def test_an_implausible_date_is_refused(client, at, inquiry, amara, day, advice):  # noqa: PLR0917
    client.force_login(amara)
    answer = client.post(at("follow-up/"), {"follow_up-version": inquiry.version, "follow_up-at": day})
    assert answer.status_code == 422
    assert advice in answer.content.decode()


def test_the_typed_text_is_kept_when_the_key_can_not_be_read(client, at, inquiry, amara, settings, tmp_path):  # noqa: PLR0917
    settings.CENTRE_KEYS_DIR = tmp_path / "gone"
    client.force_login(amara)
    answer = client.post(at("reply/"), {"reply-version": inquiry.version, "reply-text": "A long answer"})
    assert answer.status_code == 503
    assert "A long answer" in answer.content.decode()
    assert "missing or damaged" in answer.content.decode()


@pytest.mark.parametrize(("flags", "priority"), [([], 3), (["vomiting"], 2), (["breathing", "vomiting"], 1)])
def test_red_flags_raise_the_priority(inquiry, amara, flags, priority):
    admission.save_prescreen(inquiry, answers={"red_flags": flags}, by=amara, version=inquiry.version)
    assert fresh(inquiry).priority == priority


def test_a_pre_screen_never_lowers_the_priority(inquiry, amara):
    Inquiry.objects.filter(pk=inquiry.pk).update(priority=1)
    admission.save_prescreen(inquiry, answers={"red_flags": ["vomiting"]}, by=amara, version=inquiry.version)
    assert fresh(inquiry).priority == 1


def test_the_waiting_list_requires_a_check_in_date(inquiry, amara):
    now = timezone.now()
    with pytest.raises(Refused):
        admission.put_on_waiting_list(inquiry, by=amara, version=inquiry.version, reason="no_place", check_in_at=now)
    admission.put_on_waiting_list(
        inquiry, by=amara, version=inquiry.version, reason="no_place", check_in_at=now + DAY, interim_offer="Daily call"
    )
    entry = WaitingListEntry.objects.get()
    assert b"Daily" not in bytes(entry.sealed)
    assert fresh(inquiry).next_action_at == entry.check_in_at
    assert queue.page(amara).rows == []
    admission.take_off_waiting_list(inquiry, by=amara)
    assert [row.pk for row in queue.page(amara).rows] == [inquiry.pk]


def test_the_waiting_list_shows_cases_of_the_own_centre_only(client, inquiry, amara, noor):
    admission.put_on_waiting_list(inquiry, by=amara, version=inquiry.version, reason="no_payer", check_in_at=timezone.now() + DAY)
    for person, sees in ((amara, True), (noor, False)):
        client.force_login(person)
        assert (inquiry.reference in client.get("/admin/intake/inquiry/waiting-list/").content.decode()) is sees


def test_closing_takes_a_case_off_the_list(inquiry, amara):
    admission.put_on_waiting_list(inquiry, by=amara, version=inquiry.version, reason="no_place", check_in_at=timezone.now() + DAY)
    triage.close(inquiry, outcome="admitted", by=amara, version=fresh(inquiry).version)
    assert not WaitingListEntry.objects.exists()


def test_a_follow_up_rests_until_its_day_but_not_before_a_first_answer(inquiry, amara):
    with pytest.raises(Refused):
        triage.follow_up(inquiry, at=timezone.now() + DAY, by=amara, version=inquiry.version)
    triage.reply(inquiry, text="Hello", by=amara, version=inquiry.version)
    triage.follow_up(inquiry, at=timezone.now() + DAY, by=amara, version=fresh(inquiry).version)
    assert queue.page(amara).rows == []
    assert [row.pk for row in queue.page(amara, queue.VIEWS["waiting"]).rows] == [inquiry.pk]


def test_without_scripts_a_template_is_added_to_the_reply_that_amara_has_begun(client, at, inquiry, amara, harbor):
    riverside = inquiry.centre
    template = ReplyTemplate.objects.create(title="First answer", body="{staff} of {centre} here, case {reference}.", centre=riverside)
    other = ReplyTemplate.objects.create(title="Elsewhere", body="Not ours", centre=harbor)
    spanish = ReplyTemplate.objects.create(title="Hola", body="Hola", language="es")
    client.force_login(amara)
    typed = {"reply-text": "Hello, and thank you.", "reply-version": "1", id_name("reply"): uuid4()}
    page = client.post(at("template/"), {**typed, "template": template.pk}, follow=True)
    begun = page.context["forms"]["reply"]["text"].value()
    assert begun == f"Hello, and thank you.\n\nAmara Diallo of Riverside here, case {inquiry.reference}."
    assert spanish.title not in page.content.decode()
    not_theirs = client.post(at("template/"), {**typed, "template": other.pk, id_name("reply"): uuid4()}, follow=True)
    assert not_theirs.context["forms"]["reply"]["text"].value() == "Hello, and thank you."
    assert other.body not in not_theirs.content.decode()
    assert not inquiry.messages.exists()


def test_an_unknown_placeholder_is_refused(client, luisa, riverside):
    client.force_login(luisa)
    form = {"centre": riverside.pk, "language": "en", "title": "Hello", "body": "Dear {name}"}
    answer = client.post("/admin/intake/replytemplate/add/", form)
    assert "{name} is no placeholder." in answer.content.decode()
    assert client.post("/admin/intake/replytemplate/add/", {**form, "body": "Dear {reference}"}).status_code == 302


def test_luisa_can_not_change_templates_of_other_centres(client, luisa, harbor):
    theirs = ReplyTemplate.objects.create(title="Theirs", body="x", centre=harbor)
    for_all = ReplyTemplate.objects.create(title="For all", body="x")
    client.force_login(luisa)
    assert client.get(f"/admin/intake/replytemplate/{theirs.pk}/change/").status_code == 302
    assert client.post(f"/admin/intake/replytemplate/{for_all.pk}/change/", {"body": "y"}).status_code == 403


def test_a_template_goes_through_the_respectful_terms_check(client, luisa, riverside):
    client.force_login(luisa)
    form = {"centre": riverside.pk, "language": "en", "title": "Hello", "body": "We help addicts every day."}
    answer = client.post("/admin/intake/replytemplate/add/", form)
    assert answer.status_code == 200
    assert "addict" in answer.content.decode().split('class="errorlist"')[1]
    assert client.post("/admin/intake/replytemplate/add/", {**form, "keep_words": "on"}).status_code == 302
