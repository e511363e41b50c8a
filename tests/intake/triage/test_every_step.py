"""A case is driven through every step in many orders; every page of it opens afterwards, as every role, whatever the parameters."""

import random
import re

import pytest
from django.test import Client

from intake import triage
from intake.models import DisclosureConsent, Inquiry, ReplyTemplate
from tests.intake.cases.test_permissions_matrix import EVERYBODY, addresses, filled, people  # noqa: F401

pytestmark = pytest.mark.django_db
HERE = "/admin/intake/inquiry/"
PAGES = ("", "pre-screen/", "summary/", "disclosures/")
CONSENT_WORDS = {"person": "Quillon", "discloser": "Riverside", "recipient": "Dr. Lee", "what": "That she comes", "purpose": "Treatment"}
CONSENT = {**CONSENT_WORDS, "way": "written"}
STEPS = 34  # of each case: some more than there are different ones
LATER = "2026-12-24T12:00"
TOO_LONG = "9" * 4400
HOSTILE = [TOO_LONG, "-1", "²", "٣", "\x00", "1e9", "None", "'\"<", "9" * 30, ""]
PARAMETERS = [
    *("_to_field", "centre", "template", "version", "view", "after", "top", "days", "e"),
    *("p", "o", "q", "next", "language", "priority", "old", "new"),
]
YEARS = ["last_login__year=-1", "date_joined__year=99999", "starts_at__year=-1", "sent_at__year=0"]
LOOKUPS = [*YEARS, f"edited_at__hour={'9' * 30}", "id__in=x", f"pk__lt={TOO_LONG}"]


def steps_of(case, colleagues, harbor):
    """Return every step as (address, data), with what a person would fill in now."""
    case.refresh_from_db()
    version = {"version": case.version}
    consent = DisclosureConsent.objects.filter(inquiry=case).order_by("?").first()

    def form(name, **data):
        return {f"{name}-{key}": value for key, value in {**version, **data}.items()}

    steps = {
        "claim/": {},
        "have-it/": {},
        "release/": {},
        "contact/": {},
        "attempt/": form("attempt", way="phone", outcome="no_answer", note="rang"),
        "reply/": form("reply", text="We have a place"),
        "note/": form("note", text="For us"),
        "close/": form("close", outcome="informed"),
        "reopen/": {},
        "assign/": form("assign", to=colleagues[1].pk),
        "watch/": {},
        "unwatch/": {},
        "danger/": form("danger", outcome="reached_safe"),
        "priority/": form("priority", priority=1, reason=triage.RAISING[0][0]),
        "called/911/": {},
        "consent/": form("consent", **CONSENT, expires_at=LATER),
        "refer/": form("refer", consent=consent.pk if consent else ""),
        "referral-answer/": form("answer", accepted="no"),
        "emergency/": form("emergency", recipient="Dr. Lee", affiliation="Mercy", nature="overdose", at="2026-11-25T09:00"),
        "pre-screen/save/": form("prescreen", payer="nobody"),
        "follow-up/": form("follow_up", at=LATER),
        "arrival/": form("arrival", arrived="yes"),
        "take-back/": form("take_back", note="Not now"),
        "wait/": form("wait", reason="no_place", check_in_at=LATER),
        "stop-waiting/": {},
        "unmerge/": {},
        "end-drill/": {},
        "template/": {},
        "new-words/": {},
        "to-queue/": {},
        "first-words/": {},
        "drafts/": {"note-draft": "00000000-0000-7000-8000-000000000000", "note-text": "half"},
    }
    if consent:
        steps[f"consent/{consent.pk}/revoke/"] = {}
    other = Inquiry.objects.exclude(pk=case.pk).filter(centre=case.centre, erased_at=None).first()
    if other:
        steps["merge/"] = {"merge-version": case.version, "merge-into": other.reference}
    return steps


@pytest.mark.parametrize("seed", range(2))
def test_every_page_of_a_case_opens_after_every_step(seed, arrives, amara, ben, luisa, harbor, client):  # noqa: PLR0917
    """Two cases, each through all steps in an order of its own; after each step its pages in turn, as two people."""
    order = random.Random(seed)
    case, _other = arrives(priority=1 if seed % 2 else 3), arrives()
    ReplyTemplate.objects.create(title="First", body="{staff}")
    lead = Client()
    client.force_login(amara)
    lead.force_login(luisa)
    one, another = (client, lead)[:: -1 if seed else 1]
    carried_out, opened, wrong, seen = 0, 0, [], set()
    for number in range(STEPS):
        steps = steps_of(case, (amara, ben), harbor)
        # What was not tried yet comes first, so that each case goes through all of it.
        path = order.choice(sorted(steps.keys() - seen) or sorted(steps))
        seen.add(path)
        answer = client.post(f"{HERE}{case.reference}/{path}", steps[path])
        carried_out += answer.status_code in (200, 303)
        if answer.status_code >= 500:
            wrong.append(f"{path}: {answer.status_code}")
        in_turn = PAGES[(number + seed) % len(PAGES)]
        for person, page in ((one, ""), (another, in_turn)):
            answer = person.get(f"{HERE}{case.reference}/{page}")
            opened += 1
            if answer.status_code != 200:
                wrong.append(f"{page} after {path}: {answer.status_code}")
    assert wrong == []
    assert opened == 2 * STEPS
    assert carried_out > 10


