"""data.police.uk street-level crime: one row per crime, one file per force and month, counted by LSOA.

Each force ("Reported by") is a separate series. Territorial forces are added up: two of them record different
crimes in the same neighbourhood. British Transport Police covers railways everywhere and is a separate
source.

A crime is counted once: a repeated Crime ID may have another place or outcome and is the same crime.
Anti-social behaviour has no Crime ID, so identical rows are separate incidents, and all count.
"""

from dataclasses import replace

import numpy as np
import polars as pl

from joinedup.engines.completeness import WHOLE
from joinedup.engines.words import plural
from joinedup.evidence.sources.contract import (
    NUMBER,
    Codes,
    Disclosure,
    Reading,
    Revision,
    SeriesRows,
    Source,
    carried,
    finish,
)
from joinedup.offline.delimited import Refused, TextTable
from joinedup.places.body_names import force_called
from joinedup.places.words import plain

NEEDED = {"Crime ID", "Month", "Reported by", "LSOA code", "Crime type", "Last outcome category"}
WORDS = {
    "Violence and sexual offences": "policeuk-violence-and-sexual-offences",
    "Violent crime": "policeuk-violence-and-sexual-offences",
    "Robbery": "policeuk-robbery",
    "Possession of weapons": "policeuk-weapons-possession",
    "Drugs": "policeuk-drugs",
    "Anti-social behaviour": "policeuk-anti-social-behaviour",
    "Public order": "policeuk-public-order",
}
# What a force reported in all, and without a place: whether months can be compared (see `completeness`).
ALL_CRIMES, WITHOUT_PLACE = "policeuk-all-crimes", "policeuk-without-place"
NATIONWIDE = "British Transport Police"
LSOA = r"^[EW]01\d{6}$"
OUTSIDE = "crimes outside the places held here"
MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def by_force(table: TextTable) -> list[SeriesRows]:
    """The rows of each force, by its name in the file. Raises `Refused` when rows do not say whose they are."""
    force = table.frame["Reported by"].str.strip_chars()
    nameless = table.frame.filter(force.is_null() | (force == ""))
    if nameless.height:
        (line,) = table.lines(nameless["record"].head(1).to_list())
        raise Refused(
            f"Line {line} does not say which force reported it (“Reported by” is blank). Bring the publisher's file "
            "unchanged."
        )
    written: dict[str, list[str]] = {}  # a force may be written in several ways
    for name in force.unique().sort():
        written.setdefault(plain(name), []).append(name)
    return [
        SeriesRows(
            RAILWAYS if key == plain(NATIONWIDE) else SOURCE,
            names[0],
            table if len(written) == 1 else replace(table, frame=table.frame.filter(force.is_in(names))),
        )
        for key, names in sorted(written.items())
    ]


def take(table: TextTable, codes: Codes) -> Reading:
    """The counts of one force: by neighbourhood, and added up to the wards, authorities and counties of its own area
    and the whole of it.

    What a force reports outside its area stays in the neighbourhoods there, and in the whole of the force; so do
    crimes without a place. Wider places are nought where the file has none in a month that it tells.
    """
    lsoas = codes.of_kind("lsoa")
    known = lsoas + list(codes.changes)
    rows = table.frame.select(
        "record",
        crime="Crime ID",
        period="Month",
        force="Reported by",
        place="LSOA code",
        kind="Crime type",
        indicator=pl.col("Crime type").replace_strict(WORDS, default=None, return_dtype=pl.String),
    ).with_columns(
        # Crime IDs are long random words. A month counts as it would in a file of its own.
        again=pl.col("crime").is_not_null() & ~_first("crime", "period", table.frame["Month"].n_unique()),
        count=pl.lit(1.0),
    )
    rows = rows.with_columns(
        wrong=pl.when(~pl.col("period").str.contains(MONTH).fill_null(False))
        .then(pl.lit("a month that is not like 2024-03"))
        .when(pl.col("kind").is_null())
        .then(pl.lit("no crime type"))
        .when(pl.col("place").is_not_null() & ~pl.col("place").str.contains(LSOA))
        .then(pl.lit("an LSOA code that is not like E01000001")),
        left_out=pl.when(pl.col("indicator").is_null())
        .then(pl.lit("crimes other than violence, robbery, weapons, drugs, disorder"))
        .when("again")
        .then(pl.lit("further lines of a crime already counted"))
        .when(pl.col("place").is_null())
        .then(pl.lit("crimes without a place"))
        .when(~pl.col("place").is_in(known))
        .then(pl.lit(OUTSIDE)),
    )
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    shared, carry = carried(good, codes, ["count"])
    counted = shared.group_by("indicator", "place", "period").agg(pl.col("count").sum())
    forces = rows["force"].drop_nulls().unique().sort().to_list()
    covers = rows.filter(pl.col("wrong").is_null())["period"].unique().sort().to_list()
    area = force_called(forces[0]) if forces else None
    if area not in codes.kinds:
        area = None
    if area is not None:
        counted = pl.concat([counted, _wider(counted, area, covers, codes), _whole(rows, area, covers)])
    observations = counted.with_columns(
        denominator=pl.lit(None, pl.Float64), value=pl.lit(None, pl.Float64), state=pl.lit(NUMBER)
    )
    return finish(
        table,
        rows,
        observations,
        [note for note in (carry, *_notes(rows, area, codes)) if note],
        held=() if plain(NATIONWIDE) in map(plain, forces) else lsoas,
        outside=OUTSIDE,
        whose=" and ".join(forces),
        covers=covers,
    )


