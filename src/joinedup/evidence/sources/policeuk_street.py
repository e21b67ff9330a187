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
    """The counts of one force."""
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
    observations = (
        shared.group_by("indicator", "place", "period")
        .agg(pl.col("count").sum())
        .with_columns(
            denominator=pl.lit(None, pl.Float64), value=pl.lit(None, pl.Float64), state=pl.lit(NUMBER)
        )
    )
    forces = rows["force"].drop_nulls().unique().sort().to_list()
    return finish(
        table,
        rows,
        observations,
        [note for note in (carry, *_notes(rows)) if note],
        held=() if plain(NATIONWIDE) in map(plain, forces) else lsoas,
        outside=OUTSIDE,
        whose=" and ".join(forces),
        covers=rows.filter(pl.col("wrong").is_null())["period"].unique().sort().to_list(),
    )


def _first(crime: str, period: str, months: int) -> pl.Expr:
    """Whether a row is the first of its crime in its month; uses a quicker way if there is only one month."""
    return pl.col(crime).is_first_distinct() if months == 1 else pl.struct(crime, period).is_first_distinct()


def _notes(rows: pl.DataFrame) -> list[str]:
    notes = []
    if (rows["force"] == NATIONWIDE).any():
        notes.append(
            "British Transport Police covers every force's area, and is kept apart: never add it to a force's file."
        )
    by_month = rows.filter(pl.col("wrong").is_null()).group_by("period").len().sort("period")
    if by_month.height > 1:
        usual = float(np.median(by_month["len"].to_numpy()))
        few = by_month.filter(pl.col("len") < 0.6 * usual)["period"].to_list()
        if few:
            notes.append(
                f"{', '.join(few)} {plural(len(few), 'has', 'have')} far fewer rows than the other months: "
                "more likely a gap in what the force sent than a fall in crime."
            )
    return notes


CAVEATS = (
    "Never add these to the Metropolitan Police's own files: place, time and outcome follow other rules.",
    "Violence and sexual offences are one category and cannot be parted.",
    "A place without a row is nought only where the force sent all of its month.",
    "Points are moved to map points nearby, so an area is near the truth, not the truth.",
)
SOURCE = Source(
    name="policeuk_street",
    title="Street-level crime",
    publisher="data.police.uk, the Home Office and the forces",
    licence="Open Government Licence v3.0",
    grain=("lsoa",),
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
