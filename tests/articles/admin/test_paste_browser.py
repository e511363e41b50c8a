# ruff: noqa: E501 (what programs put on the clipboard, as they write it)
"""Pasting into the editor, with real clipboard events and under the site's own headers."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from articles.models import Guide
from tests.articles.admin.test_editor_browser import DESK, open_guide, save, text_of
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

PASTE = """(element, html) => {
  const data = new DataTransfer()
  data.setData("text/html", html)
  data.setData("text/plain", "plain words")
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
}"""
GOOGLE = (
    '<meta charset=\'utf-8\'><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr"><span style="font-weight:400;">Signs'
    '</span></h1><p dir="ltr"><span style="font-weight:400;">Plain words. </span><span style="font-weight:700;font-style:normal;">Never stop at '
    'once.</span><span style="font-style:italic;"> Perhaps.</span> 10<span style="font-size:0.6em;vertical-align:super;">3</span></p>'
    '<ul><li dir="ltr" aria-level="1" style="list-style-type:disc;"><p role="presentation"><span style="font-weight:400;">aches</span></p></li>'
    '<ul><li aria-level="2"><p role="presentation"><span>in the legs</span></p></li></ul></ul>'
    '<p><a href="https://www.google.com/url?q=https://www.samhsa.gov/find-help&amp;sa=D&amp;usg=x" style="text-decoration:none;">'
    '<span style="font-weight:400;color:#1155cc;">Find help</span></a></p></b>'
)
WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal{margin:0} --></style></head><body lang=EN-US>'
    "<!--StartFragment--><p class=MsoTitle>Stopping benzodiazepines<o:p></o:p></p>"
    '<p class=MsoNormal>Never stop <b style="mso-bidi-font-weight:normal">all at once</b>.<a href="#_ftn1" name="_ftnref1">'
    "<span class=MsoFootnoteReference>[1]</span></a><o:p></o:p></p><h1>What to bring</h1><h4>Today</h4>"
    "<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'>"
    "<span style='mso-list:Ignore'>·<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>Your pills</p>"
    "<p class=MsoListParagraphCxSpMiddle style='margin-left:1.0in;mso-list:l0 level2 lfo1'><span style='font-family:\"Courier New\"'>"
    "<span style='mso-list:Ignore'>o<span>&nbsp;&nbsp; </span></span></span>in their box</p>"
    "<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level3 lfo1'><span style='font-family:Wingdings'>§<span>&nbsp;&nbsp;</span></span>"
    "with the leaflet</p><p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span>·<span>&nbsp;&nbsp;</span></span>A friend</p>"
    "<p class=MsoNormal>Then:</p><p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>4.<span>&nbsp;&nbsp;"
    "</span></span>Call us</p><p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>5.<span>&nbsp;</span></span>"
    "Come in</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoListParagraph>Only indented.</p>"
    "<p class=MsoNormal><span style='display:none'>Internal</span></p><div style='mso-element:comment-list'><p>Ask Ben.</p></div></body></html>"
)
WEB = (
    "<h1>Coming off</h1><h2>Signs</h2><h4>Deep</h4><h6>Deeper</h6><p>Call <a href='tel:988'>988</a> or "
    "<a href='https://eu1.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&amp;data=x'>read</a> or "
    "<a href='https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fb&amp;h=x'>this</a> or <a href='javascript:alert(1)'>that</a>.</p>"
    "<p><img src='https://other.example/cup.png' alt='a cup'><del>Old words.</del></p><iframe src='https://other.example/'></iframe>"
    "<aside><p>Beside.</p></aside><blockquote><p>It gets better.</p></blockquote><ol start='3' type='a'><li>c</li></ol>"
    "<table><thead><tr><th style='width:3px' colspan='2'>Both</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    "<p>CO<sub>2</sub></p><figure><img src='https://other.example/tea.png' alt='tea'><figcaption>Tea</figcaption></figure><br><hr>"
    "<p>It helps.<sup><a href='#ftnt1' id='ftnt_ref1'>[1]</a></sup><sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup></p>"
    "<div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a>Pat: is this too blunt?</p></div>"
)


@pytest.fixture
def paste(new_page, live_server, edith, draft):
    """Paste HTML into the empty text of Edith's draft and save it. Return the page."""
    for name in ("editor", "clinical reviewer", "auditor"):
        Group.objects.get_or_create(name=name)
    Guide.objects.filter(pk=draft.pk).update(body="")
    page = new_page(viewport=DESK)
    page.goto(live_server.url + "/admin/")
    page.get_by_label("Username").fill(edith.username)
    page.get_by_label("Password").fill("a long enough pass")
    follow(page.get_by_role("button", name="Log in"))

    def into_the_text(html):
        open_guide(page, live_server, draft)
        text_of(page).click()
        text_of(page).evaluate(PASTE, html)
        return page

    return into_the_text


def saved(page):
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    return Guide.objects.get().body


def test_google_docs(paste, watch):
    page = paste(GOOGLE)
    assert saved(page) == (
        "<h2>Signs</h2><p>Plain words. <strong>Never stop at once.</strong><em> Perhaps.</em> 10<sup>3</sup></p>"
        "<ul><li>aches<ul><li>in the legs</li></ul></li></ul>"
        '<p><a href="https://www.samhsa.gov/find-help">Find help</a></p>'
    )
    assert watch.problems() == []


def test_word(paste, watch):
    page = paste(WORD)
    report = page.locator(".paste-report")
    expect(report).to_contain_text("Left out of what you pasted: comments (1), hidden words (1).")
    expect(report).to_contain_text("Numbers of notes were kept")
    assert saved(page) == (
        "<h2>Stopping benzodiazepines</h2><p>Never stop <strong>all at once</strong>.[1]</p><h2>What to bring</h2><h3>Today</h3>"
        "<ul><li>Your pills<ul><li>in their box<ul><li>with the leaflet</li></ul></li></ul></li><li>A friend</li></ul>"
        '<p>Then:</p><ol start="4"><li>Call us</li><li>Come in</li></ol><p>Only indented.</p>'
    )
    assert watch.problems() == []


def test_a_web_page(paste, watch):
    page = paste(WEB)
    report = page.locator(".paste-report")
    expect(report).to_contain_text("pictures, which you add under Pictures (2)")
    expect(report).to_contain_text("videos and other embedded parts (1)")
    expect(report).to_contain_text("links that lead nowhere for a reader; their words were kept (1)")
    expect(report).to_contain_text("comments (1)")
    expect(report).to_contain_text("Words that were struck out were kept")
    assert saved(page) == (
        "<h2>Coming off</h2><h2>Signs</h2><h3>Deep</h3><h3>Deeper</h3>"
        '<p>Call <a href="tel:988">988</a> or <a href="https://example.org/a">read</a> or <a href="https://example.org/b">this</a> or that.</p>'
        '<p>Old words.</p><p>Beside.</p><blockquote><p>It gets better.</p></blockquote><ol start="3" type="a"><li>c</li></ol>'
        '<table><tbody><tr><th colspan="2">Both</th></tr><tr><td>1</td><td>2</td></tr></tbody></table><p>CO<sub>2</sub></p>'
        "<p>Tea</p><p>It helps.[1]</p>"
    )
    assert watch.problems() == []
