"""Web pages as sites, Google Docs, Word and WordPress write them."""

import pytest

from tests.articles.importing.documents import MORE, PROSE, Kind

pytestmark = pytest.mark.once


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body><h1>Coming off</h1>\n{body}</body></html>"


LONG = " ".join([PROSE] * 9)
GOOGLE = page(
    '<p class="c3"><span class="c0">Never alone.</span><span class="c1"> Stay.</span><sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p>'
    '<ul class="lst-kix_a-0 start"><li>aches</li></ul><ul class="lst-kix_a-1 start"><li>in the back</li></ul>'
    '<ul class="lst-kix_a-0"><li>chills</li></ul>'
    '<p>See <a href="https://www.google.com/url?q=https://www.samhsa.gov/x&amp;sa=D">this</a>.'
    '<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup></p>'
    '<hr><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a> A study, 2017.</p></div>'
    '<div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a>Pat: too blunt?</p></div>',
    "<style>.c0{font-weight:700}.c1{font-weight:400}</style>",
)


def word_item(sign: str, level: int, text: str, number: int = 0) -> str:
    mark = f"<span style='mso-list:Ignore'>{sign}<span>&nbsp;&nbsp;</span></span>"
    return f"<p class=MsoListParagraph style='mso-list:l{number} level{level} lfo1'>{mark}{text}</p>"


