"""The lines of a guide say everything that a reader sees, so that nobody signs a change that was not shown."""

import random
from collections.abc import Callable

import pytest
from lxml.html import HtmlElement, builder

from articles.rendering import body_html, sanitizing
from articles.rendering.lines import lines_of
from articles.workflow import comparing

PICTURE = "/media/guides/" + "a1b2c3d4" * 4 + "-960.webp"
OTHER_PICTURE = PICTURE.replace("a1b2", "ffff")
BODY = sanitizing.clean(
    f"""
<p>The first days are the <strong>hardest</strong>.[1] They do <em>pass</em>.<br>Call <a href="tel:988">988</a> at any time.</p>
<h2>What comes first</h2>
<ul><li><strong>Call 911 first.</strong> Then give one dose and stay.<ul><li>Tell them where you are.</li><li>Wait.</li></ul></li>
<li>Water</li></ul>
<h3>The numbers</h3>
<p>10<sup>3</sup> times CO<sub>2</sub>.</p>
<ol start="4"><li>Four</li><li><p>Five</p><p>and more</p></li></ol>
<ol type="a"><li>letter</li></ol>
<blockquote><p>It does get better.</p></blockquote>
<aside class="callout callout-emergency"><p class="callout-title">Get help now</p><p>Call 911.</p><ul><li>Say where.</li></ul></aside>
<table><tbody><tr><th>Day</th><th>Feeling</th></tr><tr><td>1</td><td>Restless</td></tr><tr><td colspan="2">Both</td></tr></tbody></table>
<figure><img src="{PICTURE}" alt="Two people walk"><figcaption>In spring</figcaption></figure>
<p>The end.</p>
"""
)


def shown(body: str) -> list[str]:
    return ["".join(token.text for token in line) for line in lines_of(body)]


def test_every_part_of_a_guide_has_its_line():
    assert shown(BODY) == [
        "The first days are the hardest.[1] They do pass. ↵ Call 988 → tel:988 at any time.",
        "Section: What comes first",
        "– Call 911 first. Then give one dose and stay.",
        "    – Tell them where you are.",
        "    – Wait.",
        "– Water",
        "Part: The numbers",
        "103 times CO2.",
        "4. Four",
        "5. Five",
        "    and more",
        "a. letter",
        "Quotation",
        "❝ It does get better.",
        "Box: Get emergency help",
        "│ Title: Get help now",
        "│ Call 911.",
        "│ – Say where.",
        "Table",
        "| Day (heading) | Feeling (heading) |",
        "| 1 | Restless |",
        "| Both (over 2 columns) |",
        "Figure a1b2c3d4: Two people walk",
        "Caption: In spring",
        "The end.",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "<ul><li><strong>Call 911.</strong> Then wait.<ul><li>x</li></ul></li></ul>",
            "<ul><li><strong>Do not call.</strong> Then leave.<ul><li>x</li></ul></li></ul>",
        ),
        ('<p><a href="tel:988">988</a></p>', '<p><a href="https://example.org/">988</a></p>'),
        ("<p><strong>Never</strong> stop at once.</p>", "<p>Never stop at once.</p>"),
        ("<ol><li>a</li></ol>", "<ul><li>a</li></ul>"),
        ("<ol><li>a</li></ol>", '<ol start="2"><li>a</li></ol>'),
        ("<ol><li>a</li></ol>", '<ol type="i"><li>a</li></ol>'),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<p>10<sup>3</sup></p>", "<p>103</p>"),
        ("<p>10<sup>3</sup></p>", "<p>10<sub>3</sub></p>"),
        ('<aside class="callout callout-family"><p>a</p></aside>', '<aside class="callout callout-emergency"><p>a</p></aside>'),
        ("<table><tr><td>a</td><td>b</td></tr></table>", '<table><tr><td colspan="2">a</td></tr><tr><td>b</td></tr></table>'),
        ("<table><tr><td>a</td></tr></table>", "<table><tr><th>a</th></tr></table>"),
        (f'<figure><img src="{PICTURE}" alt="a walk"></figure>', f'<figure><img src="{OTHER_PICTURE}" alt="a walk"></figure>'),
        ("<p>One.</p><p>Two.</p>", "<p>Two.</p><p>One.</p>"),
    ],
)
def test_each_kind_of_change_is_a_change_of_the_lines(old, new):
    assert lines_of(old) != lines_of(new)
    rows = list(comparing.rows_of(lines_of(old), lines_of(new)))
    assert any("<del>" in row.old or "<ins>" in row.new for row in rows)