def test_the_steps_of_the_crawl_are_all_steps(inquiry, amara, ben, harbor):
    """A new step without a line in steps_of() fails here. What makes a case invisible has tests of its own."""
    ends_it = {"recuse/", "hand-over/", "block/"}
    of_no_case = {
        "referral/<uuid:referral>/pages/",
        "presence/",
        "next/",
        "take-back/<uuid:message>/",
        "drafts/<uuid:draft>/put-back/",
        "drafts/<uuid:draft>/discard/",
    }
    tried = {re.sub(r"/911/", "/<slug:number>/", path) for path in steps_of(inquiry, (amara, ben), harbor)}
    tried |= {"consent/<uuid:consent>/revoke/", "merge/", *ends_it, *of_no_case, *PAGES}
    routes = {address.partition("<reference:reference>/")[2] for address, _name in addresses() if "<reference:reference>" in address}
    assert routes == tried


@pytest.mark.parametrize("username", EVERYBODY)
def test_no_parameter_makes_a_page_of_staff_fail(username, people, inquiry, client):  # noqa: F811
    """Every address of the admin, as every role, with values that no link of ours has: never a 500."""
    client.force_login(people[username])
    client.raise_request_exception = False
    # Each address has each parameter once, and the values take turns from address to address and from role to role.
    asked, wrong = 0, []
    first = list(EVERYBODY).index(username)
    paths = [filled(address, inquiry) for address, name in addresses() if name != "logout"]
    for place, path in enumerate(paths):
        query = {name: HOSTILE[(first + place + turn) % len(HOSTILE)] for turn, name in enumerate(PARAMETERS)}
        asked += 1
        if client.get(path, query).status_code >= 500:
            wrong.append(f"{path} {query}"[:200])
        if path.endswith("/") and path.count("/") == 4:
            for lookup in LOOKUPS[(first + place) % 3 :: 3]:
                asked += 1
                if client.get(f"{path}?{lookup}").status_code >= 500:
                    wrong.append(f"{path}?{lookup[:30]}")
    for path in ("/admin/r/1/1/", "/admin/r/x/1/", f"/admin/r/{TOO_LONG}/1/", f"{HERE}{inquiry.reference}/consent/x/revoke/"):
        asked += 1
        if client.get(path).status_code >= 500:
            wrong.append(path)
    assert wrong == []
    assert asked > 150


def test_posts_with_numbers_too_long_are_refused_not_failed(inquiry, amara, client):
    client.force_login(amara)
    for place, (path, data) in enumerate(steps_of(inquiry, (amara, amara), None).items()):
        for value in ((TOO_LONG, "-1"), ("\x00", "x" * 300))[place % 2]:
            answer = client.post(f"{HERE}{inquiry.reference}/{path}", dict.fromkeys(data, value))
            assert answer.status_code < 500, (path, value[:5])


class TestPagesOfErrors:
    """Errors of staff pages are staff pages: they lead to the case and the queue."""

    def test_a_case_of_another_centre(self, inquiry, noor, client):
        client.force_login(noor)
        page = client.get(f"{HERE}{inquiry.reference}/reply/x/")
        words = page.content.decode()
        assert page.status_code == 404
        assert f'href="{HERE}"' in words
        assert "Ask a person for help" not in words

    def test_a_page_that_a_role_has_not(self, amara, client):
        client.force_login(amara)
        page = client.get(HERE + "export/")
        assert page.status_code == 403
        assert "Your role doesn’t include this page" in page.content.decode()

    @pytest.mark.parametrize("path", ["reply/", "called/911/", "consent/00000000-0000-0000-0000-000000000000/revoke/", "claim/"])
    def test_a_steps_address_opened_as_a_page_leads_to_its_case(self, path, inquiry, amara, client):
        client.force_login(amara)
        case = f"{HERE}{inquiry.reference}/"
        page = client.get(case + path)
        assert page.status_code == 405
        assert f'href="{case}' in page.content.decode()
        page = client.get(case + path, headers={"sec-fetch-mode": "navigate"}, follow=True)
        assert page.redirect_chain[-1][0] == case
        assert page.status_code == 200

    def test_an_error_of_ours_leads_to_the_case(self, inquiry, amara, client, monkeypatch):
        def broken(*_arguments, **_more):
            raise RuntimeError("x")

        monkeypatch.setattr("intake.admin.cases.views.render", broken)
        client.force_login(amara)
        client.raise_request_exception = False
        page = client.get(f"{HERE}{inquiry.reference}/")
        assert page.status_code == 500
        assert f'href="{HERE}"' in page.content.decode()
        assert "What you typed is kept" in page.content.decode()

    def test_a_form_sent_after_signing_out_leads_back_to_its_page(self, inquiry, client):
        case = f"{HERE}{inquiry.reference}/"
        answer = client.post(case + "reply/", {"reply-text": "x"}, headers={"referer": f"http://testserver{case}"})
        assert answer.headers["Location"] == f"/admin/login/?next={case}"
        answer = client.post(case + "reply/", {"reply-text": "x"}, headers={"referer": "https://evil.example.org/admin/"})
        assert "evil" not in answer.headers["Location"]
