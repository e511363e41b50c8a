"""Olga and the leads write incidents down, Ada the auditor reads them; nobody deletes one, and no visitor is named."""

import datetime as dt

import pytest
from django.utils import timezone

from compliance import registers
from compliance.models import Incident, Vendor
from intake.models import Event
from recovery_site.verbs import NotAllowed, Refused

pytestmark = pytest.mark.django_db
ADD = "/admin/compliance/incident/add/"


@pytest.fixture
def sent(riverside):
    """What the form sends: a laptop was lost at Riverside."""
    return {
        "found_on": str(timezone.localdate() - dt.timedelta(days=50)),
        "kind": "device",
        "centres": [riverside.pk],
        "people": "under_10",
        "what_happened": "A laptop was left on a train. Its disk is encrypted.",
    }


@pytest.fixture
def written(sent, riverside, luisa):
    """An incident that Luisa wrote down 50 days after it was found."""
    incident = Incident.objects.create(
        found_on=sent["found_on"], kind="device", people="under_10", what_happened="A laptop was left on a train.", written_by=luisa
    )
    incident.centres.add(riverside)
    incident.refresh_from_db()
    return incident


def recorded():
    """Return what the registers recorded, in order, without what is recorded of every change in the admin."""
    return [event for event in Event.objects.filter(kind="settings_changed").order_by("pk") if "." in str(event.data.get("what"))]


def test_luisa_writes_one_down_at_her_centre_and_the_record_says_so(client, luisa, sent):
    client.force_login(luisa)
    assert client.post(ADD, sent).status_code == 302
    incident = Incident.objects.get()
    assert (incident.written_by, list(incident.centres.values_list("slug", flat=True))) == (luisa, ["riverside"])
    [event] = recorded()
    assert (event.actor, event.data["what"], event.data["row"]) == (luisa, "incident.added", incident.pk)
    assert "laptop" not in str(event.data)
    client.post(f"/admin/compliance/incident/{incident.pk}/change/", {**sent, "people": "under_100"})
    assert recorded()[-1].data["fields"] == ["people"]


def test_not_at_a_centre_that_she_does_not_lead(client, luisa, sent, harbor):
    client.force_login(luisa)
    assert client.post(ADD, {**sent, "centres": [harbor.pk]}).status_code == 200
    assert not Incident.objects.exists()


@pytest.mark.parametrize("typed", ["It was quillon@example.org.", "Her number is (212) 555-0143."])
def test_a_phone_number_or_an_address_is_asked_about(client, olga, sent, typed):
    client.force_login(olga)
    page = client.post(ADD, {**sent, "what_was_done": typed}).content.decode()
    assert "Is it a visitor’s? Take it out." in page
    assert not Incident.objects.exists()
    assert client.post(ADD, {**sent, "what_was_done": typed, "nobodys": "on"}).status_code == 302


def test_the_front_page_shows_the_clock_in_red_to_who_may_read_it_and_to_nobody_else(  # noqa: PLR0917
    client, written, luisa, olga, ada, noor, amara
):
    for person in (luisa, olga, ada):
        client.force_login(person)
        front = client.get("/admin/").content.decode()
        assert "the people concerned: by" in front
        assert "in 10 days (45 CFR 164.404)" in front
        assert 'class="waiting-late"' in front
    for person in (noor, amara):
        client.force_login(person)
        assert "45 CFR" not in client.get("/admin/").content.decode()


def test_it_is_closed_when_all_were_told_or_it_is_no_breach_and_changed_no_more(client, written, olga, ada, noor):
    with pytest.raises(Refused, match="not told yet"):
        registers.close(written, by=olga)
    for person in (ada, noor):
        with pytest.raises(NotAllowed):
            registers.close(written, by=person)
    Incident.objects.update(people_told_on=written.found_on, hhs_told_on=written.found_on)
    with pytest.raises(Refused, match="First decide"):
        registers.close(written, by=olga)
    Incident.objects.update(breach="yes")
    client.force_login(olga)
    client.post("/admin/compliance/incident/", {"action": "close", "_selected_action": [written.pk]})
    written.refresh_from_db()
    assert written.closed_on == timezone.localdate()
    assert recorded()[-1].data["what"] == "incident.closed"
    client.post(f"/admin/compliance/incident/{written.pk}/change/", {"people": "none"})
    assert Incident.objects.get().people == "under_10"


def test_nobody_deletes_one_and_ada_only_reads(client, written, olga, ada):
    for person, may_change in ((olga, True), (ada, False)):
        client.force_login(person)
        address = f"/admin/compliance/incident/{written.pk}/"
        assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
        client.post("/admin/compliance/incident/", {"action": "delete_selected", "_selected_action": [written.pk], "post": "yes"})
        assert ("_save" in client.get(f"{address}change/").content.decode()) is may_change
    client.force_login(ada)
    assert client.post(ADD, {}).status_code == 403
    assert Incident.objects.exists()


def test_vendors_are_olgas_to_write_and_adas_to_read(client, olga, ada, luisa):
    sent = {"name": "Mail company", "service": "mail", "sees": "that a mail was sent", "sees_health_data": "on"}
    sent["review_on"] = "2030-01-01"
    client.force_login(olga)
    assert client.post("/admin/compliance/vendor/add/", sent).status_code == 302
    assert "Mail company: the agreement is missing" in client.get("/admin/").content.decode()
    vendor = Vendor.objects.get()
    client.post(f"/admin/compliance/vendor/{vendor.pk}/change/", {**sent, "agreement_signed_on": "2026-01-01"})
    client.get("/admin/")  # its message
    assert "Mail company" not in client.get("/admin/").content.decode()
    assert [event.data["what"] for event in recorded()] == ["vendor.added", "vendor.changed"]
    client.force_login(ada)
    assert "Mail company" in client.get("/admin/compliance/vendor/").content.decode()
    assert client.post("/admin/compliance/vendor/add/", sent).status_code == 403
    client.force_login(luisa)
    assert client.get("/admin/compliance/vendor/").status_code == 403
