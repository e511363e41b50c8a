"""Web pages and Markdown: text is kept, other parts of the page are left out and reported."""

import pytest

from articles.importing.readers.html import to_html
from tests.articles.importing.documents import MORE, PROSE, guide_from, shape, words_of

pytestmark = pytest.mark.once


def page(folder, body, head=""):
    return guide_from(folder, f"<!doctype html><html><head>{head}</head><body>{body}</body></html>", "page.html")


def markdown(folder, text):
    return guide_from(folder, text, "guide.md")


def test_a_page_with_headings(tmp_path):
    guide = page(tmp_path, f"<h1>Coming off</h1><p>{PROSE}<h2>First</h2><p>{MORE}<ul><li>x<li>y</ul><h3>Inner</h3><p>{MORE}")
    assert guide.title == "Coming off"
    assert shape(guide) == {"": ["p"], "First": ["p", "ul2", "h3", "p"]}
    assert guide.doubts == []


def test_parts_that_are_not_text_are_left_out(tmp_path):
    guide = page(
        tmp_path,
        f"""<nav><a href="/">Home</a></nav><h1>Coming off</h1><p>{PROSE}</p><!-- a secret comment --><script>alert("secret")</script>
        <style>.secret{{}}</style><template>secret</template><p hidden>Not shown</p><footer>Example House, 2020</footer>""",
    )
    assert shape(guide) == {"": ["p"]}
    assert "secret" not in words_of(guide)
    assert guide.doubts == [
        'Line 1: a menu was left out: "Home".',
        'Line 2: hidden words were left out: "Not shown".',
        'Line 2: a page footer was left out: "Example House, 2020".',
    ]


def test_only_the_main_part_of_a_page_is_read(tmp_path):
    guide = page(tmp_path, f"<header>Example House<h1>Coming off</h1></header><main><p>{PROSE}</p></main><div>Read more</div>")
    assert guide.title == "Coming off"
    assert shape(guide) == {"": ["p"]}
    assert guide.doubts[0] == 'Only the main part of the page was read; left out: "Example House Coming off Read more".'


def test_pictures_are_left_out_and_reported(tmp_path):
    guide = page(tmp_path, f'<h1>Coming off</h1><p>{PROSE} <img src="x.png" alt="A quiet room"></p><p><img src="y.png"></p>')
    assert guide.doubts == [
        'Line 1: a picture ("A quiet room") was left out; add it in the editor.',
        "Line 1: a picture was left out; add it in the editor.",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a?b=c#d",
        "http://example.org",
        "/guides/x/",
        "other.html",
        "../x",
        "tel:+1-800-662-4357",
        "mailto:help@example.org",
        "sms:838255",
    ],
)
def test_links_to_pages_and_links_to_call_or_write_are_kept(tmp_path, address):
    guide = page(tmp_path, f'<h1>Coming off</h1><p>{PROSE} <a href="{address}">More</a></p>')
    assert guide.sections[0].blocks[0].spans[-1].href == address
    assert guide.doubts == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:run()",
        "JaVa\tScript:run()",
        " data:text/html,x",
        "mailto:nobody",
        "tel:run()",
        "//example.org/x",
        "/\\example.org",
        "\\\\example.org",
        "file:///etc/x",
        "#part",
        "https://",
        "http://[",
        "x:y",
    ],
)
def test_other_links_are_left_out_and_reported(tmp_path, address):
    guide = page(tmp_path, f'<h1>Coming off</h1><p>{PROSE} <a href="{address}">More</a></p>')
    assert guide.sections[0].blocks[0].text == f"{PROSE} More"
    assert not any(span.href for span in guide.sections[0].blocks[0].spans)
    assert 'on "More" was left out; its words were kept.' in guide.doubts[0]


