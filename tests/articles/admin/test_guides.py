"""Editing and reviewing guides in the admin."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from articles.models import Edition, Guide, Source
from tests.articles.guides import review_form


def form_of(guide, **changes):
    """Return what a browser would submit for the form of `guide`, with `changes`."""
    data = {
        "title": guide.title, "slug": guide.slug, "language": guide.language, "summary": guide.summary, "seen_version": guide.version,
        "body": guide.body, "at_a_glance": "\r\n".join(f"{fact['label']}: {fact['text']}" for fact in guide.at_a_glance),
        "content_note": guide.content_note, "kind": guide.kind, "substances": guide.substances, "stages": guide.stages,
        "readers": guide.readers, "contact_heading": guide.contact_heading, "contact_text": guide.contact_text,
    }  # fmt: skip
    for prefix, rows in (("sources", guide.sources.all()), ("phases", guide.phases.all())):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, row in enumerate(rows):
            fields = ("id", "number", "title", "publisher", "year", "url", "note", "from_hour", "to_hour", "intensity", "text")
            data |= {f"{prefix}-{number}-{name}": getattr(row, name) or "" for name in fields if hasattr(row, name)}
            data[f"{prefix}-{number}-guide"] = guide.pk
    return data | changes


def change_url(guide):
    return reverse("admin:articles_guide_change", args=[guide.pk])


def press(client, guide, verb, **data):
    guide.refresh_from_db()
    url = reverse("admin:articles_guide_step", args=[guide.pk, verb])
    return client.post(url, {"version": guide.version} | data, follow=True).content.decode()


def sign(client, guide, verb):
    """Tick every fact on the reviewer's page and press `verb`."""
    return client.post(reverse("admin:articles_guide_review", args=[guide.pk]), review_form(guide, verb), follow=True).content.decode()


@pytest.mark.parametrize(("name", "status"), [("edith", 200), ("ruth", 200), ("olga", 200), ("ada", 200), ("tom", 403)])
def test_who_may_open_a_guide(client, draft, name, status, request):
    client.force_login(request.getfixturevalue(name))
    assert client.get(change_url(draft)).status_code == status
    assert client.get(reverse("admin:articles_guide_changelist")).status_code == status


def test_an_auditor_sees_a_guide_and_can_change_nothing(client, draft, ada):
    client.force_login(ada)
    page = client.get(change_url(draft)).content.decode()
    assert "The first days without" in page
    assert 'name="_save"' not in page
    assert client.post(change_url(draft), form_of(draft, title="Mine")).status_code == 403
    press(client, draft, "submit")
    draft.refresh_from_db()
    assert (draft.title, draft.state) == ("The first days without", "draft")


def test_an_editor_writes_a_guide_in_the_admin_and_readers_see_it(client, edith, ruth):
    client.force_login(edith)
    empty = {f"{prefix}-{name}_FORMS": 0 for prefix in ("sources", "phases") for name in ("TOTAL", "INITIAL")}
    source = {"number": 1, "title": "A handbook", "publisher": "Example Press", "year": 2024, "url": "https://example.org/handbook"}
    new = {
        "title": "A new guide",
        "slug": "a-new-guide",
        "language": "en",
        "kind": "general",
        "body": "<h2>One</h2><p>Text[1] <script>x</script></p>",
        "sources-TOTAL_FORMS": 1,
        **{f"sources-0-{name}": value for name, value in source.items()},
    }
    client.post(reverse("admin:articles_guide_add"), empty | new)
    guide = Guide.objects.get()
    assert (guide.created_by, guide.body) == (edith, "<h2>One</h2><p>Text[1] </p>")
    press(client, guide, "submit")
    assert "Only a clinical reviewer" in sign(client, guide, "approve-and-publish")
    client.force_login(ruth)
    assert "edition 1" in sign(client, guide, "approve-and-publish")
    client.logout()
    assert "A new guide" in client.get("/guides/a-new-guide/").content.decode()


def test_a_reviewer_who_edits_loses_the_right_to_approve(client, draft, edith, ruth):
    client.force_login(edith)
    press(client, draft, "submit")
    client.force_login(ruth)
    draft.refresh_from_db()
    client.post(change_url(draft), form_of(draft, summary="Ruth's words."))
    press(client, draft, "submit")
    assert "You wrote or changed this text" in sign(client, draft, "approve")
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another title"},
        {"body": "<p>Other words.</p>"},
        {"sources-0-title": "Another source"},
        {"phases-0-intensity": 4},
        {"substances": ["alcohol"]},
    ],
)
def test_any_change_in_the_form_needs_a_new_approval(client, approved, edith, changes):
    client.force_login(edith)
    response = client.post(change_url(approved), form_of(approved, **changes))
    assert response.status_code == 302, response.context["errors"]
    approved.refresh_from_db()
    assert approved.state == "draft"