# Each mutation changes one thing, as a person could in the editor, and returns whether it could.
Mutation = Callable[[HtmlElement, random.Random], bool]


def _one(root: HtmlElement, chance: random.Random, *tags: str) -> HtmlElement | None:
    found = list(root.iter(*tags))
    return chance.choice(found) if found else None


def change_a_word(root: HtmlElement, chance: random.Random) -> bool:
    places = [(element, name) for element in root.iter() for name in ("text", "tail") if (getattr(element, name) or "").strip()]
    element, name = chance.choice(places)
    words = getattr(element, name).split(" ")
    place = chance.choice([number for number, word in enumerate(words) if word.strip()])
    words[place] = chance.choice(["not", "ten", "never", words[place] + "s"])
    setattr(element, name, " ".join(words))
    return True


def format_a_word(root: HtmlElement, chance: random.Random) -> bool:
    element = chance.choice([each for each in root.iter() if (each.text or "").strip() and each.tag != "div"])
    before, word, after = element.text.partition(chance.choice(element.text.split()))
    around = {element.tag, *(above.tag for above in element.iterancestors())}
    mark = builder.E(chance.choice([tag for tag in ("strong", "em", "sub", "sup") if tag not in around]), word)
    element.text, mark.tail = before, after
    element.insert(0, mark)
    return True


def link_a_word(root: HtmlElement, chance: random.Random) -> bool:
    element = chance.choice([each for each in root.iter("p", "li", "td") if (each.text or "").strip()])
    before, word, after = element.text.partition(chance.choice(element.text.split()))
    link = builder.A(word, href=chance.choice(["https://example.org/", "tel:911", "/guides/x/"]))
    element.text, link.tail = before, after
    element.insert(0, link)
    return True


def _unwrapping(*tags: str) -> Mutation:
    def unwrap(root: HtmlElement, chance: random.Random) -> bool:
        element = _one(root, chance, *tags)
        if element is not None:
            element.drop_tag()
        return element is not None

    unwrap.__name__ = f"unwrap_{'_or_'.join(tags)}"
    return unwrap


def _renaming(tag: str, *others: str) -> Mutation:
    def rename(root: HtmlElement, chance: random.Random) -> bool:
        element = _one(root, chance, tag)
        if element is not None:
            element.tag = chance.choice(others)
        return element is not None

    rename.__name__ = f"{tag}_becomes_{'_or_'.join(others)}"
    return rename


def _setting(tag: str, name: str, *values: str) -> Mutation:
    def put(root: HtmlElement, chance: random.Random) -> bool:
        element = _one(root, chance, tag)
        if element is None:
            return False
        others = [value for value in values if value != element.get(name)]
        if others:
            element.set(name, chance.choice(others))
        return bool(others)

    put.__name__ = f"{name}_of_{tag}"
    return put


def _swapping(*tags: str) -> Mutation:
    def swap(root: HtmlElement, chance: random.Random) -> bool:
        element = _one(root, chance, *tags)
        following = element.getnext() if element is not None else None
        if element is None or following is None or following.tag == "br":
            return False
        element.tail, following.tail = following.tail, element.tail
        following.addnext(element)
        return True

    swap.__name__ = f"swap_{'_or_'.join(tags)}"
    return swap


def _removing(*tags: str) -> Mutation:
    def remove(root: HtmlElement, chance: random.Random) -> bool:
        element = _one(root, chance, *tags)
        if element is not None:
            element.drop_tree()
        return element is not None

    remove.__name__ = f"remove_{'_or_'.join(tags)}"
    return remove


