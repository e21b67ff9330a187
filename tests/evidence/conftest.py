"""A handful of places, and all of London as it ships."""

from importlib import resources
from pathlib import Path

import polars as pl
import pytest

from joinedup.evidence.sources.contract import Codes
from tests.places.shipped import CITY, MET, frames

LONDON = Path(str(resources.files("joinedup.data"))) / "london"

PLACES = pl.DataFrame(
    [
        ("E92000001", "England", "country", None, None),
        ("E12000007", "London", "region", "E92000001", None),
        ("E09000001", "City of London", "local_authority", "E12000007", None),
        ("E09000012", "Hackney", "local_authority", "E12000007", None),
        ("E09000013", "Hammersmith and Fulham", "local_authority", "E12000007", None),
        ("E09000017", "Hillingdon", "local_authority", "E12000007", None),
        ("E05009367", "Brownswood", "ward", "E09000012", None),
        ("E05013570", "Heathrow Villages", "ward", "E09000017", None),
        ("E01001714", "Hackney 002A", "lsoa", "E05009367", None),
        ("E01001715", "Hackney 002B", "lsoa", "E05009367", None),
        ("E01033001", "Hackney 003A", "lsoa", "E05009367", None),
        ("E01033002", "Hackney 003B", "lsoa", "E05009367", None),
        ("E01000100", "Hackney 003", "lsoa", "E09000012", 2021),
        ("E01000200", "Hackney 004", "lsoa", "E09000012", 2021),
        ("W92000004", "Wales", "country", None, None),
        ("W06000002", "Gwynedd", "local_authority", "W92000004", None),
        ("W01000050", "Gwynedd 016C", "lsoa", "W06000002", None),
    ],
    schema={"code": pl.String, "name": pl.String, "kind": pl.String, "parent": pl.String, "ended": pl.Int64},
    orient="row",
)
CHANGES = pl.DataFrame(
    {
        "old": ["E01000100", "E01000100", "E01000200", "E01001714"],
        "new": ["E01033001", "E01033002", "E01001715", "E01001714"],
        "share": [0.75, 0.25, 1.0, 1.0],
    }
)


@pytest.fixture
def codes() -> Codes:
    return Codes.of(PLACES, CHANGES)


@pytest.fixture(scope="session")
def london() -> Codes:
    return Codes.of(*frames(MET, CITY))
