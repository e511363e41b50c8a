"""Plain text as people write it: titles, wrapped paragraphs and lists are recognised."""

import textwrap

import pytest

from tests.articles.importing.documents import MORE, PROSE, guide_from, shape

pytestmark = pytest.mark.once


def wrap(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(text, 72, initial_indent=first, subsequent_indent=rest)


def test_underlined_titles(tmp_path):
    sections = f"What it feels like\n------------------\n{PROSE}\n\nAt night\n~~~~~~~~\n{MORE}\n"
    text = f"Coming off heroin\n=================\n\n{PROSE}\n\n{sections}"
    guide = guide_from(tmp_path, text)
    assert guide.title == "Coming off heroin"
    assert shape(guide) == {"": ["p"], "What it feels like": ["p", "h3", "p"]}


def test_titles_between_two_rules(tmp_path):
    guide = guide_from(tmp_path, f"*****************\nComing off heroin\n*****************\n{PROSE}\n====\nRest\n====\n{MORE}")
    assert guide.title == "Coming off heroin"
    assert shape(guide) == {"": ["p"], "Rest": ["p"]}


def test_titles_in_capitals(tmp_path):
    guide = guide_from(tmp_path, f"COMING OFF HEROIN\n{PROSE}\nSYMPTOMS\n{PROSE}\nTREATMENT\n{MORE}\n")
    assert guide.title == "COMING OFF HEROIN"
    assert list(shape(guide)) == ["", "SYMPTOMS", "TREATMENT"]


def test_between_titles_in_capitals_other_titles_are_sub_headings(tmp_path):
    guide = guide_from(tmp_path, f"COMING OFF HEROIN\n{PROSE}\nSYMPTOMS\n{PROSE}\nThe First Day\n{PROSE}\nTREATMENT\n{MORE}\n")
    assert shape(guide) == {"": ["p"], "SYMPTOMS": ["p", "h3", "p"], "TREATMENT": ["p"]}
    assert any('"The First Day"' in doubt for doubt in guide.doubts)


def test_numbered_titles_and_numbered_lists(tmp_path):
    steps = "Steps:\n1. Call someone.\n2. Drink water.\n3) Rest.\n"
    text = f"Coming Off Heroin\n\n1. What it is\n{PROSE}\n\n2. What to do\n{steps}\n3. Where to go\n{MORE}\n"
    assert shape(guide_from(tmp_path, text)) == {"What it is": ["p"], "What to do": ["p", "ol3"], "Where to go": ["p"]}


def test_an_interrupted_numbered_list_goes_on_counting(tmp_path):
    text = f"Coming Off Heroin\nSteps:\n1. Call someone.\n2. Drink water.\n{PROSE}\n3. Rest.\n4. Eat.\n"
    first, second = (block for block in guide_from(tmp_path, text).sections[0].blocks if hasattr(block, "items"))
    assert (first.start, second.start) == (1, 3)


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "•", "– ", "— ", "▪\t", "\uf0b7 ", "  - ", "\t• "])
def test_bullets_of_all_kinds(tmp_path, mark):
    guide = guide_from(tmp_path, f"Coming Off Heroin\nSigns are:\n{mark}sweating\n{mark}chills\n\n{mark}fever\n{PROSE}\n")
    assert shape(guide) == {"": ["p", "ul3", "p"]}
    assert [item.text for item in guide.sections[0].blocks[1].items] == ["sweating", "chills", "fever"]


