"""From observations to the latest figure of each indicator in each place. Pure computation.

Three states are kept apart throughout: a number, suppressed, missing. The last two never count as zero: they
leave a figure unknown. What a dataset's rule on small numbers hides is suppressed too (see `disclosure`).

Rates are by residents of the 2021 Census. People at risk are residents aged 16 to 24 (Census 2021), the
youngest band above childhood available for today's small areas; for work with children, residents aged 0 to
15.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joinedup.evidence import changes, codes_in_use, comparison, disclosure, windows
from joinedup.evidence.comparators import sets_of
from joinedup.evidence.completeness import Completeness
from joinedup.evidence.disclosure import DisclosureRule
from joinedup.evidence.indicators import Indicator
from joinedup.evidence.methods import ancestors, year_of
from joinedup.evidence.sources.contract import MISSING, NUMBER, SUPPRESSED
from joinedup.late_imports import polars as pl

FIGURES: dict[str, Any] = {
    "indicator": str,
    "place": str,
    "kind": str,
    "start": str,
    "period": str,
    "count": float,
    "denominator": float,
    "value": float,
    "low": float,
    "high": float,
    "shrunk": float,
    "state": str,
    "percentile": float,
    "drawn": float,
    "best": int,
    "worst": int,
    "compared": int,
    "among": str,
    "middle": float,
    "trend": float,
    "spread": float,
    "residents_mislead": bool,
    "note": str,
    "source": str,
    "datasets": list[int],
    "people_from": list[int],
    "not_counted": list[list[str]],
}
# The columns common to the three methods, before small numbers are hidden and places compared.
MADE = (
    "place", "kind", "source", "start", "period", "count", "denominator", "value", "state", "datasets", "people_from",
    "last", "before", "spread", "why", "not_counted",
)  # fmt: skip
UPPER = ("county", "local_authority")
AT_RISK, CHILDREN = "residents-16-24", "residents-0-15"
ABOUT_CHILDREN = frozenset(
    {
        "after-school-safety",
        "children-in-care",
        "childhood-trauma",
        "domestic-abuse",
        "early-years",
        "family-support",
        "school-belonging",
        "school-exclusion",
        "special-needs",
    }
)
# With fewer residents aged 0 to 15 than this a published rate of children rests on a handful, and a zero may
# be the result of rounding (one place has a single primary school). It is shown, but not compared.
FEWEST_CHILDREN = 2000
# A mean over a place is valid if its known parts hold this share of its residents.
MOST_OF_IT = 0.9


def populations(observations: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Residents of every place, summed from LSOAs upwards.

    `observations`: columns of the observation schema and `datasets`; the groups named residents… are used.
    `places`: place, kind, parent. Returns place, group, people (persons), datasets.
    """
    people = observations.filter(
        pl.col("indicator").str.starts_with("residents"), pl.col("state") == NUMBER
    ).select("place", "datasets", group="indicator", people="count")
    upwards = ancestors(places)
    return (
        people.join(upwards, on="place")
        .group_by(place="ancestor", group="group")
        .agg(pl.col("people").sum(), pl.col("datasets").explode().unique())
        .sort("place", "group")
    )


def at_risk(population: pl.DataFrame, theme: str = "") -> dict[str, float]:
    """The people a theme is about, by place (Census 2021): residents aged 0 to 15 for work with children,
    their schools and their families, otherwise residents aged 16 to 24. The census has no finer bands for
    today's neighbourhoods."""
    group = CHILDREN if theme in ABOUT_CHILDREN else AT_RISK
    return dict(population.filter(pl.col("group") == group).select("place", "people").iter_rows())


