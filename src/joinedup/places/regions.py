"""The regions that a national programme visits: England's nine, and Wales.

Codes and names as published by the Office for National Statistics (Regions and Countries, Open Government
Licence). They are listed here as well as among the stored places, because a programme plans for regions whose
figures an installation does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable

from joinedup.places.models import Place

REGIONS: dict[str, str] = {
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
    "W92000004": "Wales",
}


def regions_of(places: Iterable[Place]) -> list[str]:
    """The codes of the regions that these places are, or are part of, sorted; 1 query."""
    above = ["pk", *("__".join(["parent"] * depth) for depth in range(1, 5))]
    rows = Place.objects.filter(pk__in=[each.pk for each in places]).values_list(*above)
    return sorted({code for row in rows for code in row} & REGIONS.keys())
