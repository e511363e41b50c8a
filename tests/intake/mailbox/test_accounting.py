"""Quillon sees every reading and every export of the request. Each kind of event is shown, or it says here why it isn't."""

import json

import pytest
from django.db import DatabaseError

from intake.audit import chain
from intake.cases import blind_index, events
from intake.mailbox import accounting
from intake.models import Event
from tests.intake.mailbox.test_self_service import press, received, visitor  # noqa: F401 (fixtures)
from tests.intake.mailbox.test_sharing import mailbox
from tests.intake.submission.test_contact_page import URL, filled

pytestmark = pytest.mark.django_db
Kind = Event.Kind

# Why a kind is not among "who has read this, and what was told to whom". All but holds stand in the copy, under "all that happened".
_OWN = "what the person did themself, or whoever has their words"
_WORK = "work on the request: nobody reads or is told anything by it, and who opened the case for it is shown as that"
_NOTICE = "the site told staff that something waits, by reference, without a word of it"
_TO_THEM = "the person was told something, or was not"
_BESIDE = "about no request: sign-ins, people, roles, keys and settings of the site"
_HOLD = "of a legal hold nobody outside hears"
NOT_SHOWN = {
    Kind.RECEIVED: _OWN,
    Kind.VISITOR_WROTE: _OWN,
    Kind.MAILBOX_OPENED: _OWN,
    Kind.MORE_URGENT: _OWN,
    Kind.LESS_URGENT: _OWN,
    Kind.CONTACT_CHANGED: _OWN,
    Kind.UNSAFE: _OWN,
    Kind.DOWNLOADED: _OWN,
    Kind.RECEIPT_RENEWED: _OWN,
    Kind.WITHDRAWN: _OWN,
    Kind.CLAIMED: _WORK,
    Kind.RELEASED: _WORK,
    Kind.ASSIGNED: _WORK,
    Kind.ATTEMPTED: _WORK,
    Kind.REPLIED: _WORK,
    Kind.REPLY_TAKEN_BACK: _WORK,
    Kind.NOTE_ADDED: _WORK,
    Kind.CLOSED: _WORK,
    Kind.REOPENED: _WORK,
    Kind.QUEUED: _WORK,
    Kind.RECUSED: _WORK,
    Kind.WATCHED: _WORK,
    Kind.UNWATCHED: _WORK,
    Kind.MERGED: _WORK,
    Kind.UNMERGED: _WORK,
    Kind.BLOCKED: _WORK,
    Kind.PRESCREENED: _WORK,
    Kind.WAIT_LISTED: _WORK,
    Kind.WAIT_LIST_LEFT: _WORK,
    Kind.FOLLOW_UP_PLANNED: _WORK,
    Kind.PRIORITY_CHANGED: _WORK,
    Kind.DANGER_RESOLVED: _WORK,
    Kind.DANGER_AGAIN: _WORK,
    Kind.ACKNOWLEDGED: _WORK,
    Kind.ERASED: "nobody reads by it, and afterwards no mailbox is left to show it in",
    Kind.NOTIFIED: _NOTICE,
    Kind.ESCALATED: _NOTICE,
    Kind.RUNG: _NOTICE,
    Kind.NOBODY_TOLD: _NOTICE,
    Kind.REPLY_UNREAD: _NOTICE,
    Kind.VISITOR_TOLD: _TO_THEM,
    Kind.VISITOR_TEXTED: _TO_THEM,
    Kind.VISITOR_NOT_TOLD: _TO_THEM,
    Kind.SIGNED_IN: _BESIDE,
    Kind.SIGN_IN_FAILED: _BESIDE,
    Kind.SIGNED_OUT: _BESIDE,
    Kind.SESSION_ENDED: _BESIDE,
    Kind.CONFIRMED_IDENTITY: _BESIDE,
    Kind.REFUSED: "somebody was refused: they saw nothing",
    Kind.FACTOR_ADDED: _BESIDE,
    Kind.FACTOR_REMOVED: _BESIDE,
    Kind.PASSWORD_LINK_SENT: _BESIDE,
    Kind.PASSWORD_CHOSEN: _BESIDE,
    Kind.ACCOUNT_ADDED: _BESIDE,
    Kind.ACCOUNT_CHANGED: _BESIDE,
    Kind.ACCOUNT_SWITCHED_OFF: _BESIDE,
    Kind.MEMBER_PROPOSED: _BESIDE,
    Kind.MEMBER_ADDED: _BESIDE,
    Kind.MEMBER_REFUSED: _BESIDE,
    Kind.MEMBER_REMOVED: _BESIDE,
    Kind.ROLE_CHANGED: _BESIDE,
    Kind.SETTINGS_CHANGED: _BESIDE,
    Kind.KEY_CREATED: _BESIDE,
    Kind.KEY_ROTATED: _BESIDE,
    Kind.KEY_RETIRED: _BESIDE,
    Kind.KEY_RECOVERED: _BESIDE,
    Kind.SEARCHED: "the search itself; each request that it showed is shown as found",
    Kind.EXPORT_MADE: "about the file: each request whose name is in it is shown as exported",
    Kind.AUDIT_READ: "auditors read no request: they see that it was opened, by whom and when",
    Kind.AUDIT_EXPORTED: "the same in a file: references and times, and nothing of the person",
    Kind.AUDIT_VERIFIED: _BESIDE,
    Kind.AUDIT_FAILED: _BESIDE,
    Kind.READING_CHECKED: _BESIDE,
    Kind.UNUSUAL_READING: "about a colleague; each single reading that it is about is shown",
    Kind.HOLD_SET: _HOLD,
    Kind.HOLD_LIFTED: _HOLD,
    Kind.ERASING_WAITS: _HOLD,
    Kind.ERASING_ALLOWED: _HOLD,
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_shown_to_the_person_or_says_why_not(kind):
    assert (kind in accounting.STEPS) != (kind in NOT_SHOWN), (
        f"{kind} is new: show it in intake/mailbox/accounting.py if somebody reads the request or is told of it, else say why not."
    )


@pytest.mark.parametrize("kind", accounting.STEPS)
def test_what_amara_did_is_shown_with_her_name_and_in_words(kind, received, visitor, amara):  # noqa: F811
    events.record(received.inquiry, kind, by=amara, reason="legal")
    page = mailbox(visitor)
    shown = page.partition("Amara Diallo – ")[2].partition("</li>")[0]
    assert len(shown.split()) > 2  # a sentence, not the code


def test_an_export_says_what_for(received, visitor, luisa):  # noqa: F811
    events.record(received.inquiry, Kind.EXPORTED, by=luisa, reason="legal")
    assert "put your name, phone and e-mail into a file, for: court order or other legal duty" in mailbox(visitor)


@pytest.mark.parametrize("kind", accounting.TOLD_TO_NOBODY)
def test_a_legal_hold_is_told_neither_in_the_mailbox_nor_in_the_copy(kind, received, visitor, luisa):  # noqa: F811
    before = mailbox(visitor)
    events.record(received.inquiry, kind, by=luisa)
    copy = press(visitor, "/mailbox/copy/")
    page = press(visitor, "/mailbox/copy/", **{"as": "page"}).content.decode()
    assert mailbox(visitor).count("<li>") == before.count("<li>")
    assert str(kind.label) not in page
    assert str(kind.label) not in copy.content.decode()
    assert [step["what"] for step in json.loads(copy.content)["what_happened"]].count("case opened") == 0


def test_the_person_sees_that_amara_found_the_request_by_phone(received, visitor, amara, client):  # noqa: F811
    blind_index.index(received.inquiry, {"phone": "+12125550143"})
    client.force_login(amara)
    client.post("/admin/intake/inquiry/find/", {"q": "212-555-0143"})
    assert "Amara Diallo – searched for a phone number or an e-mail address, and saw your request" in mailbox(visitor)


# --- The newest link of the chain, on what the person keeps ------------------------------------------------------


def newest(centre):
    while chain.link_new():
        pass
    return str(chain.newest_link(centre))


def test_the_proof_is_on_the_note_to_keep_and_in_the_copy(received, visitor):  # noqa: F811
    link = newest(received.inquiry.centre)
    assert link in visitor.get("/mailbox/acknowledgement/").content.decode()
    assert json.loads(press(visitor, "/mailbox/copy/").content)["proof"] == link
    assert link in press(visitor, "/mailbox/copy/", **{"as": "page"}).content.decode()


def test_the_proof_is_on_the_page_after_sending(received, client):  # noqa: F811
    link = newest(received.inquiry.centre)
    client.post(URL, filled(client.get(URL)))
    assert f'Proof: <span translate="no">{link}</span>' in client.get("/contact/sent/").content.decode()


def test_without_a_link_there_is_no_line(received, visitor, client):  # noqa: F811
    client.post(URL, filled(client.get(URL)))
    for page in (visitor.get("/mailbox/acknowledgement/"), client.get("/contact/sent/")):
        assert page.status_code == 200
        assert "Proof:" not in page.content.decode()


def test_when_the_database_refuses_the_chain_the_page_is_shown_all_the_same(received, visitor, client, monkeypatch):  # noqa: F811
    def refuses(centre):
        raise DatabaseError

    monkeypatch.setattr("intake.mailbox.accounting.audit.newest_link", refuses)
    client.post(URL, filled(client.get(URL)))
    for page in (visitor.get("/mailbox/acknowledgement/"), client.get("/contact/sent/")):
        assert page.status_code == 200
        assert "Proof:" not in page.content.decode()


def test_the_proof_costs_one_query(received, django_assert_num_queries):  # noqa: F811
    newest(received.inquiry.centre)
    with django_assert_num_queries(1):
        accounting.proof(received.inquiry.centre)