def nest_an_item(root: HtmlElement, chance: random.Random) -> bool:
    item = chance.choice([each for each in root.iter("li") if each.getprevious() is not None])
    above = item.getprevious()
    above.append(builder.E(item.getparent().tag, item))
    return True


def quote_a_paragraph(root: HtmlElement, chance: random.Random) -> bool:
    paragraph = _one(root, chance, "p")
    if paragraph is None:
        return False
    quotation = builder.E("blockquote")
    paragraph.addprevious(quotation)
    quotation.append(paragraph)
    return True


def break_a_line(root: HtmlElement, chance: random.Random) -> bool:
    element = chance.choice([each for each in root.iter("p", "td", "li") if " " in (each.text or "").strip()])
    before, _space, after = element.text.strip().partition(" ")
    line_end = builder.BR()
    element.text, line_end.tail = before, after
    element.insert(0, line_end)
    return True


def split_a_paragraph(root: HtmlElement, chance: random.Random) -> bool:
    paragraph = chance.choice([each for each in root.iter("p") if " " in (each.text or "").strip() and not len(each)])
    before, _space, after = paragraph.text.strip().partition(" ")
    paragraph.text = before
    paragraph.addnext(builder.P(after))
    return True


MUTATIONS: list[Mutation] = [
    change_a_word,
    format_a_word,
    link_a_word,
    nest_an_item,
    quote_a_paragraph,
    break_a_line,
    split_a_paragraph,
    *(_unwrapping(tag) for tag in ("strong", "em", "sub", "sup", "a", "blockquote", "aside")),
    _renaming("strong", "em"),
    _renaming("sub", "sup"),
    _renaming("ul", "ol"),
    _renaming("ol", "ul"),
    _renaming("h2", "h3", "p"),
    _renaming("h3", "h2", "p"),
    _renaming("th", "td"),
    _renaming("td", "th"),
    _setting("a", "href", "tel:911", "https://example.org/other", "mailto:a@example.org"),
    _setting("ol", "start", "2", "7"),
    _setting("ol", "type", "A", "i", "I"),
    _setting("aside", "class", "callout callout-family", "callout callout-good-to-know"),
    _setting("p", "class", "callout-title"),
    _setting("td", "colspan", "3", "4"),
    _setting("th", "rowspan", "2", "3"),
    _setting("img", "src", OTHER_PICTURE),
    _setting("img", "alt", "Somebody else"),
    _swapping("p", "h2", "h3", "ul", "ol", "table", "figure"),
    _swapping("li"),
    _swapping("td", "th"),
    _swapping("tr"),
    _removing("br"),
    _removing("p", "h2", "h3", "ul", "ol", "blockquote", "aside", "table", "figure"),
    _removing("li"),
    _removing("td", "th"),
    _removing("tr"),
    _removing("figcaption"),
    _removing("img"),
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_no_change_escapes_the_comparison(mutation):
    """Mutate the text in each way 25 times, each time on top of the last, and demand that every change is shown."""
    seeded = random.Random(mutation.__name__)
    changes = 0
    for attempt in range(25):
        body = BODY
        for _step in range(attempt % 3 + 1):
            root = body_html.parse(body)
            if not mutation(root, seeded):
                break
            changed = sanitizing.clean(body_html.serialise(root))
            if changed != body:
                changes += 1
                assert lines_of(changed) != lines_of(body), (body, changed)
                rows = comparing.compare({"body": body}, {"body": changed})
                assert any("<del>" in row.old or "<ins>" in row.new for row in rows), (body, changed)
            body = changed
    assert changes


def test_every_way_of_spelling_is_the_same_text():
    assert lines_of("<p>a <b>b</b></p>") == lines_of("<p>a <strong>b</strong></p>")


@pytest.mark.parametrize(("kind", "labels"), [("a", ["y.", "z.", "aa."]), ("A", ["Y.", "Z.", "AA."]), ("i", ["xxv.", "xxvi.", "xxvii."])])
def test_the_numbers_of_a_list_are_those_that_browsers_show(kind, labels):
    body = f'<ol type="{kind}" start="25"><li>a</li><li>b</li><li>c</li></ol>'
    assert [line.split(" ")[0] for line in shown(body)] == labels
