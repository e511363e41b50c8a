"""A copy of the project's original sample document in our own words: unmarked titles, a list and a call to action."""

import textwrap
from pathlib import Path

import pytest

from articles.importing.readers.detection import read_guide
from tests.articles.importing.documents import TWIN, guide_from, shape

pytestmark = pytest.mark.once

REAL = Path(__file__).parents[4] / "shared" / "input" / "heroin-withdrawal.txt"


@pytest.fixture(scope="module")
def guide():
    return read_guide(TWIN)


def test_title_and_address(guide):
    assert guide.title == "What Is It Like To Come Off Heroin? A Guide for Families"
    assert guide.slug == "what-is-it-like-to-come-off-heroin-a-guide-for-families"


def test_bare_lines_are_section_titles_and_the_lead_has_none(guide):
    assert shape(guide) == {
        "": ["p"] * 4,
        "How Many Days Does Coming Off Heroin Last?": ["p"] * 3,
        "Signs of Coming Off Heroin": ["p", "p", "ul12"],
        "Heroin Detox and the Road After It": ["p"] * 19,
    }


def test_list_items_lose_only_their_bullet(guide):
    items = guide.sections[2].blocks[2].items
    assert [items[0].text, items[-1].text] == ["A strong urge to use again", "Short temper"]


def test_the_line_that_leads_into_a_list_stays_a_paragraph(guide):
    assert guide.sections[2].blocks[1].text == "Common signs of coming off heroin are:"


def test_the_call_to_action_becomes_the_contact_block(guide):
    assert guide.contact_block.heading == "Larkmere Recovery Can Bring You Home— Call Our Team Now"
    first, second = guide.contact_block.text.split("\n\n")
    assert first.startswith("Is heroin tearing your family apart")
    assert second.endswith("how the first step works.")


def test_only_a_centre_that_promotes_itself_is_doubted(guide):
    [doubt] = guide.doubts
    assert doubt.startswith('Line 47: "The team of Tamarack Lantern Detox Center')
    assert "speaks for a centre" in doubt


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n\n", "\n \t\n"])
def test_other_line_ends_and_empty_lines_change_nothing(tmp_path, guide, ending):
    other = guide_from(tmp_path, TWIN.read_text().replace("\n", ending))
    assert (other.title, shape(other), other.contact_block) == (guide.title, shape(guide), guide.contact_block)


@pytest.mark.parametrize("name", ["twin.md", "twin", "twin.text", "twin.html"])
def test_the_name_of_the_file_changes_nothing(tmp_path, guide, name):
    assert shape(guide_from(tmp_path, TWIN.read_bytes(), name)) == shape(guide)


def test_a_byte_order_mark_is_not_part_of_the_title(tmp_path, guide):
    assert guide_from(tmp_path, b"\xef\xbb\xbf" + TWIN.read_bytes()).title == guide.title


@pytest.mark.parametrize("width", [60, 66, 72, 76, 80, 100])
def test_wrapped_with_empty_lines_between_paragraphs_it_is_the_same(tmp_path, guide, width):
    other = guide_from(tmp_path, "\n\n".join(textwrap.fill(line, width) for line in TWIN.read_text().split("\n")))
    assert (other.title, shape(other), other.contact_block) == (guide.title, shape(guide), guide.contact_block)


@pytest.mark.parametrize("width", [60, 66, 72, 76, 80, 100])
def test_wrapped_without_empty_lines_its_titles_are_still_found(tmp_path, guide, width):
    """Where a paragraph's last line happens to be full, nobody can tell that it ends: the number of paragraphs may differ."""
    other = guide_from(tmp_path, "\n".join(textwrap.fill(line, width) for line in TWIN.read_text().split("\n")))
    assert (other.title, list(shape(other)), other.contact_block) == (guide.title, list(shape(guide)), guide.contact_block)
    assert [section.lists for section in other.sections] == [[], [], [12], []]


# The document that the project began with is not ours to keep here; where it lies beside the repository, it is tried too.
if REAL.exists():

    def test_the_real_document():
        guide = read_guide(REAL)
        assert [(section.title != "", section.paragraphs, section.lists) for section in guide.sections] == [
            (False, 4, []),
            (True, 3, []),
            (True, 2, [12]),
            (True, 19, []),
        ]
        assert guide.title.endswith(" Guide")
        assert guide.contact_block.heading.endswith(" Today")
        assert len(guide.contact_block.text.split("\n\n")) == 2
