"""Accept a sheet, undo what one made, and take back what broke off: the one way in to this package.

A large sheet is left to the worker where one runs (`intake.worker`); it goes on with the same steps.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.models import AuditEntry
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.engines.garbage_collection import collection_paused
from joinedup.mail.worker_mark import worker_was_seen
from joinedup.places.models import Footprint
from joinedup.spreadsheets.guesses import SURE, Ticks, well_formed
from joinedup.spreadsheets.intake import acceptance, hold, outcome, removal
from joinedup.spreadsheets.intake.made_records import is_made_here_since, lists_of
from joinedup.spreadsheets.models import UNDER_WAY, PlannedRow, Upload, UploadWork
from joinedup.spreadsheets.preview import SpreadsheetPreview, preview, without_marked
from joinedup.spreadsheets.refusals import refuse_finished, refuse_twice

# More rows to make, or records to remove, are left to a worker where one runs: a page takes up to a tenth of a second
# for each on a busy machine (`bench/acceptance.py`), and who waits for more than ten seconds thinks that it is broken.
# The worker begins within ten.
LARGE = 100
# What a sheet comes to follows from this, besides what is here already.
HOW_READ = ("state", "ticks", "mapping", "content_hash", "date_order")


def accept(
    *,
    by: Person,
    upload: Upload,
    leave_out: bool = False,
    sectors: Mapping[int, str] | None = None,
    ticks: Mapping[str, bool] | None = None,
    least: float = SURE,
    may_wait: bool = False,
) -> int:
    """Create everything the sheet lists, or nothing. Returns the number of records created.

    `leave_out`: skip the marked rows; otherwise one marked row refuses the whole sheet. `sectors`: row number
    -> sector, for organisations whose sector the sheet does not give. Of what was guessed only what is ticked is
    stored: `ticks` by key, besides those kept before; else what is at least as sure as `least`. The rows and headings
    are emptied afterwards: cells without a chosen column are not stored anywhere.

    `may_wait`: a sheet of more than `LARGE` rows is left to the worker where one runs; 0 is returned then. A row that
    cannot be made by that time is left out and told.
    """
    require(by, "spreadsheet.bring", on=upload)
    upload = Upload.objects.select_related("footprint").get(pk=upload.pk)
    while True:
        last = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
        # Worked out before anybody else has to wait.
        seen = _to_accept(
            by, upload, leave_out, sectors, Ticks(upload.ticks | well_formed(ticks or {}), least)
        )
        number = len(seen.to_make)
        is_left, is_short = may_wait and _is_left_to_worker(by, number), number <= hold.AT_ONCE
        plan = [] if is_short else acceptance.planned(upload, seen)
        # Where they are few all is one transaction.
        with transaction.atomic() if is_short else nullcontext():
            if _begun(by, upload, last, number, plan, is_left=is_left):
                if is_short:
                    _make_at_once(by, upload, seen)
                break
    if is_left:
        return 0
    if not is_short:
        _make_in_steps(by, upload)
    return len(upload.made)


def _is_left_to_worker(by: Person, number: int) -> bool:
    """Whether it is too much to wait for, a worker is there, and knows in whose name it acts."""
    return number > LARGE and by.user_id is not None and worker_was_seen()


def _make_at_once(by: Person, upload: Upload, seen: SpreadsheetPreview) -> None:
    before = audit.snapshot(upload)
    acceptance.make_at_once(by, upload, seen)
    UploadWork.objects.filter(upload=upload).update(is_held=False, done=len(seen.to_make))
    outcome.end_accepted(upload)
    audit.record(by=by, action="spreadsheet.accept", on=upload, before=before)


def _make_in_steps(by: Person, upload: Upload) -> None:
    try:
        acceptance.go_on(upload, by=by)
    except hold.TakenOver:
        raise ValidationError("Somebody stopped it, or this took too long: look at it again.") from None
    except BaseException:
        _give_up(by, upload)
        raise


def _to_accept(
    by: Person, upload: Upload, leave_out: bool, sectors: Mapping[int, str] | None, chosen: Ticks
) -> SpreadsheetPreview:
    """What the sheet comes to; raises ValidationError if it cannot be accepted."""
    refuse_finished(upload)
    if upload.state != Upload.State.PREVIEWED:
        raise ValidationError("Choose the columns first.")
    refuse_twice(upload.footprint, upload.kind, upload.content_hash)
    seen = (without_marked if leave_out else preview)(by, upload, sectors, chosen)
    if seen.dates is not None and not upload.date_order:
        raise ValidationError(
            "Dates can be read in two ways: say first whether the day or the month stands first."
        )
    if seen.marked:
        raise ValidationError(
            f"{len(seen.marked)} of the rows have a problem: correct them, or choose to leave them out."
        )
    if not seen.to_make:
        raise ValidationError("There is nothing new in it: everything is here already.")
    return seen


@collection_paused()
@transaction.atomic
def _begun(
    by: Person, upload: Upload, last: int, number: int, plan: Sequence[PlannedRow], *, is_left: bool
) -> bool:
    """Whether its acceptance begins: not if records were made since the entry `last` of the audit trail, beside which
    it has to be read again. Raises ValidationError if somebody else was faster. `is_left`: to the worker."""
    # Locked, so that a second click finds it taken; without its thousands of rows, as others wait.
    now = Upload.objects.select_for_update().only(*HOW_READ).get(pk=upload.pk)
    refuse_finished(now)
    if _how_read(now) != _how_read(upload):
        raise ValidationError("Somebody has just changed how it is read: look at it again.")
    if upload.footprint.uploads.filter(state__in=UNDER_WAY).exists():
        raise ValidationError(
            "Another spreadsheet of this partnership is being accepted or undone: wait until it is done."
        )
    if is_made_here_since(last, upload.footprint):
        return False
    upload.state, upload.made = Upload.State.ACCEPTING, []
    upload.save(update_fields=["state", "made"])
    PlannedRow.objects.bulk_create(plan)
    hold.begin_work(by, upload, number, lists=lists_of(upload), is_held=not is_left)
    return True


def _how_read(upload: Upload) -> list[object]:
    return [getattr(upload, name) for name in HOW_READ]


def undo(*, by: Person, upload: Upload, may_wait: bool = False) -> int:
    """Delete exactly what the upload created. Returns the number of records deleted.

    One that is being accepted is stopped by that, and can be accepted again. Raises ValidationError, naming the
    obstacles, if somebody changed or used one of them since. `may_wait`: more than `LARGE` records are left to the
    worker where one runs; 0 is returned then.
    """
    require(by, "spreadsheet.undo", on=upload)
    checked = _checked(upload)
    with transaction.atomic():
        upload = _to_undo(upload, checked)
        number = len(upload.made)
        is_left = may_wait and _is_left_to_worker(by, number)
        if number <= hold.AT_ONCE and upload.state == Upload.State.ACCEPTED:
            return _remove_at_once(by, upload)
        removal.begin_undo(by, upload, is_held=not is_left)
    if is_left:
        return 0
    number = len(upload.made)
    try:
        removal.go_on(upload, by=by)
    except hold.TakenOver:
        raise ValidationError("Somebody else goes on with it: look at it again.") from None
    if upload.work.stopped:
        raise ValidationError(upload.work.stopped)
    return number


def _checked(upload: Upload) -> set[tuple[str, int]]:
    """What the upload has made by now, none of which is used. Asked before anybody else has to wait: of thousands of
    records it takes a second. Raises ValidationError if there is nothing to undo, or if it is used."""
    work = UploadWork.objects.filter(upload=upload).first()
    now = Upload.objects.get(pk=upload.pk)
    _refuse_not_undoable(now, work)
    made = outcome.made_by_now(now)
    removal.refuse_used(now, made)
    return {(label, key) for label, key in made}


def _to_undo(upload: Upload, checked: Collection[tuple[str, int]]) -> Upload:
    """Held until the transaction is through, in the order in which whoever makes its rows holds it. What is used since
    it was `checked` is found before it would be removed."""
    work = UploadWork.objects.select_for_update().filter(upload=upload).first()
    upload = Upload.objects.select_for_update(of=("self",)).select_related("footprint").get(pk=upload.pk)
    _refuse_not_undoable(upload, work)
    outcome.stop(upload)
    removal.refuse_used(upload, [each for each in upload.made if tuple(each) not in checked])
    return upload


def _refuse_not_undoable(upload: Upload, work: UploadWork | None) -> None:
    if upload.state == Upload.State.UNDOING and work is not None and not work.is_free(timezone.now()):
        raise ValidationError("It is being undone just now: wait until it is done.")
    if upload.state not in (Upload.State.ACCEPTED, *UNDER_WAY):
        raise ValidationError("Only what was accepted can be undone.")


def _remove_at_once(by: Person, upload: Upload) -> int:
    before = audit.snapshot(upload)
    gone = removal.remove_at_once(by, upload)
    upload.state, upload.rows = Upload.State.UNDONE, []
    upload.save(update_fields=["state", "made", "rows"])
    audit.record(by=by, action="spreadsheet.undo", on=upload, before=before)
    return gone


def _give_up(by: Person, upload: Upload) -> None:
    """Remove what an acceptance that ended early has made, unless somebody else goes on with it. If somebody used any
    of it meanwhile all stays: the sheet counts as accepted then, and shows what it made."""
    with transaction.atomic():
        try:
            hold.keep_hold(upload.work)
        except hold.TakenOver:
            return
        upload.refresh_from_db(fields=["state", "made"])
        outcome.stop(upload)
        removal.begin_undo(by, upload, is_held=True)
    removal.go_on(upload, by=by)


def give_up_broken(now: datetime.datetime, footprint: Footprint) -> int:
    """Where no worker runs: take back what acceptances made of which nothing was heard for long, as whatever did them
    was stopped, and remove what undos left. Returns how many."""
    if worker_was_seen():
        return 0
    found = Upload.objects.filter(footprint=footprint, state__in=UNDER_WAY)
    silent = [upload for upload in found.select_related("work", "footprint") if upload.work.is_silent(now)]
    for upload in silent:
        hold.take_hold(upload, now)
        _give_up(Person.operator(), upload)
    return len(silent)
