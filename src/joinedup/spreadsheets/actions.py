"""Spreadsheets that are not accepted yet: upload one, choose its columns, tick its guesses, drop it.

What is accepted, and undone, is in `intake`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.places.models import Footprint
from joinedup.privacy.case_lists import find_people, looks_like_data
from joinedup.privacy.retention import UPLOADS
from joinedup.spreadsheets.as_given import with_joined
from joinedup.spreadsheets.columns import plain, suggest
from joinedup.spreadsheets.guesses import well_formed
from joinedup.spreadsheets.headers import HeaderAt, Wanted, headings_in, proposed, sheet_at, wanted
from joinedup.spreadsheets.intake.actions import give_up_broken
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.models import RememberedColumn, Upload
from joinedup.spreadsheets.parse import Book, RawSheet, Spreadsheet, Unreadable, open_file, open_text
from joinedup.spreadsheets.people import refuse_people
from joinedup.spreadsheets.refusals import fingerprint, refuse_finished, refuse_twice

MOST_TICKS = 50_000
# Rows of other sheets of a file that are kept until the sheet is accepted.
MOST_OF_OTHERS = 10_000


def bring(
    *,
    by: Person,
    footprint: Footprint,
    kind: str,
    content: bytes = b"",
    text: str = "",
    file_name: str = "",
    mapping: Mapping[str, int] | None = None,
) -> Upload:
    """Read a file, or pasted text, and store its rows until somebody accepts or drops them.

    `mapping` (our field -> column), if the columns are known already, makes it ready to preview. Raises
    PermissionDenied, or Unreadable or ValidationError with one sentence, and then stores nothing.
    """
    require(by, "spreadsheet.bring", on=_scope(footprint))
    if kind not in KINDS:
        raise ValidationError("Choose what the spreadsheet lists.")
    give_up_broken(timezone.now(), footprint)
    if bool(content) and bool(text.strip()):
        raise ValidationError("Either choose a file or paste the rows, not both.")
    book = open_text(text) if text.strip() else open_file(content)
    place = proposed(book, _wanted(footprint, kind))
    return keep(
        by=by,
        footprint=footprint,
        kind=kind,
        sheet=sheet_at(book, place),
        file_name=file_name or "Pasted rows",
        mapping=mapping,
        found=(book, place),
    )


@transaction.atomic
def keep(
    *,
    by: Person,
    footprint: Footprint,
    kind: str,
    sheet: Spreadsheet,
    file_name: str,
    mapping: Mapping[str, int] | None = None,
    found: tuple[Book, HeaderAt] | None = None,
) -> Upload:
    """Like `bring`, for a sheet that was read already. `found`: the file that it stands in, and where: another sheet or
    row of headings can then be chosen."""
    require(by, "spreadsheet.bring", on=_scope(footprint))
    refuse_people(sheet)
    content_hash = fingerprint(sheet)
    refuse_twice(footprint, kind, content_hash)
    forget(timezone.now(), footprint)
    remembered = _remembered(footprint, kind)
    book, place = found or (Book([]), None)
    upload = Upload.objects.create(
        footprint=footprint,
        kind=kind,
        file_name=file_name[:200],
        header=sheet.header,
        rows=sheet.rows,
        first_row=sheet.first_row,
        row_count=sum(any(row) for row in sheet.rows),
        mapping=dict(mapping)
        if mapping
        else suggest(sheet.header, KINDS[kind].table, KINDS[kind].fields, remembered),
        state=Upload.State.PREVIEWED if mapping else Upload.State.MAPPING,
        content_hash=content_hash,
        sheets=[asdict(each) for each in _without_people(book, place, _wanted(footprint, kind))],
        read_from={**(asdict(place) if place else {}), "hidden": book.hidden},
        by=by.name[:160],
        user_id=by.user_id,
    )
    audit.record(by=by, action="spreadsheet.bring", on=upload)
    return upload


def _remembered(footprint: Footprint, kind: str) -> dict[str, str]:
    """Plain heading -> field, as the partnership chose it before."""
    chosen = RememberedColumn.objects.filter(footprint=footprint, kind=kind)
    return dict(chosen.values_list("heading", "field"))


def _wanted(footprint: Footprint, kind: str) -> Wanted:
    return wanted(KINDS[kind].table, KINDS[kind].fields, _remembered(footprint, kind))


_TOO_MANY = "The file holds too many rows to keep them all: bring this sheet in a file of its own."


def _without_people(book: Book, place: HeaderAt | None, looked_for: Wanted) -> list[RawSheet]:
    """The sheets of a file without the rows of those that list single people, of which nothing is kept."""
    kept, rows = [], 0
    for number, raw in enumerate(book.sheets):
        if place is not None and not raw.refused:
            try:
                at = place if number == place.sheet else headings_in(raw, number, looked_for)
                sheet = sheet_at(book, at)
            except Unreadable as refusal:
                raw = replace(raw, rows=[], merged=[], refused=refusal.messages[0])
            else:
                rows += len(raw.rows) if number != place.sheet else 0
                if rows > MOST_OF_OTHERS:
                    raw = replace(raw, rows=[], merged=[], refused=_TOO_MANY)
                elif number != place.sheet and (people := find_people(sheet.header, sheet.rows)):
                    raw = replace(raw, rows=[], merged=[], refused=people.sentence)
                else:
                    raw = _without_people_above(raw, at)
        kept.append(raw)
    return kept


def _without_people_above(raw: RawSheet, at: HeaderAt) -> RawSheet:
    """The sheet without what stands above its headings, if that looks like a list of single people."""
    width = max(map(len, raw.rows))
    above = [row + [""] * (width - len(row)) for row in raw.rows[: at.first] if any(row)]
    if above and find_people(above[0], above[1:]):
        return replace(raw, rows=[[] for _ in range(at.first)] + raw.rows[at.first :])
    return raw


@transaction.atomic
def choose_sheet(
    *, by: Person, upload: Upload, sheet: int, first: int | None = None, last: int | None = None
) -> Upload:
    """Read another sheet of the file, or other rows of it as headings (from 0; as proposed if not given). What was
    chosen for its columns begins anew. Raises ValidationError with one sentence, and then changes nothing."""
    require(by, "spreadsheet.bring", on=upload)
    upload = Upload.objects.select_for_update(of=("self",)).select_related("footprint").get(pk=upload.pk)
    refuse_finished(upload)
    if not 0 <= sheet < len(upload.sheets):
        raise ValidationError("There is no such sheet.")
    book = Book([RawSheet(**each) for each in upload.sheets])
    if first is not None and not book.sheets[sheet].refused:
        place = HeaderAt(sheet, first, first if last is None else last)
    else:
        place = proposed(Book([book.sheets[sheet]]), _wanted(upload.footprint, upload.kind))
        place = replace(place, sheet=sheet)
    read = sheet_at(book, place)
    refuse_people(read)
    refuse_twice(upload.footprint, upload.kind, fingerprint(read))
    before = audit.snapshot(upload)
    kind, remembered = KINDS[upload.kind], _remembered(upload.footprint, upload.kind)
    upload.header, upload.rows, upload.first_row = read.header, read.rows, read.first_row
    upload.row_count = sum(any(row) for row in read.rows)
    upload.mapping = suggest(read.header, kind.table, kind.fields, remembered)
    upload.read_from = upload.read_from | asdict(place)
    upload.content_hash, upload.state = fingerprint(read), Upload.State.MAPPING
    upload.ticks, upload.date_order = {}, ""
    upload.save()
    audit.record(by=by, action="spreadsheet.sheet", on=upload, before=before)
    return upload


@transaction.atomic
def say_date_order(*, by: Person, upload: Upload, order: str) -> Upload:
    """Keep, for a sheet whose dates can be read in two ways, which way it is."""
    require(by, "spreadsheet.bring", on=upload)
    upload = Upload.objects.select_for_update(of=("self",)).select_related("footprint").get(pk=upload.pk)
    refuse_finished(upload)
    if order not in Upload.DateOrder.values:
        raise ValidationError("Say whether the day or the month stands first.")
    before = audit.snapshot(upload)
    upload.date_order = order
    upload.save(update_fields=["date_order"])
    audit.record(by=by, action="spreadsheet.date_order", on=upload, before=before)
    return upload


@transaction.atomic
def choose_columns(*, by: Person, upload: Upload, mapping: Mapping[str, int]) -> Upload:
    """Set which column is which field; remembered for the partnership's next upload.

    `mapping`: our field -> column number. Raises ValidationError if a required field has no column.
    """
    require(by, "spreadsheet.bring", on=upload)
    upload = Upload.objects.select_for_update(of=("self",)).select_related("footprint").get(pk=upload.pk)
    refuse_finished(upload)
    fields = {field.name: field for field in KINDS[upload.kind].fields}
    if mapping.keys() - fields.keys() or any(not 0 <= n < len(upload.header) for n in mapping.values()):
        raise ValidationError("There is no such column.")
    if len(set(mapping.values())) < len(mapping):
        raise ValidationError("Two columns cannot both be the same thing, nor one column two things.")
    for field in fields.values():
        if field.required and field.name not in mapping:
            raise ValidationError(f"Choose the column that holds: {field.label}.")
    before = audit.snapshot(upload)
    upload.mapping, upload.state = dict(mapping), Upload.State.PREVIEWED
    upload.rows = _with_joined(upload)
    upload.save(update_fields=["mapping", "state", "rows"])
    _remember(upload)
    audit.record(by=by, action="spreadsheet.columns", on=upload, before=before)
    return upload


def _with_joined(upload: Upload) -> list[list[str]]:
    """The rows as they stand in the sheet, and the values of joined cells in those beside them."""
    if not upload.sheets:
        return list(upload.rows)
    where = upload.read_from
    raw, first = upload.sheets[where["sheet"]], where["last"] + 1
    width = len(upload.header)
    rows = [row + [""] * (width - len(row)) for row in raw["rows"][first:]]
    return with_joined(rows, raw["merged"], upload.mapping, upload.kind, first)


@transaction.atomic
def tick(*, by: Person, upload: Upload, ticks: Mapping[str, bool]) -> Upload:
    """Keep which guesses are ticked, by their keys, until the sheet is accepted."""
    require(by, "spreadsheet.bring", on=upload)
    upload = Upload.objects.select_for_update(of=("self",)).select_related("footprint").get(pk=upload.pk)
    refuse_finished(upload)
    merged = upload.ticks | well_formed(ticks)
    if len(merged) > MOST_TICKS:
        raise ValidationError("That is more than the sheet holds: accept it, or bring it in parts.")
    if merged != upload.ticks:
        before = audit.snapshot(upload)
        upload.ticks = merged
        upload.save(update_fields=["ticks"])
        audit.record(by=by, action="spreadsheet.tick", on=upload, before=before)
    return upload


@transaction.atomic
def drop(*, by: Person, upload: Upload) -> None:
    """Delete a sheet that was not accepted, with all its rows."""
    require(by, "spreadsheet.bring", on=upload)
    refuse_finished(upload)
    audit.record(by=by, action="spreadsheet.drop", on=upload, before=audit.snapshot(upload), after={})
    upload.delete()


@transaction.atomic
def forget(now: datetime.datetime, footprint: Footprint | None = None) -> int:
    """Delete sheets that were not accepted in time, everywhere or in one partnership; returns how many.

    They hold people's addresses for no purpose. The worker calls this and, in case no worker runs, so does
    the next upload.
    """
    waiting = Upload.objects.filter(state__in=[Upload.State.MAPPING, Upload.State.PREVIEWED])
    if footprint is not None:
        waiting = waiting.filter(footprint=footprint)
    old = list(waiting.filter(at__lt=now - UPLOADS.length).select_for_update())
    for each in old:
        audit.record(
            by=Person.operator(), action="spreadsheet.forget", on=each, before=audit.snapshot(each), after={}
        )
        each.delete()
    return len(old)


def _scope(footprint: Footprint) -> Scope:
    return Scope(footprints=frozenset({footprint.pk}))


def _remember(upload: Upload) -> None:
    """Remember every heading with its field, and a column that was left out as left out. In a list without
    headings, the first row may hold somebody's name, so nothing is remembered."""
    if looks_like_data(upload.header):
        return
    field_of: dict[int, str] = {column: name for name, column in upload.mapping.items()}
    for column, heading in enumerate(_first_of_each(upload.header)):
        if heading:
            RememberedColumn.objects.update_or_create(
                footprint_id=upload.footprint_id,
                kind=upload.kind,
                heading=heading,
                defaults={"field": field_of.get(column, "")},
            )


def _first_of_each(header: Sequence[str]) -> list[str]:
    """Headings in plain form, cut to the length of their field; "" for a heading that occurs twice."""
    headings = [plain(cell)[:120] for cell in header]
    return [heading if headings.count(heading) == 1 else "" for heading in headings]
