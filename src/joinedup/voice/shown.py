"""What is public about a contribution: its words and age band, never its host.

One rule for every page, file and list, whoever reads: an age band here and a host there would together reveal
which of a few young people spoke. See docs/decisions/quotes-show-an-age-band-never-a-host.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from joinedup.voice.models import Contribution

# A band with fewer answers to a question than this is not shown: it would point to one or two people.
FEWEST_IN_A_BAND = 3


@dataclass(frozen=True)
class Shown:
    """`who`: "a young person aged 14 to 15", or "a young person" if the band would identify somebody."""

    contribution: Contribution
    who: str

    @property
    def text(self) -> str:
        return self.contribution.text

    @property
    def is_demonstration(self) -> bool:
        return self.contribution.is_demonstration


def shown(contributions: Iterable[Contribution]) -> list[Shown]:
    """What is shown of answers that a trained adult approved; one more query."""
    every = list(contributions)
    bands = _bands({each.conversation_id for each in every})
    return [Shown(each, _who(each, bands.get((each.conversation_id, each.age_band), 0))) for each in every]


def _bands(conversations: Iterable[int]) -> dict[tuple[int, str], int]:
    """How many answers of each band are shown for each question."""
    rows = (
        Contribution.objects.filter(conversation__in=list(conversations), state=Contribution.State.SHOWN)
        .order_by()
        .values_list("conversation_id", "age_band")
        .annotate(number=Count("pk"))
    )
    return {(conversation, band): number for conversation, band, number in rows}


def _who(contribution: Contribution, number: int) -> str:
    if contribution.age_band == Contribution.ADULT:
        return _("an adult at the event")
    if number < FEWEST_IN_A_BAND:
        return _("a young person")
    return _("a young person aged %(band)s") % {"band": contribution.get_age_band_display()}
