"""Markdown and plain text as people, generators and PDF viewers write them."""

import pytest

from articles.importing.document import UnreadableDocument
from tests.articles.importing.documents import MORE, PROSE, Kind, guide_from

pytestmark = pytest.mark.once

MARKDOWN = [
    Kind(
        "the only # that isn't first is a section",
        f"Living with it\n\n## Signs\n\n{PROSE}\n\n# Appendix\n\n{MORE}\n",
        f"<h2>Signs</h2><p>{PROSE}</p><h2>Appendix</h2><p>{MORE}</p>",
        "Living with it",
        ("Appendix",),
    ),
    Kind("bold lines below the only heading are sections", f"# Coming off\n\n**Signs**\n\n{PROSE}\n", f"<h2>Signs</h2><p>{PROSE}</p>"),
    Kind(
        "names of titles are no words",
        f"# Coming off\n\n## Signs {{#signs .wide}}\n\n{PROSE}\n\n## More {{#m}}\n\n{MORE}\n",
        f"<h2>Signs</h2><p>{PROSE}</p><h2>More</h2>",
        certain=True,
    ),
    Kind(
        "pictures as data are doubts, not text",
        f"# Coming off\n\n{PROSE}\n\n![][image1]\n\n![A cup][image2]\n\n"
        f"[image1]: <data:image/png;base64,{'iVBO' * 30000}>\n[image2]: <data:image/png;base64,AA>\n",
        doubts=("a picture was left out", 'a picture ("A cup") was left out'),
        nowhere=("iVBO", "image1", "data:"),
    ),
    Kind(
        "the title stands in a block between +++",
        f'+++\ntitle = "Kratom: coming off"\ntags = ["x"]\n+++\n\n## Signs\n\n{PROSE}\n\n## More\n\n{MORE}\n',
        guide_title="Kratom: coming off",
        doubts=('tags = ["x"]',),
        nowhere=("+++", "tags"),
    ),
    Kind(
        "the title stands in a block between braces",
        f'{{\n  "title": "Kratom",\n  "draft": true\n}}\n\n## Signs\n\n{PROSE}\n\n## More\n\n{MORE}\n',
        guide_title="Kratom",
        doubts=("draft",),
        nowhere=("{",),
    ),
    Kind(
        "shortcodes of Hugo are named, and what they enclose is kept",
        "# Coming off\n\n{{< notice warning >}}\nCall 911.\n{{< /notice >}}\n\n{{% x %}}\n",
        "<p>Call 911.</p>",
        doubts=("{{< notice warning >}}", "{{% x %}}"),
        nowhere=("{{",),
    ),
    Kind(
        "a box of MkDocs becomes paragraphs, with a doubt",
        '# Coming off\n\n!!! danger "Never alone"\n    Stay with a friend.\n',
        "<p><strong>Never alone</strong><br>Stay with a friend.</p>",
        doubts=("a box",),
    ),
    Kind(
        "a box of another generator becomes paragraphs, with a doubt",
        f"# Coming off\n\n:::warning\n{PROSE}\n:::\n",
        f"<p>{PROSE}</p>",
        doubts=(":::warning",),
    ),
    Kind(
        "the sign of an alert is left out with a doubt",
        f"# Coming off\n\n> [!WARNING]\n> {PROSE}\n",
        f"<p>{PROSE}</p>",
        doubts=("[!WARNING]",),
    ),
    Kind("tasks keep their boxes", "# Coming off\n\n- [ ] keys\n- [x] ticket\n", "<li>☐ keys</li><li>☑ ticket</li>", certain=True),
    Kind(
        "a definition is a term and its meaning",
        "# Coming off\n\nDetox\n: Getting it out.\n",
        "<p><strong>Detox</strong></p><p>Getting it out.</p>",
    ),
    Kind(
        "letters below a number are a nested list, with a doubt",
        "# Steps\n\n1. Give naloxone.\n   a. In the nose\n   b. Press\n2. Wait\n",
        "<li>Give naloxone.<ol><li>In the nose</li><li>Press</li></ol></li><li>Wait</li>",
        doubts=("letters of a list became numbers",),
    ),
    Kind(
        "proposed changes are taken with a doubt, comments are left out with one",
        "# Coming off\n\nWait {++three++}{--two--} hours.{>>Pat: sure?<<}\n",
        "<p>Wait three hours.</p>",
        doubts=("{++three++}", "{--two--}", "Pat: sure?"),
    ),
    Kind(
        "steps go on counting",
        "# Steps\n\n1. Call\n2. Give\n\nThen:\n\n3. Stay\n4. Wait\n",
        '<ol start="3"><li>Stay</li><li>Wait</li></ol>',
        certain=True,
    ),
]

