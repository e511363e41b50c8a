"""Findings of the checks block approval."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from articles.checks import Finding, Level
from articles.models import Guide, Justification
from articles.workflow import publishing, review, review_gate
from recovery_site.verbs import NotAllowed, Refused
from tests.articles.guides import approve, confirm_unchanged, review_form

ERROR = Finding("clinical-safety", Level.ERROR, "Naloxone is not mentioned.", "", "", "It saves lives.", "A source", "Name it.", "naloxone")
WARNING = Finding(
    "respectful-terms", Level.WARNING, "“habit”", "a heavy habit", "What helps", "It blames.", "A list", "Say “use”.", "habit"
)
NOTE = Finding("plain-language", Level.NOTE, "Grade 7.", "", "", "", "", "", "grade")


@pytest.fixture
def found(monkeypatch):
    """What the checks find, as a list that a test changes."""
    findings: list[Finding] = []
    monkeypatch.setattr("articles.workflow.review_gate.checks", SimpleNamespace(run=lambda guide: list(findings)))
    return findings


def press(client, guide, verb, **data):
    guide.refresh_from_db()
    url = reverse("admin:articles_guide_step", args=[guide.pk, verb])
    return client.post(url, {"version": guide.version} | data, follow=True).content.decode()


def test_an_error_blocks_approval(draft, edith, ruth, found):
    found.append(ERROR)
    guide = review.submit(draft, by=edith)
    with pytest.raises(Refused, match="1 error to fix"):
        approve(guide, by=ruth)
    found.clear()
    assert approve(guide, by=ruth).state == Guide.State.APPROVED


def test_a_warning_needs_a_reason_and_a_note_does_not(draft, edith, ruth, found):
    found += [WARNING, NOTE]
    guide = review.submit(draft, by=edith)
    with pytest.raises(Refused, match="1 warning to fix or give a reason for"):
        approve(guide, by=ruth)
    review_gate.justify(guide, by=edith, key=WARNING.key, reason="It is a quotation.")
    assert approve(guide, by=ruth).state == Guide.State.APPROVED


def test_a_reason_is_valid_only_for_the_text_it_was_given_for(draft, edith, found):
    found.append(WARNING)
    review_gate.justify(draft, by=edith, key=WARNING.key, reason="It is a quotation.")
    found[:] = [Finding("respectful-terms", Level.WARNING, "“habit”", "another habit", "What helps", rule="habit")]
    assert review_gate.why_not_ready(review_gate.reviewed_findings(draft))


def test_errors_and_missing_findings_can_not_be_justified(draft, edith, found):
    found.append(ERROR)
    for key in (ERROR.key, WARNING.key):
        with pytest.raises(Refused, match="not there"):
            review_gate.justify(draft, by=edith, key=key, reason="Because I say so.")


def test_a_reason_needs_words_and_an_editor(draft, edith, ada, found):
    found.append(WARNING)
    with pytest.raises(Refused, match="few words"):
        review_gate.justify(draft, by=edith, key=WARNING.key, reason="ok")
    with pytest.raises(NotAllowed):
        review_gate.justify(draft, by=ada, key=WARNING.key, reason="It is a quotation.")


def test_the_panel_shows_place_reason_source_and_suggestion(client, draft, edith, found):
    found += [ERROR, WARNING]
    client.force_login(edith)
    page = client.get(reverse("admin:articles_guide_change", args=[draft.pk])).content.decode()
    for words in ("Naloxone is not mentioned.", "It saves lives.", "a heavy habit", "What helps", "A list", "Say “use”."):
        assert words in page
    assert "Noted with your name" in press(client, draft, "justify", key=WARNING.key, reason="It is a quotation.")
    page = client.get(reverse("admin:articles_guide_change", args=[draft.pk])).content.decode()
    assert "Edith Moreau: “It is a quotation.”" in page


def test_the_reason_is_kept_when_the_person_is_deleted(draft, edith, found):
    found.append(WARNING)
    review_gate.justify(draft, by=edith, key=WARNING.key, reason="It is a quotation.")
    edith.delete()
    assert Justification.objects.get().person_name == "Edith Moreau"


def test_a_clinician_sees_why_approval_has_to_wait(client, draft, edith, ruth, found):
    found.append(ERROR)
    review.submit(draft, by=edith)
    client.force_login(ruth)
    address = reverse("admin:articles_guide_review", args=[draft.pk])
    for page in (client.get(reverse("admin:articles_guide_change", args=[draft.pk])), client.get(address)):
        assert "The checks found: 1 error to fix." in page.content.decode()
        assert "Approve and publish" not in page.content.decode()
    assert "1 error to fix" in client.post(address, review_form(draft, "approve-and-publish")).content.decode()
    assert not Guide.objects.get().editions.exists()


def test_the_reasons_are_kept_with_the_approval(draft, edith, ruth, found):
    found.append(WARNING)
    guide = review.submit(draft, by=edith)
    review_gate.justify(guide, by=edith, key=WARNING.key, reason="It is a quotation.")
    approve(guide, by=ruth)
    assert guide.events.get(kind="approved").note == "“habit” Edith Moreau: It is a quotation."


def test_confirming_without_change_is_blocked_by_the_checks_too(found, published, ruth):
    found.append(ERROR)
    with pytest.raises(Refused, match="1 error"):
        confirm_unchanged(published, by=ruth)


def test_a_document_that_names_no_medicine_cannot_be_approved(edith, ruth):
    guide = Guide.objects.create(
        title="Heroin withdrawal", slug="heroin", kind="withdrawal", substances=["heroin"], body="<p>It passes.</p>", created_by=edith
    )
    with pytest.raises(Refused, match="errors to fix"):
        approve(review.submit(guide, by=edith), by=ruth)


def test_a_reason_holds_for_its_phrase_wherever_it_stands_and_in_later_editions(client, draft, edith, ruth):
    draft.body += "<p>My uncle was called an addict by his own family.</p>"
    draft.save()
    (warning,) = [one.finding for one in review_gate.reviewed_findings(draft) if one.wants_reason]
    review_gate.justify(draft, by=edith, key=warning.key, reason="It is what people called him.")
    publishing.publish(approve(review.submit(draft, by=edith), by=ruth), by=edith)
    guide = Guide.objects.get()
    guide.body = guide.body.replace("My uncle was called an addict by his own family", "They called him an addict. An addict, they said")
    guide.state = Guide.State.DRAFT
    guide.save()
    found = [one for one in review_gate.reviewed_findings(guide) if one.finding.rule == warning.rule]
    assert len(found) == 2
    assert all(one.justification and one.justification.reason == "It is what people called him." for one in found)
    publishing.publish(approve(review.submit(guide, by=edith), by=ruth), by=edith)
    client.force_login(edith)
    record = client.get(reverse("admin:articles_edition_change", args=[guide.editions.get(number=2).pk])).content.decode()
    assert record.count("It is what people called him.") == 1
    guide.body = guide.body.replace("an addict", "a drunk").replace("An addict", "A drunk")
    guide.save()
    assert any(one.wants_reason for one in review_gate.reviewed_findings(guide)), "other words need a reason of their own"


def test_a_reason_given_before_for_an_excerpt_still_counts(draft, edith, found):
    old = Finding("respectful-terms", Level.WARNING, "“habit”", "a heavy habit", "What helps", rule="habit")
    found.append(old)
    review_gate.justify(draft, by=edith, key=old.key, reason="It is a quotation.")
    found[:] = [Finding("respectful-terms", Level.WARNING, "“habit”", "a heavy habit", "What helps", rule="habit", phrase="habit")]
    assert not review_gate.why_not_ready(review_gate.reviewed_findings(draft))