def test_saving_the_form_as_it_was_keeps_the_approval(client, approved, edith):
    client.force_login(edith)
    assert client.post(change_url(approved), form_of(approved)).status_code == 302
    approved.refresh_from_db()
    assert approved.state == "approved"


def test_a_stale_save_is_refused_and_shows_both_texts(client, draft, edith, emil):
    opened_by_emil = form_of(draft, body="<p>Emil's words.</p>", **{"sources-0-title": "Emil's source"})
    client.force_login(edith)
    client.post(change_url(draft), form_of(draft, body="<p>Edith's words.</p>"))
    client.force_login(emil)
    response = client.post(change_url(draft), opened_by_emil)
    page = response.content.decode()
    draft.refresh_from_db()
    assert draft.body == "<p>Edith's words.</p>"
    for words in (
        "Edith Moreau saved another text",
        "<del>Edith&#x27;s</del> words.",
        "<ins>Emil&#x27;s</ins> words.",
        "<ins>Emil&#x27;s source",
    ):
        assert words in page
    # Having seen both texts, Emil may save his.
    form = response.context["adminform"].form
    client.post(change_url(draft), opened_by_emil | {"seen_version": form["seen_version"].value()})
    draft.refresh_from_db()
    assert draft.body == "<p>Emil's words.</p>"
    assert Source.objects.filter(guide=draft, title="Emil's source").exists()


def test_a_stale_save_shows_a_colleagues_changes_to_sources_phases_and_topics(client, draft, edith, emil):
    opened_by_emil = form_of(draft)
    client.force_login(edith)
    changes = {"sources-0-title": "A newer study", "phases-1-title": "The worst", "kind": "treatment", "stages": ["detox"]}
    client.post(change_url(draft), form_of(draft, **changes))
    client.force_login(emil)
    pairs = client.post(change_url(draft), opened_by_emil).context["both_texts"]
    shown = {pair["label"]: (strip_tags(pair["theirs"]), strip_tags(pair["yours"])) for pair in pairs}
    assert {"Kind", "Stages", "Sources, one a line", "Timeline, one a line"} == set(shown)
    assert shown["Stages"] == ("Detox", "Withdrawal")
    for label, words in (("Sources, one a line", "A newer study"), ("Timeline, one a line", "The worst")):
        theirs, yours = shown[label]
        assert words in theirs
        assert words not in yours


def test_a_stale_save_shows_a_colleagues_changes_to_people_and_related_guides(client, draft, edith, emil, ruth):
    named = Guide.objects.create(title="At home", slug="at-home", created_by=edith)
    spanish = Guide.objects.create(title="En casa", slug="en-casa", language="es", created_by=edith)
    opened_by_emil = form_of(draft, owner=emil.pk)
    client.force_login(edith)
    changes = {"related": [named.pk], "original": spanish.pk, "original_edition_seen": 3, "owner": edith.pk, "second_person": ruth.pk}
    client.post(change_url(draft), form_of(draft, **changes))
    client.force_login(emil)
    pairs = client.post(change_url(draft), opened_by_emil).context["both_texts"]
    shown = {pair["label"]: (strip_tags(pair["theirs"]), strip_tags(pair["yours"])) for pair in pairs}
    assert shown == {
        "Related guides": ("At home", ""),
        "Translation of": ("En casa", ""),
        "Edition of the original that this text follows": ("3", ""),
        "Owner": (str(edith), str(emil)),
        "Second person": (str(ruth), ""),
    }
    assert list(Guide.objects.get(pk=draft.pk).related.all()) == [named]


@pytest.mark.parametrize("name", ["owner", "second_person", "original", "original_edition_seen"])
def test_a_new_owner_or_original_is_not_overwritten_by_an_older_form(client, approved, edith, emil, name):
    spanish = Guide.objects.create(title="En casa", slug="en-casa", language="es")
    opened_by_emil = form_of(approved)
    client.force_login(edith)
    value = {"original": spanish.pk, "original_edition_seen": 2}.get(name, edith.pk)
    client.post(change_url(approved), form_of(approved, **{name: value}))
    client.force_login(emil)
    assert "Someone else changed this guide" in client.post(change_url(approved), opened_by_emil).content.decode()
    approved.refresh_from_db()
    assert getattr(approved, name) is not None
    assert approved.state == "approved", "who looks after a guide is none of its text"


