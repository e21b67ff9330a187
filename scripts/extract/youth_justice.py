"""Which councils share one youth justice service.

The Department for Education gives “children cautioned or sentenced” by service: councils of one service have the same
figure to a tenth. By chance others have it too, so they must also border on each other and lie in one police force area
(the City of London, a force of its own, counts with the Metropolitan Police). An authority with a figure and no such
neighbour has a service of its own; of one without a figure nothing is known. Wales is not in that table.
"""

import gzip
import json
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from writing import write_table

MEASURE = "YJS_Caution-Sentence10-17_YO"
PUBLISHED = "Department for Education, Local Authority Interactive Tool: one figure of children cautioned or sentenced"
ALONE = "Department for Education, Local Authority Interactive Tool: its own figure of children cautioned or sentenced"
CITY_FORCE, MET_FORCE = "E23000034", "E23000001"
TIERS = ("E06", "E08", "E09", "E10")
OF = ", (City|County) of$"
# Outlines are drawn in tens of metres, and simplified each with its neighbours.
TOUCH = 5
# By hand, from the reports of HM Inspectorate of Probation on each service, and the councils' own pages.
WELSH_SOURCE = "HM Inspectorate of Probation, inspections of youth justice services in Wales, 2019 to 2024"
WELSH_SHARED = (
    ("W06000018", "W06000019"),  # Caerphilly, Blaenau Gwent
    ("W06000020", "W06000021"),  # Torfaen, Monmouthshire
    ("W06000003", "W06000004"),  # Conwy, Denbighshire
    ("W06000001", "W06000002"),  # Isle of Anglesey, Gwynedd
    ("W06000016", "W06000024"),  # Rhondda Cynon Taf, Merthyr Tydfil
)
# The three of the former Western Bay service, Vale of Glamorgan, Newport.
WELSH_ALONE = ("W06000011", "W06000012", "W06000013", "W06000014", "W06000022")


def write_youth_justice(country: Path) -> None:
    """Write `youth_justice.csv` from the tables that were made before it: code, name of the authority, service (empty:
    one of its own), source."""
    areas = pl.read_csv(country / "areas.csv.gz", infer_schema=False)
    names = dict(areas.select("code", "name").iter_rows())
    forces = _forces(country, areas)
    value = _values(country, names)
    lines = json.loads(gzip.decompress((country / "outlines_wide.json.gz").read_bytes()))
    shapes = {code: _shape(lines[code][0]) for code in value}
    alike = [
        pair
        for pair in combinations(sorted(value), 2)
        if value[pair[0]] == value[pair[1]]
        and forces[pair[0]] == forces[pair[1]]
        and shapely.distance(shapes[pair[0]], shapes[pair[1]]) <= TOUCH
    ]
    rows = []
    for group in [*_joined(alike), *(frozenset(pair) for pair in WELSH_SHARED)]:
        service = _called(group, names, forces)
        source = PUBLISHED if group & value.keys() else WELSH_SOURCE
        rows += [(code, service, source) for code in group]
    shared = {code for code, _, _ in rows}
    rows += [(code, None, ALONE) for code in value if code not in shared]
    rows += [(code, None, WELSH_SOURCE) for code in WELSH_ALONE]
    table = pl.DataFrame(rows, schema=["code", "service", "source"], orient="row")
    table = table.with_columns(name=pl.col("code").replace_strict(names).str.replace(OF, ""))
    write_table(country / "youth_justice.csv", table.select("code", "name", "service", "source").sort("code"))


def _values(country: Path, names: dict[str, str]) -> dict[str, str]:
    """The newest figure of each authority by code, as it is written to a tenth."""
    long = pl.read_csv(country / "dfe_lait.csv.gz", infer_schema=False).filter(
        pl.col("Short Desc") == MEASURE, pl.col("Values").str.contains(r"\d")
    )
    newest = long.filter(pl.col("Years") == long["Years"].max())
    codes = {_plain(name): code for code, name in names.items() if code[:3] in TIERS}
    found = {}
    for name, text in newest.select("LA and Regions", "Values").iter_rows():
        if (code := codes.get(_plain(name))) is not None:
            found[code] = f"{float(text):.1f}"
    return found


def _plain(name: str) -> str:
    """The department writes Durham, Bedford Borough, St. Helens."""
    name = name.casefold().replace("county durham", "durham").replace(".", "")
    return name.removesuffix(" borough").removesuffix(", county of").removesuffix(", city of")


def _forces(country: Path, areas: pl.DataFrame) -> dict[str, str]:
    """The police force area of each authority; of a county, that of its districts."""
    members = pl.read_csv(country / "memberships.csv.gz", infer_schema=False).filter(
        pl.col("kind") == "police_force"
    )
    own = dict(members.select("place", "code").iter_rows())
    above = dict(areas.select("code", "parent").iter_rows())
    counties = {above[code]: force for code, force in own.items() if (above[code] or "").startswith("E10")}
    return {code: MET_FORCE if force == CITY_FORCE else force for code, force in (own | counties).items()}


def _shape(path: str) -> shapely.Geometry:
    """The outline of one authority, in tens of metres, from the path that is drawn for it."""
    rings = []
    for ring in path.removesuffix("z").split("z"):
        start, steps = ring.removeprefix("M").split("l")
        numbers = np.array(steps.replace("-", " -").split(), dtype=int).reshape(-1, 2)
        first = np.array(start.replace("-", " -").split(), dtype=int)
        rings.append(np.vstack([first, first + np.cumsum(numbers, axis=0)]))
    return shapely.union_all([shapely.linearrings(ring) for ring in rings])


def _joined(pairs: list[tuple[str, str]]) -> list[frozenset[str]]:
    """Groups of what is joined by pairs."""
    groups: list[frozenset[str]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched]
        groups.append(frozenset(pair).union(*touched))
    return sorted(groups, key=sorted)


def _called(group: frozenset[str], names: dict[str, str], forces: dict[str, str]) -> str:
    """After the police force area if the service covers all of it, else after its councils."""
    force = forces[min(group)]
    upper = {code for code, own in forces.items() if own == force and code[:3] in (*TIERS, "W06")}
    if upper == set(group):
        return f"{names[force].removesuffix(' Police')} youth justice service"
    *most, last = sorted(re.sub(OF, "", names[code]) for code in group)
    return f"{', '.join(most)} and {last}: youth justice service"
