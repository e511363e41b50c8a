"""The page "Keeping and erasing": times, rounds that wait, legal holds."""

import datetime as dt
import re

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from intake.models import Centre, ErasingRound, Event, Heartbeat, Inquiry, LegalHold, RetentionRule
from intake.retention import erasure, holds, policy, rounds
from tests.people import PASSWORD, member

pytestmark = pytest.mark.django_db
PAGE = "/admin/intake/legalhold/"


@pytest.fixture
def hana(riverside):
    """A second lead of Riverside."""
    return member("hana", "Hana Holt", riverside, "lead")


def text(client, path=PAGE):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_luisa_takes_the_recommended_times_with_one_button(client, luisa, riverside):
    RetentionRule.objects.create(centre=riverside, outcome="spam", days=14)
    client.force_login(luisa)
    assert "Use the recommended times where there are none" in text(client)
    assert client.post(PAGE + "recommended/", {"centre": riverside.pk}).status_code == 303
    days = dict(riverside.retention_rules.values_list("outcome", "days"))
    assert days == {**policy.RECOMMENDED, "spam": 14}, "what she chose herself stays"
    assert Event.objects.filter(kind="settings_changed", actor=luisa, centre=riverside).exists()


def test_she_can_not_change_the_times_of_another_centre(client, luisa, harbor):
    client.force_login(luisa)
    assert client.post(PAGE + "recommended/", {"centre": harbor.pk}).status_code == 404
    assert not harbor.retention_rules.exists()


def test_there_is_a_recommended_time_for_each_outcome_that_a_rule_can_have():
    assert set(policy.RECOMMENDED) == set(RetentionRule.Outcome)


def test_a_centre_without_times_is_a_warning_for_its_lead_and_for_the_operator(client, luisa, riverside, harbor):
    policy.use_recommended(harbor, by="system")
    client.force_login(luisa)
    assert "Riverside keeps closed cases for ever" in text(client, "/admin/")
    found = [message.msg for message in run_checks(databases=["default"]) if message.id == "intake.W007"]
    assert found == ["Riverside has no times of keeping: what people wrote there is kept for ever."]