TEXTS = [
    Kind(
        "Roman numbers before titles are left out with a doubt",
        f"From start to end\n\nI. First call\n\n{PROSE}\n\nII. First visit\n\n{MORE}\n",
        f"<h2>First call</h2><p>{PROSE}</p><h2>First visit</h2><p>{MORE}</p>",
        doubts=('"I. First call"',),
    ),
    Kind(
        "capital letters before titles are left out with a doubt",
        f"From start to end\n\nA. First call\n\n{PROSE}\n\nB. First visit\n\n{MORE}\n",
        "<h2>First visit</h2>",
        doubts=('"A. First call"',),
    ),
    Kind(
        "short lines with a colon before prose are doubted",
        f"Coming off pills\n\nSigns:\n\n{PROSE}\n",
        doubts=('"Signs:" looks like a section title',),
    ),
    Kind(
        "double-spaced lines of a sentence are joined, with a doubt",
        "Stopping at home\n\nSome people can stop at home with help from a nurse,\n\nbecause a seizure can come within two days.\n",
        "<p>Some people can stop at home with help from a nurse, because a seizure can come within two days.</p>",
        doubts=("goes on with the sentence above the empty line",),
    ),
    Kind(
        "letters of a wrong encoding are repaired, with a doubt",
        "Donâ€™t stop at once\n\nItâ€™s dangerous â€“ it can kill. Ã‰l estÃ¡ bien, and that is not all there is.\n",
        "<p>It’s dangerous – it can kill. Él está bien, and that is not all there is.</p>",
        "Don’t stop at once",
        ("looks like text in a wrong encoding", "Donâ€™t"),
    ),
    Kind("signs of old Macs are doubted", f"Coming off\n\nDonÕt stop. {PROSE}\n", doubts=('"DonÕt" looks like text in a wrong encoding',)),
    Kind(
        "heads and numbers of pages are left out, with a doubt",
        f"Harbor Clinic      Page 1 of 2\n\nComing off pills\n\n{PROSE}\n2\n\nHarbor Clinic      Page 2 of 2\n{MORE}\n",
        f"<p>{PROSE}</p><p>{MORE}</p>",
        "Coming off pills",
        ('"Harbor Clinic Page 1 of 2"', '"2"'),
        ("Harbor",),
    ),
    Kind(
        "a lone number elsewhere is kept with a doubt",
        f"Coming off pills\n\n{PROSE}\n\n7\n\n{MORE}\n",
        "<p>7</p>",
        doubts=("may be that of a page",),
    ),
    Kind("days that are counted are no page numbers", f"Coming off\n\nDay 1\n{PROSE}\n\nDay 2\n{MORE}\n\nDay 3\n{PROSE}\n", "Day 3"),
    Kind(
        "a word that a line breaks is joined, with a doubt",
        "Coming off pills\n\nIf you use again, start small: your tol-\nerance has fallen.\n",
        "your tol-erance has fallen.",
        doubts=('"tol-erance"',),
    ),
    Kind("joined letters are parted", "Coming oﬀ pills\n\nThe ﬁrst overﬂow.\n", "<p>The first overflow.</p>", "Coming off pills"),
    Kind(
        "letters below a number are a nested list, with a doubt",
        "Things to pack\n\nTake:\n1) papers\n2) medicine\n   a) in the box\n   b) labelled\n3) a phone\n",
        "<li>medicine<ol><li>in the box</li><li>labelled</li></ol></li><li>a phone</li>",
        doubts=("letters of a list became numbers",),
    ),
    Kind(
        "titles between signs are titles",
        f"Coming off pills\n\n== Signs ==\n\n{PROSE}\n\n-- What helps --\n\n{MORE}\n",
        f"<h2>Signs</h2><p>{PROSE}</p><h2>What helps</h2><p>{MORE}</p>",
    ),
    Kind(
        "questions and answers lose their letters, with a doubt",
        "Coming home\n\nQ: Why is it dangerous?\nA: Your tolerance fell.\n\nQ. Who can I call?\nA. Call 988.\n",
        "<h2>Why is it dangerous?</h2><p>Your tolerance fell.</p><h2>Who can I call?</h2><p>Call 988.</p>",
        doubts=("a question was made a section title",),
    ),
    Kind(
        "the signs of a quoted e-mail are left out, with a doubt",
        f"Fwd: text\n\n> Coming off pills\n>\n> {PROSE}\n> - water\n> - sleep\n",
        "<ul><li>water</li><li>sleep</li></ul>",
        doubts=("the signs > of a quoted e-mail",),
        nowhere=("&gt;",),
    ),
    Kind(
        "a note to a colleague is doubted",
        f"Coming off\n\n{PROSE} TODO ask Ruth.\n",
        doubts=('looks like a note to a colleague; it was kept: "TODO"',),
    ),
    Kind(
        "Spanish text that is imported as English is noticed",
        "Dejar de fumar\n\nEs difícil, pero se puede. "
        "El cuerpo pide la droga que tomaba cada día, y por eso los primeros días son los peores de todos.\n",
        doubts=("The text looks Spanish",),
    ),
    Kind("English text is not taken for another language", f"Coming off pills\n\n{PROSE} {MORE}\n", certain=True),
]


@pytest.mark.parametrize("kind", MARKDOWN, ids=str)
def test_in_markdown(tmp_path, kind):
    kind.check(tmp_path, "guide.md")


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_in_a_text(tmp_path, kind):
    kind.check(tmp_path, "guide.txt")


def test_a_wordpress_export_is_refused_with_the_way_to_import_it(tmp_path):
    export = '<?xml version="1.0"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel></channel></rss>'
    with pytest.raises(UnreadableDocument, match=r"import it with manage\.py import_site"):
        guide_from(tmp_path, export, "site.xml")


def test_the_same_text_in_spanish_is_certain_as_spanish(tmp_path):
    kind = next(kind for kind in TEXTS if "Spanish" in kind.title)
    Kind(kind.title, kind.source, certain=True).check(tmp_path, "guide.txt", "es")
