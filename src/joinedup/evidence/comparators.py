"""Named sets of places that a place is compared with: never whatever happens to be held. Pure computation.

A place has several sets, tried in this order; the first is taken that the figures nearly fill:

    its region            authorities of the same tier in the region (of Wales: the principal areas)
    its kind              county councils, unitary authorities, metropolitan districts… of the country
    its police force area authorities of it
    the most like it      itself and the fifteen authorities of England most like it (`places.likeness`)
    wards                 those of the same police force area

The last of these is taken only where no other is filled, or where a reader asks for it (`SETS_TO_CHOOSE`). Which set it
is stands beside every comparison. So figures that are brought in for other places leave the standing of
this one as it was, unless they complete the region.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from joinedup.late_imports import polars as pl
from joinedup.places.likeness import BY, most_like
from joinedup.places.words import word_for

# The share of a set's places that must have a figure.
NEARLY_ALL = 0.8
# With fewer places in a region or of a kind, a wider or another set is taken; with fewer than `FEWEST` nothing is said.
ENOUGH, FEWEST = 12, 6
SETS = {
    "place": str,
    "order": int,
    "set": str,
    "label": str,
    "size": int,
    "least": int,
    "own": bool,
}
# By the words with which a reader asks for one: how its name begins.
SETS_TO_CHOOSE = {"region": "region:", "kind": "kind:", "force": "force:", "neighbours": "like:"}
CITY_OR_COUNTY_OF = re.compile(r", (City|County) of$")
KINDS = {
    "E06": "unitary authorities in England",
    "E07": "districts in England",
    "E08": "metropolitan districts in England",
    "E10": "county councils in England",
}
WITH_ARTICLE = ("North", "South", "East", "West")


def sets_of(places: pl.DataFrame, *, upper: bool) -> pl.DataFrame:
    """The sets of every place, in the order in which they are tried.

    `places`: place, name, kind, parent, force (code, null if unknown). `upper`: of the authorities that run
    children's services and schools (county councils, and authorities without one above them), instead of the
    districts. Returns place, order, set, label (“authorities in the East Midlands”), size (places in the set),
    least (how many of them must have a figure), own (whether it is a set of this place: one who is among those most
    like another is not compared with the places most like that one).
    """
    rows = {row["place"]: row for row in places.iter_rows(named=True)}
    return pl.DataFrame(set_rows(rows, upper=upper), schema=SETS, orient="row").sort("place", "order", "set")


class SetRow(NamedTuple):
    """That a place is in a set: the columns of `sets_of`."""

    place: str
    order: int
    set: str
    label: str
    size: int
    least: int
    own: bool


def set_rows(rows: Mapping[str, Mapping[str, Any]], *, upper: bool) -> list[SetRow]:
    """The rows of `sets_of`, in no order. `rows`: by code, what it takes of each place."""
    names = {code: row["name"] for code, row in rows.items()}
    found: dict[str, tuple[int, str, int, list[str]]] = {}

    def add(order: int, name: str, label: str, least: int, code: str) -> None:
        found.setdefault(name, (order, label, least, []))[3].append(code)

    for code, row in rows.items():
        if row["kind"] == "ward":
            if row["force"]:
                add(
                    0,
                    f"wards:{row['force']}",
                    f"wards in the {_force(names, row['force'])} police area",
                    FEWEST,
                    code,
                )
            continue
        if row["kind"] == "police_force":
            add(0, "forces", "police force areas in England and Wales", ENOUGH, code)
        if not _is_of_tier(row, rows, upper=upper):
            continue
        region = _region(row, rows)
        if region is not None:
            add(0, f"region:{region}", _in(names[region]), ENOUGH, code)
        if code[:3] in KINDS:
            add(1, f"kind:{code[:3]}", KINDS[code[:3]], ENOUGH, code)
        if row["force"]:
            add(2, f"force:{row['force']}", f"in the {_force(names, row['force'])} police area", FEWEST, code)
    made: list[SetRow] = []
    for name, (order, label, least, members) in found.items():
        if name.startswith(("region:", "force:")):
            label = f"{_called(members)} {label}"
        made += [SetRow(code, order, name, label, len(members), least, True) for code in members]
    for code, row in rows.items():
        if _is_of_tier(row, rows, upper=upper) and (alike := most_like(code, upper=upper)):
            label = f"authorities most like {CITY_OR_COUNTY_OF.sub('', row['name'])}, itself included ({BY})"
            made += [
                SetRow(each.code, 3, f"like:{code}", label, len(alike), FEWEST, each.code == code)
                for each in alike
            ]
    return made


def of_choice(rows: Sequence[SetRow], place: str, choice: str) -> list[SetRow]:
    """Those of `set_rows` that are the set of a place which a reader asks for, by a word of `SETS_TO_CHOOSE`; none
    where it has no such set."""
    asked = SETS_TO_CHOOSE[choice]
    own = {row.set for row in rows if row.own and row.place == place and row.set.startswith(asked)}
    return [row for row in rows if row.set in own]


def is_filled(rows: Sequence[SetRow], measured: Collection[str]) -> bool:
    """Whether enough places of a set that a reader asked for have a figure. Who asks for a region of ten gets it: six
    places are enough."""
    have = sum(row.place in measured for row in rows)
    return have >= FEWEST and have >= NEARLY_ALL * len(rows)


def chosen(sets: pl.DataFrame, measured: Iterable[str], among: Iterable[str]) -> pl.DataFrame:
    """The set of each place of `among`, given the places that have a figure: place, set, label; places without a set
    that is filled are left out."""
    held = sets.filter(pl.col("place").is_in(list(measured)))
    filled = (
        held.group_by("set")
        .agg(have=pl.len(), size=pl.col("size").first(), least=pl.col("least").first())
        .filter(pl.col("have") >= pl.col("least"), pl.col("have") >= NEARLY_ALL * pl.col("size"))
    )
    own = sets.filter("own", pl.col("place").is_in(list(among))).join(
        filled.select("set"), on="set", how="semi"
    )
    return (
        own.sort("place", "order")
        .unique("place", keep="first", maintain_order=True)
        .select("place", "set", "label")
    )


def _is_of_tier(row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]], *, upper: bool) -> bool:
    if row["kind"] == "county":
        return upper
    if row["kind"] != "local_authority":
        return False
    above = rows.get(row["parent"] or "")
    return not (upper and above is not None and above["kind"] == "county")


def _region(row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The region above; Wales has none, and is one."""
    above = rows.get(row["parent"] or "")
    while above is not None and above["kind"] not in ("region", "country"):
        above = rows.get(above["parent"] or "")
    return above["place"] if above is not None else None


def _force(names: dict[str, str], code: str) -> str:
    return names.get(code, code).removesuffix(" Police")


def _in(name: str) -> str:
    return f"in the {name}" if name.startswith(WITH_ARTICLE) else f"in {name}"


def _called(members: list[str]) -> str:
    """Boroughs, districts; of counties and others together, authorities."""
    return word_for(members)
