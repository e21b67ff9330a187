"""data.police.uk street-level crime: one row per crime, one file per force and month, counted by LSOA.

Each force ("Reported by") is a separate series. Territorial forces are added up: two of them record different
crimes in the same neighbourhood. British Transport Police covers railways everywhere and is a separate
source.

A crime is counted once: a repeated Crime ID may have another place or outcome and is the same crime.
Anti-social behaviour has no Crime ID, so identical rows are separate incidents, and all count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from joinedup.engines.completeness import sent_whole
from joinedup.engines.words import plural
from joinedup.evidence.sources.contract import (
    EXAMPLES,
    MANY,
    NUMBER,
    Codes,
    Disclosure,
    NothingHere,
    OneSeries,
    Reading,
    Revision,
    RowCounts,
    Source,
    carried,
    finish_counted,
)
from joinedup.late_imports import polars as pl
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
LSOA = r"^[EW]01[0-9]{6}$"
OUTSIDE = "crimes outside the places held here"
MONTH = r"^20[0-9][0-9]-(0[1-9]|1[0-2])$"
GROUP = ("force", "period", "place", "kind")
# What the publisher writes in each column. Spelt out, since classes such as \d take Polars long to make ready. A kind
# or an outcome that it adds is looked at like any other word.
KINDS = (
    *(*WORDS, "Bicycle theft", "Burglary", "Criminal damage and arson", "Other crime", "Other theft"),
    *("Shoplifting", "Theft from the person", "Vehicle crime"),
)
_BIG, _LETTER = "A-ZÀ-Þ", "A-Za-zÀ-ÿŴŵŶŷ"
_OUTCOME = (
    r"Action to be taken by another organisation|Awaiting court outcome|Court case unable to proceed|"
    r"Court result unavailable|Defendant (found not guilty|sent to Crown Court)|"
    r"(Formal|Further) (action|investigation) is not in the public interest|"
    r"Investigation complete; no suspect identified|Local resolution|Offender (deprived of property|fined|"
    r"given (a caution|a drugs possession warning|community sentence|conditional discharge|absolute discharge|"
    r"penalty notice|suspended prison sentence)|ordered to pay compensation|otherwise dealt with|sent to prison)|"
    r"Status update unavailable|Suspect charged|Suspect charged as part of another case|"
    r"Unable to prosecute suspect|Under investigation"
)
_FORCE = (
    r"^[A-ZÀ-Þ][A-Za-zÀ-ÿŴŵŶŷ& -]* (Police|Constabulary|Police Service)$|^Police Service of Northern Ireland$"
)
# A street or a kind of place. No number but those of roads, since one behind a name may be an age.
_LOCATION = (
    rf"^(No [Ll]ocation|On or near( +([(-]?[{_BIG}][{_LETTER}'’./&()-]*,?|&|of|the|and|[ABM][0-9]{{1,4}}(\(M\))?|"
    r"[0-9]{1,2}(St|Nd|Rd|Th)|(Avenue|Junction|Road|Row|Street|Terminals?|(Road|Route) No) [0-9]{1,3}))* ?)$"
)
_DEGREES = r"^-?[0-9]{1,2}(\.[0-9]{1,6})?$"
SHAPES = {
    "Crime ID": r"^[0-9a-f]{64}$",
    "Month": MONTH,
    "Reported by": _FORCE,
    "Falls within": _FORCE,
    "Longitude": _DEGREES,
    "Latitude": _DEGREES,
    "Location": _LOCATION,
    "LSOA code": LSOA,
    "LSOA name": rf"^[{_BIG}][{_LETTER}',./ -]* [0-9]{{3}}[A-Z]$",
    "Crime type": rf"^({'|'.join(KINDS)})$",
    "Last outcome category": rf"^({_OUTCOME})$",
    "Context": r"^$",
}


def recognises(header: list[str]) -> bool:
    return set(header) >= NEEDED


def in_parts(tables: Iterable[TextTable], codes: Codes) -> Iterator[OneSeries]:
    """The series of each force, by its name in the file, from the file in parts. Raises `Refused` when rows do not say
    whose they are."""
    counted = _Counted()
    for table in tables:
        counted.add(table)
    groups = counted.groups()
    written: dict[str, list[str]] = {}  # a force may be written in several ways
    for name in groups["force"].str.strip_chars().unique().sort():
        written.setdefault(plain(name), []).append(name)
    for key, names in sorted(written.items()):
        source = RAILWAYS if key == plain(NATIONWIDE) else SOURCE
        own = groups if len(written) == 1 else groups.filter(pl.col("force").str.strip_chars().is_in(names))
        wrong = [(line, why) for line, why, force in counted.wrong if force.strip() in names]
        try:
            reading = _reading(own, wrong, counted.notes, codes)
        except NothingHere as nothing:
            yield OneSeries(source, names[0], nothing)
        else:
            yield OneSeries(source, names[0], reading)


def take(table: TextTable, codes: Codes) -> Reading:
    """The counts of the only force of a table. See `in_parts`."""
    counted = _Counted()
    counted.add(table)
    return _reading(counted.groups(), [(line, why) for line, why, _ in counted.wrong], counted.notes, codes)


def _wrong() -> pl.Expr:
    return (
        pl.when(~pl.col("period").str.contains(MONTH).fill_null(False))
        .then(pl.lit("a month that is not like 2024-03"))
        .when(pl.col("kind").is_null())
        .then(pl.lit("no crime type"))
        .when(pl.col("place").is_not_null() & ~pl.col("place").str.contains(LSOA))
        .then(pl.lit("an LSOA code that is not like E01000001"))
    )


class _Counted:
    """Rows added up by force, month, place, kind, and whether they are a further line of a crime already counted.

    A Crime ID is a long random word, remembered as a number of 64 bits, together with its month and force (a month
    counts as it would in a file of its own): of 20 million crimes, two are taken for one with a chance of 1 in 90,000.
    `group` is such a number for force, month, place and kind: even, and odd (one more) of the further lines.
    """

    def __init__(self) -> None:
        self.wrong: list[tuple[int, str, str]] = []  # the first of each part and force: line, reason, force
        self.notes: list[str] = []
        self._names: list[pl.DataFrame] = []
        self._counts: list[pl.DataFrame] = []
        self._crimes: list[pl.DataFrame] = []

    def add(self, table: TextTable) -> None:
        self.notes += [note for note in table.notes if note not in self.notes]
        whose = pl.col("force").hash(1) ^ pl.col("period").hash(2)
        rows = table.frame.lazy().select(
            "record",
            crime="Crime ID",
            force="Reported by",
            period="Month",
            place="LSOA code",
            kind="Crime type",
        )
        numbered = rows.with_columns(
            group=whose ^ pl.col("place").hash(3) ^ pl.col("kind").hash(4),
            crime=pl.when(pl.col("crime").is_not_null()).then(pl.col("crime").hash(5) ^ whose),
        ).with_columns(again=~pl.col("crime").is_first_distinct() & pl.col("crime").is_not_null())
        numbered = numbered.with_columns(group=pl.col("group") // 2 * 2 + pl.col("again").cast(pl.UInt64))
        # One question for both: asking takes longer than answering where files are small.
        grouped, crimes = pl.collect_all(
            [
                numbered.group_by("group").agg(pl.first("record", *GROUP), count=pl.len().cast(pl.Float64)),
                numbered.filter(~pl.col("again")).select("group", "crime").drop_nulls(),
            ]
        )
        self._refuse_nameless(table, grouped)
        self._note_wrong(table, rows, grouped)
        self._names.append(grouped.select(pl.col("group") // 2, *GROUP))
        if (
            len(self._names) > 1
            and sum(each.height for each in self._names[1:]) > MANY + self._names[0].height
        ):
            self._names = [self._named()]
        self._counts.append(grouped.select("group", "count"))
        self._crimes.append(crimes)

    def _note_wrong(self, table: TextTable, rows: pl.LazyFrame, grouped: pl.DataFrame) -> None:
        # Each word once: a look at every group would take as long as making them.
        months, places = grouped["period"].unique(), grouped["place"].unique().drop_nulls()
        if (
            months.str.contains(MONTH).fill_null(False).all()
            and places.str.contains(LSOA).all()
            and not grouped["kind"].null_count()
        ):
            return
        first = rows.with_columns(wrong=_wrong()).drop_nulls("wrong").sort("record").collect()
        first = first.group_by("force", maintain_order=True).head(EXAMPLES).sort("record")
        lines = table.lines(first["record"].to_list())
        self.wrong += zip(lines, first["wrong"], first["force"], strict=True)

    def _refuse_nameless(self, table: TextTable, found: pl.DataFrame) -> None:
        if all(name and name.strip() for name in found["force"].unique()):
            return
        force = pl.col("force").str.strip_chars()
        records = found.filter(force.is_null() | (force == ""))["record"].to_list()
        (line,) = table.lines([min(records)])
        raise Refused(
            f"Line {line} does not say which force reported it (“Reported by” is blank). Bring the publisher's file "
            "unchanged."
        )

    def groups(self) -> pl.DataFrame:
        """`force`, `period`, `place`, `kind`, `again`, `wrong`, and `count`, the number of rows."""
        if len(self._counts) == 1:
            return pl.concat([self._counts[0], self._names[0].drop("group")], how="horizontal").with_columns(
                again=pl.col("group") % 2 == 1, wrong=_wrong()
            )
        summed = pl.concat([*self._counts, *self._further()]).group_by("group").agg(pl.col("count").sum())
        counts = summed.filter(pl.col("count") > 0)
        further = pl.col("group") % 2 == 1
        named = counts.with_columns(pl.col("group") // 2, again=further).join(self._named(), on="group")
        return named.with_columns(wrong=_wrong())

    def _named(self) -> pl.DataFrame:
        # Most are known already: what they are called is not looked at again.
        first, *others = self._names
        if not others:
            return first.unique("group")
        more = pl.concat(others, rechunk=False)
        return pl.concat([first, more.filter(~pl.col("group").is_in(first["group"].implode()))]).unique(
            "group"
        )

    def _further(self) -> Iterator[pl.DataFrame]:
        """Corrections to the counts: a crime that an earlier part had already is no first one."""
        # A sixteenth at a time, since what remembers the numbers takes more memory than they do.
        every = pl.concat(self._crimes, rechunk=False)
        for at in range(16):
            share = every.filter(pl.col("crime") % 16 == at)
            further = share.filter(~pl.col("crime").is_first_distinct())
            counted = further.group_by("group").agg(count=pl.len().cast(pl.Float64))
            yield counted.select("group", -pl.col("count"))
            yield counted.select(pl.col("group") + 1, "count")


def _reading(groups: pl.DataFrame, wrong: list[tuple[int, str]], notes: list[str], codes: Codes) -> Reading:
    """The counts of one force: by neighbourhood, and added up to the wards, authorities and counties of its own area
    and the whole of it.

    What a force reports outside its area stays in the neighbourhoods there, and in the whole of the force; so do
    crimes without a place. Wider places are nought where the file has none in a month that it tells.
    """
    places = groups["place"].unique().to_list()
    held = [code for code in places if code in codes.lsoas or code in codes.changes]
    rows = (
        groups.lazy()
        .with_columns(indicator=pl.col("kind").replace_strict(WORDS, default=None, return_dtype=pl.String))
        .with_columns(
            left_out=pl.when(pl.col("indicator").is_null())
            .then(pl.lit("crimes other than violence, robbery, weapons, drugs, disorder"))
            .when("again")
            .then(pl.lit("further lines of a crime already counted"))
            .when(pl.col("place").is_null())
            .then(pl.lit("crimes without a place"))
            .when(~pl.col("place").is_in(held))
            .then(pl.lit(OUTSIDE)),
        )
        .collect()
    )
    good = rows.filter(pl.col("wrong").is_null() & pl.col("left_out").is_null())
    shared, carry = carried(good, codes, ["count"], stands_for="count")
    forces = sorted({force.strip() for force in rows["force"].unique()})
    area = force_called(forces[0]) if forces else None
    if area not in codes.kinds:
        area = None
    fate, months = pl.collect_all([_fate(rows), _months(rows, area, places, codes)])
    covers = months["period"].to_list()
    counted = [shared.lazy().group_by("indicator", "place", "period").agg(pl.col("count").sum())]
    if area is not None:
        counted += [_wider(counted[0], area, covers, codes), _whole(rows.lazy(), area, covers)]
    nothing = pl.lit(None, pl.Float64)
    observations = pl.concat(counted).with_columns(denominator=nothing, value=nothing, state=pl.lit(NUMBER))
    return finish_counted(
        _row_counts(fate, wrong),
        observations.collect(),
        [*notes, *(note for note in (carry, *_notes(months, forces, area)) if note)],
        held=() if plain(NATIONWIDE) in map(plain, forces) else codes.lsoas,
        outside=OUTSIDE,
        whose=" and ".join(forces),
        covers=covers,
    )


def _fate(rows: pl.DataFrame) -> pl.LazyFrame:
    fate = rows.lazy().group_by("wrong", "left_out").agg(pl.col("count").sum().cast(pl.Int64))
    return fate.sort("wrong", "left_out")


def _row_counts(fate: pl.DataFrame, examples: list[tuple[int, str]]) -> RowCounts:
    wrong, left_out = Counter[str](), Counter[str]()
    for why, why_not, number in fate.iter_rows():
        if why or why_not:
            (wrong if why else left_out)[why or why_not] += number
    return RowCounts(
        int(fate["count"].sum()),
        dict(wrong.most_common()),
        dict(left_out.most_common()),
        sorted(examples)[:EXAMPLES],
    )


def _grid(indicators: list[str], places: list[str], months: list[str]) -> pl.LazyFrame:
    every = pl.LazyFrame({"indicator": indicators})
    return every.join(pl.LazyFrame({"place": places}), how="cross").join(
        pl.LazyFrame({"period": months}, schema={"period": pl.String}), how="cross"
    )


def _wider(counted: pl.LazyFrame, area: str, covers: list[str], codes: Codes) -> pl.LazyFrame:
    """Counts of the wards, authorities and counties of a force's own area, noughts included."""
    own = codes.around_by_force.get(area)
    if own is None:
        return counted.clear()
    summed = (
        counted.join(own.lazy(), on="place")
        .group_by("indicator", place="ancestor", period="period")
        .agg(pl.col("count").sum())
    )
    every = _grid(sorted(set(WORDS.values())), own["ancestor"].unique().to_list(), covers)
    return every.join(summed, on=["indicator", "place", "period"], how="left").with_columns(
        pl.col("count").fill_null(0.0)
    )


