"""Word documents: text is imported, unsupported content is reported, and hostile files are refused."""

import io
import struct
from pathlib import Path

import docx
import pytest
from PIL import Image

from articles.importing.document import UnreadableDocument
from articles.importing.readers import word
from articles.importing.readers.detection import read_guide
from tests.articles.importing.documents import MORE, PROSE, TWIN, guide_from, shape
from tests.support.word_documents import W, paragraph
from tests.support.word_documents import document as archive

pytestmark = pytest.mark.once


def stored(folder: Path, document: "docx.document.Document"):
    path = folder / "guide.docx"
    document.save(str(path))
    return read_guide(path)


def test_styles(tmp_path):
    document = docx.Document()
    document.add_paragraph("Coming off heroin", style="Title")
    lead = document.add_paragraph("Lead with ")
    lead.add_run("bold").bold = True
    lead.add_run(" and ")
    lead.add_run("slanted").italic = True
    document.add_heading("First", 1)
    document.add_paragraph(PROSE)
    for text in ("sweating", "chills"):
        document.add_paragraph(text, style="List Bullet")
    document.add_heading("At night", 2)
    for text in ("rest", "eat", "sleep"):
        document.add_paragraph(text, style="List Number")
    table = document.add_table(2, 2)
    for number, text in enumerate(("Day", "Feeling", "1", "Restless")):
        table.cell(number // 2, number % 2).text = text
    guide = stored(tmp_path, document)
    assert guide.title == "Coming off heroin"
    assert shape(guide) == {"": ["p"], "First": ["p", "ul2", "h3", "ol3", "table"]}
    assert [(span.text, span.strong, span.emphasis) for span in guide.sections[0].blocks[0].spans][1::2] == [
        ("bold", True, False),
        ("slanted", False, True),
    ]
    assert guide.doubts == ["Paragraph 10: a table has no names of columns; make its first row such, if it is one."]


def test_a_document_in_which_nobody_used_styles(tmp_path):
    document = docx.Document()
    for line in TWIN.read_text().split("\n"):
        document.add_paragraph(line)
    guide = stored(tmp_path, document)
    twin = read_guide(TWIN)
    assert (guide.title, shape(guide), guide.contact_block) == (twin.title, shape(twin), twin.contact_block)
    assert guide.doubts[0].startswith('Paragraph 44: "The team of Tamarack Lantern Detox Center')


def test_content_that_a_guide_can_not_have_is_reported(tmp_path):
    document = docx.Document()
    document.add_heading("Coming off heroin", 0)
    struck = document.add_paragraph(PROSE).add_run(" gone")
    struck.font.strike = True
    document.add_comment(struck, "Is this right?", author="Edith Moreau")
    document.sections[0].header.paragraphs[0].text = "Example House"
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    document.add_picture(picture)
    document.inline_shapes[0]._inline.docPr.set("descr", "A quiet room")
    assert stored(tmp_path, document).doubts == [
        'Paragraph 2: words that were struck out were kept: "gone".',
        'A picture ("A quiet room") was left out; add it in the editor.',
        'Comments were left out: "Is this right?".',
        'The header or footer of the page was left out: "Example House".',
    ]


def test_footnotes_become_doubts_and_leave_their_number(tmp_path):
    notes = f'<w:footnotes {W}><w:footnote w:id="7">{paragraph("A study of nights, 2024.")}</w:footnote></w:footnotes>'
    body = f'{paragraph("Coming Off Heroin")}<w:p><w:r><w:t>{PROSE}</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r></w:p>'
    guide = guide_from(tmp_path, archive(body, parts={"word/footnotes.xml": notes}), "guide.docx")
    assert guide.sections[0].blocks[0].text == f"{PROSE}[1]"
    assert guide.doubts == ['Note [1] was taken out: "A study of nights, 2024.". Add it to the guide\'s sources.']


def test_tracked_changes_are_reported(tmp_path):
    body = f"{paragraph('Coming Off Heroin')}<w:p><w:r><w:t>{PROSE}</w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del></w:p>"
    guide = guide_from(tmp_path, archive(body), "guide.docx")
    assert guide.sections[0].blocks[0].text == PROSE
    assert "tracked changes" in guide.doubts[0]


def test_a_word_document_under_another_name(tmp_path):
    assert guide_from(tmp_path, archive(paragraph("Coming Off Heroin") + paragraph(MORE)), "guide.txt").title == "Coming Off Heroin"


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        guide_from(folder, content, "guide.docx")
    return str(refused.value)


def test_an_empty_document(tmp_path):
    assert "no words" in refusal(tmp_path, archive(paragraph("")))


def test_a_zip_bomb(tmp_path):
    bomb = archive(paragraph("Coming Off Heroin") + f"<w:p><w:r><w:t>{' ' * 30_000_000}</w:t></w:r></w:p>")
    assert len(bomb) < 100_000
    assert "it unpacks to 29 MB" in refusal(tmp_path, bomb)


def test_a_zip_bomb_in_another_part(tmp_path, monkeypatch):
    monkeypatch.setattr(word, "LARGEST_UNPACKED", 1_000_000)
    assert "it unpacks to 2 MB" in refusal(tmp_path, archive(paragraph(PROSE), parts={"word/media/huge.bin": "0" * 2_000_000}))


def test_a_zip_bomb_with_a_false_size(tmp_path):
    raw = bytearray(archive(paragraph("Coming Off Heroin") + f"<w:p><w:r><w:t>{'x' * 30_000_000}</w:t></w:r></w:p>"))
    entry = raw.index(b"PK\x01\x02")
    while raw[entry + 46 : entry + 63] != b"word/document.xml":
        entry = raw.index(b"PK\x01\x02", entry + 4)
    struct.pack_into("<I", raw, entry + 24, 1000)
    assert "damaged" in refusal(tmp_path, bytes(raw))


def test_definitions_in_xml(tmp_path):
    body = f"<w:body>{paragraph('&a;')}</w:body>"
    raw = archive("", main=f'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document {W}>{body}</w:document>')
    assert "XML that no Word document has" in refusal(tmp_path, raw)


def test_xml_that_is_broken(tmp_path):
    assert "damaged" in refusal(tmp_path, archive("", main="<w:document"))


def test_a_file_that_is_cut_off(tmp_path):
    raw = archive(paragraph(PROSE))
    assert "damaged" in refusal(tmp_path, raw[: len(raw) // 2])


def test_xml_that_is_nested_too_deeply(tmp_path):
    deep = "<w:sdt><w:sdtContent>" * 5000 + paragraph(PROSE) + "</w:sdtContent></w:sdt>" * 5000
    assert "nested too deeply" in refusal(tmp_path, archive(deep))


def test_a_locked_document(tmp_path):
    raw = bytearray(archive(paragraph(PROSE)))
    start = 0
    while (start := raw.find(b"PK\x01\x02", start)) >= 0:
        raw[start + 8] |= 1
        start += 4
    assert "locked with a password" in refusal(tmp_path, bytes(raw))
