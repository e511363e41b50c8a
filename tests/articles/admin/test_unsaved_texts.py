"""What editors type and don't save is kept; the buttons of the status box save first."""

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from articles.models import Guide, UnsavedText
from tests.support import housekeeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(draft):
    return reverse("admin:articles_guide_change", args=[draft.pk])


def opened(client, address):
    """Return the page and what a browser would send from the editor's form, with nothing typed."""
    page = html.fromstring(client.get(address).content)
    form = page.get_element_by_id("guide_form")
    data = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value.removeprefix("\n"))  # a browser leaves out the first line break
    return page, {name: values for name, values in data.items() if name not in ("csrfmiddlewaretoken", "_step")}


def test_what_edith_typed_before_a_crash_is_offered_and_put_back_unsaved(client, draft, editor, edith):
    client.force_login(edith)
    page, data = opened(client, editor)
    keep_at = page.cssselect("[data-drafts]")[0].get("data-drafts")
    assert client.post(keep_at, {**data, "summary": "Half a summ"}).status_code == 200
    page, fresh = opened(client, editor)
    button = page.cssselect(".draft-offer [formaction$='put-back/']")[0].get("formaction")
    page = html.fromstring(client.post(button, fresh).content)
    assert page.cssselect("[name=summary]")[0].text.strip() == "Half a summ"
    assert "It is not saved yet" in page.text_content()
    form = page.get_element_by_id("guide_form")
    assert form.get("action") == editor
    # The script must not take the page for an untouched one, whose text a step doesn't save.
    assert "data-clean" not in page.cssselect("[name=_typed]")[0].attrib
    assert "data-clean" in html.fromstring(client.get(editor).content).cssselect("[name=_typed]")[0].attrib
    draft.refresh_from_db()
    assert draft.summary != "Half a summ"
    sent = dict(form.form_values())
    sent.pop("_step", None)
    client.post(editor, sent)
    draft.refresh_from_db()
    assert draft.summary == "Half a summ"
    assert not UnsavedText.objects.exists()


def test_a_text_put_back_after_somebody_else_saved_stands_beside_theirs(client, draft, editor, edith, emil):
    client.force_login(edith)
    page, data = opened(client, editor)
    client.post(page.cssselect("[data-drafts]")[0].get("data-drafts"), {**data, "summary": "Half a summ"})
    Guide.objects.filter(pk=draft.pk).update(summary="By Emil", version=draft.version + 1, last_edited_by=emil)
    page, fresh = opened(client, editor)
    words = client.post(page.cssselect("[formaction$='put-back/']")[0].get("formaction"), fresh).content.decode()
    assert "Emil Estrada saved another text" in words
    assert "Half a" in words


def test_nobody_else_sees_it_and_it_is_thrown_away_or_forgotten_after_a_week(client, draft, editor, edith, emil):
    client.force_login(edith)
    page, data = opened(client, editor)
    keep_at = page.cssselect("[data-drafts]")[0].get("data-drafts")
    client.post(keep_at, {**data, "summary": "Half a summ"})
    [text] = UnsavedText.objects.all()
    client.force_login(emil)
    assert "You were writing" not in client.get(editor).content.decode()
    assert client.post(reverse("admin:articles_guide_put_back", args=[text.pk])).status_code == 404
    client.force_login(edith)
    client.post(reverse("admin:articles_guide_discard", args=[text.pk]))
    assert not UnsavedText.objects.exists()
    client.post(keep_at, data)
    housekeeping.run(timezone.now() + dt.timedelta(days=8))
    assert not UnsavedText.objects.exists()


def test_submitting_for_review_saves_what_is_typed_first(client, draft, editor, edith):
    client.force_login(edith)
    _page, data = opened(client, editor)
    client.post(editor, {**data, "summary": "What it is like, and what helps.", "_step": "submit"})
    draft.refresh_from_db()
    assert (draft.summary, draft.state) == ("What it is like, and what helps.", "in_review")


def test_a_step_does_not_happen_while_the_form_has_a_mistake(client, draft, editor, edith):
    client.force_login(edith)
    _page, data = opened(client, editor)
    page = client.post(editor, {**data, "title": "", "summary": "Typed", "_step": "submit"}).content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "Typed" in page
    page, _data = opened(client, editor)  # the page that was refused was closed
    assert len(page.cssselect(".draft-offer")) == 1


def test_a_reviewer_who_changed_nothing_is_no_author_after_a_step(client, draft, editor, edith, ruth):
    client.force_login(edith)
    _page, data = opened(client, editor)
    client.post(editor, {**data, "summary": "What it is like, and what helps.", "_step": "submit"})
    client.force_login(ruth)
    page, data = opened(client, editor)
    steps = [button.get("value") for button in page.cssselect("[form=guide_form][name=_step]")]
    assert "send-back" in steps
    client.post(editor, {**data, "_step": "send-back", "_typed": "0", "reason": "Say more of sleep."})
    draft.refresh_from_db()
    assert (draft.state, draft.last_edited_by) == ("draft", edith)


def test_a_guide_that_was_never_saved_is_kept_too(client, edith):
    client.force_login(edith)
    address = reverse("admin:articles_guide_add")
    page, data = opened(client, address)
    client.post(page.cssselect("[data-drafts]")[0].get("data-drafts"), {**data, "title": "A new guide"})
    page, fresh = opened(client, address)
    page = html.fromstring(client.post(page.cssselect("[formaction$='put-back/']")[0].get("formaction"), fresh).content)
    assert page.cssselect("[name=title]")[0].get("value") == "A new guide"
    assert not Guide.objects.exists()


@pytest.mark.parametrize("where", ["editor", "new"])
def test_what_is_sent_too_late_or_from_a_page_of_an_earlier_sign_in_is_offered(client, edith, draft, editor, where, time_machine):  # noqa: PLR0917
    time_machine.move_to(timezone.now(), tick=False)
    address = editor if where == "editor" else reverse("admin:articles_guide_add")
    client.force_login(edith)
    _page, data = opened(client, address)
    time_machine.shift(dt.timedelta(minutes=31))
    answer = client.post(address, {**data, "title": "Half an hour of words"}, headers={"referer": f"http://testserver{address}"})
    assert answer.headers["Location"] == f"/admin/login/?next={address}"
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(edith)
    page, data = opened(browser, address)
    assert len(page.cssselect(".draft-offer")) == 1
    assert browser.post(address, {**data, "title": "Words of an old page"}).status_code == 403
    page, _data = opened(browser, address)
    assert len(page.cssselect(".draft-offer")) == 2
    # Nothing was typed: there is nothing to offer.
    browser.post(address, {**data, "draft_id": str(uuid4()), "_typed": "0"})
    assert UnsavedText.objects.count() == 2
    assert not Guide.objects.exclude(pk=draft.pk).exists()
