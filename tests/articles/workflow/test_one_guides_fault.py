"""A guide that can't be drawn, or holds what XML can't, is its editors' trouble and nobody else's."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.html import strip_tags
from lxml import etree

from articles import snapshots
from articles.importing.document import ContactBlock, ImportedGuide, Paragraph, Section, Span
from articles.models import Edition, Guide, Term
from articles.rendering import body_html
from articles.search import index
from articles.workflow import drafts, publishing, reminders, review
from tests.articles.admin.test_guides import change_url, form_of
from tests.articles.guides import approve, sourced

NOON = dt.datetime(2031, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def other(edith, ruth):
    """Another approved guide, which is due with the first."""
    guide = sourced("Another", "another", created_by=edith)
    return publishing.schedule(approve(review.submit(guide, by=edith), by=ruth), by=edith, publish_at=NOON)


@pytest.fixture
def cannot_be_drawn(monkeypatch):
    """Have the page of the guide with the title “The first days without” fail."""
    render = body_html.render

    def fails_for_one(snapshot, **options):
        if snapshot["slug"] == "the-first-days":
            raise ValueError("All strings must be XML compatible")
        return render(snapshot, **options)

    monkeypatch.setattr(body_html, "render", fails_for_one)


def test_what_edith_pastes_into_any_field_is_cleaned(client, draft, edith, ruth):
    client.force_login(edith)
    said = "Wait\x0btwo hours"
    body = f"<p>{said} [1]. Naloxone helps.[2]</p>" + draft.body
    fields = {"title": said, "summary": f"{said}\uffff", "body": body, "contact_text": said, "at_a_glance": f"Starts: {said}"}
    client.post(change_url(draft), form_of(draft, **fields, **{"sources-0-title": said, "phases-0-text": said}))
    guide = Guide.objects.get()
    assert (guide.title, guide.summary.strip(), guide.contact_text) == ("Wait two hours",) * 3
    assert guide.body.startswith("<p>Wait two hours [1].")
    assert guide.at_a_glance == [{"label": "Starts", "text": "Wait two hours"}]
    assert guide.sources.first().title == guide.phases.first().text == "Wait two hours"
    assert client.get(reverse("admin:articles_guide_preview", args=[guide.pk])).status_code == 200
    client.post(reverse("admin:articles_guide_comment", args=[guide.pk]), {"text": said})
    assert guide.comments.get().text == "Wait two hours"
    client.post(reverse("admin:articles_term_add"), {"language": "en", "term": said, "slug": "wait", "meaning": said})
    assert Term.objects.get().meaning == "Wait two hours"


def test_an_imported_document_and_a_restored_edition_are_cleaned(published, edith):
    words = "Wait\x0btwo hours"
    imported = ImportedGuide(words, "", [Section(words, [Paragraph((Span(words),))])], ContactBlock(words, words))
    guide = drafts.create_draft(imported, language="en", by=edith)
    assert {guide.title, guide.contact_heading, guide.contact_text} == {"Wait two hours"}
    assert guide.body == "<h2>Wait two hours</h2><p>Wait two hours</p>"
    old = {**published.live_edition.snapshot, "summary": words, "at_a_glance": [{"label": "Starts", "text": words}]}
    drafts.write(published, old)
    assert (published.summary, published.at_a_glance[0]["text"]) == ("Wait two hours", "Wait two hours")


@pytest.mark.usefixtures("other", "cannot_be_drawn")
def test_one_that_cannot_be_drawn_goes_back_with_a_mail_and_the_other_is_published(client, approved, edith, mailoutbox):
    Guide.objects.filter(pk=approved.pk).update(owner=edith)
    publishing.schedule(Guide.objects.get(pk=approved.pk), by=edith, publish_at=NOON - dt.timedelta(hours=1))
    assert publishing.publish_due(NOON) == {"guides_published": 1}
    assert client.get("/guides/another/").status_code == 200
    guide = Guide.objects.get(pk=approved.pk)
    assert (guide.state, guide.publish_at) == ("draft", None)
    assert "its page could not be made" in guide.events.filter(kind="sent_back").get().note
    assert [mail.to for mail in mailoutbox] == [["edith@example.org"]]
    assert "“The first days without” was to be published now, and was not." in mailoutbox[0].body
    assert "its page could not be made" in mailoutbox[0].body
    assert f"/admin/articles/guide/{guide.pk}/change/" in mailoutbox[0].body
    client.force_login(edith)
    assert "It was not published at its time" in strip_tags(client.get(change_url(guide)).content.decode())
    assert publishing.publish_due(NOON + dt.timedelta(minutes=1)) == {"guides_published": 0}
    assert len(mailoutbox) == 1


def test_a_guide_of_nobody_is_told_to_all_editors(approved, edith, emil, cannot_be_drawn, mailoutbox):
    publishing.schedule(approved, by=edith, publish_at=NOON)
    Guide.objects.update(last_edited_by=None)
    publishing.publish_due(NOON)
    assert sorted(mail.to[0] for mail in mailoutbox) == ["edith@example.org", "emil@example.org"]


@pytest.mark.usefixtures("other", "cannot_be_drawn")
def test_mail_that_fails_does_not_stop_the_other_guide(approved, edith, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OSError

    monkeypatch.setattr(reminders, "send_mail", refuse)
    publishing.schedule(approved, by=edith, publish_at=NOON - dt.timedelta(hours=1))
    assert publishing.publish_due(NOON) == {"guides_published": 1}
    assert Guide.objects.get(pk=approved.pk).state == "draft"


def test_the_preview_of_one_that_cannot_be_drawn_says_so(client, draft, edith, cannot_be_drawn):
    client.force_login(edith)
    response = client.get(reverse("admin:articles_guide_preview", args=[draft.pk]))
    assert response.url == change_url(draft)
    assert "No page can be made from this text" in str(next(iter(get_messages(response.wsgi_request))))


@pytest.fixture
def broken(published, edith, monkeypatch):
    """A live edition whose address can't be made, beside a sound one."""
    sound = Guide.objects.create(title="Sound", slug="sound", body="<p>Rest.</p>", language="en")
    sound.starter_digest = snapshots.digest_of(sound)
    sound.save()
    publishing.publish_starter(sound)
    address = Edition.get_absolute_url

    def fails_for_one(edition):
        if edition.slug == "the-first-days":
            raise ValueError
        return address(edition)

    monkeypatch.setattr(Edition, "get_absolute_url", fails_for_one)


