"""Closing sections become the contact block only if they are an invitation."""

import pytest

from tests.articles.importing.documents import MORE, PROSE, guide_from, shape

pytestmark = pytest.mark.once

INVITATION = "Our team answers day and night. Call us or write to us, and we can tell you what comes next."


def guide_with_end(folder, title, text):
    return guide_from(folder, f"Coming Off Heroin\n{PROSE}\nWhat Helps at Night\n{MORE}\n{title}\n{text}\n")


@pytest.mark.parametrize(
    "title",
    [
        "Example House Is Here To Help— Reach Out To Us Today",
        "Contact Us",
        "Get Help Today",
        "Call Now!",
        "Talk to Someone Who Knows",
        "Take the First Step With Example House",
        "WE CAN HELP",
        "Contáctenos Hoy Mismo",
    ],
)
def test_an_invitation_becomes_the_contact_block(tmp_path, title):
    guide = guide_with_end(tmp_path, title, INVITATION)
    assert (guide.contact_block.heading, guide.contact_block.text) == (title, INVITATION)
    assert list(shape(guide)) == ["", "What Helps at Night"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("When to Get Help Now", "Call 911 when someone can’t be woken or breathes slowly. Naloxone can save a life."),
        ("Call for Help Today", "Our advice is to call 911 at once when someone can’t be woken."),
        (
            "Talk to Someone You Trust",
            "A friend who calls in the evening can make the nights easier for the person who is coming off heroin.",
        ),
        ("Starting Treatment Now or Later", "People start when they feel ready, and a doctor helps them to choose the time that is right."),
    ],
)
def test_guide_text_with_a_similar_title_stays(tmp_path, title, text):
    guide = guide_with_end(tmp_path, title, text)
    assert guide.contact_block is None
    assert shape(guide)[title] == ["p"]


def test_an_invitation_with_a_list_stays_and_is_doubted(tmp_path):
    guide = guide_with_end(tmp_path, "Contact Us Today", f"{INVITATION}\n- by phone\n- by letter")
    assert guide.contact_block is None
    assert guide.doubts == ['Line 5: "Contact Us Today" may be a call to action, but it holds more than paragraphs; kept as a section.']


def test_an_invitation_in_the_middle_stays_and_is_doubted(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\nContact Us Today\n{INVITATION}\nWhat Helps at Night\n{MORE}\n")
    assert guide.contact_block is None
    assert 'Line 3: "Contact Us Today" may be a call to action, but other sections follow it; kept as a section.' in guide.doubts


def test_only_sources_may_follow_an_invitation(tmp_path):
    guide = guide_with_end(tmp_path, "Contact Us Today", f"{INVITATION}\nSources\n- A study of first nights, Example Press, 2024.")
    assert guide.contact_block.heading == "Contact Us Today"
    assert list(shape(guide)) == ["", "What Helps at Night", "Sources"]


def test_a_link_in_a_contact_block_is_reported(tmp_path):
    guide = guide_from(
        tmp_path, f"# Coming Off Heroin\n\n{PROSE}\n\n## Contact us today\n\nWe can help: [call us](https://example.org/call).", "guide.md"
    )
    assert guide.contact_block.text == "We can help: call us."
    assert guide.doubts == ['Line 7: the link to https://example.org/call on "call us" was left out: a contact block is plain text.']
