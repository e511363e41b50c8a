"""Supply alerts: one clinician writes them, a second one approves them, readers see them at once and until they end."""

import datetime as dt
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from lxml import html

from articles.models import SupplyAlert
from articles.safety import supply_alerts
from recovery_site.verbs import NotAllowed, Refused

GUIDE = "/guides/the-first-days/"
ENGLISH = "Fentanyl with medetomidine is going around. Naloxone may not wake the person: call 911 and keep up the breaths."
SPANISH = "Circula fentanilo con medetomidina. La naloxona puede no despertar a la persona: llame al 911 y siga dando respiraciones."


@pytest.fixture(autouse=True)
def no_page_store(settings):
    """Ask the views each time; that a stored page isn't older than PAGE_CACHE_SECONDS is tested with the store."""
    settings.PAGE_CACHE_SECONDS = 0


def proposed(by, **changes) -> SupplyAlert:
    given: dict[str, Any] = {
        "region": "PA",
        "substances": ["heroin", "fentanyl"],
        "texts": {"en": ENGLISH, "es": SPANISH},
        "source": "Health department of Philadelphia, alert of Nov. 20, 2026",
        "ends_at": timezone.now() + dt.timedelta(days=10),
    }
    return supply_alerts.propose(by=by, **given | changes)


@pytest.fixture
def alert(edith, ruth) -> SupplyAlert:
    """An alert about heroin and fentanyl in Pennsylvania, written by Edith and approved by Ruth."""
    return supply_alerts.approve(proposed(edith), by=ruth)


def alerts_on(client, address, **extra):
    page = html.fromstring(client.get(address, **extra).content)
    return [" ".join(one.text_content().split()) for one in page.cssselect(".supply-alert")]


def test_readers_see_it_on_guides_about_these_drugs_with_the_state_it_is_about(client, published, alert):
    shown = alerts_on(client, GUIDE)
    assert len(shown) == 1
    assert "Drug alert: Pennsylvania" in shown[0]
    assert ENGLISH in shown[0]
    assert "About: Heroin, Fentanyl." in shown[0]


def test_it_is_not_on_guides_about_other_drugs(client, published, edith, ruth):
    supply_alerts.approve(proposed(edith, substances=["cocaine"]), by=ruth)
    assert alerts_on(client, GUIDE) == []


def test_it_is_on_the_contact_form_in_the_language_of_the_page(client, riverside, alert):
    assert ENGLISH in alerts_on(client, "/contact/")[0]
    assert SPANISH in alerts_on(client, "/es/contact/")[0]


def test_it_is_on_the_first_page_of_one_question_a_page(client, riverside, alert):
    first = client.get("/contact/questions/").url
    assert ENGLISH in alerts_on(client, first)[0]


def test_nobody_sees_it_before_a_second_clinician_approved_it(client, published, edith, emil, ruth, rafael):  # noqa: PLR0917 (fixtures)
    waiting = proposed(ruth)
    assert alerts_on(client, GUIDE) == []
    for somebody, why in ((ruth, "You wrote this alert"), (emil, "Only a clinical reviewer"), (edith, "Only a clinical reviewer")):
        with pytest.raises(NotAllowed, match=why):
            supply_alerts.approve(waiting, by=somebody)
    approved = supply_alerts.approve(waiting, by=rafael)
    assert (approved.writer_name, approved.approver_name) == ("Ruth Romero", "Rafael Reyes, MD")
    assert len(alerts_on(client, GUIDE)) == 1
    with pytest.raises(Refused, match="shown already"):
        supply_alerts.approve(waiting, by=rafael)


def test_it_ends_by_itself_to_the_minute_and_no_browser_keeps_it_longer(client, published, alert, time_machine):
    time_machine.move_to(alert.ends_at - dt.timedelta(seconds=100), tick=False)
    assert client.get(GUIDE).headers["Cache-Control"] == "public, max-age=100"
    assert len(alerts_on(client, GUIDE)) == 1
    time_machine.move_to(alert.ends_at, tick=False)
    assert alerts_on(client, GUIDE) == []
    assert client.get(GUIDE).headers["Cache-Control"] == "public, max-age=300"


def test_it_can_be_ended_early_and_a_proposal_withdrawn(client, published, alert, edith, ada):
    with pytest.raises(NotAllowed):
        supply_alerts.end(alert, by=ada)
    ended = supply_alerts.end(alert, by=edith)
    assert (ended.ender_name, ended.state_at(timezone.now())) == ("Edith Moreau", "ended")
    assert alerts_on(client, GUIDE) == []
    with pytest.raises(Refused, match="over already"):
        supply_alerts.end(alert, by=edith)
    assert supply_alerts.end(proposed(edith), by=edith).ended_at