def test_an_editor_can_still_save_a_row_that_a_colleague_removed(client, draft, edith, emil):
    opened_by_emil = form_of(draft, **{"sources-0-title": "Emil's study", "sources-1-title": "Emil's handbook"})
    client.force_login(edith)
    client.post(change_url(draft), form_of(draft, **{"sources-0-DELETE": "on", "sources-1-title": "Edith's handbook"}))
    client.force_login(emil)
    form = client.post(change_url(draft), opened_by_emil).context["adminform"].form
    assert [source.title for source in draft.sources.all()] == ["Edith's handbook"]
    response = client.post(change_url(draft), opened_by_emil | {"seen_version": form["seen_version"].value()})
    assert response.status_code == 302
    assert [(source.number, source.title) for source in draft.sources.all()] == [(1, "Emil's study"), (2, "Emil's handbook")]


def test_a_row_that_both_editors_removed_is_deleted(client, draft, edith, emil):
    opened_by_emil = form_of(draft, **{"sources-1-DELETE": "on"})
    client.force_login(edith)
    client.post(change_url(draft), form_of(draft, **{"sources-1-DELETE": "on"}))
    draft.refresh_from_db()
    client.force_login(emil)
    assert client.post(change_url(draft), opened_by_emil | {"seen_version": draft.version}).status_code == 302
    assert [source.number for source in draft.sources.all()] == [1]


def test_an_address_of_another_guide_is_refused_with_a_clear_message(client, published, edith):
    published.slug = "moved"
    published.save()
    other = Guide.objects.create(title="Other", slug="other", created_by=edith)
    client.force_login(edith)
    page = client.post(change_url(other), form_of(other, slug="the-first-days")).content.decode()
    assert "Another guide has or had this address" in page


def test_a_published_guide_cannot_be_deleted(client, published, draft, edith, olga):
    for person in (edith, olga):
        client.force_login(person)
        assert client.post(reverse("admin:articles_guide_delete", args=[published.pk]), {"post": "yes"}).status_code == 403
    assert Guide.objects.count() == 1


def test_an_edition_can_not_be_changed_in_the_admin(client, published, edith):
    client.force_login(edith)
    url = reverse("admin:articles_edition_change", args=[published.live_edition.pk])
    assert "Yawning and cold sweats" in client.get(url).content.decode()
    assert client.post(url, {"title": "x"}).status_code == 403


@pytest.mark.parametrize("verb", ["submit", "publish", "archive"])
def test_steps_need_a_post_request(client, draft, ruth, verb):
    client.force_login(ruth)
    assert client.get(reverse("admin:articles_guide_step", args=[draft.pk, verb])).status_code == 405


def many_more(published, edith):
    """Create sixty guides like `published` with five editions each, and editions of `published` up to five."""
    guides = Guide.objects.bulk_create(Guide(title=f"The first days {number}", slug=f"days-{number}", owner=edith) for number in range(60))
    edition = published.live_edition
    rows = [(guide, number) for guide in guides for number in range(1, 6)] + [(published, number) for number in range(2, 6)]
    editions = Edition.objects.bulk_create(
        Edition(
            guide=guide,
            number=number,
            slug=guide.slug,
            language="en",
            title=guide.title,
            snapshot=edition.snapshot,
            published_at=edition.published_at,
        )
        for guide, number in rows
    )
    for guide, last in zip(guides, editions[4::5], strict=False):
        guide.live_edition, guide.state = last, Guide.State.PUBLISHED
    Guide.objects.bulk_update(guides, ["live_edition", "state"])


@pytest.mark.parametrize("page", ["list", "search", "filter", "guide", "compare", "preview"])
def test_the_number_of_queries_does_not_grow_with_guides_and_editions(client, published, edith, page):
    guides = reverse("admin:articles_guide_changelist")
    url = {
        "list": guides, "search": f"{guides}?q=days", "filter": f"{guides}?state=published&due=60", "guide": change_url(published),
        "compare": reverse("admin:articles_guide_compare", args=[published.pk]),
        "preview": reverse("admin:articles_guide_preview", args=[published.pk]),
    }[page]  # fmt: skip
    client.force_login(edith)
    client.get(url)  # fill the caches of this process
    with CaptureQueriesContext(connection) as alone:
        client.get(url)
    many_more(published, edith)
    with CaptureQueriesContext(connection) as among_many:
        assert client.get(url).status_code == 200
    assert len(among_many) <= len(alone) + 1, [query["sql"][:120] for query in among_many]  # a full page of the list is counted once
    assert len(among_many) <= 45


def test_a_source_without_a_number_gets_the_next_one_and_a_guide_without_an_address_one_of_its_title(client, draft, edith):
    client.force_login(edith)
    row = {"title": "A third", "publisher": "Example Press", "number": ""}
    form = form_of(draft, slug="", title="What helps", **{f"sources-2-{name}": value for name, value in row.items()})
    client.post(change_url(draft), form | {"sources-TOTAL_FORMS": 3})
    draft.refresh_from_db()
    assert draft.slug == "what-helps"
    assert list(draft.sources.values_list("number", "title"))[-1] == (3, "A third")
