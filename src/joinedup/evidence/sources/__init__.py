"""The publishers' formats that are supported. A new one is a file here and a line below."""

from joinedup.evidence.sources import (
    census_population,
    dfe_lait,
    fingertips,
    iod2025,
    knife_crime,
    mps_borough,
    mps_lsoa,
    mps_ward,
    policeuk_street,
    tidy,
    wimd2019,
)
from joinedup.evidence.sources.contract import Source

SOURCES: tuple[Source, ...] = (
    mps_lsoa.SOURCE,
    mps_ward.SOURCE,
    mps_borough.SOURCE,
    knife_crime.SOURCE,
    policeuk_street.SOURCE,
    census_population.SOURCE,
    iod2025.SOURCE,
    wimd2019.SOURCE,
    dfe_lait.SOURCE,
    fingertips.SOURCE,
    tidy.SOURCE,
)
# Recognised by their rows, in a file whose columns are those of another source.
BY_THEIR_ROWS: tuple[Source, ...] = (policeuk_street.RAILWAYS,)


def source_named(name: str) -> Source | None:
    return next((source for source in (*SOURCES, *BY_THEIR_ROWS) if source.name == name), None)


def recognise(header: list[str]) -> Source | None:
    """The format with these columns, or None."""
    return next((source for source in SOURCES if source.recognises(header)), None)
