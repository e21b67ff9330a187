"""What a scan looks at: the neighbourhoods of a partnership, and what is held of them."""

from __future__ import annotations

import numpy as np
import pytest

from joinedup.clusters.counts import CannotLook, ground_of, has_figures, neighbourhoods
from joinedup.evidence.models import Dataset
from joinedup.places.models import Place
from tests.clusters.making import Ground, counts_of
from tests.world import World


def test_the_neighbourhoods_are_those_of_its_authorities_in_use(world: World, terrain: Ground) -> None:
    Place.objects.filter(pk=terrain.north[3].pk).update(ended=2025)
    held = neighbourhoods(world.north)
    assert [place.pk for place in held] == sorted(p.pk for p in terrain.north if p != terrain.north[3])
    world.north.places.set([terrain.north[0], terrain.quay])
    assert {place.pk for place in neighbourhoods(world.north)} == {
        p.pk for p in (terrain.north[0], *terrain.eastton)
    }


def test_the_world_is_counts_of_the_latest_two_years(world: World, terrain: Ground, home: None) -> None:
    dataset = counts_of(terrain, 30, more={(2, "2026-03"): 5}, missing=[(4, "2025-12")])
    found = ground_of(world.north, by_residents=False)
    engine = found.world
    assert found.areas == sorted(place.pk for place in terrain.north)
    assert (engine.periods[0], engine.periods[-1], len(engine.periods)) == ("2024-04", "2026-03", 24)
    assert engine.days[-2:].tolist() == [28, 31]
    assert (engine.cases[2, -1], engine.cases[2, -2], engine.cases[4, 20]) == (17, 12, 0)
    assert engine.known is not None
    assert np.argwhere(~engine.known).tolist() == [[4, 20]], "missing is not zero"
    assert found.rests_on == [
        {
            "dataset": dataset.pk,
            "title": "Recorded crime by neighbourhood to 2026-03",
            "publisher": "Test publisher",
            "licence": "OGL v3.0",
            "stored_as": dataset.stored_as,
            "period_start": "2023-10",
            "period_end": "2026-03",
        }
    ]
    assert (found.steps, found.notes) == ((), [])


def test_a_change_of_recording_inside_the_months_is_a_step(world: World, terrain: Ground, home: None) -> None:
    counts_of(terrain, 24, last="2025-03")
    assert ground_of(world.north, by_residents=False).steps == ("2024-03",)


def test_rows_of_single_crimes_leave_out_what_is_nought(world: World, terrain: Ground, home: None) -> None:
    """One authority's file lacks most of a month: unknown there. Elsewhere no row is zero, if a month has one."""
    counts_of(
        terrain,
        more={(at, "2026-01"): -10 for at in range(6)} | {(7, "2026-01"): -10},
        source="policeuk_street",
        without={terrain.northton[5].pk},
    )
    found = ground_of(world.north, by_residents=False)
    assert terrain.northton[5].pk not in found.areas, "no month has a row of it: not known to be nought"
    assert found.world.known is not None
    unknown = {(found.areas[at], found.world.periods[month]) for at, month in np.argwhere(~found.world.known)}
    assert unknown == {(place.pk, "2026-01") for place in terrain.northton[:5]}
    assert found.world.cases[found.areas.index(terrain.eastton[1].pk), 21] == 0
    assert found.world.cases.max() == 12
    assert found.notes == [
        "Northton has none or far fewer than usual in January 2026: taken as not sent whole.",
        "1 neighbourhood has no counts in these files and is left out: that is not the same as none.",
    ]


@pytest.mark.parametrize(
    ("source", "none", "named"),
    [
        ("mps_lsoa", -12, "November 2025, December 2025 and March 2026"),
        ("policeuk_street", -10, "November 2025 and December 2025"),
    ],
)
def test_a_month_without_any_count_was_not_sent(
    world: World, terrain: Ground, home: None, source: str, none: float, named: str
) -> None:
    """Whether its rows say nought or are not there. The figures end with the last month that has some."""
    counts_of(
        terrain,
        more={(at, month): none for at in range(12) for month in ("2025-11", "2025-12", "2026-03")},
        source=source,
    )
    found = ground_of(world.north, by_residents=False)
    assert (found.world.periods[-1], found.world.cases.shape) == ("2026-02", (12, 23))
    assert found.world.known is not None
    assert np.nonzero(~found.world.known.any(axis=0))[0].tolist() == [19, 20]
    assert found.world.known[:, 18].all()
    assert found.notes == [f"Nothing is counted anywhere in {named}: taken as not sent, not as none."]


