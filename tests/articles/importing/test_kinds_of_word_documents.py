"""Word documents as people and programs make them: nothing is lost in silence, and nothing hidden or proposed goes in unsaid."""

import pytest

from tests.articles.importing.documents import MORE, PROSE, Kind, guide_from
from tests.support.word_documents import OFFICE, W, document, item, lists, paragraph, run, text_box

pytestmark = pytest.mark.once

TITLE = paragraph("What to do in an overdose", "Title")
STEPS = paragraph("Steps", "Heading1")
NUMBERS = lists(("decimal", "lowerLetter", "lowerRoman"), ("bullet",), ("decimal",))
BOLD = "<w:b/>"


def style(identity: str, name: str, content: str = "", based_on: str = "") -> str:
    above = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="paragraph" w:styleId="{identity}"><w:name w:val="{name}"/>{above}{content}</w:style>'


def control(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


LINKED = f'<w:p><w:hyperlink r:id="n1">{run("A review")}</w:hyperlink></w:p>'
NOTE = f'<w:footnotes {W} xmlns:r="{OFFICE}"><w:footnote w:id="2">{LINKED}</w:footnote></w:footnotes>'
MOVED = (
    f'<w:moveFrom w:id="3" w:author="A">{run("Call 911. ")}</w:moveFrom>{run("Wait. ")}'
    f'<w:moveTo w:id="4" w:author="A">{run("Call 911.")}</w:moveTo>'
)
NOTE_LINK = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="n1" Type="{OFFICE}/hyperlink" Target="https://doi.org/10.1000/x" TargetMode="External"/></Relationships>'
)
CHUNK = '<Relationship Id="c1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk" Target="chunk.html"/>'
JOINED = (
    "<w:tbl>"
    f"<w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc>{paragraph('Drug')}</w:tc><w:tc>{paragraph('Starts')}</w:tc></w:tr>"
    f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("Call 911 for a seizure")}</w:tc></w:tr>'
    "</w:tbl>"
)
CONTENTS = control(
    '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>', paragraph("Contents") + paragraph("Steps 2", "TOC1")
)