def _whole(rows: pl.LazyFrame, area: str, covers: list[str]) -> pl.LazyFrame:
    """Counts of all that a force reported, wherever it was; how many crimes of any kind, how many without a place."""
    valid = rows.filter(pl.col("wrong").is_null() & ~pl.col("again"))
    found = pl.concat(
        valid.filter(what).group_by(indicator, "period").agg(pl.col("count").sum())
        for indicator, what in (
            (pl.col("indicator"), pl.col("indicator").is_not_null()),
            (pl.lit(ALL_CRIMES).alias("indicator"), pl.lit(True)),
            (pl.lit(WITHOUT_PLACE).alias("indicator"), pl.col("place").is_null()),
        )
    )
    names = sorted({*WORDS.values(), ALL_CRIMES, WITHOUT_PLACE})
    return (
        _grid(names, [area], covers)
        .join(found, on=["indicator", "period"], how="left")
        .with_columns(pl.col("count").fill_null(0.0))
    )


def _months(rows: pl.DataFrame, area: str | None, places: list[str], codes: Codes) -> pl.LazyFrame:
    """Each month that the file covers, and how many crimes it has: of how many kinds, with a place, inside the force's
    area, with codes of 2011."""
    own = [code for code in places if code in codes.own.get(area or "", ())]
    old = [code for code in places if code in codes.changes]
    place, count = pl.col("place"), pl.col("count")
    return (
        rows.lazy()
        .filter(pl.col("wrong").is_null() & ~pl.col("again"))
        .group_by("period")
        .agg(
            crimes=count.sum().cast(pl.Int64),
            kinds=pl.col("kind").n_unique(),
            placed=count.filter(place.is_not_null()).sum().cast(pl.Int64),
            inside=count.filter(place.is_in(own)).sum().cast(pl.Int64),
            of_2011=count.filter(place.is_in(old)).sum().cast(pl.Int64),
        )
        .sort("period")
    )