def test_a_page_kept_by_a_browser_or_a_proxy_is_asked_for_again(client, published, edith, ruth, time_machine):
    def asked_again(since):
        answer = client.get(GUIDE, headers={"If-Modified-Since": since})
        return answer.status_code, answer.headers["Last-Modified"]

    kept = client.get(GUIDE).headers["Last-Modified"]
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=5), tick=False)
    alert = supply_alerts.approve(proposed(edith), by=ruth)
    status, with_alert = asked_again(kept)
    assert status == 200, "it has an alert now"
    assert asked_again(with_alert)[0] == 304
    time_machine.move_to(alert.ends_at + dt.timedelta(seconds=1), tick=False)
    status, after = asked_again(with_alert)
    assert status == 200, "the alert is over"
    assert parsedate_to_datetime(after) == alert.ends_at.replace(microsecond=0)
    assert asked_again(after)[0] == 304


def test_a_stored_page_is_renewed_within_the_time_that_pages_are_kept(  # noqa: PLR0917 (fixtures)
    client, published, edith, ruth, settings, time_machine, django_capture_on_commit_callbacks
):
    settings.PAGE_CACHE_SECONDS = 10
    assert alerts_on(client, GUIDE) == []
    with django_capture_on_commit_callbacks(execute=True):
        alert = supply_alerts.approve(proposed(edith), by=ruth)
    time_machine.move_to(timezone.now() + dt.timedelta(seconds=11), tick=False)
    assert len(alerts_on(client, GUIDE)) == 1
    time_machine.move_to(alert.ends_at + dt.timedelta(seconds=11), tick=False)
    assert alerts_on(client, GUIDE) == []


def test_guides_ask_for_alerts_once_every_few_seconds(client, published, alert, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 10
    cache.clear()
    client.get(GUIDE)
    with django_assert_num_queries(1):
        client.get(f"{GUIDE}?again")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"texts": {"en": ENGLISH}}, "missing: Spanish"),
        ({"texts": {"en": " ", "es": SPANISH}}, "missing: English"),
        ({"texts": {"en": "x" * 281, "es": SPANISH}}, "longer than 280 characters: English"),
        ({"ends_at": None}, "at most 6 weeks"),
        ({"ends_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "at most 6 weeks"),
        ({"ends_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}, "at most 6 weeks"),
        ({"region": "Atlantis"}, "Choose the region"),
        ({"substances": []}, "at least one substance"),
        ({"substances": ["chocolate"]}, "at least one substance"),
        ({"source": " "}, "where this is known from"),
    ],
)
def test_what_an_alert_must_have(edith, changes, why):
    with pytest.raises(Refused, match=why):
        proposed(edith, **changes)
    assert not SupplyAlert.objects.exists()


def test_a_lead_may_write_one_and_triage_or_an_auditor_may_not(luisa, amara, ada, tom):
    assert proposed(luisa).writer_name == "Luisa Ferreira"
    for somebody in (amara, ada, tom):
        with pytest.raises(NotAllowed):
            proposed(somebody)


def test_luisa_writes_it_and_ruth_approves_it_in_the_admin(client, published, luisa, ruth):
    client.force_login(luisa)
    add = reverse("admin:articles_supplyalert_add")
    form = {"region": "PA", "substances": ["heroin"], "text_en": ENGLISH, "source": "Health department", "ends_at": "2026-12-05T12:00"}
    answer = client.post(add, form)
    assert "This field is required." in answer.content.decode(), "the Spanish is missing"
    assert ENGLISH in answer.content.decode(), "what was typed is kept"
    client.post(add, form | {"text_es": SPANISH})
    alert = SupplyAlert.objects.get()
    page = reverse("admin:articles_supplyalert_change", args=[alert.pk])
    assert "Only a clinical reviewer can approve an alert" in client.get(page).content.decode()
    client.force_login(ruth)
    assert "waits for a second clinician" in client.get("/admin/").content.decode()
    assert "Approve and show it now" in client.get(page).content.decode()
    assert (
        "Visitors read it from now on"
        in client.post(reverse("admin:articles_supplyalert_approve", args=[alert.pk]), follow=True).content.decode()
    )
    assert len(alerts_on(client, GUIDE)) == 1
    record = client.get(page).content.decode()
    assert "Written by Luisa Ferreira" in record
    assert "Approved by Ruth Romero, RN" in record
    client.post(reverse("admin:articles_supplyalert_end", args=[alert.pk]))
    assert "Ended by Ruth Romero" in client.get(page).content.decode()
    assert alerts_on(client, GUIDE) == []


def test_the_words_of_an_alert_cannot_be_changed(client, alert, ruth):
    client.force_login(ruth)
    page = reverse("admin:articles_supplyalert_change", args=[alert.pk])
    assert client.post(page, {"region": "NY", "source": "Mine"}).status_code == 403
    alert.refresh_from_db()
    assert (alert.region, alert.texts["es"]) == ("PA", SPANISH)


def test_every_language_of_the_site_has_a_field(client, edith):
    client.force_login(edith)
    page = html.fromstring(client.get(reverse("admin:articles_supplyalert_add")).content)
    assert {field.get("name") for field in page.cssselect("textarea")} == {f"text_{code}" for code, _name in settings.LANGUAGES}
