"""Timed work on spreadsheets: it goes on with those that are left to it; safe to call repeatedly."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

from django.db.models import QuerySet
from django.utils import timezone

from joinedup.engines.words import counted
from joinedup.spreadsheets.intake import acceptance, hold, removal
from joinedup.spreadsheets.models import UNDER_WAY, Upload

logger = logging.getLogger(__name__)

# Seconds of one go, after which the worker does what else is due, and can be told to stop.
GO = 8.0


def go_on_with_sheets(say: Callable[[str], object]) -> bool:
    """Go on with the sheet that is being accepted or undone and was not heard of for longest; whether one is left that
    somebody waits for."""
    upload = _taken()
    if upload is None:
        return False
    is_undone = upload.state == Upload.State.UNDOING
    try:
        is_through = (removal if is_undone else acceptance).go_on(upload, until=monotonic() + GO)
    except hold.TakenOver:
        return True
    except Exception:
        # Tried again once it counts as left: what else is due does not wait for it.
        logger.exception("A spreadsheet could not be gone on with; it is tried again in a minute.")
        return False
    if not is_through:
        hold.let_go(upload.work)
        return True
    what = "removed" if is_undone else "taken in"
    say(
        f"Spreadsheet of {upload.footprint}: {counted(upload.work.done, 'record' if is_undone else 'row')} {what}."
    )
    return _under_way().exists()


def _under_way() -> QuerySet[Upload]:
    return Upload.objects.filter(state__in=UNDER_WAY)


def _taken() -> Upload | None:
    now = timezone.now()
    # Without the rows of the sheet, which nobody needs again each few seconds.
    waiting = _under_way().defer("rows", "sheets").select_related("work__user", "footprint")
    for upload in waiting.order_by("work__said_at"):
        try:
            hold.take_hold(upload, now)
        except hold.TakenOver:
            continue
        return upload
    return None
