"""What stands first on the page of a place: violence now, what partners promised there, the next day."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.agreements.agreement_state import shown_state
from joinedup.agreements.models import Agreement
from joinedup.evidence import charts, wording
from joinedup.evidence.models import Figure
from joinedup.evidence.points import Point

# So many periods are drawn: three years of months, so that each month has its like twice before.
DRAWN = 37
State = Agreement.State
# In the order of the bar, best first. “Late” is worked out: due, and nobody has said that it is kept.
WORDS = {
    "kept": _("kept"),
    "on_the_way": _("on the way"),
    "late": _("past the day, and not kept yet"),
    "not_kept": _("not kept"),
}


@dataclass(frozen=True)
class Violence:
    """The headline figure: its value in words, what it was the year before where that may be compared, how it stands
    among places like it with their median, and its line over three years."""

    name: str
    value: str
    when: str
    year_before: str
    standing: str
    line: charts.Chart | None


@dataclass(frozen=True)
class Part:
    """One part of the bar: where it starts and how wide it is, in per cent of the whole."""

    key: str
    words: str
    number: int
    start: float
    width: float


def violence(headline: Figure | None, points: Sequence[Point], changes: Collection[str]) -> Violence | None:
    """None where no police figure is held."""
    if headline is None or headline.state != Figure.State.NUMBER:
        return None
    return Violence(
        name=wording.name(headline.indicator),
        value=wording.value(headline),
        when=wording.period(headline),
        year_before=wording.year_before(headline),
        standing=wording.beside(headline),
        line=charts.line_chart(list(points)[-DRAWN:], changes),
    )


def promises(agreements: Sequence[Agreement], person: Person, on: datetime.date) -> list[Part]:
    """How what was promised stands, as `person` may be told; what was dropped by agreement is no promise any more."""
    counts = Counter(_stands(each, person, on) for each in agreements)
    counts.pop("", None)
    found: list[Part] = []
    start = 0.0
    for key, words in WORDS.items():
        if counts[key]:
            width = 100 * counts[key] / counts.total()
            found.append(Part(key, str(words), counts[key], round(start, 2), round(width, 2)))
            start += width
    return found


def how_they_stand(agreements: Sequence[Agreement], person: Person, on: datetime.date) -> dict[int, str]:
    """{agreement: how it stands, in words}, as `person` may be told; also of what was dropped by agreement."""
    dropped = str(_("dropped by agreement"))
    found = {each.pk: _stands(each, person, on) for each in agreements}
    return {pk: str(WORDS[key]) if key else dropped for pk, key in found.items()}


def _stands(agreement: Agreement, person: Person, on: datetime.date) -> str:
    state = shown_state(agreement, person, on)
    if state == State.DROPPED:
        return ""
    if state in (State.KEPT, State.NOT_KEPT):
        return str(state)
    return "late" if agreement.due < on else "on_the_way"