def figures(
    observations: pl.DataFrame,
    population: pl.DataFrame,
    indicators: Sequence[Indicator],
    places: pl.DataFrame,
    as_of: str,
    rules: Mapping[int, DisclosureRule],
    complete: Mapping[str, Completeness] | None = None,
) -> pl.DataFrame:
    """The latest figure of each indicator in each place, as known at `as_of` (YYYY-MM), as it may be shown.

    `observations`: the observation schema with `datasets` (primary keys) and `source`, one row per source and
    cell. `population`: from `populations`. `places`: place, name, kind, parent, force (the police force area, or
    null). `rules`: what each dataset requires of those who show its counts. `complete`: by force, whether its months
    can be compared (see `completeness`).

    Returns one row for every place of a kind that the indicator has, known or not, with the columns of
    `FIGURES`. Each is made from one source (see `windows`), from the months `start` to `period` that this
    source holds for the police force area, and under the strictest rule of everything it is based on
    (`disclosure.shown`): `datasets` of its counts and `people_from` of its residents. `value` is in the
    indicator's unit, computed from the count shown, with `low` and `high` its 95% interval. `shrunk` is the
    value drawn to the mean of its comparators as far as chance may explain it (empirical Bayes, see
    `methods.shrunk`). `percentile`, `drawn`, `best`, `worst`, `compared` and `middle`: see
    `comparison.compared`. `trend`: see `windows.trend_shown`. `residents_mislead` for rates by residents of a
    place where two or more of them are beyond the outer fence (few live there and many visit); a `note` to
    show beside it; `not_counted`, months (with the fault) of which nothing was counted under the place's code
    (`codes_in_use`); and the `source`.
    """
    upwards = ancestors(places)
    children = population.filter(pl.col("group") == "residents-0-15", pl.col("people") < FEWEST_CHILDREN)
    small = children["place"].to_list()
    upper, lower = sets_of(places, upper=True), sets_of(places, upper=False)
    faults = codes_in_use.code_faults_of(observations, places)
    observations = codes_in_use.without_code_faults(observations, faults)
    codes = _Codes(codes_in_use.said(faults), _redrawn(faults, places))
    made = []
    for indicator in indicators:
        own = observations.filter(pl.col("indicator").is_in(indicator.observed))
        order = windows.order_of(own, indicator)
        sets = upper if indicator.method == "published" else lower
        for kinds in _together(indicator):
            there = places.filter(pl.col("kind").is_in(kinds)).select("place", "kind", "force")
            if indicator.method == "published":
                there = there.join(sets.select("place"), on="place", how="semi")
            if there.is_empty():
                continue
            if indicator.method == "rate":
                rows = _rates(own, population, indicator, there, order, as_of, complete or {}, codes)
            elif indicator.method == "published":
                rows = _published(own, there, order, as_of)
            else:
                rows = _from_neighbourhoods(own, population, indicator, there, upwards, order, as_of)
            rows = _of_the_usual(rows, order, indicator)
            made.append(_finished(rows, indicator, rules, small, sets))
    if not made:
        return pl.DataFrame(schema=FIGURES)
    every = _finest(pl.concat(made), indicators)
    return comparison.where_few_live(every, indicators).sort("indicator", "kind", "place")


@dataclass(frozen=True)
class _Codes:
    """`said`: from `codes_in_use.said`. `redrawn`: source, place, month, of wards among which codes began or ended."""

    said: pl.DataFrame
    redrawn: pl.DataFrame