def test_two_titles(tmp_path):
    guide = page(tmp_path, f"<h1>Coming off</h1><p>{PROSE}</p>\n<h1>Staying off</h1><p>{PROSE}</p>")
    assert (guide.title, shape(guide)) == ("Coming off", {"": ["p"], "Staying off": ["p"]})
    assert guide.doubts == ['Line 2: as high as the title; made a section title: "Staying off".']


def test_levels_that_are_skipped(tmp_path):
    guide = page(tmp_path, f"<h1>Coming off</h1><p>{PROSE}</p><h2>First</h2>\n<h4>Deep</h4><p>{PROSE}</p><h2>Second</h2><p>{PROSE}</p>")
    assert shape(guide) == {"": ["p"], "First": ["h3", "p"], "Second": ["p"]}
    assert guide.doubts == ['Line 2: a heading that skips a level was put on the nearest one: "Deep".']


def test_a_title_above_sections_that_are_all_of_the_highest_level(tmp_path):
    guide = page(tmp_path, f"<p>Coming Off Heroin</p><h1>First</h1><p>{PROSE}</p><h2>Inner</h2><p>{PROSE}</p><h1>Second</h1><p>{PROSE}</p>")
    assert (guide.title, shape(guide)) == ("Coming Off Heroin", {"First": ["p", "h3", "p"], "Second": ["p"]})
    assert 'Line 1: "Coming Off Heroin" has no heading style' in guide.doubts[0]


def test_a_page_whose_only_title_is_in_its_head(tmp_path):
    guide = page(tmp_path, f"<h2>First</h2><p>{PROSE}</p><h2>Second</h2><p>{PROSE}</p>", "<title>Coming off | Example House</title>")
    assert guide.title == "Coming off | Example House"
    assert "may hold the site's name" in guide.doubts[0]


def test_titles_of_a_page_without_headings_are_recognised_by_form(tmp_path):
    guide = page(tmp_path, f"<p>Coming Off Heroin</p><p>{PROSE}</p><p><b>What it feels like</b></p><p>{PROSE}</p><p>- x</p><p>- y</p>")
    assert (guide.title, shape(guide)) == ("Coming Off Heroin", {"": ["p"], "What it feels like": ["p", "ul2"]})


def test_a_page_that_is_all_line_breaks(tmp_path):
    guide = guide_from(tmp_path, f"<div>Coming Off Heroin<br>{PROSE}<br><br>What It Is Like<br>{PROSE}<br>• x<br>• y</div>", "page.html")
    assert (guide.title, shape(guide)) == ("Coming Off Heroin", {"": ["p"], "What It Is Like": ["p", "ul2"]})


def test_the_lines_of_an_address_stay_lines(tmp_path):
    guide = page(tmp_path, "<h1>Coming off</h1><p>Example House<br>1 Example Street</p>")
    assert to_html(guide.sections) == "<p>Example House<br>1 Example Street</p>"


def test_lines_broken_inside_a_sentence_are_joined(tmp_path):
    guide = page(tmp_path, f"<h1>Coming off</h1><p>{PROSE[:61]}<br>{PROSE[62:]}</p>")
    assert to_html(guide.sections) == f"<p>{PROSE}</p>"


def test_lists_in_lists(tmp_path):
    guide = page(
        tmp_path, f"<h1>Coming off</h1><p>{PROSE}<ul><li>a<ol><li>b<li>c</ol>tail<li><p>d</p><p>e</p></li><ul><li>f</ul><li></li></ul>"
    )
    outer = guide.sections[0].blocks[1]
    assert [item.text for item in outer.items] == ["a tail", "d e"]
    assert [item.text for item in outer.items[0].sublist.items] == ["b", "c"]
    assert [item.text for item in outer.items[1].sublist.items] == ["f"]


def test_items_without_a_list(tmp_path):
    assert shape(page(tmp_path, f"<h1>Coming off</h1><p>{PROSE}</p><li>x<li>y<li>z")) == {"": ["p", "ul3"]}


