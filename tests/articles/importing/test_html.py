"""The HTML that an import creates has few tags and no scripts."""

import pytest
from lxml import html as lxml_html

from articles.importing.readers.html import to_html
from articles.rendering import sanitizing
from tests.articles.importing.documents import PROSE, guide_from

pytestmark = pytest.mark.once

PAGE = f"""<!doctype html>
<html><head><title>Site</title><style>p {{ color: red }}</style></head>
<body><h1>Coming off heroin</h1>
<p>Lead &amp; <b>bold</b>, <i>slanted</i>, <a href="/guides/x/" onclick="run()">a link</a>,
<span style="color: red">red</span> &lt;b&gt;.</p>
<h2>Steps &amp; <em>rest</em></h2>
<ol start="3"><li>three<ul><li>inner</li></ul></li><li>four</li></ol>
<h3>More</h3><p>{PROSE}</p>
<table><tr><th>Day</th><th>Feeling</th></tr><tr><td>1</td><td><b>Restless</b></td></tr></table>
<script>run()</script></body></html>"""


def test_tags_and_escapes(tmp_path):
    assert to_html(guide_from(tmp_path, PAGE, "page.html").sections) == (
        '<p>Lead &amp; <strong>bold</strong>, <em>slanted</em>, <a href="/guides/x/">a link</a>, red &lt;b&gt;.</p>'
        "<h2>Steps &amp; rest</h2>"
        '<ol start="3"><li>three<ul><li>inner</li></ul></li><li>four</li></ol>'
        f"<h3>More</h3><p>{PROSE}</p>"
        "<table><tbody><tr><th>Day</th><th>Feeling</th></tr>"
        "<tr><td>1</td><td><strong>Restless</strong></td></tr></tbody></table>"
    )


def test_text_that_looks_like_html_stays_text(tmp_path):
    guide = guide_from(tmp_path, f"A <b>Title</b> & More\n{PROSE} <script>run()</script> <img src=x onerror=run()>\n- <i>x</i> & y\n")
    written = to_html(guide.sections)
    root = lxml_html.fragment_fromstring(written, create_parent="div")
    assert {element.tag for element in root.iter()} == {"div", "p", "ul", "li"}
    assert "<script>run()</script>" in root.text_content()
    assert root.text_content().endswith("<i>x</i> & y")


def test_the_sanitiser_changes_nothing_in_the_result(tmp_path):
    written = to_html(guide_from(tmp_path, PAGE, "page.html").sections)
    assert sanitizing.clean(written) == written
