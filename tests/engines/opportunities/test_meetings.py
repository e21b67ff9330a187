"""Who should meet at an event: two people who both opted in, whose partners share a move."""

from __future__ import annotations

import polars as pl

from joinedup.engines.opportunities import Result
from joinedup.engines.opportunities.meetings import meetings
from tests.engines.opportunities.making import NORTH, ask, found, partner

COLUMNS = {"id": pl.String, "partner": pl.String, "event": pl.String, "opted_in": pl.Boolean}


def result() -> Result:
    """Body a needs what b gives; c has nothing to do with either."""
    return found(
        partners=[partner("a"), partner("b", "housing"), partner("c")],
        asks=[
            ask("q", "a", "need", "room", "A warm room two afternoons a week.", f"{NORTH}W0"),
            ask("h", "b", "help", "room", "Our hall stands empty and may be used by anybody.", f"{NORTH}W0"),
        ],
    )


def people(*rows: tuple[str, str, str, bool | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


ANN, BEA = ("ann", "a", "day", True), ("bea", "b", "day", True)


def test_two_who_come_and_opted_in_meet_about_what_their_partners_share() -> None:
    run = result()
    (shared,) = run.moves
    (move,) = meetings(run, people(ANN, BEA))
    assert (move.kind, move.partners, move.strength) == ("meet", frozenset("ab"), shared.strength)
    assert [each.record for each in move.because] == ["ann", "bea"]
    assert move.first_step.startswith("Who comes from Body a looks for who comes from Body b")
    assert (move.asks, move.places, move.theme) == (shared.asks, shared.places, shared.theme)
    assert meetings(run, people(BEA, ANN)) == (move,)


def test_who_did_not_opt_in_or_comes_to_another_day_or_has_nothing_in_common_does_not() -> None:
    run = result()
    for other in (
        ("bea", "b", "day", False),
        ("bea", "b", "day", None),
        ("bea", "b", "other", True),
        ("bea", "c", "day", True),
        ("bea", "a", "day", True),
        ("bea", "nobody", "day", True),
        ("ann", "b", "day", True),
    ):
        assert meetings(run, people(ANN, other)) == ()


def test_nobody_is_in_more_than_so_many() -> None:
    many = people(ANN, *((f"b{n}", "b", "day", True) for n in range(6)))
    assert len(meetings(result(), many)) == 3
    assert len(meetings(result(), many, most=1)) == 1