KINDS = [
    Kind(
        "bold lines below the only heading are sections",
        page(f"<p><b>What to say</b></p><p>{PROSE}</p>"),
        f"<h2>What to say</h2><p>{PROSE}</p>",
    ),
    Kind(
        "bold lines beside other headings are named",
        page(f"<h2>First</h2><p>{PROSE}</p><p><b>What to say</b></p><p>{MORE}</p>"),
        doubts=('"What to say"', "bold or in capitals"),
    ),
    Kind(
        "bold is read from the style sheet",
        page('<p>Stop <span class="x">never</span>.</p>', "<style>.x { font-weight: bold }</style>"),
        "<p>Stop <strong>never</strong>.</p>",
        certain=True,
    ),
    Kind(
        "a wrapper that unsets bold makes nothing bold",
        '<b style="font-weight:normal"><h1>Coming off</h1><p>Plain. <span style="font-weight:700">Never stop.</span></p></b>',
        "<p>Plain. <strong>Never stop.</strong></p>",
    ),
    Kind(
        "a folded answer of any length is kept, with a doubt",
        page(f'<h2>May I stop?</h2><div style="display: none"><p>{LONG}</p></div><h2>Who?</h2><div hidden>{MORE}</div>'),
        LONG,
        doubts=("folded away were kept",),
    ),
    Kind(
        "a question in a button is the title of its answer",
        page(f'<h2><button aria-expanded="false">May I stop?</button></h2><div class="panel" aria-hidden="true"><p>{PROSE}</p></div>'),
        f"<h2>May I stop?</h2><p>{PROSE}</p>",
    ),
    Kind(
        "hidden words that nobody can unfold are left out and named in full",
        page(f'<p>{MORE}</p><p class="internal" style="display:none">{LONG}</p>'),
        doubts=("hidden words were left out", LONG),
        nowhere=(PROSE,),
    ),
    Kind(
        "words that a class hides are left out and named",
        page(f'<p>{MORE} <span class="no">Internal note</span></p>', "<style>.no{display:none}</style>"),
        doubts=('hidden words were left out: "Internal note"',),
        nowhere=("Internal note",),
    ),
    Kind(
        "words that are marked as inserted are doubted",
        page("<p>Wait <ins>three</ins> hours.</p>"),
        "<p>Wait three hours.</p>",
        doubts=('marked as inserted were taken: "three"',),
    ),
    Kind("Google Docs: bold by class is kept", GOOGLE, "<p><strong>Never alone.</strong> Stay.</p>"),
    Kind("Google Docs: inner bullets are nested", GOOGLE, "<ul><li>aches<ul><li>in the back</li></ul></li><li>chills</li></ul>"),
    Kind("Google Docs: links lead to the page itself", GOOGLE, '<a href="https://www.samhsa.gov/x">this</a>.[1]'),
    Kind("Google Docs: a colleague's comment is left out with a doubt", GOOGLE, doubts=("Pat: too blunt?",), nowhere=("Pat", "[a]")),
    Kind("Google Docs: a note is said as a note", GOOGLE, doubts=('Note [1] was taken out: "A study, 2017."',), nowhere=("A study",)),
    Kind(
        "Word's list paragraphs are a nested list",
        page(
            word_item("·", 1, "Your pills")
            + word_item("o", 2, "in their box")
            + word_item("§", 3, "with a leaflet")
            + word_item("·", 1, "Water")
        ),
        "<ul><li>Your pills<ul><li>in their box<ul><li>with a leaflet</li></ul></li></ul></li><li>Water</li></ul>",
    ),
    Kind(
        "Word's numbered paragraphs keep their numbers",
        page(word_item("3.", 1, "Call") + word_item("4.", 1, "Stay")),
        '<ol start="3"><li>Call</li><li>Stay</li></ol>',
    ),
    Kind(
        "value and start of items are kept",
        page("<ol start=4><li>a</li><li value=9>b</li></ol>"),
        '<ol start="4"><li>a</li></ol><ol start="9"><li>b</li></ol>',
    ),
    Kind(
        "a list that counts backwards keeps its numbers, with a doubt",
        page("<ol reversed><li>a</li><li>b</li></ol>"),
        '<ol start="2"><li>a</li></ol><ol><li>b</li></ol>',
        doubts=("counts backwards",),
    ),
    Kind(
        "raised and lowered letters stay so",
        page("<p>10<sup>3</sup> H<sub>2</sub>O</p>"),
        "<p>10<sup>3</sup> H<sub>2</sub>O</p>",
        certain=True,
    ),
    Kind("raised citations stay plain", page("<p>It helps.<sup>[2]</sup></p>"), "<p>It helps.[2]</p>", certain=True),
    Kind(
        "joined cells stay joined, and names of rows are names",
        page('<table><tr><th>Drug<th>Starts<th>Peaks<tr><th rowspan=2>Alcohol<td>6 h<td>36 h<tr><td colspan="2">Call 911</table>'),
        '<tr><th rowspan="2">Alcohol</th><td>6 h</td><td>36 h</td></tr><tr><td colspan="2">Call 911</td></tr>',
    ),
    Kind(
        "a quotation stays one", page(f"<blockquote><p>{PROSE}</p></blockquote>"), f"<blockquote><p>{PROSE}</p></blockquote>", certain=True
    ),
    Kind(
        "our own callouts stay callouts",
        page('<aside class="callout callout-emergency"><p class="callout-title">Now</p><p>Call <a href="tel:911">911</a>.</p></aside>'),
        '<aside class="callout callout-emergency"><p class="callout-title">Now</p><p>Call <a href="tel:911">911</a>.</p></aside>',
        certain=True,
    ),
    Kind(
        "boxes that readers tick are kept",
        page("<ul><li><input type=checkbox> keys</li><li><input type=checkbox checked> ticket</li></ul>"),
        "<ul><li>☐ keys</li><li>☒ ticket</li></ul>",
        certain=True,
    ),
    Kind(
        "words for screen readers don't run into others",
        page("<p><span class='sr-only'>Warning</span>Never stop.</p>"),
        "<p>Warning Never stop.</p>",
    ),
    Kind(
        "comments of visitors are left out with a doubt",
        page(f'<p>{PROSE}</p><div id="comments"><h2>2 thoughts</h2><p>I quit cold turkey!</p></div>'),
        doubts=("comments of visitors were left out", "I quit cold turkey!"),
        nowhere=("turkey",),
    ),
    Kind(
        "sharing, related posts and the author's box are left out with doubts",
        page(
            f'<p>{PROSE} {MORE}</p><div class="sharedaddy"><h3>Share this:</h3></div>'
            '<section class="related"><h3><a href="/teas">Ten teas</a></h3></section>'
            '<div class="author-box"><p>Sam hikes.</p></div>'
        ),
        doubts=("links for sharing", "Ten teas", "Sam hikes."),
        nowhere=("Share", "teas", "Sam"),
    ),
    Kind(
        "sections that look like furniture are doubted",
        page(f"<h2>Signs</h2><p>{PROSE}</p><h2>You may also like</h2><p>Ten teas</p>"),
        doubts=('the section "You may also like" looks like a part of the page',),
    ),
    Kind(
        "shortcodes are named, and what they enclose is kept",
        page('<p>[su_note color="#fff"]Call 911.[/su_note]</p><p>[contact-form-7 id="12"]</p><p>Read [this].</p>'),
        "<p>Call 911.</p><p>Read [this].</p>",
        doubts=("signs of a site generator were left out", "[/su_note]", "contact-form-7"),
    ),
    Kind(
        "empty lines of WordPress' classic editor part paragraphs",
        "Stopping can be dangerous.\n\nTalk to a nurse. <strong>Never alone.</strong>\n\n"
        "<h2>Signs</h2>\nShaking.\n\nFever.\n<ul>\n <li>x</li>\n</ul>\nSleep.",
        "<p>Stopping can be dangerous.</p><p>Talk to a nurse. <strong>Never alone.</strong></p>"
        "<h2>Signs</h2><p>Shaking.</p><p>Fever.</p><ul><li>x</li></ul><p>Sleep.</p>",
    ),
    Kind(
        "a page that names its encoding is read in it",
        '<html><head><meta charset="windows-1252"></head><body><h1>Coming off</h1><p>Don’t stop – ask.</p></body></html>'.encode("cp1252"),
        "<p>Don’t stop – ask.</p>",
        doubts=("windows-1252",),
    ),
    Kind(
        "fields at the top of a page are no text",
        f"---\ntitle: Coming off\nlayout: page\n---\n<h2>Signs</h2><p>{PROSE}</p><h2>More</h2><p>{MORE}</p>",
        f"<h2>Signs</h2><p>{PROSE}</p>",
        "Coming off",
        ("layout: page",),
        ("layout",),
    ),
    Kind(
        "an h1 after other headings is a section, and the page's title is the title, with a doubt",
        f"<html><head><title>Help | Clinic</title></head><body><h2>Signs</h2><p>{PROSE}</p><h1>Contact</h1><p>{MORE}</p></body></html>",
        f"<h2>Signs</h2><p>{PROSE}</p><h2>Contact</h2><p>{MORE}</p>",
        "Help | Clinic",
        ("Contact",),
    ),
    Kind(
        "the only h1 after a line above it is the title of a page",
        f"<html><body><p>Withdrawal</p><h1>Coming off</h1><p>{PROSE}</p><h2>Signs</h2><p>{MORE}</p></body></html>",
        guide_title="Coming off",
        doubts=("other text stands before it",),
    ),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_in_a_page(tmp_path, kind):
    kind.check(tmp_path, "page.html")
