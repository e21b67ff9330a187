"""Making what a sheet lists, and removing it again, in steps so short that other writers hardly wait.

SQLite has one writer at a time: a sheet of thousands of rows in one transaction would stop everybody else for minutes.
What was made stands in `Upload.made` after each step, in the transaction of the step. So whatever stops it, all of it
can be removed: at once where something is refused, else by the worker or the next upload, once nothing was heard of it
for `SILENT`.
"""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from time import monotonic, sleep
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.opportunities.touching import left_to_the_worker, touch
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.spreadsheets.cells import plain_name
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.models import RememberedName, Upload
from joinedup.spreadsheets.preview import SpreadsheetPreview
from joinedup.spreadsheets.undo import ORDER, take_back, what_stands_in_the_way

# As many rows, or records to remove, are through in one transaction, all or nothing.
AT_ONCE = 20
# Seconds of one step, and of the pause in which those who wait get their turn: SQLite asks ten times a second.
STEP, PAUSE = 0.4, 0.12
SILENT = datetime.timedelta(minutes=5)
TO_GO = 10


def whole(number: int) -> AbstractContextManager[object]:
    """One transaction around the steps where they are few."""
    return transaction.atomic() if number <= AT_ONCE else nullcontext()


def make_all(by: Person, upload: Upload, seen: SpreadsheetPreview) -> None:
    """Make what the rows come to, within `whole` or step by step. `upload` is being accepted already.

    Raises ValidationError with the row; of what was made by steps nothing is left then.
    """
    partners: dict[str, Partner] = {}
    if connection.in_atomic_block and len(seen.to_make) <= AT_ONCE:
        upload.made = _made(by, upload, deque(seen.to_make), partners, None)
        return _remember_names(upload, seen, partners)
    left = deque(seen.to_make)
    try:
        while left:
            # What changed is followed once, at the end.
            with left_to_the_worker(), transaction.atomic():
                _go_on(upload, _made(by, upload, left, partners, monotonic() + STEP))
            _let_others_write()
        with transaction.atomic():
            _remember_names(upload, seen, partners)
            touch([upload.footprint_id], upload._meta.label_lower)
    except BaseException:
        give_up(by, upload)
        raise


def _made(
    by: Person, upload: Upload, left: deque[Any], partners: dict[str, Partner], until: float | None
) -> list[list[Any]]:
    """[model, key] of what the next rows come to: of all of them, or of as many as there is time for."""
    made: list[Any] = []
    while left and (until is None or not made or monotonic() < until):
        line = left.popleft()
        try:
            made += KINDS[upload.kind].make(by, upload.footprint, line, partners)
        except ValidationError as error:
            raise ValidationError(f"Row {line.row}: {error.messages[0]}") from error
    return [[record._meta.label, record.pk] for record in made]


def _go_on(upload: Upload, made: list[list[Any]]) -> None:
    """Note in the step's own transaction what it made; raises ValidationError if it was given up meanwhile."""
    upload.made, upload.said_at = upload.made + made, timezone.now()
    ours = Upload.objects.filter(pk=upload.pk, state=Upload.State.ACCEPTING)
    if not ours.update(made=upload.made, said_at=upload.said_at):
        raise ValidationError("This took too long and was taken back: try again.")


def _let_others_write() -> None:
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sleep(PAUSE)


def give_up(by: Person, upload: Upload) -> None:
    """Remove what an acceptance that ended early has made. If somebody used any of it meanwhile it all stays: the sheet
    counts as accepted then, and shows what it made."""
    upload.refresh_from_db()
    if upload.state != Upload.State.ACCEPTING:
        return
    try:
        remove_all(by, upload)
    except ValidationError:
        upload.rows, upload.header, upload.sheets, upload.ticks = [], [], [], {}
        upload.state = Upload.State.ACCEPTED
    else:
        upload.state = Upload.State.PREVIEWED
    upload.save(update_fields=["rows", "header", "sheets", "ticks", "state"])


def give_up_broken(now: datetime.datetime, footprint: Footprint | None = None) -> int:
    """Give up acceptances of which nothing was heard for long, everywhere or in one partnership: whatever did them was
    stopped. Returns how many."""
    broken = Upload.objects.filter(state=Upload.State.ACCEPTING, said_at__lt=now - SILENT)
    if footprint is not None:
        broken = broken.filter(footprint=footprint)
    found = list(broken)
    for upload in found:
        give_up(Person.operator(), upload)
    return len(found)


def remove_all(by: Person, upload: Upload) -> int:
    """Remove what the upload made, those that lean on others first; returns how many records.

    Raises ValidationError if somebody changed or used one of them, before anything is removed; one that is used while
    the others go stays with what is left.
    """
    with transaction.atomic():
        upload.remembered_names.all().delete()
        _refuse_used(upload.made)
    turn = {model._meta.label: number for number, model in enumerate(ORDER)}
    left = sorted(upload.made, key=lambda each: turn[each[0]])
    removed = len(left)
    while left:
        until = monotonic() + STEP
        with left_to_the_worker(), transaction.atomic():
            while left:
                some, left = left[:TO_GO], left[TO_GO:]
                if removed > AT_ONCE:
                    _refuse_used(some)
                take_back(by, some)
                if monotonic() >= until:
                    break
            upload.made = left
            upload.save(update_fields=["made"])
        if left:
            _let_others_write()
    with transaction.atomic():
        touch([upload.footprint_id], upload._meta.label_lower)
    return removed


def _refuse_used(made: list[list[Any]]) -> None:
    in_the_way = what_stands_in_the_way(made)
    if in_the_way:
        raise ValidationError(f"It cannot be undone any more: {in_the_way[0]}")


def _remember_names(upload: Upload, seen: SpreadsheetPreview, made: Mapping[str, Partner]) -> None:
    """What the sheet calls partners beside their names, for the next sheet; what was said first stays."""
    names: dict[str, Partner] = {}
    for name, who in (called for line in seen.lines for called in line.called):
        partner = who if isinstance(who, Partner) else made.get(plain_name(who.name))
        if partner is not None:
            names.setdefault(name, partner)
    RememberedName.objects.bulk_create(
        [
            RememberedName(footprint_id=upload.footprint_id, upload=upload, name=name, partner=partner)
            for name, partner in names.items()
        ],
        ignore_conflicts=True,
    )
