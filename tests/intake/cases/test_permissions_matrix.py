"""Every URL of the admin, for every kind of user and both methods. A new URL without a rule fails the first test."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.template import Template
from django.test import Client
from django.urls import URLResolver

from accounts.models import User
from intake.admin.bulk import BulkForm
from intake.models import Inquiry
from tests.people import member

EVERYBODY = ("olga", "edith", "rosa", "audrey", "noor", "nils", "amara", "luisa")
MEMBERS = {"noor", "nils", "amara", "luisa"}
OWN = {"amara", "luisa"}
GUIDE_PEOPLE = {"edith", "rosa", "olga", "audrey"}

OPEN = "open to all staff"
# (pattern of the URL name, who may, what the others get). The first matching rule applies.
RULES = [
    (r"login|logout|index|app_list|None|jsi18n|password_change(_done)?|view_on_site|still_here", set(EVERYBODY), OPEN),
    (r"autocomplete", set(), 403),
    # The operator's: accounts. Nobody is deleted.
    (r"accounts_user_delete", set(), 403),
    (r"(auth|accounts)_.*", {"olga"}, 403),
    # A supply alert is written by who writes guides or leads a centre; nobody changes or deletes one.
    (r"articles_supplyalert_(change|delete)", set(), 403),
    (r"articles_supplyalert_add", {"olga", "edith", "rosa", "luisa", "nils"}, 403),
    (r"articles_supplyalert_.*", GUIDE_PEOPLE | {"luisa", "nils"}, 403),
    # Guides are the editors', the reviewers' and the operator's, and an auditor reads; which of them does what is tested
    # with the guides. Nobody whose work is inquiries alone gets in.
    (r"articles_.*", GUIDE_PEOPLE, 403),
    # Sentences for finding danger: clinical reviewers see, propose and agree; nobody deletes one.
    (r"danger_proposedsentence_delete", set(), 403),
    (r"danger_.*", {"rosa"}, 403),
    # Registers: nobody deletes a row. The operator and leads write incidents, the auditor reads; vendors are the operator's and auditor's.
    (r"compliance_\w+_delete", set(), 403),
    (r"compliance_incident_add", {"olga", "luisa", "nils"}, 403),
    (r"compliance_incident_.*", {"olga", "luisa", "nils", "audrey"}, 403),
    (r"compliance_vendor_add", {"olga"}, 403),
    (r"compliance_vendor_.*", {"olga", "audrey"}, 403),
    # Cases are visible to their centre only; everybody else gets 404.
    # There is no draft here.
    (r"intake_inquiry_put_back", set(), 404),
    (r"intake_inquiry_(changelist|rows|bulk|find|(\w+_)?by_phone|offers|waiting_list|board|shift_note)", MEMBERS, 403),
    (r"intake_inquiry_rota", MEMBERS | {"olga"}, 403),
    (r"intake_inquiry_change_rota", {"olga", "luisa", "nils"}, 403),
    (r"intake_inquiry_(dashboard|danger)", {"luisa", "nils", "audrey"}, 403),
    (r"intake_inquiry_(export|absence)", {"luisa", "nils"}, 403),
    # Offers are for their receivers; there is none here.
    (r"intake_inquiry_answer_offer", set(), 404),
    (r"intake_inquiry_.*", OWN, 404),
    # Who read what: auditors and operators all, leads their centres.
    (r"intake_event_.*", {"olga", "audrey", "luisa", "nils"}, 403),
    # Reception is set up by the operator; the outbox is read and never edited.
    (r"intake_notification_(add|delete)", set(), 403),
    (r"intake_(team|webhookendpoint|notification)_.*", {"olga"}, 403),
    # A lead reads the rules that bring their centre its cases, and plans its shifts.
    (r"intake_routingrule_(add|delete)", {"olga"}, 403),
    (r"intake_routingrule_.*", {"olga", "luisa", "nils"}, 403),
    (r"intake_oncallshift_.*", {"olga", "luisa", "nils"}, 403),
    # Times of keeping, rounds that wait and holds; there is no hold, no waiting round and no centre named here.
    (r"intake_legalhold_changelist", {"olga", "luisa", "nils", "audrey"}, 403),
    (r"intake_legalhold_ask", {"luisa", "nils"}, 403),
    (r"intake_legalhold_(case|step)", set(), 404),
    (r"intake_legalhold_allow", set(), 404),
    (r"intake_legalhold_recommended", set(), 404),
    # Centres: the operator edits all, leads their own.
    (r"intake_blockedcontact_add", set(), 403),
    (r"intake_blockedcontact_.*", {"luisa", "nils"}, 403),
    (r"intake_replytemplate_(changelist|add)", {"olga", "luisa", "nils"}, 403),
    (r"intake_replytemplate_.*", {"olga", "luisa", "nils"}, 403),
    (r"intake_centre_colleagues", {"olga", "luisa", "nils"}, 403),
    (r"intake_centre_openings", MEMBERS, 403),
    # What waits for somebody's own word is on it; what changed is for leads, operators and auditors.
    (r"intake_centre_proposals", set(EVERYBODY), OPEN),
    (r"intake_centre_changes", {"olga", "luisa", "nils", "audrey"}, 403),
    (r"intake_centre_changelist", {"olga", "luisa", "nils"}, 403),
    (r"intake_centre_add", {"olga"}, 403),
    (r"intake_centre_delete", set(), 403),
    (r"intake_centre_.*", {"olga", "luisa"}, 403),
]
# Django's response for an object that is not in the user's queryset: a redirect to the index page with a message.
NOT_IN_THEIR_LIST = "/admin/"


def addresses():
    def walk(patterns, prefix):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            else:
                yield prefix + str(pattern.pattern), str(pattern.name)

    return list(walk(admin.site.get_urls(), "/admin/"))


def rule(name):
    return next(((allowed, otherwise) for pattern, allowed, otherwise in RULES if re.fullmatch(pattern, name)), None)


@pytest.mark.parametrize(("address", "name"), addresses())
def test_every_url_has_a_rule(address, name):
    assert rule(name) is not None, f"{address} has no rule: say in RULES who may."


@pytest.fixture
def people(olga, edith, noor, amara, luisa, harbor):  # noqa: PLR0917 (everybody)
    """Operator, editor, clinical reviewer, auditor; triage and lead of Harbor; triage and lead of Riverside."""
    rosa, audrey = member("rosa", "Rosa Lind"), member("audrey", "Audrey Stone")
    rosa.groups.add(Group.objects.get(name="clinical reviewer"))
    audrey.groups.add(Group.objects.get(name="auditor"))
    nils = member("nils", "Nils Aho", harbor, "lead")
    return {person.username: person for person in (olga, edith, rosa, audrey, noor, nils, amara, luisa)}


def filled(address, inquiry):
    if "intake/centre" in address:
        address = re.sub(r"<path:object_id>", str(inquiry.centre_id), address)
    # An existing account: ids don't start from 1 in every test on every database.
    address = address.replace("accounts/user/<id>/", f"accounts/user/{User.objects.values_list('pk', flat=True).first() or 1}/")
    address = address.replace("<reference:reference>", inquiry.reference).replace("<slug:verb>", "submit")
    address = re.sub(r"\^\(\?P<app_label>[^)]*\)/\$", "intake/", address)
    address = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", address)
    return re.sub(r"<[^>]+>", "1", address).replace("(?P1.*)$", "nowhere")


def kind(response):
    """Return "in", or how access was denied."""
    if response.status_code in (403, 404):
        return response.status_code
    if response.status_code == 405:
        return "no such method"
    if response.status_code == 302 and response.headers["Location"] == NOT_IN_THEIR_LIST:
        return 403
    return "login" if "/login/" in response.headers.get("Location", "") else "in"


@pytest.fixture
def blank_pages(monkeypatch):
    """Render no templates: access is decided before, and rendering would take half of the time."""
    monkeypatch.setattr(Template, "render", lambda self, context: "")


@pytest.mark.django_db
@pytest.mark.parametrize("username", EVERYBODY)
def test_who_gets_in(username, people, inquiry, client, blank_pages):
    client.force_login(people[username])
    wrong = []
    for address, name in addresses():
        allowed, otherwise = rule(name)
        if otherwise == OPEN:
            continue
        url = filled(address, inquiry)
        for method in ("get", "post"):
            with transaction.atomic():
                got = kind(getattr(client, method)(url))
                transaction.set_rollback(True)
            if got == "no such method":
                continue  # answered before anything is looked up: the same for every case, real or not
            if username not in allowed:
                right = got == otherwise or (got == 404 and "<int:pk>" in address)
            else:
                right = got == "in" or "<path:object_id>" in address or name.startswith("articles_")
            if not right:
                wrong.append(f"{method} {url}: {got}")
    assert wrong == []


@pytest.mark.django_db
def test_nobody_gets_in_without_signing_in(inquiry, client):
    for address, name in addresses():
        if name not in ("login", "logout", "jsi18n"):
            for method in ("get", "post"):
                assert kind(getattr(client, method)(filled(address, inquiry))) == "login", f"{method} {address}"


# --- Bulk actions -----------------------------------------------------------------------------------------------------

# The users who are offered each action of each list. An action that is missing here fails the test.
ACTIONS = {
    "accounts.user send_link": {"olga"},
    "accounts.user switch_off": {"olga"},
    "articles.term delete_selected": {"olga", "edith", "rosa"},
    "articles.synonym delete_selected": {"olga", "edith", "rosa"},
    "compliance.incident close": {"olga", "luisa", "nils"},
    "danger.proposedsentence agree": {"rosa"},
    "intake.blockedcontact delete_selected": {"luisa", "nils"},
    "intake.notification send_again": {"olga"},
    "intake.oncallshift delete_selected": {"olga", "luisa", "nils"},
    "intake.replytemplate delete_selected": {"olga", "luisa", "nils"},
    "intake.routingrule delete_selected": {"olga"},
    "intake.routingrule move_down": {"olga"},
    "intake.routingrule move_up": {"olga"},
    "intake.team delete_selected": {"olga"},
    "intake.webhookendpoint delete_selected": {"olga"},
    "intake.webhookendpoint make_new_secret": {"olga"},
}

BULK_STEPS = [value for value, _label in BulkForm.base_fields["step"].choices if value]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_each_person_is_offered_exactly_their_actions(people, rf):
    offered = {}
    for username, person in people.items():
        request = rf.get("/admin/")
        request.user = person
        for model, model_admin in admin.site._registry.items():
            if model_admin.has_view_permission(request):
                for name in model_admin.get_actions(request):
                    offered.setdefault(f"{model._meta.label_lower} {name}", set()).add(username)
    assert offered == ACTIONS


@pytest.mark.django_db
@pytest.mark.parametrize("step", BULK_STEPS)
def test_no_bulk_action_reaches_another_centres_cases(step, people, inquiry):
    before = Inquiry.objects.values().get()
    for username, person in people.items():
        if username in OWN:
            continue
        client = Client()
        client.force_login(person)
        sent = {"step": step, "to": people["amara"].pk, "outcome": "informed", "case": f"{inquiry.reference}:{inquiry.version}"}
        answer = client.post("/admin/intake/inquiry/bulk/", sent)
        assert answer.status_code == (303 if username in MEMBERS else 403), username
        assert Inquiry.objects.values().get() == before, username
