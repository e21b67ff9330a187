"""Timed work on spreadsheets; safe to call repeatedly, and returns how much was done."""

from __future__ import annotations

import datetime

from joinedup.spreadsheets import actions


def forget_uploads(now: datetime.datetime) -> int:
    """Delete uploads that were not accepted in time; returns how many."""
    return actions.forget(now)
