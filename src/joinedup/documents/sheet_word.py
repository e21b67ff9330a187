"""A sheet as a Word file."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from docx.document import Document as WordDocument
from docx.shared import Cm, Length

from joinedup.documents.sheet import Said, Section, Sheet, SheetGrid
from joinedup.documents.word import (
    HIGH,
    PAGE,
    ROOMY,
    TIGHT,
    add_link,
    as_bytes,
    new_document,
    pictures,
    table,
)
from joinedup.places.demonstration import what_is_invented

# What is to go on one page has lower pictures.
LOW = 3.0
# A column is as wide as so many letters at least, and at most.
SHORT, LONG = 12, 40


def as_word(sheet: Sheet) -> bytes:
    """A .docx in British English: one first-level heading, and a second-level one per section."""
    document = new_document(
        title=sheet.title,
        subject=sheet.subject,
        author=sheet.author,
        on=sheet.on,
        footer=sheet.footer,
        sizes=TIGHT if sheet.is_dense else ROOMY,
    )
    document.add_heading(sheet.title, level=1)
    document.add_paragraph(sheet.lead)
    if sheet.is_demonstration:
        document.add_paragraph(f"{_('Demonstration.')} {what_is_invented()}")
    pictures(document, sheet.drawings, highest=LOW if sheet.is_dense else HIGH)
    for section in sheet.shown:
        _section(document, section)
    return as_bytes(document)


def _section(document: WordDocument, section: Section) -> None:
    document.add_heading(section.heading, level=2)
    for said in section.said:
        _sentence(document, said)
    if section.grid is not None:
        table(document, section.grid.header, section.grid.rows, _widths(section.grid), section.grid.about)
    if not section.said and section.grid is None:
        document.add_paragraph(section.none)


def _widths(grid: SheetGrid) -> list[Length]:
    """Of a page, shared out by the longest words of each column, so that times do not take as much as names."""
    columns = zip(grid.header, *grid.rows, strict=True)
    longest = [min(max(len(text) for text in column), LONG) for column in columns]
    return [Cm(PAGE * max(each, SHORT) / sum(max(one, SHORT) for one in longest)) for each in longest]


def _sentence(document: WordDocument, said: Said) -> None:
    paragraph = document.add_paragraph(style="List Bullet")
    for words, link in said.pieces():
        if link:
            add_link(paragraph, words, link if link.startswith("http") else f"{settings.SITE_URL}{link}")
        else:
            paragraph.add_run(words)
