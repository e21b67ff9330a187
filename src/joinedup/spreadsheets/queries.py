"""Queries about uploaded spreadsheets, each with a fixed number of database queries."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from joinedup.accounts.permissions import Scope, may
from joinedup.accounts.person import Person
from joinedup.mail.worker_mark import worker_was_seen
from joinedup.places.models import Footprint
from joinedup.spreadsheets.headers import HEADER_WITHIN
from joinedup.spreadsheets.models import Upload, UploadWork

SAMPLES = 3
# Rows that can be said to be the headings with the row below them; how much of each is shown.
PAIRS_WITHIN, WORDS_OF_ROW = 6, 60


@dataclass(frozen=True)
class Column:
    """A column as shown to the person who maps it."""

    number: int
    heading: str
    samples: list[str]


@dataclass(frozen=True)
class OtherSheet:
    """A sheet that was not read: how many rows it has, or why it cannot be read."""

    number: int
    name: str
    rows: int
    refused: str


@dataclass(frozen=True)
class HeaderChoice:
    """A row, or two, that can be said to be the headings: numbers in the file, "3" or "3-4"."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class WhatWasRead:
    """The sheet that was read ("" where a file has no names for them), its first and last row of headings, and what
    else the file has."""

    name: str
    first: int
    last: int
    others: list[OtherSheet]
    hidden: list[str]
    choices: list[HeaderChoice]


def what_was_read(upload: Upload) -> WhatWasRead | None:
    """Of an upload that came as a file or as pasted rows. No query."""
    if not upload.sheets:
        return None
    read = upload.read_from
    own = upload.sheets[read["sheet"]]
    others = [
        OtherSheet(n, each["name"], max(0, sum(map(any, each["rows"])) - 1), each["refused"])
        for n, each in enumerate(upload.sheets)
        if n != read["sheet"]
    ]
    first, last = read["first"], read["last"]
    choices = _header_choices(own["rows"], _numbers(first, last))
    return WhatWasRead(own["name"], first + 1, last + 1, others, read.get("hidden", []), choices)


def _numbers(first: int, last: int) -> str:
    return str(first + 1) if first == last else f"{first + 1}-{last + 1}"


def _header_choices(rows: list[list[str]], chosen: str) -> list[HeaderChoice]:
    """Each row near the top that holds anything, and with the row below it if that does."""
    found = []
    filled = [n for n, row in enumerate(rows[:HEADER_WITHIN]) if any(row) and n + 1 < len(rows)]
    for n in filled:
        for last in (n, n + 1):
            value = _numbers(n, last)
            if last == n or (last in filled and (value == chosen or last < PAIRS_WITHIN)):
                words = ", ".join(cell for row in rows[n : last + 1] for cell in row if cell)
                short = words if len(words) <= WORDS_OF_ROW else words[: WORDS_OF_ROW - 1] + "…"
                found.append(HeaderChoice(value, " ".join(short.split()), value == chosen))
    return found


def footprint_to_bring_to(person: Person, slug: str) -> Footprint | None:
    """The partnership, or None if `person` may not upload spreadsheets to it, so that they learn nothing
    about it."""
    found = Footprint.objects.filter(slug=slug).first()
    if found is None or not may(person, "spreadsheet.bring", Scope(footprints=frozenset({found.pk}))):
        return None
    return found


def upload_of(person: Person, pk: int) -> Upload | None:
    """The upload with its footprint and what was asked of it selected, or None if `person` may not see it."""
    found = Upload.objects.select_related("footprint", "work").filter(pk=pk).first()
    return found if found is not None and may(person, "spreadsheet.bring", found) else None


def uploads_of(footprint: Footprint) -> list[Upload]:
    """Newest first, without their rows. One query."""
    return list(footprint.uploads.select_related("work").defer("rows", "mapping", "header", "sheets"))


@dataclass(frozen=True)
class UploadProgress:
    """How far it is with an upload. `state`: waiting (for the worker), running, left (nobody goes on with it), or
    ended; `refused`: rows that could not be taken in, and why."""

    state: str
    by: str
    at: datetime.datetime | None
    done: int
    to_do: int
    refused: list[tuple[int, str]]
    stopped: str


def progress_of(upload: Upload, now: datetime.datetime) -> UploadProgress:
    """2 queries at most."""
    work: UploadWork | None = getattr(upload, "work", None)
    if work is None:
        return UploadProgress("ended", "", None, 0, 0, [], "")
    state = "ended"
    if upload.state in (Upload.State.ACCEPTING, Upload.State.UNDOING):
        is_left = work.is_silent(now) and not worker_was_seen()
        state = "left" if is_left else "running" if work.is_held or work.done else "waiting"
    refused = work.refused or list(upload.planned.exclude(refused="").values_list("number", "refused"))
    at = timezone.localtime(work.at)
    return UploadProgress(
        state, work.by, at, work.done, work.to_do, [(row, why) for row, why in refused], work.stopped
    )


def columns_of(upload: Upload) -> list[Column]:
    """The columns with the first distinct values of each. No query."""
    found = []
    for number, heading in enumerate(upload.header):
        cells = dict.fromkeys(row[number] for row in upload.rows if number < len(row) and row[number])
        samples = [cell if len(cell) <= 60 else cell[:57] + "…" for cell in list(cells)[:SAMPLES]]
        found.append(Column(number, heading, samples))
    return found
