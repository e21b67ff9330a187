"""The brief as a Word file: real headings and lists, one table whose header repeats, a footer with sources and date."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from joinedup.firstrun.brief import THEMES, Brief
from joinedup.firstrun.naming import listed

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT, SIZE, SMALL = "Arial", Pt(9), Pt(8)
ACCENT = RGBColor(0x0B, 0x4F, 0x55)
HEADER = ("Sector", "Round the table", "None recorded in")
WIDTHS = (Cm(4.2), Cm(9.6), Cm(4.2))
SOURCES_NAMED = 4


def as_word(brief: Brief) -> bytes:
    """A .docx of about one A4 page, in British English."""
    document = Document()
    _set_up(document, brief)
    document.add_heading(f"{brief.name}: where we stand", level=1)
    day = f"{brief.on.day} {brief.on:%B %Y}"
    document.add_paragraph(f"{brief.where}. {day}. For the partners named here, not for publication.")
    if brief.is_demonstration:
        document.add_paragraph("Demonstration: partners, local action and funds in it are invented.")
    _section(document, "Need", brief.need, style=None)
    document.add_heading("Who is round the table, who is missing", level=2)
    _table(document, brief)
    if brief.themes_without:
        named = listed([name.lower() for name in brief.themes_without], THEMES)
        document.add_paragraph(f"Nobody is recorded as working on: {named}.")
    more = [f"and {brief.running_more} more"] if brief.running_more else []
    _section(
        document,
        "Already running",
        [*brief.running, *more] or ["Nothing is recorded here yet: ask each partner for one line."],
    )
    _section(
        document, "Support open now", brief.support or ["None recorded that is open for this area today."]
    )
    _opportunities(document, brief.opportunities)
    _section(document, "What is not known", brief.unknown)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: WordDocument, brief: Brief) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.5)
    section.top_margin, section.bottom_margin = Cm(1.2), Cm(1.2)
    section.footer_distance = Cm(0.6)
    styles: Any = document.styles
    for name, size, before in (
        ("Normal", SIZE, 0),
        ("List Bullet", SIZE, 0),
        ("List Number", SIZE, 0),
        ("Heading 1", Pt(15), 0),
        ("Heading 2", Pt(10.5), 5),
        ("Footer", Pt(7), 0),
    ):
        style = styles[name]
        style.font.name, style.font.size = FONT, size
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(1.5)
        style.paragraph_format.line_spacing = 1.0
        if name.startswith("Heading"):
            style.font.color.rgb = ACCENT
    _speak_british(document)
    core = document.core_properties
    core.title = f"{brief.name}: brief"
    core.subject = "Need, partners, local action, support and opportunities on one page"
    core.author = core.last_modified_by = brief.name
    core.language, core.comments, core.keywords = "en-GB", "", ""
    core.created = core.modified = datetime.datetime.combine(brief.on, datetime.time())
    footer = section.footer.paragraphs[0]
    footer.text = _footer(brief)


def _speak_british(document: WordDocument) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _footer(brief: Brief) -> str:
    named = brief.sources[:SOURCES_NAMED]
    if len(brief.sources) > SOURCES_NAMED:
        named = [*named, f"and {len(brief.sources) - SOURCES_NAMED} more"]
    sources = "; ".join(named) or "no figures are held for this area"
    return (
        f"Sources: {sources}. Contains public sector information licensed under the Open Government Licence. "
        f"Partners and local action: as recorded by the partnership. {brief.on:%d/%m/%Y}."
    )


def _section(
    document: WordDocument, title: str, lines: Sequence[str], style: str | None = "List Bullet"
) -> None:
    document.add_heading(title, level=2)
    if style is None:
        document.add_paragraph(" ".join(line for line in lines if line))
        return
    for line in lines:
        document.add_paragraph(line, style=style)


def _opportunities(document: WordDocument, opportunities: Sequence[tuple[str, str]]) -> None:
    document.add_heading("Opportunities to work together, and the first step", level=2)
    if not opportunities:
        document.add_paragraph(
            "None found in what is recorded so far, or not looked for yet: add local action and look again."
        )
    for sentence, first_step in opportunities:
        paragraph = document.add_paragraph(f"{sentence} ", style="List Number")
        if first_step:
            paragraph.add_run("First step: ").bold = True
            paragraph.add_run(first_step)


def _table(document: WordDocument, brief: Brief) -> None:
    table = document.add_table(rows=1, cols=len(HEADER), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    _repeat(table.rows[0])
    for cell, text in zip(table.rows[0].cells, HEADER, strict=True):
        _write(cell, text, bold=True)
    for line in brief.sectors:
        cells = table.add_row().cells
        for cell, text in zip(cells, (line.sector, line.here, line.lacking), strict=True):
            _write(cell, text)
    for row in table.rows:
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = width


def _write(cell: Any, text: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size, run.bold = SMALL, bold


def _repeat(row: Any) -> None:
    """Say that the row is the table's header: it comes again on the next page, and screen readers know it."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
