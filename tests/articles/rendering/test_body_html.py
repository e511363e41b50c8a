"""The HTML of guides is safe, whatever was typed."""

import pytest

from articles.rendering import body_html, sanitizing, timeline


def render(body, numbers=(1, 2)):
    sources = [{"number": number} for number in numbers]
    return body_html.render({"body": body, "sources": sources, "phases": [], "at_a_glance": []})


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script><p>x</p>",
        '<p onclick="alert(1)" style="color:red">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<img src="https://tracker.example/p.gif" alt="">',
        "<svg><script>alert(1)</script></svg><p>x</p>",
        "<style>p{}</style><iframe src='//x'></iframe>",
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_nothing_active_or_foreign_survives(body):
    html = render(body).html
    for bad in ("<script", "onclick", "style=", "javascript:", "tracker", "<svg", "<style", "<iframe"):
        assert bad not in html


def test_cleaning_twice_changes_nothing():
    once = sanitizing.clean("<p>a &amp; b<br>[1] <b>x</b></p><aside class='callout evil'>y</aside>")
    assert sanitizing.clean(once) == once
    assert "evil" not in once


def test_citations_become_links_unless_there_is_no_such_source():
    html = render("<p>One.[1] Two.[2][9] Three <em>x[1]</em> end.[2]</p>").html
    assert html.count('href="#source-1"') == 2
    assert html.count('href="#source-2"') == 2
    assert "[9]" in html
    assert "#source-9" not in html
    assert html.startswith("<p>One.<sup")
    assert html.endswith("</sup></p>")
    assert "data-citation" not in html


def test_the_words_stay_in_their_order_around_citations():
    root = body_html.parse(render("<p>a[1] b[2] c <strong>d[1] e</strong> f[9] g[2] h</p>").html)
    assert root.text_content() == "a[1] b[2] c d[1] e f[9] g[2] h"


def test_sections_with_the_same_title_get_different_ids():
    page = render("<h2>Help[1]</h2><p>a</p><h2>Help</h2><p>b</p><h3>Más ayuda</h3>")
    assert [section["id"] for section in page.toc] == ["s-help", "s-help-2"]
    assert page.toc[0]["title"] == "Help"
    assert 'id="s-mas-ayuda"' in page.html


def test_callouts_and_tables_have_accessible_names():
    page = render(
        "<aside class='callout callout-family'><p class='callout-title'>If you love them</p></aside>"
        "<aside class='callout callout-emergency'><p>Call</p></aside>"
        "<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    )
    assert 'aria-label="If you love them"' in page.html
    assert 'aria-label="Get emergency help"' in page.opening_html
    assert '<div class="table-scroll" role="region" tabindex="0"' in page.html
    assert '<th scope="col">' in page.html


def test_a_timeline_is_a_picture_and_a_list():
    html = timeline.render([{"from_hour": 8, "to_hour": 24, "intensity": 2, "title": "First <b>day", "text": "Sweats."}])
    assert "<svg" in html
    assert "<ol" in html
    assert "First &lt;b&gt;day" in html
    assert "style" not in html
    assert timeline.render([]) == ""


@pytest.mark.parametrize(
    ("hours", "words"), [(1, "1 hour"), (8, "8 hours"), (24, "24 hours"), (48, "day 2"), (240, "day 10"), (504, "3 weeks")]
)
def test_times_are_written_in_everyday_words(hours, words):
    assert timeline.hours_in_words(hours) == words


def test_the_editors_markup_of_a_list_is_the_same_list():
    typed = "<ul><li><p>one</p><ul><li><p>two <em>x</em></p></li></ul></li><li><p>a</p><p>b</p></li></ul>"
    once = sanitizing.clean(typed)
    assert once == "<ul><li>one<ul><li>two <em>x</em></li></ul></li><li><p>a</p><p>b</p></li></ul>"
    assert sanitizing.clean(once) == once


def test_table_headings_have_a_scope():
    html = render("<table><tbody><tr><th>Day</th><th>Feeling</th></tr><tr><th>1</th><td>Restless</td></tr></tbody></table>").html
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 1


def test_the_editors_markup_of_a_table_is_the_same_table():
    stored = "<table><thead><tr><th>Day</th></tr></thead> <tbody><tr><td>1</td></tr></tbody></table>"
    head = '<tr><th colspan="1" rowspan="1"><p>Day</p></th></tr>'
    typed = f'<table><tbody>{head}<tr><td colspan="1" rowspan="1"><p>1</p></td></tr></tbody></table>'
    assert sanitizing.clean(stored) == sanitizing.clean(typed) == "<table><tbody><tr><th>Day</th></tr><tr><td>1</td></tr></tbody></table>"
    wide = '<table><tbody><tr><td colspan="2"><p>a</p><p>b</p></td></tr></tbody></table>'
    assert sanitizing.clean(wide) == wide


EMERGENCY = '<aside class="callout callout-emergency"><p class="callout-title">Call now if</p><p>someone can’t be woken[1]</p></aside>'


def test_the_emergency_callout_stands_under_at_a_glance_too():
    page = render(f"<p>One.</p><h2>Later</h2>{EMERGENCY}<p>Two.</p>")
    assert page.opening_html.count("callout-emergency care-card") == 1
    assert "someone can’t be woken" in page.opening_html
    assert page.html.count("callout-emergency") == 1, "a reader looks for it in its section, too"
    assert page.html.endswith("<p>Two.</p>")


def test_a_callout_before_the_first_heading_is_not_said_twice():
    page = render(f"<p>One.</p>{EMERGENCY}<p>Two.</p><h2>Later</h2>")
    assert "care-card" in page.opening_html
    assert page.html == '<p>One.</p><p>Two.</p><h2 id="s-later">Later</h2>'


def test_a_guide_without_one_has_no_card():
    assert "care-card" not in render("<p>One.</p><aside class='callout'><p>Note</p></aside>").opening_html
