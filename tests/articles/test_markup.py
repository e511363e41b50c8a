"""What a guide may hold: each element is kept by the sanitiser, the renderer, the comparison, the import and the editor.

The editor needs a browser: tests/articles/admin/test_editor_browser.py types into a text with all of EXAMPLES. Pictures of documents
are left out with a doubt (tests/articles/importing), because they aren't stored here.
"""

import re

import pytest

from articles.admin import prose
from articles.importing.readers.detection import read_guide
from articles.importing.readers.html import to_html
from articles.markup import ELEMENTS, REDIRECTORS, SPELLINGS, unwrapped
from articles.rendering import body_html, sanitizing
from articles.rendering.lines import lines_of

PICTURE = "/media/guides/" + "0123456789abcdef" * 2 + "-960.webp"
FIGURE = f'<figure><img src="{PICTURE}" alt="Two people walk"><figcaption>In spring</figcaption></figure>'
TABLE = (
    '<table><tbody><tr><th colspan="2">When and what</th></tr><tr><td rowspan="2">Day 1</td><td>Restless</td></tr>'
    "<tr><td>Tired</td></tr></tbody></table>"
)
EXAMPLES = {
    "h2": "<h2>Signs</h2>",
    "h3": "<h3>Early signs</h3>",
    "p": "<p>It passes.</p>",
    "br": "<p>One line,<br>and another.</p>",
    "blockquote": "<blockquote><p>It does get better.</p></blockquote>",
    "aside": '<aside class="callout callout-family"><p class="callout-title">You can help</p><p>Stay near.</p></aside>',
    "ul": "<ul><li>Water</li><li>Rest</li></ul>",
    "ol": '<ol start="4"><li>Wait.</li><li>Give another dose.</li></ol>',
    "li": "<ul><li>Say it<ul><li>where you are</li><li>what you see</li></ul></li><li>Stay</li></ul>",
    "table": TABLE,
    "tbody": TABLE,
    "tr": TABLE,
    "th": TABLE,
    "td": TABLE,
    "figure": FIGURE,
    "figcaption": FIGURE,
    "img": FIGURE,
    "a": '<p>Call <a href="tel:988">988</a>, <a href="sms:988">text</a> or <a href="mailto:a@example.org">write</a>.</p>',
    "strong": "<p><strong>Never</strong> stop at once.</p>",
    "em": "<p>It is <em>not</em> your fault.</p>",
    "sub": "<p>CO<sub>2</sub> is a gas.</p>",
    "sup": "<p>10<sup>3</sup> steps.</p>",
}
SNAPSHOT: dict[str, list[object]] = {"sources": [], "phases": [], "at_a_glance": []}


def test_each_element_has_an_example():
    assert set(EXAMPLES) == set(ELEMENTS)
    assert all(f"<{tag}" in example for tag, example in EXAMPLES.items())


@pytest.mark.parametrize("tag", EXAMPLES)
def test_the_sanitiser_keeps_it(tag):
    assert sanitizing.clean(EXAMPLES[tag]) == EXAMPLES[tag]


@pytest.mark.parametrize("tag", EXAMPLES)
def test_the_renderer_shows_it(tag):
    page = body_html.render({**SNAPSHOT, "body": EXAMPLES[tag]}).html
    assert f"<{tag}" in page
    for name in ELEMENTS[tag].attributes:
        if f" {name}=" in EXAMPLES[tag]:
            assert f" {name}=" in page


@pytest.mark.parametrize("tag", EXAMPLES)
def test_the_comparison_sees_it(tag):
    without = re.sub(rf"</?{tag}(?= |>)[^>]*>", "", EXAMPLES[tag])
    if tag not in ("tbody", "p"):  # a table looks the same without it, and so does a lone paragraph
        assert lines_of(EXAMPLES[tag]) != lines_of(without)
    assert lines_of(EXAMPLES[tag]) != lines_of("")


@pytest.mark.parametrize("tag", [tag for tag in EXAMPLES if tag not in ("figure", "figcaption", "img")])
def test_the_import_keeps_it(tmp_path, tag):
    page = tmp_path / "page.html"
    prose = "<p>Nothing here is urgent. It is a paragraph of plain words, so that the page is one.</p>"
    page.write_text(f"<h1>Coming off</h1><h2>First</h2>{prose}{EXAMPLES[tag]}{prose}")
    assert EXAMPLES[tag] in to_html(read_guide(page).sections)


@pytest.mark.parametrize("tag", EXAMPLES)
def test_an_extension_of_the_editor_reads_it(tag):
    assert set(ELEMENTS[tag].editor) <= set(prose.EXTENSIONS)


@pytest.mark.parametrize(("spelling", "tag"), SPELLINGS.items())
def test_another_spelling_is_stored_as_the_one(spelling, tag):
    example = EXAMPLES[tag]
    spelt = example.replace(f"<{tag}>", f"<{spelling}>").replace(f"</{tag}>", f"</{spelling}>")
    assert sanitizing.clean(spelt) == example


@pytest.mark.parametrize(
    "body",
    [
        '<p onclick="x()" style="color:red" id="main">Words.</p>',
        "<p>Words.<script>x()</script><iframe src='https://other.example/'></iframe></p>",
        '<p>Words.<img src="https://other.example/x.gif" alt="Cup"></p>',
        '<p><a href="javascript:x()">Words.</a></p>',
        '<p>Words.</p><figure class="figure"><img></figure>',
        "<section><p>Words.</p></section>",
        '<p class="other">Words.</p>',
    ],
)
def test_nothing_else_is_kept(body):
    assert sanitizing.clean(body) == "<p>Words.</p>"


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://www.google.com/url?q=https://www.samhsa.gov/find-help&sa=D&usg=x", "https://www.samhsa.gov/find-help"),
        ("https://www.google.es/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc", "https://example.org/a?b=c"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2F&data=05", "https://example.org/"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F&h=AT0", "https://example.org/"),
        (
            "https://nam12.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%3A%2F%2Fexample.org",
            "https://example.org",
        ),
        ("https://www.google.com/search?q=https://example.org", "https://www.google.com/search?q=https://example.org"),
        ("https://www.google.com/url?q=javascript:x", "https://www.google.com/url?q=javascript:x"),
        ("https://example.org/url?q=https://other.example", "https://example.org/url?q=https://other.example"),
        ("http://[", "http://["),
    ],
)
def test_a_link_leads_straight_to_its_page(address, target):
    assert unwrapped(address) == target
    assert REDIRECTORS


def test_a_link_through_a_redirector_is_stored_as_the_one_behind_it():
    body = '<p><a href="https://www.google.com/url?q=https://www.samhsa.gov/find-help&amp;usg=x">Help</a></p>'
    assert sanitizing.clean(body) == '<p><a href="https://www.samhsa.gov/find-help">Help</a></p>'
