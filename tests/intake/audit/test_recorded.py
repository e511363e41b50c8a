"""Searches, refused pages, exports and changed settings are in the audit trail: who, what, when and where, and nothing that was typed."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.cases import blind_index
from intake.models import Event, Membership, ReplyTemplate, RoutingRule, WebhookEndpoint
from intake.notifications import rota

pytestmark = pytest.mark.django_db

FIND = "/admin/intake/inquiry/find/"


def recorded(kind):
    return [(event.actor, event.centre, event.inquiry, event.data) for event in Event.objects.filter(kind=kind).order_by("pk")]


class TestSearching:
    @pytest.mark.parametrize(
        ("typed", "how", "hits"),
        [
            ("212-555-0143", "phone", 1),
            ("0143", "ending", 1),
            ("nobody@example.org", "email", 0),
            ("Quillon", "nothing", 0),
        ],
    )
    def test_a_search_for_a_person_is_recorded_without_what_was_typed(  # noqa: PLR0917 (fixtures)
        self, client, amara, riverside, arrives, typed, how, hits
    ):
        blind_index.index(arrives(), {"phone": "+12125550143"})
        client.force_login(amara)
        client.post(FIND, {"q": typed})
        assert recorded("searched") == [(amara, riverside, None, {"how": how, "hits": hits})]

    def test_a_search_by_reference_names_the_case(self, client, amara, riverside, arrives):
        case = arrives()
        client.force_login(amara)
        assert client.post(FIND, {"q": case.reference.lower()}).status_code == 303
        assert recorded("searched") == [(amara, riverside, None, {"how": "reference", "case": str(case.pk), "hits": 1})]

    def test_who_works_at_several_centres_searched_in_all(self, client, amara, harbor):
        Membership.objects.create(user=amara, centre=harbor, role="triage")
        client.force_login(amara)
        client.post(FIND, {"q": "a@example.org"})
        assert recorded("searched") == [(amara, None, None, {"how": "email", "hits": 0})]


class TestRefused:
    def test_a_case_of_another_centre(self, client, noor, riverside, arrives):
        case = arrives()
        client.force_login(noor)
        for _try in range(3):
            assert client.get(f"/admin/intake/inquiry/{case.reference}/").status_code == 404
        # Once a person, page and minute.
        assert recorded("refused") == [(noor, riverside, None, {"view": "intake_inquiry_case", "case": str(case.pk)})]
        # Beside the case: its own history would say that somebody looked after it.
        assert not case.events.filter(kind="refused").exists()

    def test_a_page_that_the_role_does_not_include(self, client, amara):
        client.force_login(amara)
        assert client.get("/admin/intake/inquiry/export/").status_code == 403
        assert recorded("refused") == [(amara, None, None, {"view": "intake_inquiry_export"})]

    def test_a_step_that_the_role_does_not_include(self, client, amara, riverside, arrives):
        case = arrives()
        client.force_login(amara)
        answer = client.post(f"/admin/intake/inquiry/{case.reference}/block/", {"version": case.version})
        assert answer.status_code in (409, 422)
        if answer.status_code == 409:
            assert recorded("refused") == [(amara, riverside, None, {"view": "intake_inquiry_block", "case": str(case.pk)})]

    def test_an_address_that_leads_nowhere_is_no_refusal(self, client, amara):
        client.force_login(amara)
        assert client.get("/admin/nowhere/").status_code == 404
        assert recorded("refused") == []

    def test_visitors_and_who_is_signed_out_are_not_recorded(self, client, riverside, arrives):
        client.get(f"/admin/intake/inquiry/{arrives().reference}/")
        client.get("/guides/none/")
        assert recorded("refused") == []

    def test_a_page_that_is_not_refused_costs_no_query(self, client, amara, monkeypatch):
        client.force_login(amara)
        client.get("/admin/intake/inquiry/")
        with CaptureQueriesContext(connection) as with_recording:
            client.get("/admin/intake/inquiry/")
        monkeypatch.setattr("intake.audit.refusals.Refusals.process_exception", lambda *_arguments: None)
        with CaptureQueriesContext(connection) as without:
            client.get("/admin/intake/inquiry/")
        assert len(with_recording) == len(without)


def test_an_export_without_names_is_recorded_at_each_centre(client, luisa, riverside, harbor):
    Membership.objects.create(user=luisa, centre=harbor, role="lead")
    client.force_login(luisa)
    answer = client.post(
        "/admin/intake/inquiry/export/", {"first": "2026-01-01", "last": "2026-01-31", "file_format": "csv", "reason": "audit"}
    )
    assert answer.status_code == 200
    codes = {"reason": "audit", "names": False, "rows": 0, "format": "csv"}
    assert recorded("export_made") == [(luisa, riverside, None, codes), (luisa, harbor, None, codes)]


class TestSettings:
    def test_a_template_that_is_added_changed_and_removed(self, client, luisa, riverside):
        client.force_login(luisa)
        fields = {"language": "en", "title": "Hello", "body": "Hello, this is the center.", "centre": riverside.pk}
        assert client.post("/admin/intake/replytemplate/add/", fields).status_code == 302
        row = ReplyTemplate.objects.get()
        assert client.post(f"/admin/intake/replytemplate/{row.pk}/change/", {**fields, "title": "Good day"}).status_code == 302
        assert client.post(f"/admin/intake/replytemplate/{row.pk}/delete/", {"post": "yes"}).status_code == 302
        about = {"model": "intake.replytemplate", "row": str(row.pk)}
        assert recorded("settings_changed") == [
            (luisa, riverside, None, {**about, "what": what}) for what in ("added", "changed", "removed")
        ]
        assert LogEntry.objects.count() == 3

    def test_a_new_secret_of_a_webhook(self, client, admin_user, riverside):
        endpoint = WebhookEndpoint.objects.create(name="Pager", url="https://pager.example.org/", centre=riverside)
        client.force_login(admin_user)
        client.post("/admin/intake/webhookendpoint/", {"action": "make_new_secret", "_selected_action": endpoint.pk})
        about = {"model": "intake.webhookendpoint", "row": str(endpoint.pk), "what": "changed"}
        assert recorded("settings_changed") == [(admin_user, riverside, None, about)]

    def test_a_rule_that_is_moved(self, client, admin_user, riverside):
        rules = [RoutingRule.objects.create(position=position, centre=riverside) for position in (1, 2)]
        client.force_login(admin_user)
        client.post("/admin/intake/routingrule/", {"action": "move_up", "_selected_action": rules[1].pk})
        about = {"model": "intake.routingrule", "row": str(rules[1].pk), "what": "changed"}
        assert recorded("settings_changed") == [(admin_user, riverside, None, about)]

    def test_a_rota_that_is_planned(self, luisa, amara, riverside):
        amara.email = "amara@example.org"
        amara.save()
        day, night = dt.date(2027, 3, 1), (dt.time(20), dt.time(8))
        rota.plan(by=luisa, centre=riverside, user=amara, weekdays=[0], starts=night[0], ends=night[1], first=day, last=day)
        assert recorded("settings_changed") == [(luisa, riverside, None, {"model": "intake.oncallshift", "what": "added", "shifts": 1})]

    def test_the_settings_of_a_centre_are_in_its_own_part(self, rf, admin_user, riverside):
        from django.contrib import admin

        from intake.models import Centre

        request = rf.post("/")
        request.user = admin_user
        admin.site.get_model_admin(Centre).log_change(request, riverside, "Changed.")
        assert recorded("settings_changed")[0][1] == riverside

    def test_guides_have_a_history_of_their_own(self, rf, admin_user):
        from django.contrib import admin

        from articles.models import Guide

        request = rf.post("/")
        request.user = admin_user
        guide = Guide.objects.create(title="The first days", slug="the-first-days", owner=admin_user)
        admin.site.get_model_admin(Guide).log_change(request, guide, "Changed.")
        assert recorded("settings_changed") == []
