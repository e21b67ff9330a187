"""Making what a sheet lists, in steps so short that other writers hardly wait.

SQLite has one writer at a time: a sheet of thousands of rows in one transaction would stop everybody else for minutes.
What each row comes to is stored when the sheet is accepted (`PlannedRow`), and what it made in the transaction of the
step that made it. So whoever goes on, a request or a worker, makes each row once, whatever stopped the one before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, transaction
from django.db.models import F

from joinedup.accounts import audit
from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.mail.turns import let_others_write
from joinedup.opportunities.touching import touch, touched_at_the_end
from joinedup.partners.models import Partner
from joinedup.spreadsheets.cells import plain_name
from joinedup.spreadsheets.intake import hold, outcome, plans
from joinedup.spreadsheets.intake.made_records import keys_of, lists_of
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.kinds.contract import MadeSoFar
from joinedup.spreadsheets.models import PlannedRow, Upload, UploadWork
from joinedup.spreadsheets.preview import SpreadsheetPreview
from joinedup.taxonomy.models import Sector

logger = logging.getLogger(__name__)

# Rows whose plans are read together.
READ_AT_ONCE = 100
BROKE = "Something went wrong; whoever looks after the installation finds it in the log."
NO_LONGER = "{done} of {all} rows were taken in; then it stopped, as whoever accepted it may no longer do so."


def make_at_once(by: Person, upload: Upload, seen: SpreadsheetPreview) -> None:
    """Make what the rows come to in the caller's transaction. Raises ValidationError with the row."""
    made = _nothing_yet(upload)
    for line in seen.to_make:
        try:
            records = KINDS[upload.kind].make(by, upload.footprint, line.plan, made)
        except ValidationError as error:
            raise ValidationError(f"Row {line.row}: {' '.join(error.messages)}") from error
        upload.made += keys_of(records)
    outcome.remember_names(upload, (called for line in seen.lines for called in line.called), made.partners)


def planned(upload: Upload, seen: SpreadsheetPreview) -> list[PlannedRow]:
    """What each row comes to, to be stored in the transaction that begins the acceptance."""
    to_make = {line.row for line in seen.to_make}
    return [
        PlannedRow(
            upload=upload,
            number=line.row,
            plan=plans.to_text(line.plan) if line.row in to_make else {},
            called=plans.to_text(line.called),
            is_done=line.row not in to_make,
        )
        for line in seen.lines
        if line.row in to_make or line.called
    ]


@dataclass
class _Making:
    """One go at a sheet: whoever holds `work` makes it. `by`: somebody who waits at a page, or None for a worker.
    `earlier`: keys of the partners that were made in goes before, by the name in the sheet."""

    upload: Upload
    work: UploadWork
    by: Person | None
    made: MadeSoFar
    earlier: dict[str, int]

    def person(self) -> Person:
        """In whose name the rows are made, with what they may do now."""
        return self.by or Person.of(self.work.user)

    def asker(self) -> Person:
        """For the audit trail, whatever became of their account."""
        return self.by or Person(user_id=self.work.user_id, name=self.work.by)

    def fetch(self, texts: Iterable[Any]) -> None:
        """Have at hand what was made in goes before and stands in these texts, and not all of thousands."""
        wanted = {self.earlier[name]: name for name in plans.new_names(texts) & self.earlier.keys()}
        found = Partner.objects.prefetch_related("footprints").in_bulk(
            key for key, name in wanted.items() if name not in self.made.partners
        )
        self.made.partners.update({wanted[key]: partner for key, partner in found.items()})


