"""What people answered before and after a day: shares and how they changed, never a single answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from joinedup.engines.rates import Difference, difference, paired_difference
from joinedup.events.models import Event
from joinedup.registration.models import SurveyAnswer
from joinedup.registration.survey import AGREES, STATEMENTS

# With fewer answers nothing is shown: a share of four reveals too much about each.
FEWEST = 5

Answers = Mapping[str, int]


@dataclass(frozen=True)
class SurveyShare:
    """`n`: how many answered the statement; `agree`: the share who agree. None: fewer than FEWEST."""

    n: int | None
    agree: float | None


@dataclass(frozen=True)
class Statement:
    """One statement, and how the share who agree changed; `change` is None if too few answered.

    `paired`: how many people who answered both times the change is based on; 0 if it compares everybody
    before with everybody after, who need not be the same people.
    """

    key: str
    text: str
    before: SurveyShare
    after: SurveyShare
    change: Difference | None
    paired: int

    @property
    def words(self) -> str:
        """The change in percentage points, in words fit to show."""
        if self.change is None:
            return _("too few to say")
        low, high = round(self.change.low * 100), round(self.change.high * 100)
        said = _("%(change)+d points (95%% interval %(low)+d to %(high)+d)") % {
            "change": round(self.change.value * 100),
            "low": low,
            "high": high,
        }
        return _("%(said)s: this may be chance") % {"said": said} if self.change.may_be_chance else said


@dataclass(frozen=True)
class SurveyResults:
    """`before` and `after`: how many people answered at all; None means fewer than FEWEST, which is not
    shown."""

    before: int | None
    after: int | None
    statements: list[Statement]

    @property
    def is_empty(self) -> bool:
        return self.before is None and self.after is None

    @property
    def has_unpaired(self) -> bool:
        return any(each.change is not None and not each.paired for each in self.statements)


def survey_results(event: Event) -> SurveyResults:
    """What may be shown to everybody; 1 query."""
    rows = list(SurveyAnswer.objects.filter(event=event).values_list("moment", "pair", "answers"))
    before = [(pair, answers) for moment, pair, answers in rows if moment == SurveyAnswer.Moment.BEFORE]
    after = [(pair, answers) for moment, pair, answers in rows if moment == SurveyAnswer.Moment.AFTER]
    return SurveyResults(
        before=len(before) if len(before) >= FEWEST else None,
        after=len(after) if len(after) >= FEWEST else None,
        statements=[_statement(key, str(text), before, after) for key, text in STATEMENTS.items()],
    )


def _statement(
    key: str, text: str, before: list[tuple[str, Answers]], after: list[tuple[str, Answers]]
) -> Statement:
    was = [(pair, answers[key] >= AGREES) for pair, answers in before if key in answers]
    now = [(pair, answers[key] >= AGREES) for pair, answers in after if key in answers]
    change, paired = None, 0
    if len(was) >= FEWEST and len(now) >= FEWEST:
        change, paired = _change(was, now)
    return Statement(key, text, _share(was), _share(now), change, paired)


def _share(said: list[tuple[str, bool]]) -> SurveyShare:
    agree = sum(agrees for _pair, agrees in said)
    return SurveyShare(len(said), agree / len(said)) if len(said) >= FEWEST else SurveyShare(None, None)


def _change(was: list[tuple[str, bool]], now: list[tuple[str, bool]]) -> tuple[Difference, int]:
    """From those who answered both times if there are enough, otherwise from everybody."""
    first = {pair: agrees for pair, agrees in was if pair}
    both = [(first[pair], agrees) for pair, agrees in now if pair in first]
    if len(both) >= FEWEST:
        gained = sum(agrees and not agreed for agreed, agrees in both)
        lost = sum(agreed and not agrees for agreed, agrees in both)
        return paired_difference(gained, lost, len(both)), len(both)
    counts = [(sum(agrees for _pair, agrees in said), len(said)) for said in (was, now)]
    return difference(counts[0], counts[1]), 0


SURVEY_HEADER = [
    "Statement",
    "Answers before",
    "Agree before (%)",
    "Answers after",
    "Agree after (%)",
    "Change (percentage points)",
    "95% interval from",
    "to",
    "People who answered both times",
]


def survey_rows(results: SurveyResults) -> Iterator[list[object]]:
    """Rows under SURVEY_HEADER. Empty means not known or too few, never zero."""
    for each in results.statements:
        change = each.change
        yield [
            each.text,
            each.before.n,
            _percent(each.before.agree),
            each.after.n,
            _percent(each.after.agree),
            _percent(change.value if change else None),
            _percent(change.low if change else None),
            _percent(change.high if change else None),
            each.paired or None,
        ]


def _percent(share: float | None) -> int | None:
    return None if share is None else round(share * 100)
