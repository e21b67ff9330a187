"""Timed work on support; safe to call repeatedly, and returns how much was done."""

from __future__ import annotations

import datetime

from joinedup.accounts.person import Person
from joinedup.support.reminders import remind


def remind_of_checks(on: datetime.date) -> int:
    """Remind those who look after support that a check is due; returns how many mails were sent."""
    return remind(by=Person.operator(), on=on)