KINDS = [
    Kind(
        "a lone Heading 1 after other sections is a section, not the title",
        document(
            paragraph("Living with someone who drinks")
            + paragraph("What you may see", "Heading2")
            + paragraph(PROSE)
            + paragraph("Appendix", "Heading1")
            + paragraph(MORE)
        ),
        f"<h2>What you may see</h2><p>{PROSE}</p><h2>Appendix</h2><p>{MORE}</p>",
        "Living with someone who drinks",
        ("Appendix",),
    ),
    Kind(
        "a title without a style above the only Heading 1 is the title, with a doubt",
        document(
            paragraph("Naloxone at home")
            + paragraph("How to use it", "Heading1")
            + paragraph(PROSE)
            + paragraph("After", "Heading2")
            + paragraph(MORE)
        ),
        f"<h2>How to use it</h2><p>{PROSE}</p><h3>After</h3>",
        "Naloxone at home",
        ("has no heading style",),
    ),
    Kind(
        "the only heading at the end doesn't decide how the titles before it are marked",
        document(
            paragraph(run("Coming off pills", BOLD))
            + paragraph(run("THE FIRST DAYS", BOLD))
            + paragraph(PROSE)
            + paragraph("Sources", "Heading1")
            + paragraph("A handbook on sleep, 2020, and what it says.")
        ),
        f"<h2>THE FIRST DAYS</h2><p>{PROSE}</p><h2>Sources</h2>",
        "Coming off pills",
    ),
    Kind(
        "bold lines below a title are sections",
        document(TITLE + paragraph(run("What to say", BOLD)) + paragraph(PROSE) + paragraph(run("AFTER THE CALL", BOLD)) + paragraph(MORE)),
        f"<h2>What to say</h2><p>{PROSE}</p><h2>AFTER THE CALL</h2><p>{MORE}</p>",
    ),
    Kind(
        "bold lines beside real headings are named in one doubt",
        document(TITLE + STEPS + paragraph(PROSE) + paragraph(run("What to say", BOLD)) + paragraph(MORE)),
        doubts=("bold or in capitals like a section title", '"What to say"'),
    ),
    Kind(
        "lines in larger letters below a title are sections",
        document(TITLE + paragraph(run("What to say", '<w:sz w:val="32"/>')) + paragraph(run(PROSE, '<w:sz w:val="22"/>'))),
        f"<h2>What to say</h2><p>{PROSE}</p>",
    ),
    Kind(
        "underlined lines below a title are sections",
        document(TITLE + paragraph(run("What to say", '<w:u w:val="single"/>')) + paragraph(PROSE)),
        f"<h2>What to say</h2><p>{PROSE}</p>",
    ),
    Kind(
        "a style that is bold makes titles, too",
        document(TITLE + paragraph("What to say", "Mine") + paragraph(PROSE), styles=style("Mine", "Mine", "<w:rPr><w:b/></w:rPr>")),
        f"<h2>What to say</h2><p>{PROSE}</p>",
    ),
    Kind(
        "styles based on Heading 1, of another language, or with an outline level are headings",
        document(
            TITLE
            + paragraph("One", "A")
            + paragraph(PROSE)
            + paragraph("Two", "B")
            + paragraph(PROSE)
            + paragraph("Three", "C")
            + paragraph(PROSE),
            styles=style("A", "Guide heading", based_on="Heading1")
            + style("B", "Encabezado 1")
            + style("C", "Chapter", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'),
        ),
        f"<h2>One</h2><p>{PROSE}</p><h2>Two</h2><p>{PROSE}</p><h2>Three</h2>",
        certain=True,
    ),
    Kind(
        "steps go on counting after a paragraph",
        document(
            TITLE + STEPS + item("Call 911", 1) + item("Give naloxone", 1) + paragraph(PROSE) + item("Give a second dose", 1),
            numbering=NUMBERS,
        ),
        '<ol start="3"><li>Give a second dose</li></ol>',
        certain=True,
    ),
    Kind(
        "two lists in a row stay two",
        document(TITLE + STEPS + item("Call 911", 1) + item("Wait", 1) + item("Rest", 3), numbering=NUMBERS),
        "<ol><li>Call 911</li><li>Wait</li></ol><ol><li>Rest</li></ol>",
    ),
    Kind(
        "a list that goes on below another title is doubted",
        document(TITLE + STEPS + item("Call 911", 1) + paragraph("After", "Heading1") + item("Rest", 1), numbering=NUMBERS),
        '<ol start="2"><li>Rest</li></ol>',
        doubts=("goes on counting below another title", "(at 2)"),
    ),
    Kind(
        "letters of a list stay letters",
        document(
            TITLE + STEPS + item("Ask for papers", 1) + item("a letter", 1, 1) + item("in English", 1, 2) + item("Pack", 1),
            numbering=NUMBERS,
        ),
        '<ol><li>Ask for papers<ol type="a"><li>a letter<ol type="i"><li>in English</li></ol></li></ol></li><li>Pack</li></ol>',
    ),
    Kind(
        "inner steps go on counting after a paragraph",
        document(TITLE + STEPS + item("Call", 1) + item("first", 1, 1) + paragraph(PROSE) + item("second", 1, 1), numbering=NUMBERS),
        '<ol start="2" type="a"><li>second</li></ol>',
    ),
    Kind(
        "a label with words before the number is doubted",
        document(TITLE + STEPS + item("Call 911", 1), numbering=lists(("decimal",), labels="Step %1:")),
        "<ol><li>Call 911</li></ol>",
        doubts=('"Step 1:"',),
    ),
    Kind(
        "the styles List Bullet 2 and 3 nest",
        document(
            TITLE + STEPS + paragraph("papers", "L1") + paragraph("a card", "L2") + paragraph("in a box", "L3"),
            styles=style("L1", "List Bullet") + style("L2", "List Bullet 2") + style("L3", "List Bullet 3"),
        ),
        "<ul><li>papers<ul><li>a card<ul><li>in a box</li></ul></li></ul></li></ul>",
    ),
    Kind(
        "a list that only its style numbers is a list",
        document(
            TITLE + STEPS + paragraph("Call 911", "Num") + paragraph("Wait", "Num"),
            styles=style("Num", "My numbers", '<w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr>'),
            numbering=NUMBERS,
        ),
        "<ol><li>Call 911</li><li>Wait</li></ol>",
    ),
    Kind(
        "words of a text box that only newer programs read are kept",
        document(TITLE + STEPS + paragraph(run(PROSE) + text_box("Call 911 at once."))),
        f"<p>{PROSE}</p><p>Call 911 at once.</p>",
        certain=True,
    ),
    Kind(
        "words of a text box are kept once",
        document(TITLE + STEPS + paragraph(run(PROSE) + text_box("Call 911 at once.", fallback="Call 911 at once."))),
        f"<h2>Steps</h2><p>{PROSE}</p><p>Call 911 at once.</p>",
        certain=True,
    ),
    Kind(
        "hidden words are left out, with a doubt that has them all",
        document(TITLE + STEPS + paragraph(run("Reviewed text.") + run(" Internal note: ask first.", "<w:vanish/>"))),
        "<p>Reviewed text.</p>",
        doubts=('Hidden words were left out: "Internal note: ask first."',),
    ),
    Kind(
        "words that a style hides are left out, too",
        document(
            TITLE + STEPS + paragraph("Internal note", "Secret") + paragraph(PROSE),
            styles=style("Secret", "Secret", "<w:rPr><w:vanish/></w:rPr>"),
        ),
        f"<h2>Steps</h2><p>{PROSE}</p>",
        doubts=('"Internal note"',),
    ),
    Kind(
        "a tracked insertion alone is doubted, with its words",
        document(TITLE + STEPS + paragraph(run("Give one dose. ") + f'<w:ins w:id="1" w:author="R">{run("Give 4 mg.")}</w:ins>')),
        "<p>Give one dose. Give 4 mg.</p>",
        doubts=("tracked changes", 'inserted were taken: "Give 4 mg."'),
    ),
    Kind(
        "a move alone is doubted",
        document(TITLE + STEPS + paragraph(MOVED)),
        "<p>Wait. Call 911.</p>",
        doubts=("tracked changes", 'new place: "Call 911."'),
    ),
    Kind(
        "the box and the words of a checked line are kept",
        document(
            TITLE + STEPS + paragraph(control('<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>', run("☒")) + run(" Call the nurse"))
        ),
        "<p>☒ Call the nurse</p>",
        certain=True,
    ),
    Kind(
        "choices that nobody made and fields that nobody filled in are named",
        document(
            TITLE
            + STEPS
            + paragraph(
                control(
                    '<w:dropDownList><w:listItem w:displayText="Monday"/><w:listItem w:displayText="Friday"/></w:dropDownList>',
                    run("Monday"),
                )
                + run(" is my day. ")
                + control("<w:showingPlcHdr/>", run("Click to enter text."))
            )
        ),
        "<p>Monday is my day.</p>",
        doubts=('left out: "Friday"', '"Click to enter text."'),
    ),
    Kind(
        "a formula is kept as text, with a doubt",
        document(
            TITLE
            + STEPS
            + paragraph(
                run("Wait")
                + "<m:oMath><m:f><m:num><m:r><m:t>8</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
                + run("hours.")
            )
        ),
        "<p>Wait (8)/(2) hours.</p>",
        doubts=("A formula was made text",),
    ),
    Kind(
        "an embedded document is named with its words",
        document(
            TITLE + STEPS + paragraph(PROSE) + '<w:altChunk r:id="c1"/>', relations=CHUNK, parts={"word/chunk.html": "<p>Call 911 now.</p>"}
        ),
        doubts=("An embedded document (chunk.html) was left out", "Call 911 now."),
    ),
    Kind(
        "a note's address is in its doubt",
        document(
            TITLE + STEPS + paragraph(run("It helps.") + '<w:r><w:footnoteReference w:id="2"/></w:r>'),
            parts={"word/footnotes.xml": NOTE, "word/_rels/footnotes.xml.rels": NOTE_LINK},
        ),
        "<p>It helps.[1]</p>",
        doubts=("A review https://doi.org/10.1000/x",),
    ),
    Kind(
        "raised and lowered letters stay so",
        document(
            TITLE
            + STEPS
            + paragraph(
                run("10") + run("-3", '<w:vertAlign w:val="superscript"/>') + run(" CO") + run("2", '<w:vertAlign w:val="subscript"/>')
            )
        ),
        "<p>10<sup>-3</sup> CO<sub>2</sub></p>",
        certain=True,
    ),
    Kind(
        "joined cells stay joined",
        document(TITLE + STEPS + JOINED),
        '<tr><td colspan="2">Call 911 for a seizure</td></tr>',
        doubts=("joined cells",),
    ),
    Kind(
        "a table without names of columns is doubted",
        document(TITLE + STEPS + JOINED.replace("<w:trPr><w:tblHeader/></w:trPr>", "")),
        "<td>Drug</td><td>Starts</td>",
        doubts=("a table has no names of columns",),
    ),
    Kind(
        "the table of contents is left out with one doubt",
        document(TITLE + CONTENTS + STEPS + paragraph(PROSE), styles=style("TOC1", "toc 1")),
        f"<h2>Steps</h2><p>{PROSE}</p>",
        doubts=('The table of contents was left out: "Contents Steps 2".',),
        nowhere=("Contents",),
    ),
    Kind(
        "lines of an address stay lines",
        document(TITLE + STEPS + paragraph(run("First line") + "<w:r><w:br/></w:r>" + run("second line"))),
        "<p>First line<br>second line</p>",
    ),
    Kind(
        "short lines after a colon in one paragraph are a list, with a doubt",
        document(
            TITLE + STEPS + paragraph(run("Bring these:") + "".join(f"<w:r><w:br/></w:r>{run(text)}" for text in ("papers", "a phone")))
        ),
        "<p>Bring these:</p><ul><li>papers</li><li>a phone</li></ul>",
        doubts=("2 short lines after a line with a colon",),
    ),
    Kind(
        "words of fields and of other directions are kept",
        document(
            TITLE
            + STEPS
            + paragraph(
                f"<w:fldSimple w:instr=' HYPERLINK \"https://example.org/\" '>{run('Find help')}</w:fldSimple><w:bdo>{run(' now')}</w:bdo>"
            )
        ),
        "<p>Find help now</p>",
        doubts=("https://example.org/",),
    ),
    Kind(
        "a quotation stays a quotation",
        document(TITLE + STEPS + paragraph("You can do it.", "Q"), styles=style("Q", "Intense Quote")),
        "<blockquote><p>You can do it.</p></blockquote>",
        certain=True,
    ),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_in_a_word_document(tmp_path, kind):
    kind.check(tmp_path, "guide.docx")


def test_the_report_counts_the_words_and_names_those_that_are_missing(tmp_path):
    guide = guide_from(tmp_path, document(TITLE + STEPS + paragraph(run("Rest.") + run(" Secretly", "<w:vanish/>"))), "guide.docx")
    assert (guide.words.read, guide.words.kept, guide.words.missing) == (9, 8, ("Secretly",))


def test_words_that_no_other_doubt_names_get_one(tmp_path):
    unknown = paragraph(f"<w:unheard>{run('spoken')}</w:unheard>{run(' written')}")
    guide = guide_from(tmp_path, document(TITLE + STEPS + unknown), "guide.docx")
    assert guide.doubts == ["These words of the file are not in the guide; look where they were: spoken."]
