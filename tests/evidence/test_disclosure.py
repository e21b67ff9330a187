"""The rule on small numbers: read as data, the strictest of several, applied in one place."""

from dataclasses import asdict, fields

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.evidence.disclosure import (
    NOT_KNOWN,
    OPEN,
    DisclosureRule,
    rule_for,
    rule_of,
    shown,
    shown_together,
    strictest,
)
from joinedup.evidence.sources import SOURCES
from joinedup.evidence.sources.contract import Source

rules = st.builds(
    DisclosureRule,
    threshold=st.integers(0, 12),
    rounding=st.sampled_from([1, 3, 5, 10]),
    zeros_shown=st.booleans(),
)


def one(count: float | None, rule: DisclosureRule, value: float | None = 1.0, **more: object) -> dict:
    given_row = {"count": count, "value": value, "state": "number", "datasets": [7]} | more
    frame = pl.DataFrame([given_row], schema_overrides={"count": pl.Float64, "value": pl.Float64})
    return shown(frame, {7: rule}).row(0, named=True)


def test_a_rule_is_read_from_what_a_dataset_keeps() -> None:
    kept = {"threshold": 5, "rounding": None, "zeros_shown": False, "because": "So it is agreed."}
    assert rule_of(kept) == DisclosureRule(5, 1, False, ("So it is agreed.",))
    assert rule_of({"threshold": None, "because": ""}) == OPEN
    assert rule_of({}) == NOT_KNOWN


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
def test_all_that_a_reader_promises_is_read(source: Source) -> None:
    """As `actions` keeps it in the row of a dataset."""
    promised = asdict(source.disclosure)
    assert rule_of(promised) == DisclosureRule(
        source.disclosure.threshold or 0,
        source.disclosure.rounding or 1,
        source.disclosure.zeros_shown,
        (source.disclosure.because,),
    )
    assert set(promised) == {field.name for field in fields(DisclosureRule)}


def test_the_strictest_keeps_what_each_promises() -> None:
    several = [
        DisclosureRule(5, 1, True, ("A.",)),
        DisclosureRule(3, 10, True, ("B.",)),
        DisclosureRule(0, 1, False, ("A.",)),
    ]
    assert strictest(several) == DisclosureRule(5, 10, False, ("A.", "B."))
    assert strictest([]) == OPEN
    assert rule_for([1, 2], {1: OPEN}) == NOT_KNOWN


@pytest.mark.parametrize(
    ("count", "rule", "seen"),
    [
        (4, DisclosureRule(threshold=5), None),
        (5, DisclosureRule(threshold=5), 5),
        (0, DisclosureRule(threshold=5), 0),
        (0, DisclosureRule(threshold=5, zeros_shown=False), None),
        (7, DisclosureRule(threshold=5, rounding=5), 5),
        (8, DisclosureRule(threshold=5, rounding=5), 10),
        (2, DisclosureRule(rounding=5), 0),
        (2, DisclosureRule(rounding=5, zeros_shown=False), None),
        # What was carried from old areas need not be whole.
        (4.6, DisclosureRule(threshold=5), None),
    ],
)
def test_a_count_is_hidden_or_rounded(count: float, rule: DisclosureRule, seen: float | None) -> None:
    row = one(count, rule)
    assert (row["count"], row["state"]) == (seen, "suppressed" if seen is None else "number")
    assert (row["value"] is None) == (seen is None)


def test_a_value_is_worked_out_from_the_count_that_is_shown() -> None:
    assert one(8, DisclosureRule(rounding=5), value=1.6)["value"] == pytest.approx(2.0)
    assert one(8, OPEN, value=1.6)["value"] == 1.6


def test_a_value_without_a_count_is_shown_but_not_a_hidden_nought() -> None:
    hides = DisclosureRule(threshold=5, rounding=5, zeros_shown=False)
    assert one(None, hides, value=3.7)["value"] == 3.7
    assert one(None, hides, value=0.0)["state"] == "suppressed"
    assert one(None, OPEN, value=0.0)["value"] == 0.0


def test_nothing_is_rounded_up_beyond_its_whole() -> None:
    assert one(8, DisclosureRule(rounding=5), denominator=8.0)["count"] == 5
    assert one(8, DisclosureRule(rounding=5), denominator=12.0)["count"] == 10


def test_what_is_no_number_stays_so() -> None:
    for state in ("suppressed", "missing"):
        row = one(9, OPEN, state=state)
        assert (row["state"], row["count"], row["value"]) == (state, None, None)


@given(st.integers(0, 60), st.lists(rules, min_size=1, max_size=4))
def test_no_rule_of_several_is_broken(count: int, several: list[DisclosureRule]) -> None:
    row = one(count, strictest(several))
    if row["count"] is None:
        assert any(0 < count < rule.threshold or not rule.zeros_shown for rule in several)
        return
    for rule in several:
        assert not 0 < count < rule.threshold
        assert rule.zeros_shown or row["count"] > 0
    assert row["count"] % max(rule.rounding for rule in several) == 0


@pytest.mark.parametrize(
    ("counts", "rule", "seen"),
    [
        ([9.0, 3.0, 0.0], DisclosureRule(threshold=5), [None, None, None]),  # the sum less the others is 3
        ([9.0, 8.0, 0.0], DisclosureRule(threshold=5), [9, 8, 0]),
        ([9.0, 3.0, 0.0], DisclosureRule(threshold=5, rounding=5), [10, None, 0]),
        ([9.0, 0.0, 7.0], DisclosureRule(zeros_shown=False), [None, None, None]),
    ],
)
def test_a_hidden_month_cannot_be_told_from_the_year(
    counts: list[float], rule: DisclosureRule, seen: list[float | None]
) -> None:
    frame = pl.DataFrame({"count": counts, "value": 1.0, "state": "number", "datasets": [[7]] * 3})
    assert shown_together(frame.with_columns(of=pl.lit(1)), {7: rule}, of="of")["count"].to_list() == seen
