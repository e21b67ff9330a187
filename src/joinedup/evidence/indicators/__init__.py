"""What is measured: one TOML file an indicator, beside this one.

slug, name, meaning, unit, caveat    words to show with the figure
direction                            high_is_worse or low_is_worse
source                               names of the sources that its observations come from
grain                                kinds of place that have it
family                               what it counts: indicators of one family count the same events, and speak once
records                              who keeps these records: what one keeper's figures share is not general pressure.
                                     "deprivation" is context, and speaks for no theme
measures                             the themes that it measures themselves, none or some of [themes]; for the others it
                                     stands (a proxy), and is called so
by_youth_justice_service             true where councils that share a service have one figure between them
author, reviewed, next_review        a test fails when the review is overdue
[figure]      method, and what it needs (see `need.figures`):
                rate        numerator, denominator (lists of observed indicators), window (months), per
                published   value: one observed indicator, as its publisher computed it; pooled, of so many years;
                            ages: first and last age of those it is per, for the count that it stands for
                mean        value of the LSOAs, weighted by residents, times per
                share       of LSOAs whose value is at most `at_most`, times per
[disclosure]  threshold: a count from 1 to below it is hidden, whatever the datasets' own rules allow (see `disclosure`)
[themes]      theme = weight, 0 to 1: how much the indicator says about the theme (our judgement)
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

METHODS = {"rate", "published", "mean", "share"}
DIRECTIONS = {"high_is_worse", "low_is_worse"}
CONTEXT = "deprivation"


@dataclass(frozen=True)
class Indicator:
    slug: str
    name: str
    meaning: str
    unit: str
    direction: str
    source: tuple[str, ...]
    grain: tuple[str, ...]
    family: str
    records: str
    measures: tuple[str, ...]
    caveat: str
    author: str
    reviewed: date
    next_review: date
    method: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    value: str
    per: float
    window: int
    pooled: int
    ages: tuple[int, int] | None
    at_most: float | None
    threshold: int
    themes: Mapping[str, float]
    # Indicators that say the same more finely: where a place has one of those, it has not this one.
    coarser_than: tuple[str, ...] = ()
    # Its publisher counts by youth justice service: councils that share one have one figure.
    by_youth_justice_service: bool = False

    @property
    def observed(self) -> tuple[str, ...]:
        """The observed indicators that its figures are made from."""
        return self.numerator or (self.value,)

    @property
    def scale(self) -> float:
        """What a count divided by its denominator is multiplied by: rates are per year, whatever the window."""
        return self.per * 12 / self.window if self.method == "rate" else self.per

    @property
    def is_context(self) -> bool:
        """Whether it tells of general pressure only, and of no theme: scores of deprivation have no variance."""
        return self.records == CONTEXT

    @property
    def by_residents(self) -> bool:
        return any(name.startswith("residents") for name in self.denominator)


def indicator_from(text: str) -> Indicator:
    """One indicator from its TOML text. Raises `ValueError` stating what is wrong with it."""
    given: dict[str, Any] = tomllib.loads(text)
    slug = given.get("slug", "?")
    try:
        figure = given.pop("figure")
        disclosure = given.pop("disclosure")
        made = Indicator(
            **{
                **given,
                "source": tuple(given["source"]),
                "grain": tuple(given["grain"]),
                "measures": tuple(given["measures"]),
                "coarser_than": tuple(given.get("coarser_than", ())),
            },
            method=figure.pop("method"),
            numerator=tuple(figure.pop("numerator", ())),
            denominator=tuple(figure.pop("denominator", ())),
            value=figure.pop("value", ""),
            per=float(figure.pop("per")),
            window=figure.pop("window", 0),
            pooled=figure.pop("pooled", 1),
            ages=(int(ages[0]), int(ages[1])) if (ages := figure.pop("ages", None)) else None,
            at_most=figure.pop("at_most", None),
            **disclosure,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"indicator {slug}: {error}") from error
    wrong = [
        *(f"unknown figure setting {name}" for name in figure),
        *([f"unknown method {made.method}"] if made.method not in METHODS else []),
        *([f"unknown direction {made.direction}"] if made.direction not in DIRECTIONS else []),
        *(
            f"how much it counts for {theme} is not 0 to 1"
            for theme, weight in made.themes.items()
            if not 0 <= weight <= 1
        ),
        *(
            f"{theme} is measured, and not among its themes"
            for theme in made.measures
            if theme not in made.themes
        ),
        *(["a rate needs a numerator, a denominator and a window"] if _half_a_rate(made) else []),
        *(["it needs a value"] if made.method != "rate" and not made.value else []),
        *(["a share needs at_most"] if made.method == "share" and made.at_most is None else []),
    ]
    if wrong:
        raise ValueError(f"indicator {slug}: {'; '.join(wrong)}")
    return made


def _half_a_rate(made: Indicator) -> bool:
    return made.method == "rate" and not (made.numerator and made.denominator and made.window > 0)


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every indicator that ships, by slug."""
    files = (item for item in resources.files(__name__).iterdir() if item.name.endswith(".toml"))
    made = (indicator_from(item.read_text(encoding="utf-8")) for item in files)
    return tuple(sorted(made, key=lambda indicator: indicator.slug))
