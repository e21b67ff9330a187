"""Removing what a sheet made, in steps as short as those of its acceptance.

What is left stands in `Upload.made` after each step, in the transaction of the step. So whoever goes on, a request or a
worker, removes the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from django.core.exceptions import ValidationError

from joinedup.accounts import audit
from joinedup.accounts.permissions import may
from joinedup.accounts.person import Person
from joinedup.mail.turns import let_others_write
from joinedup.opportunities.touching import touch, touched_at_the_end
from joinedup.spreadsheets.intake import hold
from joinedup.spreadsheets.intake.made_records import (
    Made,
    in_order,
    lists_of,
    take_back,
    what_stands_in_the_way,
)
from joinedup.spreadsheets.intake.outcome import end_accepted
from joinedup.spreadsheets.models import Upload, UploadWork

# Records that are removed together; a step is as many of these as it has time for.
TO_GO = 50
# As many reasons why it cannot be undone are told, and how many more there are.
TOLD = 3
NO_LONGER = "It stopped, as whoever asked for the undo may no longer do so: what is left can be undone."


def remove_at_once(by: Person, upload: Upload) -> int:
    """Remove what an upload made in the caller's transaction; returns how many records. Raises ValidationError if
    somebody changed or used one of them."""
    refuse_used(upload, upload.made)
    upload.remembered_names.all().delete()
    removed = take_back(by, in_order(upload.made))
    upload.made = []
    return removed


def begin_undo(by: Person, upload: Upload, *, is_held: bool) -> None:
    """Begin to remove what an upload made, in the caller's transaction; one that was being accepted is stopped."""
    upload.state = Upload.State.UNDOING
    upload.save(update_fields=["state"])
    hold.begin_work(by, upload, len(upload.made), lists=lists_of(upload), is_held=is_held)


def go_on(upload: Upload, *, by: Person | None = None, until: float | None = None) -> bool:
    """Remove the records that are left, those that lean on others first: all of them or as many as there is time for;
    whether it is through.

    `by`: who waits for it; without, whoever asked for it has gone, and has to be allowed to still. If somebody changed
    or used one of them nothing is removed, and one that is used while the others go stays with what is left: the upload
    counts as accepted then and says so in its work. Raises TakenOver where somebody else goes on.
    """
    work = upload.work
    upload.made = in_order(upload.made)
    if not work.done and (in_the_way := what_stands_in_the_way(upload.made, upload)):
        _stay(upload, _why_not(in_the_way))
        return True
    while upload.made:
        person = by or Person.of(work.user)
        if not may(person, "spreadsheet.undo", upload):
            _stay(upload, NO_LONGER)
            return True
        try:
            _step(upload, person)
        except ValidationError as error:
            _stay(upload, error.messages[0])
            return True
        let_others_write()
        if until is not None and monotonic() >= until:
            return False
    _end(upload, by or Person(user_id=work.user_id, name=work.by))
    return True


def _step(upload: Upload, by: Person) -> None:
    left, until = list(upload.made), monotonic() + hold.STEP
    with touched_at_the_end(), hold.holding(upload.work):
        while left:
            begun = monotonic()
            some, left = left[:TO_GO], left[TO_GO:]
            refuse_used(upload, some)
            take_back(by, some)
            # The next ones take about as long.
            if 2 * monotonic() - begun >= until:
                break
        upload.work.done += len(upload.made) - len(left)
        upload.work.save(update_fields=["done"])
        Upload.objects.filter(pk=upload.pk).update(made=left)
    upload.made = left


def _end(upload: Upload, by: Person) -> None:
    """Nothing is left. What was stopped in the middle can be accepted again; of what was accepted the rows are gone."""
    with hold.holding(upload.work):
        before = audit.snapshot(upload)
        upload.remembered_names.all().delete()
        is_stopped = bool(upload.rows)
        upload.state = Upload.State.PREVIEWED if is_stopped else Upload.State.UNDONE
        upload.made = []
        upload.save(update_fields=["state", "made"])
        UploadWork.objects.filter(pk=upload.work.pk).update(is_held=False)
        touch(upload.work.lists, upload._meta.label_lower)
        action = "spreadsheet.stop" if is_stopped else "spreadsheet.undo"
        audit.record(by=by, action=action, on=upload, before=before)


def _stay(upload: Upload, why: str) -> None:
    """What is left stays: the sheet counts as accepted, and says why."""
    with hold.holding(upload.work):
        upload.work.is_held, upload.work.stopped = False, why[:300]
        upload.work.save(update_fields=["is_held", "stopped"])
        end_accepted(upload)
        touch(upload.work.lists, upload._meta.label_lower)


def refuse_used(upload: Upload, made: Made) -> None:
    """Raise ValidationError if somebody changed or used one of these records."""
    in_the_way = what_stands_in_the_way(made, upload)
    if in_the_way:
        raise ValidationError(_why_not(in_the_way))


def _why_not(in_the_way: Sequence[str]) -> str:
    number = len(in_the_way)
    if number == 1:
        return f"It cannot be undone any more: {in_the_way[0]}"
    said = " ".join(in_the_way[:TOLD]) + (f" And {number - TOLD} more." if number > TOLD else "")
    return f"It cannot be undone any more, for {number} reasons: {said}"
