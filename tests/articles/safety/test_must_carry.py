"""What no pattern can judge is asked of the clinical reviewer, who answers before approving."""

import tomllib

import pytest
from django.conf import settings
from django.urls import reverse
from lxml import html

from articles import topics
from articles.models import Edition, FactAnswer, Guide
from articles.safety import must_carry
from articles.safety.must_carry import Answer
from articles.workflow import publishing, review
from recovery_site.verbs import Refused
from tests.articles.guides import review_form, sourced, ticked


@pytest.fixture
def in_review(draft, edith) -> Guide:
    """Edith's draft, which waits for Ruth."""
    return review.submit(draft, by=edith)


def address(guide):
    return reverse("admin:articles_guide_review", args=[guide.pk])


def asked(guide):
    return {one.fact.id: one for one in must_carry.fact_list(guide).asked}


def test_ruth_cannot_approve_without_an_answer_to_each_fact_and_is_told_which(in_review, ruth):
    answers = ticked(in_review)
    del answers["tolerance"], answers["forbidden-advice/sharing"]
    with pytest.raises(Refused, match=r"Missing: lost tolerance; sharing medicine\."):
        review.approve(in_review, by=ruth, answers=answers)
    with pytest.raises(Refused, match="emergency signs"):
        review.approve(in_review, by=ruth)
    assert not FactAnswer.objects.exists()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(ticked=True),
        Answer(ticked=True, place="A section of another guide"),
        Answer(reason="no"),
        Answer(place="Summary"),
        Answer(ticked=True, place="Summary", reason="It is about something else."),
    ],
    ids=["no place", "no such place", "one word", "no tick", "tick and reason"],
)
def test_half_an_answer_is_none(in_review, ruth, answer):
    with pytest.raises(Refused, match="Missing: pregnancy"):
        review.approve(in_review, by=ruth, answers=ticked(in_review) | {"pregnancy": answer})


def test_a_fact_that_the_guide_does_not_need_is_answered_with_a_reason(in_review, ruth):
    answers = ticked(in_review) | {"pregnancy": Answer(reason="It is about men in prison only.")}
    review.approve(in_review, by=ruth, answers=answers)
    stored = FactAnswer.objects.get(fact="pregnancy")
    assert (stored.said, stored.reason) == ("not_needed", "It is about men in prison only.")


def test_advice_that_is_quoted_as_a_myth_is_answered_with_a_reason(in_review, ruth):
    answers = ticked(in_review) | {"forbidden-advice/sharing": Answer(reason="It is named as a mistake.")}
    review.approve(in_review, by=ruth, answers=answers)
    assert FactAnswer.objects.get(fact="forbidden-advice/sharing").said == "harmless"


def test_the_answers_are_kept_with_the_approval_of_this_text_and_shown_in_the_record(client, in_review, edith, ruth):
    answers = ticked(in_review) | {"tolerance": Answer(ticked=True, place="What helps")}
    publishing.publish(review.approve(in_review, by=ruth, answers=answers), by=edith)
    edition = Edition.objects.get()
    stored = FactAnswer.objects.get(fact="tolerance")
    assert (stored.event.digest, stored.place, stored.said) == (edition.digest, "What helps", "carried")
    assert FactAnswer.objects.count() == len(asked(in_review))
    client.force_login(edith)
    page = html.fromstring(client.get(reverse("admin:articles_edition_change", args=[edition.pk])).content)
    record = " ".join(page.cssselect(".edition-review")[0].text_content().split())
    assert "What Ruth Romero, RN confirmed with the approval" in record
    assert "tolerance falls within days" in record
    assert "The guide says it: What helps" in record
    assert "The guide says it nowhere" in record


def test_an_older_edition_keeps_its_own_answers(client, published, edith, ruth):
    first = Edition.objects.get()
    published.summary = "Other words."
    published.state = Guide.State.DRAFT
    published.save()
    again = review.submit(published, by=edith)
    answers = ticked(again) | {"pregnancy": Answer(reason="Said in another guide.")}
    publishing.publish(review.approve(again, by=ruth, answers=answers), by=edith)
    client.force_login(edith)
    newest = published.editions.get(number=2)
    assert "Said in another guide" in client.get(reverse("admin:articles_edition_change", args=[newest.pk])).content.decode()
    assert "Said in another guide" not in client.get(reverse("admin:articles_edition_change", args=[first.pk])).content.decode()


def test_who_confirms_a_guide_without_changes_answers_too(published, ruth):
    with pytest.raises(Refused, match="Missing: emergency signs"):
        review.confirm_unchanged(published, by=ruth)
    event = review.confirm_unchanged(published, by=ruth, answers=ticked(published)).events.first()
    assert event.fact_answers.count() == len(asked(published))


def test_the_page_proposes_the_section_in_which_the_words_stand(client, in_review, ruth):
    client.force_login(ruth)
    page = html.fromstring(client.get(address(in_review)).content)
    place = page.cssselect("select[name='place:tolerance'] option[selected]")[0]
    assert place.text == "What helps", "tolerance falls: that sentence stands under this heading"
    sections = [option.text for option in page.cssselect("select[name='place:tolerance'] option")]
    assert {"Summary", "At a glance", "What happens first", "What helps"} <= set(sections)
    assert not page.cssselect("select[name='place:forbidden-advice/sharing']")