def _redrawn(faults: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    wards = places.filter(pl.col("kind") == "ward").select("place", "parent")
    return (
        codes_in_use.codes_changed(faults, places).join(wards, on="parent").select("source", "place", "month")
    )


def _finest(made: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Without coarser figures of what a place has finer figures of; and without coarser ones that nobody holds."""
    known = made.filter(pl.col("state") != MISSING)
    for one in indicators:
        if not one.coarser_than:
            continue
        fine = known.filter(pl.col("indicator").is_in(one.coarser_than))["place"].unique()
        is_held = known.filter(pl.col("indicator") == one.slug).height > 0
        unwanted = (pl.col("indicator") == one.slug) & (
            pl.col("place").is_in(fine.implode()) | pl.lit(not is_held)
        )
        made = made.filter(~unwanted)
        # Nor the finer one where only the coarser one is held.
        coarse = made.filter(pl.col("indicator") == one.slug, pl.col("state") != MISSING)["place"]
        made = made.filter(
            ~(
                pl.col("indicator").is_in(one.coarser_than)
                & (pl.col("state") == MISSING)
                & pl.col("place").is_in(coarse.implode())
            )
        )
    return made


def _together(indicator: Indicator) -> list[list[str]]:
    """The kinds of places whose figures are found together: those that run schools and children's services are county
    councils and authorities without one."""
    if indicator.method != "published":
        return [[kind] for kind in indicator.grain]
    upper = [kind for kind in UPPER if kind in indicator.grain]
    return (
        [upper, *([kind] for kind in indicator.grain if kind not in UPPER)]
        if upper
        else [[k] for k in indicator.grain]
    )


def _finished(
    rows: pl.DataFrame,
    indicator: Indicator,
    rules: Mapping[int, DisclosureRule],
    small: Sequence[str],
    sets: pl.DataFrame,
) -> pl.DataFrame:
    """As it may be shown, with its interval, compared."""
    least = DisclosureRule(threshold=indicator.threshold)
    not_counted = FIGURES["not_counted"]
    for name, kind in (("spread", pl.Float64), ("why", pl.String), ("not_counted", not_counted)):
        if name not in rows.columns:
            rows = rows.with_columns(pl.lit(None, kind).alias(name))
    rows = rows.select(MADE).with_columns(
        pl.col("datasets").fill_null([]), pl.col("people_from").fill_null([])
    )
    rows = rows.with_columns(trend=windows.trend_shown(rows, rules, least))
    own = rows["datasets"]
    # The strictest rule of everything in it: of what was counted, and of what it is divided by.
    rows = rows.with_columns(datasets=pl.col("datasets").list.concat("people_from"))
    rows = disclosure.shown(rows, rules, least).with_columns(own)
    known = pl.col("state") == NUMBER
    if indicator.method != "rate":
        # Resident numbers are public; any other denominator may reveal as much as its count.
        rows = rows.with_columns(denominator=pl.when(known).then("denominator"))
    rows = rows.with_columns(trend=pl.when(known).then("trend"))
    rows = comparison.compared(comparison.with_intervals(rows, indicator), indicator, small, sets)
    return rows.with_columns(indicator=pl.lit(indicator.slug)).select(
        pl.col(name).cast(kind) for name, kind in FIGURES.items()
    )


def _rates(
    own: pl.DataFrame,
    population: pl.DataFrame,
    indicator: Indicator,
    there: pl.DataFrame,
    order: Sequence[str],
    as_of: str,
    complete: Mapping[str, Completeness],
    codes: _Codes,
) -> pl.DataFrame:
    """Counts of the last months divided by residents; known only if every month of every part is a number."""
    own = own.filter(pl.col("period").str.contains(windows.MONTH), pl.col("period") <= as_of)
    own = windows.of_one_source(own.join(there.select("place", "force"), on="place"), order)
    said = own.select("source", "place").unique().join(codes.said, on=["source", "place"])
    ends = windows.last_months(own, len(indicator.numerator))
    counts = windows.counted(own, ends, indicator).join(there.select("place", "kind"), on="place")
    counts = changes.only_its_own(changes.spread(counts), complete, codes.redrawn).drop("force", "kind")
    people = (
        population.filter(pl.col("group").is_in(indicator.denominator))
        .group_by("place")
        .agg(
            denominator=pl.col("people").sum(),
            groups=pl.len(),
            people_from=pl.col("datasets").explode().unique(),
        )
        .filter(pl.col("groups") == len(indicator.denominator), pl.col("denominator") > 0)
    )
    state = (
        pl.when(pl.col("hidden").fill_null(False))
        .then(pl.lit(SUPPRESSED))
        .when((pl.col("whole") & pl.col("denominator").is_not_null()).fill_null(False))
        .then(pl.lit(NUMBER))
        .otherwise(pl.lit(MISSING))
    )
    known = pl.col("state") == NUMBER
    rows = there.join(counts, on="place", how="left").join(people, on="place", how="left")
    rows = rows.join(said.select("place", code="why", not_counted="months"), on="place", how="left")
    of_code = pl.when((state == MISSING) | pl.col("last").is_null()).then("code")
    return rows.with_columns(state=state, why=pl.coalesce(of_code, "why")).with_columns(
        count=pl.when(known).then(pl.col("count").cast(pl.Float64)),
        value=pl.when(known).then(pl.col("count") / pl.col("denominator") * indicator.scale),
        last=pl.when(known).then("last"),
        before=pl.when(known).then("before"),
    )


def _of_the_usual(rows: pl.DataFrame, order: Sequence[str], indicator: Indicator) -> pl.DataFrame:
    """A place that no source covers is missing from the first source that covers any place, in its latest
    period."""
    there = rows["source"].to_list()
    usual = next((name for name in order if name in there), indicator.source[0])
    ends = rows.filter(pl.col("source") == usual, pl.col("period").is_not_null()).sort("period", "start")
    start, period = (ends[-1].select("start", "period").row(0)) if ends.height else (None, None)
    silent = pl.col("source").is_null()
    return rows.with_columns(
        start=pl.when(silent).then(pl.lit(start, pl.String)).otherwise("start"),
        period=pl.when(silent).then(pl.lit(period, pl.String)).otherwise("period"),
        source=pl.col("source").fill_null(usual),
    )


def _published(own: pl.DataFrame, there: pl.DataFrame, order: Sequence[str], as_of: str) -> pl.DataFrame:
    """The publisher's own figure, for the latest year in which at least half of the places it covers have a
    number."""
    own = own.join(there.select("place"), on="place", how="semi").with_columns(year=year_of("period"))
    own = windows.of_one_source(own.filter(pl.col("year") <= int(as_of[:4])), order)
    every = own.group_by("source").agg(every=pl.col("place").n_unique())
    numbers = own.filter(pl.col("state") == NUMBER).group_by("source", "year", "period").len()
    enough = numbers.join(every, on="source").filter(pl.col("len") * 2 >= pl.col("every"))
    latest = enough.sort("year", "period").group_by("source").agg(pl.col("period").last())
    newest = own.sort("year", "period").group_by("source").agg(newest=pl.col("period").last())
    ends = newest.join(latest, on="source", how="left").select("source", end=pl.coalesce("period", "newest"))
    speaks = own.select("place", "source").unique("place", maintain_order=True).join(ends, on="source")
    said = own.join(ends, left_on=["source", "period"], right_on=["source", "end"]).unique(
        "place", keep="first", maintain_order=True
    )
    rows = (
        there.join(speaks, on="place", how="left")
        .join(
            said.select("place", "count", "denominator", "value", "state", "datasets"), on="place", how="left"
        )
        .with_columns(start="end", period="end")
    )
    # A count alone is not a published figure: its unit would be unknown.
    worked_out = (pl.col("state") != NUMBER) | pl.col("value").is_not_null()
    return rows.with_columns(
        state=pl.when(worked_out.fill_null(False)).then("state").otherwise(pl.lit(MISSING)),
        people_from=pl.lit([], pl.List(pl.Int64)),
        last=pl.lit(None, pl.Float64),
        before=pl.lit(None, pl.Float64),
    )


def _from_neighbourhoods(
    own: pl.DataFrame,
    population: pl.DataFrame,
    indicator: Indicator,
    there: pl.DataFrame,
    upwards: pl.DataFrame,
    order: Sequence[str],
    as_of: str,
) -> pl.DataFrame:
    """A mean over residents, or a share of neighbourhoods, from the values of the LSOAs in each place."""
    own = own.filter(pl.col("period").str.head(4) <= as_of[:4])
    residents = population.filter(pl.col("group") == "residents").select(
        "place", "people", people_from="datasets"
    )
    inside = (
        own.join(residents, on="place")
        .join(upwards.rename({"ancestor": "whole"}), on="place")
        .join(there.select(whole="place"), on="whole", how="semi")
        .with_columns(known=pl.col("state") == NUMBER)
    )
    inside = windows.of_one_source(inside, order, "whole")
    parts = inside.filter(pl.col("period") == pl.col("period").max().over("source"))
    known_people = (pl.col("people") * pl.col("known")).sum()
    always = {
        "source": pl.col("source").first(),
        "period": pl.col("period").first(),
        "covered": known_people / pl.col("people").sum(),
        "datasets": pl.col("datasets").explode().unique(),
        "people_from": pl.col("people_from").explode().unique(),
    }
    if indicator.method == "mean":
        gathered = parts.group_by(place="whole").agg(
            value=(pl.col("value") * pl.col("people")).filter("known").sum() / known_people * indicator.per,
            denominator=known_people,
            **always,
        )
        gathered = gathered.with_columns(count=pl.lit(None, pl.Float64))
    else:
        gathered = parts.group_by(place="whole").agg(
            count=(pl.col("value") <= indicator.at_most).filter("known").sum().cast(pl.Float64),
            denominator=pl.col("known").sum().cast(pl.Float64),
            **always,
        )
        share = pl.col("count") / pl.col("denominator") * indicator.per
        gathered = gathered.with_columns(value=share)
    enough = (pl.col("covered") >= MOST_OF_IT).fill_null(False)
    rows = there.join(gathered, on="place", how="left").with_columns(start="period")
    return rows.with_columns(
        *(pl.when(enough).then(name).alias(name) for name in ("count", "denominator", "value")),
        state=pl.when(enough).then(pl.lit(NUMBER)).otherwise(pl.lit(MISSING)),
        last=pl.lit(None, pl.Float64),
        before=pl.lit(None, pl.Float64),
    )
