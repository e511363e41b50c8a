"""Working together on drafts: comments, presence and share links."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import periodic
from articles.models import Comment, Guide, Presence, ShareLink
from articles.workflow import comments, share_links
from recovery_site.staff import presence
from recovery_site.verbs import NotAllowed, Refused


def url(name, *args):
    return reverse(f"admin:articles_guide_{name}", args=args)


def test_a_comment_on_a_section_is_resolved_by_name(client, draft, edith, emil):
    client.force_login(emil)
    client.post(url("comment", draft.pk), {"section": "What helps", "text": "Say <b>naloxone</b>."})
    client.force_login(edith)
    page = client.get(url("change", draft.pk)).content.decode()
    for words in ("1 open comment", "What helps", "Say &lt;b&gt;naloxone&lt;/b&gt;.", "Emil Estrada"):
        assert words in page
    comment = Comment.objects.get()
    client.post(url("resolve", draft.pk, comment.pk))
    page = client.get(url("change", draft.pk)).content.decode()
    assert "0 open comments" in page
    assert "dealt with by Edith Moreau" in page


def test_the_first_person_who_resolved_it_is_kept_after_they_left(draft, edith, emil):
    comment = comments.add(draft, by=emil, text="Please check.")
    comments.resolve(comment, by=edith)
    comments.resolve(comment, by=emil)
    edith.delete()
    emil.delete()
    comment = Comment.objects.get()
    assert (comment.writer_name, comment.resolver_name, comment.resolved_by) == ("Emil Estrada", "Edith Moreau", None)


def test_a_comment_needs_words_a_section_that_exists_and_an_editor(draft, edith, ada):
    with pytest.raises(Refused):
        comments.add(draft, by=edith, text=" ")
    with pytest.raises(Refused):
        comments.add(draft, by=edith, text="Where?", section="Nowhere")
    with pytest.raises(NotAllowed):
        comments.add(draft, by=ada, text="Hello")


def test_commenting_is_not_an_edit(approved, edith):
    comments.add(approved, by=edith, text="Well done.")
    approved.refresh_from_db()
    assert approved.state == Guide.State.APPROVED


def test_the_second_editor_sees_who_has_it_open(client, draft, edith, emil):
    client.force_login(edith)
    assert "Also open at: Edith" not in client.get(url("change", draft.pk)).content.decode()
    client.force_login(emil)
    assert "Also open at: Edith Moreau" in client.get(url("change", draft.pk)).content.decode()
    page = client.post(url("presence", draft.pk), {"version": draft.version}).content.decode()
    assert "Also open at: Edith Moreau" in page
    assert "Someone saved this guide" not in page


def test_an_editor_learns_that_a_colleague_saved_the_guide(client, draft, edith):
    client.force_login(edith)
    page = client.post(url("presence", draft.pk), {"version": draft.version - 1}).content.decode()
    assert "Someone saved this guide after you opened it" in page


def test_people_who_left_are_not_shown(client, draft, edith, emil):
    client.force_login(edith)
    client.get(url("change", draft.pk))
    client.post(url("presence", draft.pk), {"leaving": "1"})
    assert presence.arrive(draft.presences, emil, timezone.now()) == []


def test_people_without_heartbeats_are_not_shown_and_then_deleted(draft, edith, emil):
    now = timezone.now()
    presence.arrive(draft.presences, edith, now)
    assert presence.arrive(draft.presences, emil, now + dt.timedelta(seconds=29)) == [edith]
    assert presence.arrive(draft.presences, emil, now + dt.timedelta(seconds=31)) == []
    assert presence.forget_old(Presence.objects, now + dt.timedelta(minutes=2)) == {"presences_forgotten": 2}
    assert not Presence.objects.exists()


def test_a_link_for_a_reviewer_outside_is_shown_once(client, draft, edith):
    client.force_login(edith)
    page = client.post(url("share", draft.pk), {"made_for": "Dr. Ortiz", "days": "3"}).content.decode()
    address = page.split('class="share-address">')[1].split("</code>")[0]
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert token not in client.get(url("change", draft.pk)).content.decode()
    client.logout()
    assert "The first days without" in client.get(f"/preview/{token}/").content.decode()


def test_a_link_shows_the_draft_as_it_is_then(client, draft, edith):
    _link, token = share_links.make_link(draft, by=edith)
    Guide.objects.filter(pk=draft.pk).update(title="The first days, better")
    assert "The first days, better" in client.get(f"/preview/{token}/").content.decode()


def test_a_spanish_draft_is_previewed_in_spanish(client, draft, edith):
    draft.language = "es"
    draft.save()
    _link, token = share_links.make_link(draft, by=edith)
    assert '<html lang="es"' in client.get(f"/preview/{token}/").content.decode()


@pytest.mark.parametrize("days", ["0", "31", "", "x"])
def test_a_link_lasts_some_days_only(client, draft, edith, days):
    client.force_login(edith)
    page = client.post(url("share", draft.pk), {"days": days}, follow=True).content.decode()
    assert "1 to 30 days" in page
    assert not ShareLink.objects.exists()


def test_an_auditor_can_not_make_a_link(client, draft, ada):
    client.force_login(ada)
    client.post(url("share", draft.pk), {"days": "3"})
    assert not ShareLink.objects.exists()


def test_a_link_ends_with_the_account_of_edith_who_made_it(client, draft, edith, olga):
    _link, token = share_links.make_link(draft, by=edith)
    client.force_login(olga)
    client.post("/admin/accounts/user/", {"action": "switch_off", "_selected_action": [str(edith.pk)]})
    assert client.get(f"/preview/{token}/").status_code == 404


def test_a_link_ends_when_edith_no_longer_writes_guides(client, draft, edith):
    _link, token = share_links.make_link(draft, by=edith)
    edith.groups.clear()
    periodic.end_share_links(timezone.now())
    assert client.get(f"/preview/{token}/").status_code == 404


def test_the_link_of_an_editor_who_stays_lasts(client, draft, edith):
    _link, token = share_links.make_link(draft, by=edith)
    periodic.end_share_links(timezone.now())
    assert client.get(f"/preview/{token}/").status_code == 200


def test_old_links_are_forgotten(draft, edith):
    now = timezone.now()
    share_links.make_link(draft, by=edith, days=1, now=now)
    assert share_links.forget_old(now + dt.timedelta(days=30))["share_links_forgotten"] == 0
    assert share_links.forget_old(now + dt.timedelta(days=32))["share_links_forgotten"] == 1
