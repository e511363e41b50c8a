"""Word documents made in code, part by part, for what libraries that write them can't make."""

import io
import zipfile
from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NAMESPACES = (
    f'{W} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/></w:style>' for level in (1, 2, 3)
)
STYLES = f'<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>{HEADINGS}'


def document(
    body: str, *, styles: str = "", numbering: str = "", relations: str = "", parts: dict[str, str] | None = None, main: str = ""
) -> bytes:
    """Return a .docx with `body` as the content of <w:body>. `styles` are added to Title and Heading 1 to 3.

    `parts` are further files by name. `main` replaces the whole part of the text.
    """
    everything = {
        "word/styles.xml": f"<w:styles {W}>{STYLES}{styles}</w:styles>",
        **({"word/numbering.xml": f"<w:numbering {W}>{numbering}</w:numbering>"} if numbering else {}),
        **(parts or {}),
    }
    kinds = "".join(
        f'<Relationship Id="p{number}" Type="{OFFICE}/{Path(name).stem}" Target="{Path(name).name}"/>'
        for number, name in enumerate(everything)
        if "/_rels/" not in name and name.endswith(".xml")
    )
    start = f'<Relationship Id="d" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    everything |= {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{start}</Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}">{kinds}{relations}</Relationships>',
        "word/document.xml": main or f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in everything.items():
            archive.writestr(name, content)
    return file.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, style: str = "", properties: str = "") -> str:
    """Return a paragraph of text, or of runs if `content` begins with a tag."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{content if content.startswith('<') else run(content)}</w:p>"


def item(text: str, number: int, level: int = 0) -> str:
    """Return an item of the list `number`."""
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def lists(*formats: tuple[str, ...], labels: str = "%1.") -> str:
    """Return definitions of lists, numbered from 1, each given by the formats of its levels."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{number}">'
        + "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{labels}"/></w:lvl>'
            for level, kind in enumerate(levels)
        )
        + "</w:abstractNum>"
        for number, levels in enumerate(formats, start=1)
    )
    nums = "".join(f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in range(1, len(formats) + 1))
    return abstract + nums


def text_box(text: str, *, fallback: str = "") -> str:
    """Return a run with a text box as newer programs draw it, and as older ones read it if `fallback` is given."""
    box = f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"
    shape = f'<a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic>'
    content = f"<w:txbxContent>{paragraph(fallback)}</w:txbxContent>"
    older = f"<w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>" if fallback else ""
    newer = f'<mc:Choice Requires="wps"><w:drawing>{shape}</w:drawing></mc:Choice>'
    return f"<w:r><mc:AlternateContent>{newer}<mc:Fallback>{older}</mc:Fallback></mc:AlternateContent></w:r>"