def test_months_without_any_count_are_none_of_the_months_that_are_needed(
    world: World, terrain: Ground, home: None
) -> None:
    counts_of(terrain, 13, more={(at, "2025-12"): -12 for at in range(12)})
    with pytest.raises(CannotLook, match="held for 12 months: at least 13"):
        ground_of(world.north, by_residents=False)


def test_an_authority_is_found_however_many_steps_lie_around_it(
    world: World, terrain: Ground, home: None
) -> None:
    """Northton lies in a county, Eastton in the region itself; one neighbourhood of Eastton lies in no ward."""
    county = Place.objects.create(
        code="E10000099", name="Testshire", kind="county", parent=world.northton.parent, vintage=2024
    )
    Place.objects.filter(pk=world.northton.pk).update(parent=county)
    Place.objects.filter(pk=terrain.eastton[0].pk).update(parent=world.eastton)
    counts_of(terrain, more={(at, "2026-01"): -10 for at in range(6, 12)}, source="policeuk_street")
    found = ground_of(world.north, by_residents=False)
    assert found.world.known is not None
    unknown = {(found.areas[at], found.world.periods[month]) for at, month in np.argwhere(~found.world.known)}
    assert unknown == {(place.pk, "2026-01") for place in terrain.eastton}


def test_a_neighbourhood_without_counts_is_left_out_and_said(
    world: World, terrain: Ground, home: None
) -> None:
    counts_of(terrain)
    Place.objects.create(
        code="E01099299", name="Eastton 001Z", kind="lsoa", parent=terrain.quay, vintage=2021,
        latitude=51.5, longitude=-0.1, residents=100,
    )  # fmt: skip
    found = ground_of(world.north, by_residents=False)
    assert len(found.areas) == 12
    (note,) = found.notes
    assert note == (
        "1 neighbourhood has no counts in these files and is left out: that is not the same as none."
    )


def test_a_neighbourhood_that_was_shared_out_is_left_out_and_said(
    world: World, terrain: Ground, home: None
) -> None:
    """Half of what was counted in a neighbourhood of 2011: before and after its split are not the same area."""
    counts_of(terrain, more={(3, "2024-08"): 0.473684})
    found = ground_of(world.north, by_residents=False)
    assert terrain.northton[3].pk not in found.areas
    assert len(found.areas) == 11
    assert found.notes == ["1 neighbourhood is left out: its borders changed within these months."]


def test_a_code_that_ends_is_no_neighbourhood_without_crime(
    world: World, terrain: Ground, home: None
) -> None:
    months = ("2025-12", "2026-01", "2026-02", "2026-03")
    counts_of(terrain, more={(3, month): -10 for month in months}, source="policeuk_street")
    found = ground_of(world.north, by_residents=False)
    assert found.world.known is not None
    assert np.argwhere(~found.world.known).tolist() == [[3, at] for at in range(20, 24)]
    assert found.notes == [
        "In 1 neighbourhood nothing was counted under its code in some of these months: taken as missing."
    ]


def test_where_nobody_lives_nothing_is_compared_with_residents(
    world: World, terrain: Ground, home: None
) -> None:
    counts_of(terrain)
    Place.objects.filter(pk=terrain.north[5].pk).update(residents=0)
    assert terrain.north[5].pk not in ground_of(world.north, by_residents=True).areas
    assert terrain.north[5].pk in ground_of(world.north, by_residents=False).areas


def test_too_little_is_said_in_a_sentence(world: World, terrain: Ground, home: None) -> None:
    with pytest.raises(CannotLook, match="No counts of violence by neighbourhood are held"):
        ground_of(world.north, by_residents=False)
    assert not has_figures(world.north)
    counts_of(terrain, 12)
    with pytest.raises(CannotLook, match="held for 12 months: at least 13"):
        ground_of(world.north, by_residents=False)
    assert has_figures(world.north)
    assert not has_figures(world.south), "counts of North are not South's"
    Place.objects.filter(pk__in=[p.pk for p in terrain.eastton]).update(ended=2025)
    counts_of(terrain, 13, last="2026-04")
    with pytest.raises(CannotLook, match="6 neighbourhoods: at least 10"):
        ground_of(world.north, by_residents=False)


def test_counts_whose_small_numbers_are_hidden_are_not_looked_at(
    world: World, terrain: Ground, home: None
) -> None:
    made = counts_of(terrain)
    assert ground_of(world.north, by_residents=False).areas
    Dataset.objects.filter(pk=made.pk).update(
        disclosure={"threshold": 3, "rounding": None, "zeros_shown": True, "because": "Under 3 is hidden."}
    )
    with pytest.raises(CannotLook, match="hidden or rounded, so chance cannot be told from them: Under 3"):
        ground_of(world.north, by_residents=False)