def test_feed_and_sitemap_go_on_past_it(client, broken):
    assert "<title>Sound</title>" in client.get("/guides/atom.xml").content.decode()
    assert "/guides/sound/" in client.get("/sitemap.xml").content.decode()


def test_the_search_index_is_rebuilt_past_it(broken, monkeypatch):
    put = index.put

    def fails_for_one(edition):
        if edition.slug == "the-first-days":
            raise ValueError
        put(edition)

    monkeypatch.setattr(index, "put", fails_for_one)
    assert index.rebuild() == 1


def test_digests_of_reviews_go_on_past_it(published, edith, emil, mailoutbox, monkeypatch):
    due = dt.date(2031, 5, 4)
    Guide.objects.filter(pk=published.pk).update(next_review_on=due, owner=edith)
    render = reminders.render_to_string

    def fails_for_edith(template, context):
        if context["person"] == edith:
            raise ValueError
        return render(template, context)

    monkeypatch.setattr(reminders, "render_to_string", fails_for_edith)
    Guide.objects.filter(pk=published.pk).update(second_person=emil)
    assert reminders.send_due(NOON) == {"review_digests_sent": 1}
    assert [mail.to for mail in mailoutbox] == [["emil@example.org"]]


@pytest.mark.parametrize("character", ["\x0b", "\uffff"])
def test_the_feed_is_well_formed_with_an_edition_of_an_earlier_release(client, published, edith, character):
    edition = published.live_edition
    edition.pk, edition.number, edition._state.adding = None, 2, True
    edition.summary = f"Wait{character}here."
    edition.save()
    Guide.objects.filter(pk=published.pk).update(live_edition=edition)
    answer = client.get("/guides/atom.xml")
    assert answer.status_code == 200
    assert b"Wait here." in answer.content
    etree.fromstring(answer.content)


def test_a_stored_body_with_such_a_character_is_drawn(approved, edith):
    Guide.objects.filter(pk=approved.pk).update(body=approved.body.replace("<p>The first", "<p>Wait\x0btwo hours [1]. The first"))
    assert "Wait two hours" in publishing.compose(Guide.objects.get(), number=1, now=NOON).html
