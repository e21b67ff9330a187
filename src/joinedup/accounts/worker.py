"""What the worker does for accounts: what can no longer be undone is forgotten."""

from __future__ import annotations

import datetime

from joinedup.accounts.closing import forget_passed


def look_after_accounts(now: datetime.datetime) -> int:
    """Returns how many closings can no longer be undone and were emptied."""
    return forget_passed(now)