def test_a_new_centre_starts_with_the_recommended_times(client, olga, riverside):
    client.force_login(olga)
    page = client.get("/admin/intake/centre/add/")
    form = dict(page.context["adminform"].form.initial.items())
    data = {name: value for name, value in form.items() if value not in (None, False) and not callable(value)}
    data |= {"name": "Pine Street", "slug": "pine-street", "time_zone": "America/New_York"}
    data |= {name: Centre._meta.get_field(name).default for name in ("promise_minutes", "urgent_promise_minutes", "escalate_after_minutes")}
    data |= {name: Centre._meta.get_field(name).default for name in ("cadence_tries", "cadence_days")}
    for formset in page.context["inline_admin_formsets"]:
        data |= {f"{formset.formset.prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = client.post("/admin/intake/centre/add/", data)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    pine = Centre.objects.get(slug="pine-street")
    assert dict(pine.retention_rules.values_list("outcome", "days")) == policy.RECOMMENDED


def test_cases_that_are_open_for_more_than_a_year_are_named_to_the_lead(client, luisa, riverside, arrives):
    arrives(received_at=timezone.now() - dt.timedelta(days=400))
    arrives(received_at=timezone.now() - dt.timedelta(days=10))
    client.force_login(luisa)
    assert "1 case is open for more than a year" in text(client, "/admin/")


def waiting_round(riverside, arrives, cases=3):
    RetentionRule.objects.create(centre=riverside, outcome="spam", days=30)
    now = timezone.now()
    Heartbeat.objects.update_or_create(part="clock", defaults={"at": now - dt.timedelta(days=9)})
    for _case in range(cases):
        arrives(state="closed", outcome="spam", closed_at=now - dt.timedelta(days=60))
    rounds.run(now)
    return ErasingRound.objects.get(state="waits")


def test_luisa_sees_what_would_go_and_allows_it_once(client, luisa, riverside, arrives):
    waiting = waiting_round(riverside, arrives)
    client.force_login(luisa)
    assert "Riverside: erasing waits for somebody to allow it" in text(client, "/admin/")
    page = text(client)
    assert "Erasing waits: Riverside" in page
    assert "Spam: 3" in page
    assert "The clock of the server jumped" in page
    for case in Inquiry.objects.all():
        assert case.reference not in page
    client.post(f"{PAGE}rounds/{waiting.pk}/allow/", {"number": "3"})
    rounds.run(timezone.now())
    assert Inquiry.objects.filter(erased_at=None).count() == 0
    assert client.post(f"{PAGE}rounds/{waiting.pk}/allow/", {"number": "3"}, follow=True).content.decode().count("waits no longer") == 1


def test_a_lead_of_another_centre_allows_nothing(client, harbor, riverside, arrives):
    waiting = waiting_round(riverside, arrives)
    client.force_login(member("nils", "Nils Aho", harbor, "lead"))
    assert client.post(f"{PAGE}rounds/{waiting.pk}/allow/", {"number": "3"}).status_code == 404
    assert "Erasing waits" not in text(client)


def ask(client, riverside, luisa, **more):
    in_90_days = timezone.localdate() + dt.timedelta(days=90)
    data = {"centre": riverside.pk, "reason": "order", "file_number": "24-117", "review_on": in_90_days, "readers": [luisa.pk], **more}
    return client.post(PAGE + "ask/", data)


def test_luisa_asks_for_a_hold_and_hana_approves_it(client, luisa, hana, riverside, inquiry):
    client.force_login(luisa)
    assert ask(client, riverside, luisa, reference=inquiry.reference.lower()).status_code == 303
    hold = LegalHold.objects.get()
    assert (hold.inquiry, hold.asked_by, hold.approved_at) == (inquiry, luisa, None)
    page = text(client)
    assert "Asked for by Luisa Ferreira" in page
    assert "Approve the hold" not in page
    assert "1 legal hold waits for a decision" in text(client, "/admin/")
    client.force_login(hana)
    assert "Approve the hold" in text(client)
    client.post(f"{PAGE}{hold.pk}/approve/")
    assert "Approved by Hana Holt" in text(client)


def test_hana_says_who_she_is_before_she_approves_a_hold_and_the_approval_is_not_lost(  # noqa: PLR0917 (everybody)
    client, luisa, hana, riverside, inquiry, time_machine
):
    client.force_login(luisa)
    ask(client, riverside, luisa, reference=inquiry.reference)
    hold = LegalHold.objects.get()
    client.force_login(hana)
    time_machine.move_to(timezone.now() + dt.timedelta(seconds=301), tick=False)
    answer = client.post(f"{PAGE}{hold.pk}/approve/", follow=True)
    assert LegalHold.objects.get().approved_at is None
    answer = client.post(answer.request["PATH_INFO"], {"password": PASSWORD}, follow=True)
    again = re.search(r'<form[^>]* action="([^"]*/approve/)"', answer.content.decode())
    assert again, "the page that sends the approval again"
    client.post(again[1])
    assert LegalHold.objects.get().approved_by == hana


def test_a_hold_on_days_takes_in_the_last_of_them_by_the_clock_of_the_centre(client, luisa, riverside):
    client.force_login(luisa)
    ask(client, riverside, luisa, first="2026-03-01", last="2026-03-31")
    hold = LegalHold.objects.get()
    assert (hold.since.isoformat(), hold.until.isoformat()) == ("2026-03-01T05:00:00+00:00", "2026-04-01T04:00:00+00:00")
    assert "what came in from March 1, 2026 to March 31, 2026" in text(client)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({}, "Name one case, or the first and the last day."),
        ({"reference": "K7M2-9QXD"}, "There is no such case at this center."),
        ({"reference": "K7M2-9QXD", "first": "2026-03-01"}, "Name one case or the days, not both."),
        ({"first": "2026-03-09", "last": "2026-03-01"}, "Name one case, or the first and the last day."),
        ({"first": "2026-03-01", "last": "2026-03-09", "review_on": "2020-01-01"}, "within the next year"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused_with_the_reason(typed, why, client, luisa, riverside):
    client.force_login(luisa)
    answer = ask(client, riverside, luisa, **typed)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not LegalHold.objects.exists()


def test_what_was_withdrawn_is_read_by_the_named_lead_alone(client, luisa, hana, amara, riverside, inquiry):  # noqa: PLR0917 (everybody)
    client.force_login(luisa)
    ask(client, riverside, luisa, reference=inquiry.reference)
    hold = holds.approve(LegalHold.objects.get(), by=hana)
    erasure.withdraw(inquiry)
    case = f"{PAGE}{hold.pk}/case/{inquiry.reference}/"
    assert case in text(client)
    page = text(client, case)
    assert "zzyzxword" in page
    assert "believes that it is erased" in page
    for person, status in ((hana, 403), (amara, 404)):
        client.force_login(person)
        assert client.get(case).status_code == status
    client.force_login(hana)
    assert case not in text(client)


def test_an_auditor_approves_and_reads_no_case(client, luisa, ada, riverside, inquiry):
    client.force_login(luisa)
    ask(client, riverside, luisa, reference=inquiry.reference)
    hold = LegalHold.objects.get()
    client.force_login(ada)
    assert "Approve the hold" in text(client)
    client.post(f"{PAGE}{hold.pk}/approve/")
    erasure.withdraw(inquiry)
    assert client.get(f"{PAGE}{hold.pk}/case/{inquiry.reference}/").status_code == 403
    assert client.get(PAGE + "ask/").status_code == 403


def test_two_people_lift_a_hold_and_a_review_keeps_it(client, luisa, hana, riverside, inquiry):
    client.force_login(luisa)
    ask(client, riverside, luisa, reference=inquiry.reference)
    hold = holds.approve(LegalHold.objects.get(), by=hana)
    client.post(f"{PAGE}{hold.pk}/ask-to-lift/")
    assert "Luisa Ferreira wants to lift it" in text(client)
    assert "Agree, and lift it" not in text(client)
    later = timezone.localdate() + dt.timedelta(days=200)
    client.post(f"{PAGE}{hold.pk}/keep/", {"review_on": later.isoformat()})
    hold.refresh_from_db()
    assert (hold.review_on, hold.lift_asked_by) == (later, None)
    for wrong in ("", "2026-02-31", "soon"):
        assert client.post(f"{PAGE}{hold.pk}/keep/", {"review_on": wrong}).status_code == 303
    client.post(f"{PAGE}{hold.pk}/ask-to-lift/")
    client.force_login(hana)
    client.post(f"{PAGE}{hold.pk}/lift/")
    assert "Holds that have ended" in text(client)
    assert client.post(f"{PAGE}{hold.pk}/no-such-step/").status_code == 303


def test_a_review_that_is_due_is_named_to_the_lead(client, luisa, hana, riverside, inquiry):
    client.force_login(luisa)
    ask(client, riverside, luisa, reference=inquiry.reference)
    holds.approve(LegalHold.objects.get(), by=hana)
    assert "legal hold" not in text(client, "/admin/").split('id="panel-waiting"')[1].split("</section>")[0]
    LegalHold.objects.update(review_on=timezone.localdate())
    assert "1 legal hold waits for a decision" in text(client, "/admin/")
