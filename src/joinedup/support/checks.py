"""When support is to be checked with its provider, and who looks after it. Rules, without queries."""

from __future__ import annotations

import datetime

from joinedup.support.models import Offer

# After three months, a closing date or a list of who may apply is too often out of date; what stands on the shelf
# changes more slowly.
CHECK_AFTER = datetime.timedelta(days=92)
SHELF_AFTER = datetime.timedelta(days=365)
# Whoever looks after it is reminded again after so long.
REMIND_AGAIN = datetime.timedelta(days=30)


def next_check(offer: Offer, on: datetime.date) -> datetime.date | None:
    """The day of the next check of what was checked on the day `on`.

    The day after its closing date, if that comes first: then somebody says whether it is expected to reopen. What is
    over is checked again when it is expected to reopen, else never.
    """
    if offer.is_over(on):
        return offer.reopens if offer.reopens and offer.reopens > on else None
    usual = on + (SHELF_AFTER if offer.is_shelf else CHECK_AFTER)
    return min(usual, offer.closes + datetime.timedelta(days=1)) if offer.closes else usual


def needs_checking(offer: Offer, on: datetime.date) -> bool:
    """Whether nobody has checked with the provider within its time, or ever. A check that is due today is in time."""
    if offer.last_checked is None:
        return True
    due = offer.check_by or offer.last_checked + CHECK_AFTER
    return due < on
