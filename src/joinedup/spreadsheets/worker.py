"""What spreadsheets do on a timer; safe to call again, and it says how much it did."""

from __future__ import annotations

import datetime

from joinedup.spreadsheets import actions


def forget_uploads(now: datetime.datetime) -> int:
    """Delete what was brought and not accepted within some days; returns how many spreadsheets that were."""
    return actions.forget(now)