def _notes(months: pl.DataFrame, forces: list[str], area: str | None) -> list[str]:
    notes = []
    if NATIONWIDE in forces:
        notes.append(
            "British Transport Police covers every force's area, and is kept apart: never add it to a force's file."
        )
    if months.height > 1:
        few = months.filter(pl.Series(~sent_whole(months["crimes"].to_numpy())))["period"].to_list()
        if few:
            notes.append(
                f"{', '.join(few)} {plural(len(few), 'has', 'have')} far fewer rows than the other months: "
                "more likely a gap in what the force sent than a fall in crime."
            )
    if area is not None:
        notes += [
            f"{row['period']}: {row['crimes']:,} crimes of {row['kinds']} kinds; "
            f"{_share(row['placed'], row['crimes'])} have a place, {_share(row['inside'], row['placed'])} of those "
            f"inside the force's area, {row['of_2011']:,} with codes of 2011."
            for row in months.iter_rows(named=True)
        ]
    return notes


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "none"


CAVEATS = (
    "Never add these to a force's own finer files: place, time and outcome follow other rules.",
    "Violence and sexual offences are one category and cannot be parted.",
    "A place without a row is zero only where the force sent all of its month.",
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
    series=in_parts,
    shapes=SHAPES,
)
RAILWAYS = replace(
    SOURCE,
    name="policeuk_railways",
    title="Crime on the railways",
    caveats=("Counted beside the force of the area, and never added to it.", *CAVEATS),
    recognises=lambda header: False,  # the columns are those of every force: the rows tell
    series=None,
)
