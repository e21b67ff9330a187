"""Where points lie: in the United Kingdom, swapped, turned, or far from all others."""

import numpy as np
import pytest

from joinedup.offline.uk_bounds import far_off, inside, where
from tests.places.shipped import MET, frames

ENDS = {
    "Isles of Scilly": (49.87, -6.41),
    "Lizard": (49.96, -5.21),
    "Unst": (60.84, -0.88),
    "Fermanagh": (54.45, -8.17),
    "Lowestoft": (52.48, 1.76),
    "St Kilda": (57.81, -8.57),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_ends_of_the_country_are_inside(end: str) -> None:
    assert inside(*[[each] for each in ENDS[end]]).all()


def test_other_capitals_are_not() -> None:
    # Paris, Berlin, Oslo, New York, and nothing.
    latitude, longitude = [48.86, 52.52, 59.91, 40.71, np.nan], [2.35, 13.41, 10.75, -74.0, 0.0]
    assert not inside(latitude, longitude).any()


def test_what_slip_explains_it() -> None:
    latitude, longitude = [51.5, 51.6, 51.7, 53.4], [-0.1, -0.2, -0.3, -2.2]
    assert where(latitude, longitude).outside == 0
    assert where(longitude, latitude).are_swapped
    west = [2.5, 3.1, 3.2, 4.2]
    assert where(latitude, west).are_turned
    assert not where(latitude, west).are_swapped
    # New York is New York.
    away = where([40.7, 40.8, 40.9], [-74.0, -73.9, -73.8])
    assert (away.outside, away.are_swapped, away.are_turned) == (3, False, False)
    # One in four is a stray, not a column.
    assert not where([51.5, 51.6, 51.7, -2.2], [-0.1, -0.2, -0.3, 53.4]).are_swapped


def test_strays_are_those_far_from_all_others() -> None:
    rng = np.random.default_rng(1)
    latitude, longitude = 51.5 + rng.normal(0, 0.1, 200), -0.1 + rng.normal(0, 0.15, 200)
    assert far_off(latitude, longitude)[0] == []
    latitude[7] += 2.7
    far, km = far_off(latitude, longitude)
    assert far == [7]
    assert km[7] == pytest.approx(300, abs=40)
    # A whole country is not full of strays.
    spread = rng.uniform(50, 58.5, 500), rng.uniform(-6, 1.5, 500)
    assert far_off(*spread)[0] == []
    assert far_off([51.5, 51.6, 57.0], [0, 0, 0])[0] == []
    assert far_off([], [])[0] == []


def test_every_place_that_ships_is_inside() -> None:
    places = frames(MET)[0].drop_nulls(["latitude"])
    assert places.height > 5000
    assert inside(places["latitude"], places["longitude"]).all()
