"""Timed work on spreadsheets; safe to call repeatedly, and returns how much was done."""

from __future__ import annotations

import datetime

from joinedup.spreadsheets import actions
from joinedup.spreadsheets.offer_list_actions import forget_lists


def forget_uploads(now: datetime.datetime) -> int:
    """Delete uploads, and lists of support, that were not accepted in time; returns how many were deleted."""
    return actions.forget(now) + forget_lists(now)
