"""Word files: real headings and lists, tables with repeated headers, pictures with words for those who do not see them,
working links, British English."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

from joinedup.documents.drawing import Drawing
from joinedup.documents.png import png

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Nothing on paper is smaller than this, but the footer.
FONT, SMALL = "Arial", Pt(10)
# Of a page between its margins, and of a picture on it, in centimetres.
PAGE, HIGH, GAP = 18.0, 6.0, 0.3
SIDES = {1: ("",), 2: ("Left: ", "Right: ")}
ACCENT = RGBColor(0x0B, 0x4F, 0x55)
# Points of the text and of the space before it: little space, so that it goes on a page or two.
DENSE: Mapping[str, tuple[float, float]] = {
    "Normal": (11, 0),
    "List Bullet": (11, 0),
    "List Number": (11, 0),
    "Heading 1": (16, 0),
    "Heading 2": (12, 5),
    "Footer": (8, 5),
}
# For what is handed over as one page, with the partners' own words whole.
TIGHT: Mapping[str, tuple[float, float]] = {
    "Normal": (10, 0),
    "List Bullet": (10, 0),
    "Heading 1": (16, 0),
    "Heading 2": (11.5, 3),
    "Footer": (8, 4),
}
# To be read at a table, on paper.
ROOMY: Mapping[str, tuple[float, float]] = {
    "Normal": (11, 0),
    "List Bullet": (11, 0),
    "List Number": (11, 0),
    "Heading 1": (20, 0),
    "Heading 2": (14, 12),
    "Footer": (8, 5),
}


def new_document(
    *,
    title: str,
    subject: str,
    author: str,
    on: datetime.date,
    footer: str,
    sizes: Mapping[str, tuple[float, float]] = DENSE,
) -> WordDocument:
    """An empty A4 document in British English with its properties and a footer."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.5)
    section.top_margin, section.bottom_margin = Cm(1.2), Cm(1.2)
    section.footer_distance = Cm(0.6)
    _set_styles(document, sizes)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    core = document.core_properties
    core.title, core.subject = title[:250], subject[:250]
    core.author = core.last_modified_by = author[:250]
    core.language, core.comments, core.keywords = "en-GB", "", ""
    core.created = core.modified = datetime.datetime.combine(on, datetime.time())
    section.footer.paragraphs[0].text = footer
    return document


def _set_styles(document: WordDocument, sizes: Mapping[str, tuple[float, float]]) -> None:
    styles: Any = document.styles
    for name, (size, before) in sizes.items():
        style = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(1.5)
        style.paragraph_format.line_spacing = 1.0
        if name.startswith("Heading"):
            style.font.color.rgb = ACCENT


def as_bytes(document: WordDocument) -> bytes:
    """The file. The same document always gives the same bytes: its parts carry no time stamps."""
    written, packed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as same:
        for each in parts.infolist():
            same.writestr(zipfile.ZipInfo(each.filename), parts.read(each), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def section(
    document: WordDocument, title: str, lines: Sequence[str], style: str | None = "List Bullet"
) -> None:
    """A heading and under it a list, or one paragraph if `style` is None."""
    document.add_heading(title, level=2)
    if style is None:
        document.add_paragraph(" ".join(line for line in lines if line))
        return
    for line in lines:
        document.add_paragraph(line, style=style)


def table(
    document: WordDocument,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[Length],
    about: str = "",
) -> None:
    """A table whose first row is its header, and whose rows are not torn over two pages; screen readers read out
    `about`."""
    made = document.add_table(rows=1, cols=len(header), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    made.autofit = False
    # Repeated on each page, and announced by screen readers.
    _mark(made.rows[0], "w:tblHeader")
    for cell, text in zip(made.rows[0].cells, header, strict=True):
        _write(cell.paragraphs[0], text, bold=True)
    for row in rows:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], text)
    # Word goes by the cells, LibreOffice by the columns.
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for each in made.rows:
        _mark(each, "w:cantSplit")
        for cell, width in zip(each.cells, widths, strict=True):
            cell.width = width
    if about:
        _describe(made, about)


def pictures(document: WordDocument, drawings: Sequence[Drawing], *, highest: float = HIGH) -> None:
    """Pictures of one height (centimetres, at most) side by side, with their captions under them, and what each says in
    words for those who do not see it."""
    if not drawings:
        return
    room = PAGE - GAP * (len(drawings) - 1)
    high = min(highest, room / sum(each.width / each.height for each in drawings))
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(4)
    paragraph.paragraph_format.keep_with_next = True
    for n, drawing in enumerate(drawings):
        if n:
            paragraph.add_run(" ")
        added = paragraph.add_run().add_picture(io.BytesIO(png(drawing)), height=Cm(high))
        added._inline.docPr.set("descr", drawing.about)
    captions = zip(SIDES[len(drawings)], drawings, strict=True)
    _write(document.add_paragraph(), " ".join(f"{side}{each.caption}" for side, each in captions))


def add_link(paragraph: Any, words: str, address: str) -> None:
    """Add linked words to a paragraph."""
    link = OxmlElement("w:hyperlink")
    key = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), key)
    run = paragraph.add_run(words)
    run.font.color.rgb, run.font.underline = ACCENT, True
    link.append(run._r)
    paragraph._p.append(link)


def _describe(made: Any, about: str) -> None:
    mark = OxmlElement("w:tblDescription")
    mark.set(qn("w:val"), about)
    made._tbl.tblPr.append(mark)


def _write(paragraph: Any, text: str, *, bold: bool = False) -> None:
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size, run.bold = SMALL, bold


def _mark(row: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