def test_what_ruth_ticked_is_still_ticked_after_a_refusal(client, in_review, ruth):
    client.force_login(ruth)
    form = review_form(in_review, "approve", **{"reason:pregnancy": "It is about men in prison only."})
    del form["tick:pregnancy"], form["tick:mixing"]
    form["place:tolerance"] = "What happens first"
    page = html.fromstring(client.post(address(in_review), form).content)
    assert "deadly mixes" in page.cssselect("[role=alert]")[0].text_content()
    assert len(page.cssselect(".fact-missing")) == 1
    assert page.cssselect("input[name='tick:tolerance']")[0].get("checked") is not None
    assert page.cssselect("input[name='tick:mixing']")[0].get("checked") is None
    assert page.cssselect("select[name='place:tolerance'] option[selected]")[0].text == "What happens first"
    assert page.cssselect("input[name='reason:pregnancy']")[0].get("value") == "It is about men in prison only."
    client.post(address(in_review), form | {"tick:mixing": "1"})
    in_review.refresh_from_db()
    assert in_review.state == Guide.State.APPROVED


def test_ticks_for_a_text_that_changed_are_taken_back(client, in_review, edith, ruth):
    client.force_login(ruth)
    form = review_form(in_review, "approve")
    Guide.objects.update(version=in_review.version + 1)
    page = html.fromstring(client.post(address(in_review), form).content)
    assert "Someone else changed this guide" in page.cssselect("[role=alert]")[0].text_content()
    assert not page.cssselect("input[name^='tick:'][checked]")


@pytest.mark.parametrize(
    ("name", "words"), [("edith", "Only a clinical reviewer can approve"), ("ada", "Only a clinical reviewer can approve")]
)
def test_others_see_what_will_be_asked_and_can_answer_nothing(client, in_review, name, words, request):
    client.force_login(request.getfixturevalue(name))
    page = client.get(address(in_review)).content.decode()
    assert "tolerance falls within days" in page
    assert "Only a clinical reviewer can approve" in page
    assert "Approve and publish" not in page
    client.post(address(in_review), review_form(in_review, "approve"))
    in_review.refresh_from_db()
    assert in_review.state == Guide.State.IN_REVIEW


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"substances": ["alcohol"]}, {"thiamine", "time-bands", "sudden-stop", "pregnancy"}),
        ({"title": "Coming off Xanax"}, {"sedatives", "sudden-stop", "mixing", "emergency-signs"}),
        ({"substances": ["cocaine"]}, {"stimulants"}),
        ({"substances": ["cannabis"]}, {"cannabis", "children"}),
        ({"stages": ["overdose"], "substances": ["opioids"]}, {"overdose-steps", "position", "emergency-signs", "timing", "children"}),
        ({"title": "Percocet and you"}, {"tolerance", "mixing", "timing", "pregnancy"}),
    ],
)
def test_what_is_asked_depends_on_what_the_guide_is_about(db, fields, facts):
    guide = sourced(**{"title": "A guide", "slug": "a-guide", **fields})
    assert facts <= set(asked(guide))


def test_a_guide_about_none_of_this_is_asked_only_about_forbidden_advice(db):
    guide = sourced("Paying for treatment", "paying", kind="law")
    assert all(one.fact.forbidden for one in asked(guide).values())
    assert len(asked(guide)) == 5


def test_the_reviewer_of_a_spanish_guide_is_asked_in_her_own_language_and_shown_its_sections(client, draft, edith, ruth):
    Guide.objects.update(language="es", title="Dejar la heroína", body="<h2>El riesgo</h2><p>La tolerancia baja después de una pausa.</p>")
    draft.refresh_from_db()
    client.force_login(ruth)
    page = html.fromstring(client.get(address(draft)).content)
    assert "tolerance falls" in page.text_content()
    assert page.cssselect("select[name='place:tolerance'] option[selected]")[0].text == "El riesgo"
    page = html.fromstring(client.get(address(draft), headers={"Accept-Language": "es"}).content)
    assert "la tolerancia baja" in page.text_content()


def test_every_language_has_words_for_every_fact_and_every_topic_exists():
    facts = tomllib.loads((must_carry.DATA / "facts.toml").read_text())
    for code, _name in settings.LANGUAGES:
        texts = tomllib.loads((must_carry.DATA / "languages" / code / "facts.toml").read_text())
        assert list(texts) == list(facts)
        assert all(set(text) == {"name", "question", "words"} and text["words"] for text in texts.values())
    known = {"any", "substance:sedatives", *(f"kind:{kind}" for kind in Guide.Kind.values)}
    known |= {f"{kind}:{code}" for kind, (_title, codes) in topics.KINDS.items() for code in codes}
    assert {topic for fact in facts.values() for topic in fact["topics"]} <= known
