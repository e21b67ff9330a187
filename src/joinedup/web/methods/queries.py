"""The page of methods: our judgements as tables, and the constants of the engines, never retyped."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count

from joinedup.engines.opportunities import strength
from joinedup.evidence import plain_words
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.models import ENOUGH, Need
from joinedup.evidence.sources import source_named
from joinedup.evidence.wording import by_slug
from joinedup.opportunities.models import COMPONENTS
from joinedup.strategy.models import Commitment
from joinedup.taxonomy.models import Mix, Sector, Theme


@dataclass(frozen=True)
class ThemeRow:
    theme: Theme
    indicators: list[tuple[str, float]]
    mix: list[float | None]


@dataclass(frozen=True)
class Methods:
    """`indicators` with a name that no other has, and their formula. `themes` with the weights of their indicators and
    the mix of sectors, in the order of `sectors`. `stand_out`: in how many places a theme does, and of 100 such
    `true_in_100` are expected to be so."""

    indicators: list[tuple[Indicator, str, str]]
    themes: list[ThemeRow]
    sectors: list[Sector]
    score_weights: list[tuple[str, float, str]]
    bands: tuple[tuple[float, str], ...]
    enough: float
    stand_out: int
    true_in_100: int | None
    agree: str
    disagree: str
    one_source: str
    classes: tuple[str, ...]
    commitments_held: int


def everything() -> Methods:
    """Five queries."""
    weights = {(each.theme_id, each.sector_id): each.weight for each in Mix.objects.all()}
    used = {sector for _, sector in weights}
    sectors = [sector for sector in Sector.objects.all() if sector.pk in used]
    measured = sorted(by_slug().values(), key=lambda one: one.name)
    names = _told_apart(measured)
    rows = [
        ThemeRow(
            theme=theme,
            indicators=sorted(
                ((names[one.slug], one.themes[theme.pk]) for one in measured if theme.pk in one.themes),
                key=lambda pair: -pair[1],
            ),
            mix=[weights.get((theme.pk, sector.pk)) for sector in sectors],
        )
        for theme in Theme.objects.all()
    ]
    out = Need.objects.filter(verdict=Need.Verdict.STANDS_OUT).aggregate(
        many=Count("pk"), sure=Avg("stands_out")
    )
    return Methods(
        indicators=[(one, names[one.slug], plain_words.formula(one)) for one in measured],
        themes=rows,
        sectors=sectors,
        score_weights=[
            (str(words), getattr(strength.WEIGHTS, name), strength.REASONS[name])
            for name, words in COMPONENTS.items()
        ],
        bands=strength.BANDS,
        enough=ENOUGH,
        stand_out=out["many"],
        true_in_100=None if out["sure"] is None else math.floor(100 * out["sure"]),
        agree=plain_words.AGREE,
        disagree=plain_words.DISAGREE,
        one_source=plain_words.ONE_SOURCE,
        classes=plain_words.CLASSES,
        commitments_held=Commitment.objects.count(),
    )


def _told_apart(measured: Sequence[Indicator]) -> dict[str, str]:
    """The name of each indicator by slug; where several have it, with the publisher of its first source: “Robbery
    (data.police.uk…)”."""
    alike = Counter(one.name for one in measured)
    names = {}
    for one in measured:
        source = source_named(one.source[0])
        is_twice = alike[one.name] > 1 and source is not None
        names[one.slug] = f"{one.name} ({source.publisher})" if is_twice and source else one.name
    return names
