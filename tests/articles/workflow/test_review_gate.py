"""What the checks find decides what can be approved."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from articles.checks import Finding, Level
from articles.models import Guide, Justification
from articles.workflow import review, review_gate
from recovery_site.verbs import NotAllowed, Refused

ERROR = Finding("clinical-safety", Level.ERROR, "Naloxone is not mentioned.", "", "", "It saves lives.", "A source", "Name it.", "naloxone")
WARNING = Finding(
    "respectful-terms", Level.WARNING, "“habit”", "a heavy habit", "What helps", "It blames.", "A list", "Say “use”.", "habit"
)
NOTE = Finding("plain-language", Level.NOTE, "Grade 7.", "", "", "", "", "", "grade")


@pytest.fixture
def found(real_checks, monkeypatch):
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
    with pytest.raises(Refused, match="1 error to mend"):
        review.approve(guide, by=ruth)
    found.clear()
    assert review.approve(guide, by=ruth).state == Guide.State.APPROVED


def test_a_warning_wants_a_reason_and_a_note_nothing(draft, edith, ruth, found):
    found += [WARNING, NOTE]
    guide = review.submit(draft, by=edith)
    with pytest.raises(Refused, match="1 warning to mend or give a reason for"):
        review.approve(guide, by=ruth)
    review_gate.justify(guide, by=edith, key=WARNING.key, reason="It is a quotation.")
    assert review.approve(guide, by=ruth).state == Guide.State.APPROVED


def test_a_reason_counts_only_for_the_words_it_was_given_for(draft, edith, found):
    found.append(WARNING)
    review_gate.justify(draft, by=edith, key=WARNING.key, reason="It is a quotation.")
    found[:] = [Finding("respectful-terms", Level.WARNING, "“habit”", "another habit", "What helps", rule="habit")]
    assert review_gate.why_not_ready(review_gate.reviewed_findings(draft))


def test_no_reason_for_an_error_nor_for_what_is_not_there(draft, edith, found):
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


def test_the_reason_outlives_the_person(draft, edith, found):
    found.append(WARNING)
    review_gate.justify(draft, by=edith, key=WARNING.key, reason="It is a quotation.")
    edith.delete()
    assert Justification.objects.get().person_name == "Edith Moreau"


def test_a_clinician_sees_why_approval_has_to_wait(client, draft, edith, ruth, found):
    found.append(ERROR)
    review.submit(draft, by=edith)
    client.force_login(ruth)
    page = client.get(reverse("admin:articles_guide_change", args=[draft.pk])).content.decode()
    assert "The checks found: 1 error to mend." in page
    assert "Approve and publish" not in page
    assert "1 error to mend" in press(client, draft, "approve-and-publish")
    assert not Guide.objects.get().editions.exists()


def test_the_reasons_are_kept_with_the_approval(draft, edith, ruth, found):
    found.append(WARNING)
    guide = review.submit(draft, by=edith)
    review_gate.justify(guide, by=edith, key=WARNING.key, reason="It is a quotation.")
    review.approve(guide, by=ruth)
    assert guide.events.get(kind="approved").note == "“habit” Edith Moreau: It is a quotation."


def test_reviewed_no_change_waits_for_the_checks_too(found, published, ruth):
    found.append(ERROR)
    with pytest.raises(Refused, match="1 error"):
        review.confirm_unchanged(published, by=ruth)


def test_a_document_that_names_no_medicine_cannot_be_approved(real_checks, edith, ruth):
    guide = Guide.objects.create(
        title="Heroin withdrawal", slug="heroin", kind="withdrawal", substances=["heroin"], body="<p>It passes.</p>", created_by=edith
    )
    with pytest.raises(Refused, match="errors to mend"):
        review.approve(review.submit(guide, by=edith), by=ruth)