def test_data_tables_are_kept_and_layout_tables_are_not(tmp_path):
    guide = page(
        tmp_path,
        f"<h1>Coming off</h1><table><tr><td><h2>First</h2><p>{PROSE}</p></td></tr></table>"
        "<table><caption>Days</caption><thead><tr><th>Day<th>Feeling</thead><tr><td>1<td>Rest<br>less</table>",
    )
    assert shape(guide) == {"First": ["p", "p", "table"]}
    table = guide.sections[0].blocks[2]
    assert [cell.heading for row in table.rows for cell in row] == [True, True, False, False]
    assert [[cell.text for cell in row] for row in table.rows] == [["Day", "Feeling"], ["1", "Rest less"]]


def test_struck_words_and_unknown_tags_are_doubted(tmp_path):
    guide = page(tmp_path, "<h1>Coming off</h1><p>It takes <del>days</del> weeks, <name of the person>.</p>")
    assert [doubt.removeprefix("Line 1: ") for doubt in guide.doubts] == [
        'words that were struck out were kept: "days".',
        '"<name of the person>" is no HTML; it was left out, the words in it were kept.',
    ]


def test_a_comment_that_is_never_closed_is_doubted(tmp_path):
    guide = page(tmp_path, f"<h1>Coming off</h1><p>{PROSE}</p><!-- and the rest <p>{MORE}</p>")
    assert guide.doubts == ["A comment is never closed in this page; words after it may be missing."]


def test_html_is_recognised_by_its_content(tmp_path):
    assert (
        guide_from(tmp_path, f"\n<!-- x -->\n<html><body><h1>Coming off</h1><p>{PROSE}</p></body></html>", "page.txt").title == "Coming off"
    )
    assert guide_from(tmp_path, f"<p>Coming Off Heroin</p><p>{PROSE}</p>", "page").title == "Coming Off Heroin"


def test_markdown(tmp_path):
    text = f"""# Coming off

Lead **bold** and *slanted* and [a link](https://example.org/x).

## First

{PROSE}

- a
  - b
- c

1. x
2. y

| Day | Feeling |
|-----|---------|
| 1   | Rest    |

## Second
Two lines
of one paragraph.
"""
    guide = markdown(tmp_path, text)
    assert guide.title == "Coming off"
    assert shape(guide) == {"": ["p"], "First": ["p", "ul2", "ol2", "table"], "Second": ["p"]}
    assert guide.sections[2].blocks[0].text == "Two lines of one paragraph."
    assert [(span.text, span.strong, span.emphasis, span.href) for span in guide.sections[0].blocks[0].spans if span.text.strip(" .")] == [
        ("Lead ", False, False, ""),
        ("bold", True, False, ""),
        (" and ", False, False, ""),
        ("slanted", False, True, ""),
        (" and ", False, False, ""),
        ("a link", False, False, "https://example.org/x"),
    ]
    assert guide.doubts == []


def test_doubts_about_markdown_name_its_lines(tmp_path):
    guide = markdown(tmp_path, f"# Coming off\n\n{PROSE}\n\n![A room](room.png)\n\n~~{MORE}~~\n\n[see](#part)\n")
    assert [doubt.split(":")[0] for doubt in guide.doubts] == ["Line 5", "Line 7", "Line 9"]


def test_front_matter_gives_the_title(tmp_path):
    guide = markdown(tmp_path, f"---\ntitle: Coming off\ntags: [x]\n---\n\n## First\n\n{PROSE}\n\n![x](y)\n")
    assert (guide.title, shape(guide)) == ("Coming off", {"First": ["p"]})
    assert guide.doubts[0] == 'Line 1: the fields at the top of the file were left out, but for the title: "tags: [x]".'
    assert guide.doubts[1].startswith("Line 10: a picture")


@pytest.mark.parametrize("head", ["---\n: [ broken\n---\n", "---\nJust words between rules.\n---\n"])
def test_horizontal_rules_are_not_front_matter(tmp_path, head):
    guide = markdown(tmp_path, f"{head}\n# Coming off\n\n{PROSE}\n")
    assert guide.title == "Coming off"


