"""How far each commitment has come, and the chain from it back to the figures."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from joinedup.strategy.models import Commitment, Strategy, Update

# Nothing heard for this long is silence.
SILENT_AFTER = datetime.timedelta(days=365)
WORDS = {
    "kept": gettext_lazy("Kept"),
    "on_the_way": gettext_lazy("On the way"),
    "late": gettext_lazy("Late"),
    "not_kept": gettext_lazy("Not kept"),
    "silent": gettext_lazy("Silent"),
    "not_known": gettext_lazy("Not known"),
}
# Money is grouped by size, since only some commitments name a sum.
MILLION = 1_000_000


@dataclass(frozen=True)
class CommitmentStanding:
    """`word` is a key of `WORDS`; `last` is the day of the newest update, if there is one."""

    word: str
    sentence: str
    last: datetime.date | None


@dataclass(frozen=True)
class CommitmentRow:
    commitment: Commitment
    standing: CommitmentStanding


@dataclass(frozen=True)
class CommitmentShare:
    """How the commitments of one theme, lead or size stand: the number of each word of `WORDS`."""

    name: str
    counts: dict[str, int]
    total: int


@dataclass(frozen=True)
class StrategyProgress:
    """Everything the page of a strategy shows; `rows` is what the filter chose, the rest covers all
    commitments."""

    strategy: Strategy
    rows: list[CommitmentRow]
    total: int
    counts: dict[str, int]
    shares: dict[str, list[CommitmentShare]]
    envelopes: list[Commitment]
    besides: list[CommitmentRow]


def standing(commitment: Commitment, on: datetime.date) -> CommitmentStanding:
    """How far it has come, judged on the day `on` from its due date and updates; no query if these are
    prefetched. Updates dated after `on` do not count.

    The newest update decides. Evidence of a single partnership decides only if nobody has spoken for the
    whole, and otherwise only shows that it is not silent. An update that says kept, or not kept, is final.
    Otherwise it is late once its due date is past, and silent after a year without an update. Without any
    update it is not known, which is not the same as not kept.
    """
    heard = [update for update in commitment.updates.all() if update.on <= on]
    if not heard:
        return CommitmentStanding("not_known", _not_known(commitment, on), None)
    whole = [update for update in heard if not update.is_local]
    newest = max(whole or heard, key=lambda update: (update.on, update.pk or 0))
    last = max(update.on for update in heard)
    heard_of = date_format(last, "j F Y")
    word, when = newest.standing, date_format(newest.on, "j F Y")
    if word == Update.Standing.KEPT:
        return CommitmentStanding("kept", _("Kept, as at %(day)s.") % {"day": when}, newest.on)
    if word == Update.Standing.NOT_KEPT:
        return CommitmentStanding("not_kept", _("Not kept, as at %(day)s.") % {"day": when}, newest.on)
    if commitment.due and commitment.due < on:
        said = _(
            "Late: it was due on %(due)s, and nothing since says that it was kept. Last heard of on %(day)s."
        )
        return CommitmentStanding(
            "late", said % {"due": date_format(commitment.due, "j F Y"), "day": heard_of}, last
        )
    if last + SILENT_AFTER < on:
        return CommitmentStanding("silent", _("Nothing heard since %(day)s.") % {"day": heard_of}, last)
    if word == Update.Standing.LATE:
        return CommitmentStanding("late", _("Late, as at %(day)s.") % {"day": when}, newest.on)
    return CommitmentStanding("on_the_way", _("On the way, as at %(day)s.") % {"day": heard_of}, last)


def _not_known(commitment: Commitment, on: datetime.date) -> str:
    if commitment.due and commitment.due < on:
        return _("It was to be done by %(due)s. No dated evidence of it is recorded here.") % {
            "due": date_format(commitment.due, "j F Y")
        }
    return _("No dated evidence of it is recorded here.")


def is_counted(commitment: Commitment) -> bool:
    """Whether it is a separate promise: not part of another, not the money behind all, not a related
    announcement."""
    return commitment.part_of_id is None and commitment.kind.startswith(("commitment", "delivery action"))


def progress(
    strategy: Strategy, on: datetime.date, *, word: str = "", chapter: str = "", lead: str = ""
) -> StrategyProgress:
    """Two queries, whatever the number of commitments."""
    rows = [
        CommitmentRow(commitment, standing(commitment, on))
        for commitment in strategy.commitments.prefetch_related("updates")
    ]
    counted = [row for row in rows if is_counted(row.commitment)]
    others = [row for row in rows if not is_counted(row.commitment) and row.commitment.part_of_id is None]
    chosen = [
        row
        for row in counted
        if word in ("", row.standing.word)
        and chapter in ("", row.commitment.chapter)
        and lead in ("", row.commitment.lead)
    ]
    return StrategyProgress(
        strategy=strategy,
        rows=chosen,
        total=len(counted),
        counts=_counts(counted),
        shares={
            "chapter": _shares(counted, [(row.commitment.chapter, row) for row in counted]),
            "lead": _shares(counted, [(row.commitment.lead, row) for row in counted]),
            "money": _shares(counted, [(_size(row.commitment), row) for row in counted]),
        },
        envelopes=[row.commitment for row in others if "envelope" in row.commitment.kind],
        besides=[row for row in others if "envelope" not in row.commitment.kind],
    )


def _counts(rows: Iterable[CommitmentRow]) -> dict[str, int]:
    counted = Counter(row.standing.word for row in rows)
    return {word: counted[word] for word in WORDS}


def _shares(rows: Sequence[CommitmentRow], named: list[tuple[str, CommitmentRow]]) -> list[CommitmentShare]:
    names = list(dict.fromkeys(name for name, _row in named))
    groups = {name: [row for n, row in named if n == name] for name in names}
    return [CommitmentShare(name, _counts(group), len(group)) for name, group in groups.items()]


def _size(commitment: Commitment) -> str:
    if commitment.money_gbp is None:
        return _("No sum named")
    return _("£1 million or more") if commitment.money_gbp >= MILLION else _("Less than £1 million")


def _day(day: datetime.date) -> str:
    return date_format(day, "j F Y")
