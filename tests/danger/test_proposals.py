"""Clinicians look at what is heard, and their sentences join the collection after a second clinician's yes."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from danger import proposals
from danger.corpus import collection
from danger.models import ProposedSentence
from recovery_site.verbs import NotAllowed, Refused

LISTEN = "/admin/danger/proposedsentence/listen/"


def asked(client, person, **data):
    client.force_login(person)
    return client.post(LISTEN, {"language": "en", **data})


def test_ruth_sees_what_is_heard_in_a_sentence_and_why(client, ruth):
    page = asked(client, ruth, sentences="I drink a litre of vodka every day and I want to stop today\nHow much is it?", listen="1")
    assert page.status_code == 200
    text = page.content.decode()
    assert "“drink … every day … stop”: stopping alcohol or sedatives" in text
    assert "looked at first" in text
    assert "nothing" in text
    assert not ProposedSentence.objects.exists()


def test_the_page_says_how_much_is_heard(client, ruth):
    client.force_login(ruth)
    page = client.get(LISTEN).content.decode()
    assert "ordinary ones, it raised" in page
    assert "Somebody wrote these sentences who did not know" in page


def test_ruth_who_chose_no_meaning_is_told_once_what_is_missing(client, ruth):
    page = asked(client, ruth, sentences="the river wants me\nthe river calls", propose="1")
    assert page.status_code == 422
    assert page.content.decode().count("Choose what they mean.") == 1
    assert not ProposedSentence.objects.exists()


@pytest.mark.parametrize("who", ["edith", "tom", "ada", "amara"])
def test_who_is_no_clinical_reviewer_has_no_such_page(client, request, who):
    person = request.getfixturevalue(who)
    assert asked(client, person, sentences="x", listen="1").status_code == 403
    assert client.get(reverse("admin:danger_proposedsentence_changelist")).status_code == 403
    with pytest.raises(NotAllowed):
        proposals.propose("the floor is calling me", "en", "suicide", by=person)


def test_ruths_sentence_counts_after_rafaels_yes(client, ruth, rafael):
    assert asked(client, ruth, sentences="the river wants me\nthe river wants cleaning", kind="suicide", propose="1").status_code == 303
    assert proposals.agreed() == []
    sentence = ProposedSentence.objects.get(text="the river wants me")
    client.force_login(rafael)
    client.post(reverse("admin:danger_proposedsentence_changelist"), {"action": "agree", "_selected_action": [sentence.pk]})
    assert [(line["text"], line["kind"], line["level"]) for line in proposals.agreed()] == [("the river wants me", "suicide", "alarm")]


def test_ruth_cannot_agree_with_herself(ruth):
    sentence = proposals.propose("the river wants me", "en", "suicide", by=ruth)
    with pytest.raises(Refused):
        proposals.agree(sentence, by=ruth)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedSentence.objects.update(agreed_by=ruth)


def test_a_sentence_is_proposed_once_and_with_a_meaning(client, ruth, rafael):
    proposals.propose("the river wants me", "en", "suicide", by=ruth)
    for text, language, kind in (("the river  wants me", "en", "suicide"), ("", "en", "suicide"), ("a", "xx", "suicide"), ("a", "en", "")):
        with pytest.raises(Refused):
            proposals.propose(text, language, kind, by=rafael)
    assert asked(client, ruth, sentences="a new one", propose="1").status_code == 422


def test_what_was_agreed_on_is_exported_and_joined_once(ruth, rafael, tmp_path):
    proposals.agree(proposals.propose("the river is full of reeds", "en", "hard", by=ruth), by=rafael)
    out = io.StringIO()
    call_command("export_danger_sentences", stdout=out)
    lines = json.loads(out.getvalue())
    assert [(line["text"], line["level"], line["origin"]) for line in lines] == [("the river is full of reeds", "none", "clinicians")]
    assert collection.join(lines, tmp_path) == 1
    assert collection.join(lines, tmp_path) == 0
    assert json.loads((tmp_path / "en.json").read_text())[0]["kind"] == "hard"