def test_footnotes_are_taken_out_and_reported(tmp_path):
    guide = markdown(tmp_path, f"# Coming off\n\n{PROSE}[^1]\n\n[^1]: A study of *nights*, 2024.\n")
    assert guide.sections[0].blocks[0].text == f"{PROSE}[1]"
    assert shape(guide) == {"": ["p"]}
    assert guide.doubts[0].endswith('Note [1] was taken out: "A study of nights, 2024.". Add it to the guide\'s sources.')


def test_words_in_brackets_before_a_colon_are_kept(tmp_path):
    guide = markdown(tmp_path, f'# Coming off\n\n{PROSE}[1]\n\n[Warning]: don\'t.\n\n## Sources\n\n[1]: NIDA\n\n[2]: /a "Unused"\n')
    assert [block.text for section in guide.sections for block in section.blocks] == [
        f"{PROSE}[1]",
        "[Warning]: don't.",
        "[1]: NIDA",
        '[2]: /a "Unused"',
    ]
    assert not any(span.href for section in guide.sections for block in section.blocks for span in block.spans)


def test_a_link_definition_is_kept_as_text_and_reported(tmp_path):
    guide = markdown(tmp_path, f"# Coming off\n\n{PROSE} See [a study][nida].\n\n[nida]: https://example.org/x\n")
    assert [block.text for block in guide.sections[0].blocks] == [f"{PROSE} See [a study][nida].", "[nida]: https://example.org/x"]
    assert guide.doubts == ['Line 5: the address of a link was kept as text; make it a link, or a source: "[nida]: https://example.org/x".']


def test_footnotes_without_a_reference_are_kept(tmp_path):
    guide = markdown(tmp_path, f"# Coming off\n\n{PROSE}[^1]\n\n[^1]: A study.\n\n[^2]: Never stop\n    suddenly.\n")
    assert [block.text for block in guide.sections[0].blocks] == [f"{PROSE}[1]", "[^2]: Never stop suddenly."]


def test_callouts_of_the_starter_guides_stay_callouts(tmp_path):
    guide = markdown(tmp_path, f"# Coming off\n\n{PROSE}\n\n::: family For those who love them\n{MORE}\n:::\n")
    assert to_html(guide.sections) == (
        f'<p>{PROSE}</p><aside class="callout callout-family"><p class="callout-title">For those who love them</p><p>{MORE}</p></aside>'
    )
    assert guide.doubts == []


def test_titles_of_markdown_without_headings_are_recognised_by_form(tmp_path):
    guide = markdown(
        tmp_path, f"**Coming Off Heroin**\n{PROSE}\n**What it feels like**\n{PROSE} See [this](https://example.org).\n* x\n* y\n"
    )
    assert (guide.title, shape(guide)) == ("Coming Off Heroin", {"": ["p"], "What it feels like": ["p", "ul2"]})
    assert guide.sections[1].blocks[0].spans[1].href == "https://example.org"


def test_long_lines_of_markdown_are_paragraphs(tmp_path):
    guide = markdown(tmp_path, f"# Coming off\n{PROSE} {MORE}\n{MORE} {PROSE}\n")
    assert shape(guide) == {"": ["p", "p"]}
    assert guide.doubts == ["Line 2: 2 long lines without an empty line between them were kept as paragraphs."]


def test_a_text_file_in_markdown(tmp_path):
    guide = guide_from(tmp_path, f"# Coming off\n\n{PROSE}\n\n## First\n\n{MORE}\n", "guide.txt")
    assert (guide.title, shape(guide)) == ("Coming off", {"": ["p"], "First": ["p"]})


def test_html_in_markdown(tmp_path):
    guide = markdown(tmp_path, f"# Coming off\n\n<p>{PROSE}</p>\n\n<script>\nsecret()\n</script>\n\nA <b>bold</b> word.\n")
    assert shape(guide) == {"": ["p", "p"]}
    assert "secret" not in words_of(guide)
