"""Who an agreement waits for on a day, and who is asked about it when: the one place that decides it.

No queries here: an agreement comes with `progress` prefetched. Mails and “My work” follow the same rules,
which are described in `docs/methods/following-agreements.md`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from joinedup.agreements.models import Agreement, Chase

Step = Chase.Step
State = Agreement.State
OPEN = (State.AGREED, State.STARTED)

# How long before its date an agreement shows as due. A report since then is enough: nobody is asked again
# before the date.
SOON = datetime.timedelta(days=30)
BEFORE = datetime.timedelta(days=14)
# After its date without a report.
OWNER, DEPUTY, COORDINATOR = (datetime.timedelta(days=days) for days in (1, 7, 14))
# A report in the fortnight before a review counts for it. A review in the fortnight around the due date is
# the same question as the one asked about that date.
FRESH = datetime.timedelta(days=14)
# Whether a kept agreement has lasted is asked within this time or not at all.
LASTED_WITHIN = datetime.timedelta(days=60)

Due = tuple[str, datetime.date]


@dataclass(frozen=True)
class Wait:
    """Why an agreement waits for its owner or deputy: overdue, due or review; `on` is that day."""

    why: str
    on: datetime.date


def _reviews(agreement: Agreement) -> list[Due]:
    return [
        (Step.REVIEW_3, agreement.review_3),
        (Step.REVIEW_6, agreement.review_6),
        (Step.REVIEW_12, agreement.review_12),
    ]


def _said_since(agreement: Agreement, day: datetime.date) -> bool:
    return any(report.on >= day for report in agreement.progress.all())


def waits(agreement: Agreement, on: datetime.date) -> Wait | None:
    """What an update is needed about; None if nothing. A report on the day or later settles it."""
    if agreement.state not in OPEN:
        return None
    due = agreement.due
    if due < on and not _said_since(agreement, due):
        return Wait("overdue", due)
    if on <= due <= on + SOON and not _said_since(agreement, due - SOON):
        return Wait("due", due)
    past = [day for _step, day in _reviews(agreement) if day <= on]
    if past and not _said_since(agreement, max(past) - FRESH):
        return Wait("review", max(past))
    return None


def _around_its_day(agreement: Agreement, on: datetime.date) -> list[Due]:
    due = agreement.due
    if on <= due:
        return [(Step.BEFORE, due)] if on >= due - BEFORE and not _said_since(agreement, due - SOON) else []
    if _said_since(agreement, due):
        return []
    ladder = ((Step.OWNER, OWNER), (Step.DEPUTY, DEPUTY), (Step.COORDINATOR, COORDINATOR))
    return [(step, due) for step, after in ladder if on >= due + after]


def _at_reviews(agreement: Agreement, on: datetime.date) -> list[Due]:
    is_kept = agreement.state == State.KEPT
    found = []
    for step, day in _reviews(agreement):
        if is_kept and (step != Step.REVIEW_12 or on > day + LASTED_WITHIN):
            continue
        is_asked_anyway = not is_kept and abs(day - agreement.due) <= FRESH
        if day <= on and not is_asked_anyway and not _said_since(agreement, day - FRESH):
            found.append((step, day))
    return found


def due_chases(agreement: Agreement, on: datetime.date) -> list[Due]:
    """The (step, about) pairs that have come by `on` and were not answered by a report, the most advanced
    first: overdue before reviews, and a later step before the earlier ones it makes needless.

    Does not look at whether someone was asked already. Kept agreements are asked about once more, at 12
    months, whether it has lasted; those not kept or dropped never.
    """
    if agreement.state not in (*OPEN, State.KEPT):
        return []
    around = _around_its_day(agreement, on) if agreement.state in OPEN else []
    return [*reversed(around), *reversed(_at_reviews(agreement, on))]


def next_to_ask(agreement: Agreement, on: datetime.date, chases: Iterable[Chase]) -> Due | None:
    """The one step to take now. After a pause this is only the most advanced, never an earlier one later on,
    and no review of a day since which they were asked anyway."""
    made = list(chases)
    done, due = {(each.step, each.about) for each in made}, due_chases(agreement, on)
    last = max((each.on for each in made), default=datetime.date.min)
    reviews = {step for step, _day in _reviews(agreement)}
    for kind in (
        [each for each in due if each[0] not in reviews],
        [each for each in due if each[0] in reviews and each[1] > last],
    ):
        if kind and kind[0] not in done:
            return kind[0]
    return None


def after_step(step: str) -> str | None:
    """Who to ask next if nobody in a step has an address."""
    return {Step.OWNER: Step.DEPUTY, Step.DEPUTY: Step.COORDINATOR}.get(Step(step))


def to_come(agreement: Agreement, on: datetime.date) -> Due | None:
    """The next step that will be due if nobody reports: (step, the day it is taken)."""
    days = {agreement.due - BEFORE, *(agreement.due + each for each in (OWNER, DEPUTY, COORDINATOR))}
    days |= {day for _step, day in _reviews(agreement)}
    known = set(due_chases(agreement, on))
    for day in sorted(day for day in days if day > on):
        found = [each for each in due_chases(agreement, day) if each not in known]
        if found:
            return found[0][0], day
    return None
