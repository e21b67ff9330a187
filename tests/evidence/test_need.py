import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.evidence.figures import FIGURES
from joinedup.evidence.indicators import indicators
from joinedup.evidence.need import need

EMPTY = dict.fromkeys(FIGURES)
FROM = {indicator.slug: indicator.source[0] for indicator in indicators()}
WEIGHTS = {"weapon-carrying": {"weapons-possession": 0.75, "knife-crime": 0.25}}


def figure(indicator: str, percentile: float | None, **more: object) -> dict:
    known = percentile is not None
    return EMPTY | {
        "indicator": indicator,
        "source": FROM[indicator],
        "place": "E09000012",
        "kind": "local_authority",
        "period": "2026-02",
        "state": "number" if known else "missing",
        "drawn": percentile,
        "residents_mislead": False,
        **more,
    }


def worked_out(*rows: dict, **more: object) -> dict:
    frame = pl.DataFrame(rows, schema=FIGURES)
    return need(frame, indicators(), "2026-03", weights=WEIGHTS, **more).row(0, named=True)  # type: ignore[arg-type]


def test_need_is_the_weighted_mean_of_percentiles() -> None:
    found = worked_out(figure("weapons-possession", 0.8), figure("knife-crime", 0.4))
    assert found["need"] == pytest.approx(0.7)
    assert found["sources"] == 2
    assert found["certainty"] == pytest.approx(0.75)  # all known, fresh, from two datasets
    assert [part["indicator"] for part in found["parts"]] == ["weapons-possession", "knife-crime"]


@pytest.mark.parametrize("state", ["missing", "suppressed"])
def test_what_is_not_known_never_counts_as_nought(state: str) -> None:
    found = worked_out(figure("weapons-possession", 0.8), figure("knife-crime", None, state=state))
    assert found["need"] == pytest.approx(0.8)
    assert found["certainty"] == pytest.approx(0.75 * 0.5)  # three quarters of the weight, one dataset
    nothing = worked_out(figure("weapons-possession", None, state=state), figure("knife-crime", None))
    assert (nothing["need"], nothing["certainty"], nothing["sources"]) == (None, 0.0, 0)


def test_a_theme_that_nothing_measures_is_unknown() -> None:
    frame = pl.DataFrame([figure("knife-crime", 0.5)], schema=FIGURES)
    found = need(frame, indicators(), "2026-03", weights=WEIGHTS, themes=["online-harm"])
    row = found.row(by_predicate=pl.col("theme") == "online-harm", named=True)
    assert (row["need"], row["certainty"], row["sources"], row["parts"]) == (None, 0.0, 0, [])


def test_old_figures_and_misleading_rates_are_less_sure() -> None:
    fresh = worked_out(figure("knife-crime", 0.5))["certainty"]
    assert worked_out(figure("knife-crime", 0.5, period="2023"))["certainty"] == pytest.approx(fresh * 0.7)
    assert worked_out(figure("knife-crime", 0.5, period="1999"))["certainty"] == pytest.approx(fresh * 0.3)
    misled = worked_out(figure("knife-crime", 0.5, residents_mislead=True))
    assert misled["certainty"] == pytest.approx(fresh * 0.7)
    assert misled["need"] == 0.5


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=2, max_size=2))
def test_need_lies_between_its_parts(percentiles: list[float | None]) -> None:
    found = worked_out(figure("weapons-possession", percentiles[0]), figure("knife-crime", percentiles[1]))
    known = [p for p in percentiles if p is not None]
    if known:
        assert min(known) - 1e-9 <= found["need"] <= max(known) + 1e-9
        assert 0 < found["certainty"] <= 1
    else:
        assert found["need"] is None


def test_every_place_gets_every_theme_that_is_asked_for() -> None:
    rows = [figure("knife-crime", 0.5), figure("knife-crime", None, place="E09000001")]
    found = need(pl.DataFrame(rows, schema=FIGURES), indicators(), "2026-03")
    themes = {theme for indicator in indicators() for theme in indicator.themes}
    assert found.height == 2 * len(themes)
    assert found.filter(pl.col("place") == "E09000001")["need"].null_count() == len(themes)
