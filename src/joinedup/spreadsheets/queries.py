"""Queries about uploaded spreadsheets, each with a fixed number of database queries."""

from __future__ import annotations

from dataclasses import dataclass

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.places.models import Footprint
from joinedup.spreadsheets.models import Upload

SAMPLES = 3


@dataclass(frozen=True)
class Column:
    """A column as shown to the person who maps it."""

    number: int
    heading: str
    samples: list[str]


def footprint_to_bring_to(person: Person, slug: str) -> Footprint | None:
    """The partnership, or None if `person` may not upload spreadsheets to it, so that they learn nothing
    about it."""
    found = Footprint.objects.filter(slug=slug).first()
    if found is None or not may(person, "spreadsheet.bring", Scope(footprints=frozenset({found.pk}))):
        return None
    return found


def upload_of(person: Person, pk: int) -> Upload | None:
    """The upload with its footprint selected, or None if `person` may not see it."""
    found = Upload.objects.select_related("footprint").filter(pk=pk).first()
    return found if found is not None and may(person, "spreadsheet.bring", found) else None


def uploads_of(footprint: Footprint) -> list[Upload]:
    """Newest first, without their rows. One query."""
    return list(footprint.uploads.defer("rows", "mapping", "header", "sheets"))


def columns_of(upload: Upload) -> list[Column]:
    """The columns with the first distinct values of each. No query."""
    found = []
    for number, heading in enumerate(upload.header):
        cells = dict.fromkeys(row[number] for row in upload.rows if number < len(row) and row[number])
        samples = [cell if len(cell) <= 60 else cell[:57] + "…" for cell in list(cells)[:SAMPLES]]
        found.append(Column(number, heading, samples))
    return found