def _grid(indicators: list[str], places: list[str], months: list[str]) -> pl.DataFrame:
    every = pl.DataFrame({"indicator": indicators})
    return every.join(pl.DataFrame({"place": places}), how="cross").join(
        pl.DataFrame({"period": months}), how="cross"
    )


def _wider(counted: pl.DataFrame, area: str, covers: list[str], codes: Codes) -> pl.DataFrame:
    """Counts of the wards, authorities and counties of a force's own area, noughts included."""
    own = codes.around.filter(
        pl.col("place").replace_strict(codes.forces, default=None, return_dtype=pl.String) == area
    )
    if own.is_empty():
        return counted.clear()
    summed = (
        counted.join(own, on="place")
        .group_by("indicator", place="ancestor", period="period")
        .agg(pl.col("count").sum())
    )
    every = _grid(sorted(set(WORDS.values())), own["ancestor"].unique().sort().to_list(), covers)
    return (
        every.join(summed, on=["indicator", "place", "period"], how="left")
        .with_columns(pl.col("count").fill_null(0.0))
        .select(counted.columns)
    )


def _whole(rows: pl.DataFrame, area: str, covers: list[str]) -> pl.DataFrame:
    """Counts of all that a force reported, wherever it was; how many crimes of any kind, how many without a place."""
    valid = rows.filter(pl.col("wrong").is_null() & ~pl.col("again"))
    of_kind = (
        valid.filter(pl.col("indicator").is_not_null())
        .group_by("indicator", "period")
        .agg(pl.col("count").sum())
    )
    every = valid.group_by("period").agg(pl.col("count").sum()).with_columns(indicator=pl.lit(ALL_CRIMES))
    nowhere = (
        valid.group_by("period")
        .agg(count=pl.col("count").filter(pl.col("place").is_null()).sum())
        .with_columns(indicator=pl.lit(WITHOUT_PLACE))
    )
    found = pl.concat(frame.select("indicator", "period", "count") for frame in (of_kind, every, nowhere))
    names = sorted({*WORDS.values(), ALL_CRIMES, WITHOUT_PLACE})
    return (
        _grid(names, [area], covers)
        .join(found, on=["indicator", "period"], how="left")
        .with_columns(pl.col("count").fill_null(0.0))
        .select("indicator", "place", "period", "count")
    )


def _first(crime: str, period: str, months: int) -> pl.Expr:
    """Whether a row is the first of its crime in its month; uses a quicker way if there is only one month."""
    return pl.col(crime).is_first_distinct() if months == 1 else pl.struct(crime, period).is_first_distinct()


def _notes(rows: pl.DataFrame, area: str | None, codes: Codes) -> list[str]:
    notes = []
    if (rows["force"] == NATIONWIDE).any():
        notes.append(
            "British Transport Police covers every force's area, and is kept apart: never add it to a force's file."
        )
    valid = rows.filter(pl.col("wrong").is_null() & ~pl.col("again"))
    by_month = valid.group_by("period").len().sort("period")
    if by_month.height > 1:
        usual = float(np.median(by_month["len"].to_numpy()))
        few = by_month.filter(pl.col("len") < WHOLE * usual)["period"].to_list()
        if few:
            notes.append(
                f"{', '.join(few)} {plural(len(few), 'has', 'have')} far fewer rows than the other months: "
                "more likely a gap in what the force sent than a fall in crime."
            )
    if area is not None:
        own = [code for code, force in codes.forces.items() if force == area]
        own += [
            old
            for old, parts in codes.changes.items()
            if any(codes.forces.get(new) == area for new, _ in parts)
        ]
        old = list(codes.changes)
        told = valid.group_by("period").agg(
            crimes=pl.len(),
            kinds=pl.col("kind").n_unique(),
            placed=pl.col("place").is_not_null().sum(),
            inside=pl.col("place").is_in(own).sum(),
            of_2011=pl.col("place").is_in(old).sum(),
        )
        notes += [
            f"{row['period']}: {row['crimes']:,} crimes of {row['kinds']} kinds; "
            f"{_share(row['placed'], row['crimes'])} have a place, {_share(row['inside'], row['placed'])} of those "
            f"inside the force's area, {row['of_2011']:,} with codes of 2011."
            for row in told.sort("period").iter_rows(named=True)
        ]
    return notes


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "none"


CAVEATS = (
    "Never add these to a force's own finer files: place, time and outcome follow other rules.",
    "Violence and sexual offences are one category and cannot be parted.",
    "A place without a row is nought only where the force sent all of its month.",
    "Points are moved to map points nearby, so an area is near the truth, not the truth.",
)
SOURCE = Source(
    name="policeuk_street",
    title="Street-level crime",
    publisher="data.police.uk, the Home Office and the forces",
    licence="Open Government Licence v3.0",
    grain=("lsoa", "ward", "local_authority", "county", "police_force"),
    caveats=CAVEATS,
    disclosure=Disclosure(
        threshold=None,
        rounding=None,
        zeros_shown=True,
        because="Published openly; only counts by area are kept, never the points.",
    ),
    recognises=recognises,
    take=take,
    replaces=Revision.MONTHS,
    parts=by_force,
)
RAILWAYS = replace(
    SOURCE,
    name="policeuk_railways",
    title="Crime on the railways",
    caveats=("Counted beside the force of the area, and never added to it.", *CAVEATS),
    recognises=lambda header: False,  # the columns are those of every force: the rows tell
    parts=None,
)
