"""Who goes on with a sheet: one holds its work, says so in each step, and whoever was only slow finds that it is lost.

Each step is one transaction, so that what it did is there only if the work was still held.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.engines.garbage_collection import collection_paused
from joinedup.spreadsheets.models import Upload, UploadWork

# As many rows, or records to remove, are through in one transaction, all or nothing.
AT_ONCE = 20
# Seconds of one step: on SQLite others who save wait so long.
STEP = 0.4


class TakenOver(Exception):
    """Somebody else goes on with it, or it was stopped."""


def begin_work(by: Person, upload: Upload, to_do: int, *, lists: Collection[int], is_held: bool) -> None:
    """Note who asks for what is done with the upload now. `lists`: keys of the partnerships whose lists it changes."""
    now = timezone.now()
    asked = {
        "by": by.name[:160], "user_id": by.user_id, "at": now, "said_at": now, "is_held": is_held,
        "to_do": to_do, "done": 0, "refused": [], "stopped": "", "lists": sorted(lists),
    }  # fmt: skip
    work, _ = UploadWork.objects.update_or_create(upload=upload, defaults=asked)
    # What is held knows it by the moment at which it was heard last.
    upload.work = work


def take_hold(upload: Upload, now: datetime.datetime) -> None:
    """Go on with what is nobody's now; raises TakenOver if somebody else was faster, or if it is held."""
    work = upload.work
    same = UploadWork.objects.filter(pk=work.pk, said_at=work.said_at, is_held=work.is_held)
    if not work.is_free(now) or not same.update(said_at=now, is_held=True):
        raise TakenOver
    work.said_at, work.is_held = now, True


def keep_hold(work: UploadWork) -> None:
    """Say, in the transaction of a step, that it goes on; raises TakenOver if somebody else holds it now."""
    now = timezone.now()
    ours = UploadWork.objects.filter(pk=work.pk, is_held=True, said_at=work.said_at)
    if not ours.update(said_at=now):
        raise TakenOver
    work.said_at = now


@contextmanager
def holding(work: UploadWork) -> Iterator[None]:
    """A transaction of whoever goes on with it: a step, or its end."""
    heard = work.said_at
    try:
        # A search through all that was read, a sixth of a second, comes between two steps, when others can write.
        with collection_paused(), transaction.atomic():
            keep_hold(work)
            yield
    except BaseException:
        # Nor was it heard of.
        work.said_at = heard
        raise


def let_go(work: UploadWork) -> None:
    """Somebody else may go on with it, or the same again."""
    UploadWork.objects.filter(pk=work.pk, said_at=work.said_at).update(is_held=False)