def test_bullets_on_lines_of_their_own(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\nSigns are:\n•\nsweating\n•\nchills\n{PROSE}")
    assert [item.text for item in guide.sections[0].blocks[1].items] == ["sweating", "chills"]


def test_a_single_dash_at_the_start_of_a_line_is_not_a_list(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\n– That was my first day, and I got through it.\n{MORE}")
    assert shape(guide) == {"": ["p", "p", "p"]}


def test_lists_in_lists(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\n- body\n  - sweating\n  - chills\n- mind\n    1. worry\n- sleep\n")
    [section] = guide.sections
    assert section.lists == [3, 2, 1]
    assert [item.text for item in section.blocks[1].items[0].sublist.items] == ["sweating", "chills"]


def test_an_item_over_several_lines(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\n- sweating, which\n  comes and goes\n\n  and comes back\n- chills\n{MORE}")
    assert [item.text for item in guide.sections[0].blocks[1].items] == ["sweating, which comes and goes and comes back", "chills"]


def test_wrapped_lines_are_joined(tmp_path):
    body = f"{PROSE} {MORE}"
    items = "\n".join(wrap(item, "- ", "  ") for item in (PROSE, "chills", MORE))
    text = f"Coming Off Heroin\n\n{wrap(body)}\n\nHow Long Does It Take?\n{wrap(body)}\n\n{wrap(MORE)}\n\n{items}\n"
    guide = guide_from(tmp_path, text)
    assert shape(guide) == {"": ["p"], "How Long Does It Take?": ["p", "p", "ul3"]}
    assert guide.sections[0].blocks[0].text == body
    assert guide.sections[1].blocks[2].items[2].text == MORE


def test_wrapped_paragraphs_without_empty_lines_are_split_at_short_lines(tmp_path):
    text = f"Coming Off Heroin\n{wrap(PROSE)}\n{wrap(MORE)}\nHow Long Does It Take?\n{wrap(PROSE)}\n"
    assert shape(guide_from(tmp_path, text)) == {"": ["p", "p"], "How Long Does It Take?": ["p"]}


def test_a_sentence_broken_once_is_not_a_title(tmp_path):
    guide = guide_from(
        tmp_path, "Coming off heroin\n\nThe first days are hard\nand then it gets better.\n\nSymptoms\n\n- sweats\n- chills\n"
    )
    assert shape(guide) == {"": ["p"], "Symptoms": ["ul2"]}
    assert guide.sections[0].blocks[0].text == "The first days are hard and then it gets better."


def test_a_wrapped_dash_at_the_start_of_a_line_is_not_a_bullet(tmp_path):
    dashed = (
        "People who come off heroin say that the nights are by far the hardest\n– harder than the days, because nobody else is awake then."
    )
    text = f"Coming Off Heroin\n\n{wrap(PROSE)}\n\n{dashed}\n"
    assert shape(guide_from(tmp_path, text)) == {"": ["p", "p"]}


def test_a_word_broken_at_a_lines_end_is_doubted(tmp_path):
    broken = "Most people who come off heroin say that a medical detox with treat-\nment afterwards was what helped them."
    text = f"Coming Off Heroin\n\n{wrap(PROSE)}\n\n{broken}\n"
    guide = guide_from(tmp_path, text)
    assert "treat-ment" in guide.sections[0].blocks[1].text
    assert any('"treat-ment"' in doubt and doubt.startswith("Line 6:") for doubt in guide.doubts)


def test_one_paragraph_a_line_is_never_joined(tmp_path):
    assert shape(guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\n{MORE}\n\n{PROSE}\n{MORE}\n")) == {"": ["p"] * 4}


def test_tabs_form_feeds_and_spaces_that_do_not_break(tmp_path):
    guide = guide_from(tmp_path, f"Coming\u00a0Off\tHeroin\n{PROSE}\fSecond\u00a0Section Here\n\t{MORE}\n")
    assert guide.title == "Coming Off Heroin"
    assert shape(guide) == {"": ["p"], "Second Section Here": ["p"]}


def test_titles_in_sentence_case_are_recognised_and_reported(tmp_path):
    sections = f"What it feels like\n{PROSE}\n\nHow long does it take?\n{PROSE}\n\nWho can help\n- a doctor\n- a friend\n"
    text = f"Coming off heroin\n\n{PROSE}\n\n{sections}"
    guide = guide_from(tmp_path, text)
    assert shape(guide) == {"": ["p"], "What it feels like": ["p"], "How long does it take?": ["p"], "Who can help": ["ul2"]}
    [doubt] = guide.doubts
    assert doubt.startswith("Lines 5, 8 and 11: taken as a section title")


def test_spanish(tmp_path):
    text = (
        "¿Cómo se siente dejar la heroína? Una guía\nLa abstinencia es lo que siente el cuerpo cuando deja una droga que tomaba cada día.\n"
        "¿Cuánto dura?\nDepende de la persona, de la dosis y del tiempo que la haya tomado, entre otras cosas.\n"
        "Señales de abstinencia\nLas señales más comunes son:\n- sudor\n- escalofríos\n"
        "Centro Ejemplo está aquí para ayudarle: llámenos hoy\nNuestro equipo le espera. Llame hoy y hable con nosotros.\n"
    )
    guide = guide_from(tmp_path, text)
    assert guide.slug == "como-se-siente-dejar-la-heroina-una-guia"
    assert shape(guide) == {"": ["p"], "¿Cuánto dura?": ["p"], "Señales de abstinencia": ["p", "ul2"]}
    assert guide.contact_block.heading.startswith("Centro Ejemplo")


@pytest.mark.parametrize("line", ["Detox Is Not a Cure.", "It gets better."])
def test_a_short_sentence_among_prose_is_kept_and_doubted(tmp_path, line):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\n{line}\n{MORE}\n")
    assert shape(guide) == {"": ["p", "p", "p"]}
    assert guide.doubts == [f'Line 3: "{line}" looks like a section title but ends like a sentence; kept as a paragraph.']


def test_a_title_with_a_colon_is_kept_and_doubted(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\nWhat Else Helps:\n{MORE}\n")
    assert shape(guide) == {"": ["p", "p", "p"]}
    assert guide.doubts == ['Line 3: "What Else Helps:" looks like a section title but ends with a colon; kept as a paragraph.']


def test_a_title_with_nothing_under_it_is_kept_and_doubted(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\nCare After Detox\n")
    assert shape(guide) == {"": ["p", "p"]}
    assert guide.doubts == ['Line 3: "Care After Detox" looks like a section title but no text follows; kept as a paragraph.']


def test_short_lines_after_a_colon_are_a_list_that_lost_its_bullets(tmp_path):
    guide = guide_from(
        tmp_path, f"Coming Off Heroin\n{PROSE}\nSigns are:\nSweating\nChills\nAn upset stomach\nHelp and Treatment\n{MORE}\n"
    )
    assert shape(guide) == {"": ["p", "p", "ul3"], "Help and Treatment": ["p"]}
    assert guide.doubts[0].startswith("Line 4: 3 short lines after a line with a colon were made a list")


def test_two_titles_in_a_row(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\nThe First Week\nDays One and Two\n{MORE}\n")
    assert shape(guide) == {"": ["p"], "The First Week": ["h3", "p"]}
    assert "two titles in a row" in guide.doubts[0]


def test_many_short_lines_in_a_row_are_not_titles(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\nExample House\nOld Mill Road\nSpringfield Heights\n")
    assert shape(guide) == {"": ["p"] * 4}
    assert "3 short lines might be titles or a list" in guide.doubts[0]


def test_a_byline_is_not_a_title(tmp_path):
    guide = guide_from(tmp_path, f"Coming Off Heroin\nBy Example Author\nUpdated: March 2024\n{PROSE}\n")
    assert shape(guide) == {"": ["p", "p", "p"]}
    assert len([doubt for doubt in guide.doubts if "byline" in doubt]) == 2


def test_without_a_title_the_file_name_is_used(tmp_path):
    guide = guide_from(tmp_path, f"{PROSE}\n{MORE}\n", "coming-off_heroin.txt")
    assert (guide.title, guide.slug) == ("Coming off heroin", "coming-off-heroin")
    assert guide.doubts == ['No title was found; the name of the file gave one: "Coming off heroin".']


def test_a_title_alone_is_doubted(tmp_path):
    guide = guide_from(tmp_path, "Coming Off Heroin\n")
    assert (guide.title, guide.sections) == ("Coming Off Heroin", [])
    assert guide.doubts == ["There is no text under the title."]


def test_a_title_of_another_script_has_an_address(tmp_path):
    assert guide_from(tmp_path, f"Героин\n{PROSE}\n").slug == "guide"


def test_replacement_characters_are_doubted(tmp_path):
    assert (
        guide_from(tmp_path, f"Coming Off Heroin\n{PROSE}\nIt\ufffds hard at night, but it passes.\n")
        .doubts[0]
        .startswith("Line 3: the sign")
    )
