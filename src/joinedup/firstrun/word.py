"""The brief as a Word file: real headings and lists, a map and a picture, one table whose header repeats, a footer with
sources and date."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from docx.document import Document as WordDocument
from docx.shared import Cm, Pt

from joinedup.documents.word import TYPE, as_bytes, new_document, pictures, section, table
from joinedup.firstrun.brief import THEMES, Brief
from joinedup.firstrun.place_names import listed
from joinedup.places.demonstration import what_is_invented

__all__ = ["HEADER", "TYPE", "as_word"]

HEADER = ("Sector", "Round the table", "None recorded in")
WIDTHS = (Cm(4.2), Cm(9.6), Cm(4.2))
SOURCES_NAMED = 4
# As high as leaves room for the rest on two pages.
PICTURES_CM = 4.6


def as_word(brief: Brief) -> bytes:
    """A .docx of one or two A4 pages, in British English."""
    document = new_document(
        title=f"{brief.name}: brief",
        subject="Need, partners, local action, support and opportunities in brief",
        author=brief.name,
        on=brief.on,
        footer=_footer(brief),
    )
    document.add_heading(f"{brief.name}: where we stand", level=1)
    day = date_format(brief.on, "j F Y")
    document.add_paragraph(f"{brief.where}. {day}. For the partners named here, not for publication.")
    if brief.is_demonstration:
        document.add_paragraph(f"{_('Demonstration.')} {what_is_invented()}")
    section(document, "Need", brief.need, style=None)
    pictures(document, brief.drawings, highest=PICTURES_CM)
    document.add_heading("Who is round the table, and whom to ask", level=2)
    rows = [(line.sector, line.here, line.lacking) for line in brief.sectors]
    table(document, HEADER, rows, WIDTHS)
    if brief.themes_without:
        named = listed([name.lower() for name in brief.themes_without], THEMES)
        document.add_paragraph(_themes(brief.unsaid, named)).paragraph_format.space_before = Pt(4)
    more = [f"and {brief.running_more} more"] if brief.running_more else []
    section(
        document,
        "Already running",
        [*brief.running, *more] or ["Nothing is recorded here yet: ask each partner for one line."],
    )
    section(
        document, "Support open now", brief.support or ["None recorded that is open for this area today."]
    )
    _opportunities(document, brief)
    section(document, "What is not known", brief.unknown)
    return as_bytes(document)


def _themes(unsaid: int, named: str) -> str:
    if not unsaid:
        return f"Nobody is recorded as working on: {named}."
    who = (
        "1 piece of local action does not say its theme"
        if unsaid == 1
        else (f"{unsaid} pieces of local action do not say their theme")
    )
    return f"{who}, so whether anybody works on these has to be asked: {named}."


def _footer(brief: Brief) -> str:
    named = brief.sources[:SOURCES_NAMED]
    if len(brief.sources) > SOURCES_NAMED:
        named = [*named, f"and {len(brief.sources) - SOURCES_NAMED} more"]
    sources = "; ".join(named) or "no figures are held for this area"
    return (
        f"Sources: {sources}. Contains public sector information licensed under the Open Government Licence. "
        f"Partners and local action: as recorded by the partnership. {brief.on:%d/%m/%Y}."
    )


def _opportunities(document: WordDocument, brief: Brief) -> None:
    document.add_heading("Opportunities to work together, and the first step", level=2)
    if not brief.opportunities:
        day = date_format(brief.looked_on, "j F Y") if brief.looked_on else ""
        document.add_paragraph(
            f"None found in what was recorded on {day}: add local action and look again."
            if day
            else "Not looked for yet."
        )
    for heading, move in brief.opportunities:
        paragraph = document.add_paragraph(style="List Number")
        paragraph.add_run(f"{heading}: ").bold = True
        paragraph.add_run(move.told)
        if move.first_step:
            paragraph.add_run(" First step: ").bold = True
            paragraph.add_run(move.first_step)
