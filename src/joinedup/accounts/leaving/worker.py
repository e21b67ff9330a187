"""What the worker does for accounts: forget what can no longer be undone, and erase what was closed long enough."""

from __future__ import annotations

import datetime

from joinedup.accounts.leaving.closing import forget_passed
from joinedup.accounts.leaving.erasure import erase_due


def look_after_accounts(now: datetime.datetime) -> int:
    """Returns how many accounts were erased."""
    forget_passed(now)
    return erase_due(now)