def go_on(upload: Upload, *, by: Person | None = None, until: float | None = None) -> bool:
    """Make the rows that are left of a sheet whose work is held, all of them or as many as there is time for; whether
    it is through.

    With `by`, who waits for it, the first row that cannot be made raises ValidationError. Without, whoever accepted it
    has gone: such a row is left out and told, and once they may no longer bring spreadsheets the rest is left. Raises
    TakenOver where somebody else goes on.
    """
    making = _Making(upload, upload.work, by, _nothing_yet(upload), _made_earlier(upload))
    while True:
        rows = list(upload.planned.filter(is_done=False)[:READ_AT_ONCE])
        if not rows:
            _end(making)
            return True
        known = plans.records_of(row.plan for row in rows)
        making.fetch(row.plan for row in rows)
        while rows:
            if not may(making.person(), "spreadsheet.bring", upload):
                _end(making, NO_LONGER.format(done=making.work.done, all=making.work.to_do))
                return True
            rows = _step(making, rows, known)
            let_others_write()
            if until is not None and monotonic() >= until:
                return False


def _step(making: _Making, rows: Sequence[PlannedRow], known: plans.Known) -> list[PlannedRow]:
    """Make as many of the rows as one step has time for; returns the others."""
    by, until, done = making.person(), monotonic() + hold.STEP, 0
    with touched_at_the_end(), hold.holding(making.work):
        for row in rows:
            _make(making, by, row, known)
            done += 1
            if monotonic() >= until:
                break
        PlannedRow.objects.bulk_update(rows[:done], ["is_done", "made", "refused"])
        UploadWork.objects.filter(pk=making.work.pk).update(done=F("done") + done)
    making.work.done += done
    return list(rows[done:])


def _make(making: _Making, by: Person, row: PlannedRow, known: plans.Known) -> None:
    made, upload = making.made, making.upload
    before = len(made.partners)
    try:
        # What a row has made before it is refused goes with it.
        with transaction.atomic():
            plan = plans.from_text(row.plan, known)
            records = KINDS[upload.kind].make(by, upload.footprint, plan, made)
    except OperationalError:
        raise
    except Exception as error:
        if making.by is not None and isinstance(error, ValidationError):
            raise ValidationError(f"Row {row.number}: {' '.join(error.messages)}") from error
        if making.by is not None:
            raise
        for name in list(made.partners)[before:]:
            del made.partners[name]
        row.refused = _sentence(error)[:300]
    else:
        row.made = keys_of(records)
    row.is_done = True


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, PermissionDenied):
        return str(error)
    logger.error("A row of a spreadsheet could not be taken in.", exc_info=error)
    return BROKE


def _nothing_yet(upload: Upload) -> MadeSoFar:
    sectors = {each.slug: each for each in Sector.objects.all()}
    return MadeSoFar(sectors, list(upload.footprint.places.all()))


def _made_earlier(upload: Upload) -> dict[str, int]:
    rows = upload.planned.filter(is_done=True).values_list("plan__who__new__name", "made")
    # By the name in the sheet: somebody may have changed the record's since.
    return {
        plain_name(name): key for name, keys in rows for label, key in keys if label == Partner._meta.label
    }


def _end(making: _Making, stopped: str = "") -> None:
    """All rows are through, or no more of them may be made."""
    with hold.holding(making.work):
        _end_held(making.upload, making, making.asker(), stopped)


def _end_held(upload: Upload, making: _Making, by: Person, stopped: str) -> None:
    """Where nothing was made the sheet is as before."""
    work = making.work
    before = audit.snapshot(upload)
    outcome.collect(upload)
    if not upload.made and work.refused and not stopped:
        number, why = work.refused[0]
        stopped = f"None of the rows could be taken in. Row {number}: {why}"
    work.is_held, work.stopped = False, stopped[:300]
    work.save(update_fields=["is_held", "refused", "stopped"])
    if upload.made:
        called = list(upload.planned.exclude(called=[]).values_list("called", flat=True))
        making.fetch(called)
        outcome.remember_stored(upload, called, making.made.partners)
        outcome.end_accepted(upload)
    else:
        upload.planned.all().delete()
        upload.state = Upload.State.PREVIEWED
        upload.save(update_fields=["state"])
    touch(lists_of(upload), upload._meta.label_lower)
    audit.record(
        by=by, action="spreadsheet.accept" if upload.made else "spreadsheet.stop", on=upload, before=before
    )
