"""Whether what is held after an import is what the files say: a recount by another tool, side by side.

    .venv/bin/python bench/recount.py [--data FOLDER] [--all-rows]

Imports into a temporary installation six files about London (recorded crime of two boroughs by neighbourhood, by ward
and by borough; knife crime; the Census population) and every street file of Derbyshire and Nottinghamshire, from a
folder of the publishers' files (default: `shared/data` beside the clone). Then it counts the same files again with
nothing but the standard library's csv and a dictionary, from the publishers' own words, and compares the totals of
each source, indicator and month; of street files also of each force and authority. It prints both and the difference,
and ends with 1 if any differs.

The recount shares no code with the import. Only the knife crime file, which is Parquet, is first turned into CSV text.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

csv.field_size_limit(1 << 20)
Totals = dict[tuple[str, str, str], float]
# The publishers' words for what an indicator counts.
WIDE = {
    ("VIOLENCE AGAINST THE PERSON", "HOMICIDE"): "homicide",
    ("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITH INJURY"): "violence-with-injury",
    ("VIOLENCE AGAINST THE PERSON", "VIOLENCE WITHOUT INJURY"): "violence-without-injury",
    ("VIOLENCE AGAINST THE PERSON", "STALKING AND HARASSMENT"): "stalking-and-harassment",
    ("VIOLENCE AGAINST THE PERSON", "DEATH SERIOUS INJURY ILLEGAL DRIVING"): "death-or-injury-by-driving",
    ("ROBBERY", "ROBBERY OF PERSONAL PROPERTY"): "robbery-of-personal-property",
    ("ROBBERY", "ROBBERY OF BUSINESS PROPERTY"): "robbery-of-business-property",
    ("POSSESSION OF WEAPONS", "POSSESSION OF WEAPONS"): "weapons-possession",
    ("DRUG OFFENCES", "POSSESSION OF DRUGS"): "drug-possession",
    ("DRUG OFFENCES", "TRAFFICKING OF DRUGS"): "drug-trafficking",
    ("SEXUAL OFFENCES", "RAPE"): "rape",
    ("SEXUAL OFFENCES", "OTHER SEXUAL OFFENCES"): "other-sexual-offences",
}
KNIFE = {
    "Knife Crime": "knife-crime",
    "Knife Crime with Injury": "knife-crime-with-injury",
    "Knife Crime with Injury (Personal Robbery)": "knife-robbery-with-injury",
    "Knife Injury Victims (1-24)": "knife-injury-aged-1-24",
    "Knife Injury Victims (non DA 1-24)": "knife-injury-aged-1-24-not-domestic",
}
STREET = {
    "Violence and sexual offences": "policeuk-violence-and-sexual-offences",
    "Robbery": "policeuk-robbery",
    "Possession of weapons": "policeuk-weapons-possession",
    "Drugs": "policeuk-drugs",
    "Anti-social behaviour": "policeuk-anti-social-behaviour",
    "Public order": "policeuk-public-order",
}
RESIDENTS = {
    "usual_residents": "residents",
    "age_0_15": "residents-0-15",
    "age_16_24": "residents-16-24",
    "age_25_34": "residents-25-34",
    "age_35_49": "residents-35-49",
    "age_50_64": "residents-50-64",
    "age_65_plus": "residents-65-plus",
}
# Place, offence and finer offence as each of the wide files calls them.
COLUMNS = {
    "mps_lsoa": ("LSOA Code", "Major Category", "Minor Category"),
    "mps_ward": ("WardCode", "MajorText", "MinorText"),
    "mps_borough": ("BoroughName", "MajorText", "MinorText"),
}
# 39 offences in all of London, where a month has some 60,000: a leftover column, which the import drops.
LEFTOVER = {("mps_lsoa", "202402")}
LONDON = {
    "mps_lsoa_wide_hackney.csv": "mps_lsoa",
    "mps_lsoa_wide_lewisham.csv": "mps_lsoa",
    "mps_ward_wide.csv": "mps_ward",
    "mps_borough_wide.csv": "mps_borough",
    "knife_crime_dashboard.parquet": "knife_crime",
    "population_lsoa21_census2021.csv": "census_population",
}
FORCES = ("derbyshire", "nottinghamshire")
# Until May 2023 files had codes of 2011, which other tools share out in other ways.
SINCE = "2023-06"


def rows(path: Path) -> Iterator[dict[str, str]]:
    if path.suffix == ".parquet":
        import polars as pl

        yield from csv.DictReader(io.StringIO(pl.read_parquet(path).write_csv()))
        return
    stream = gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115
    with stream, io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def recount(path: Path, source: str, places: Collection[str]) -> Totals:
    """Source, indicator and month to the count of a file. `places`: codes and names of those held, and codes of 2011
    that became some of them."""
    if source in COLUMNS:
        return _wide(path, source, places)
    return {"knife_crime": _knife, "census_population": _residents, "policeuk_street": _street}[source](
        path, places
    )


def _wide(path: Path, source: str, places: Collection[str]) -> Totals:
    place, major, minor = COLUMNS[source]
    found: Totals = defaultdict(float)
    for row in rows(path):
        indicator = WIDE.get((row[major].strip().upper(), row[minor].strip().upper()))
        if indicator is None or row[place].strip() not in places:
            continue
        for column, cell in row.items():
            if column.isdigit() and (source, column) not in LEFTOVER:
                found[source, indicator, f"{column[:4]}-{column[4:]}"] += float(cell)
    return found


def _knife(path: Path, places: Collection[str]) -> Totals:
    found: Totals = defaultdict(float)
    for row in rows(path):
        if (
            row["measure"] == "Offences"
            and row["crime_subtype"] in KNIFE
            and row["area_code"].strip() in places
        ):
            found["knife_crime", KNIFE[row["crime_subtype"]], row["month"][:7]] += float(row["offences"])
    return found


def _residents(path: Path, places: Collection[str]) -> Totals:
    found: Totals = defaultdict(float)
    for row in rows(path):
        if row["lsoa21cd"] in places:
            for column, indicator in RESIDENTS.items():
                found["census_population", indicator, "2021"] += float(row[column])
    return found


def crimes(path: Path) -> Iterator[tuple[dict[str, str], str]]:
    """The rows of a street file that count, each with its indicator: a crime a line; of several lines with one ID the
    first."""
    seen = set()
    for row in rows(path):
        again = row["Crime ID"] in seen
        if row["Crime ID"]:
            seen.add(row["Crime ID"])
        if not again and row["Crime type"] in STREET:
            yield row, STREET[row["Crime type"]]


def _street(path: Path, places: Collection[str]) -> Totals:
    found: Totals = defaultdict(float)
    for row, indicator in crimes(path):
        if row["LSOA code"] in places:
            found["policeuk_street", indicator, row["Month"]] += 1
    return found


def files_of(data: Path) -> list[tuple[Path, str]]:
    """The files, with the source of each."""
    found = [(data / "london" / name, source) for name, source in LONDON.items()]
    for force in FORCES:
        found += [
            (path, "policeuk_street") for path in sorted((data / "policeuk" / force).glob("*-street.csv.gz"))
        ]
    return found


def add(totals: Mapping[tuple[str, str, str], float], to: Totals) -> None:
    for key, count in totals.items():
        to[key] = to.get(key, 0.0) + count


def held() -> Totals:
    """The same totals from what the installation holds."""
    import polars as pl

    from joinedup.evidence import observations

    found = observations.held(observations.newest_first())
    # Street files are added up to wider places too: see `by_level`.
    found = found.filter((pl.col("source") != "policeuk_street") | pl.col("place").str.contains("^[EW]01"))
    summed = (
        found.filter(pl.col("state") == "number")
        .group_by("source", "indicator", "period")
        .agg(pl.col("count").sum())
    )
    return {(source, indicator, period): count for source, indicator, period, count in summed.iter_rows()}


def compare(ours: Totals, theirs: Totals) -> list[tuple[tuple[str, str, str], float | None, float | None]]:
    """Every total that differs. A count shared between parts of an area is whole again within a millionth."""
    keys = sorted({*ours, *theirs})
    pairs = [(key, ours.get(key), theirs.get(key)) for key in keys]
    return [
        pair
        for pair in pairs
        # No row at all and a nought in every place are the same total.
        if abs((pair[1] or 0.0) - (pair[2] or 0.0)) > 1e-6
    ]


def neighbours(data: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The neighbourhoods of the two forces' areas, and those of 2011 that became some of them."""
    national = data / "national"
    areas = {
        row["ltla24_code"]
        for row in rows(national / "lookup_ltla24_csp24_pfa24.csv.gz")
        if row["pfa24_name"].lower() in FORCES
    }
    lsoas = [
        row for row in rows(national / "lookup_lsoa21_ward24_ltla24.csv.gz") if row["ltla24_code"] in areas
    ]
    codes = {row["lsoa21_code"] for row in lsoas}
    changes = [
        row for row in rows(national / "lookup_lsoa11_lsoa21_ltla22.csv.gz") if row["lsoa21_code"] in codes
    ]
    return lsoas, changes


def street_levels(path: Path, area: str, authorities: Mapping[str, str]) -> Totals:
    """Level, indicator and month to the count of a street file whose codes are all of 2021: of the whole force
    (`area`), and of each authority of its area. `authorities`: neighbourhood to authority."""
    found: Totals = defaultdict(float)
    for row, indicator in crimes(path):
        found[area, indicator, row["Month"]] += 1
        if row["LSOA code"] in authorities:
            found[authorities[row["LSOA code"]], indicator, row["Month"]] += 1
    return found


def authorities_of(data: Path, force: str) -> tuple[str, dict[str, str]]:
    """The code of a police force's area, and the authority of every neighbourhood in it."""
    national = data / "national"
    areas = [
        row
        for row in rows(national / "lookup_ltla24_csp24_pfa24.csv.gz")
        if row["pfa24_name"].lower() == force
    ]
    own = {row["ltla24_code"] for row in areas}
    lsoas = rows(national / "lookup_lsoa21_ward24_ltla24.csv.gz")
    return areas[0]["pfa24_code"], {
        r["lsoa21_code"]: r["ltla24_code"] for r in lsoas if r["ltla24_code"] in own
    }


def install() -> set[str]:
    """Places of London and of the two forces' areas; gives their codes, names of boroughs, and codes of 2011."""
    from django.core.management import call_command

    from joinedup.places import loading
    from joinedup.places.models import CodeChange, Place

    call_command("migrate", verbosity=0)
    loading.load()
    loading.load_parts(["E23000001", "E23000034", "E23000018", "E23000019"])
    held = Place.objects.exclude(kind="country").values_list("code", "name", "kind")
    known = {code for code, _name, kind in held} | {
        name for _code, name, kind in held if kind == "local_authority"
    }
    return known | set(CodeChange.objects.values_list("old", flat=True))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument(
        "--all-rows", action="store_true", help="print every month, not only the sum of each indicator"
    )
    given = parser.parse_args()
    if not given.data.is_dir():
        print(f"There is no folder {given.data} with the publishers' files: name it with --data.")
        return
    with tempfile.TemporaryDirectory(prefix="joinedup-recount-") as home:
        os.environ["JOINEDUP_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "joinedup.site.settings")
        import django

        django.setup()
        sys.exit(report(given.data, given.all_rows))


def report(data: Path, all_rows: bool) -> int:
    from joinedup.accounts.person import Person
    from joinedup.evidence import actions

    known = install()
    theirs: Totals = {}
    files = files_of(data)
    for path, source in files:
        actions.import_all(by=Person.operator(), path=path)
        add(recount(path, source, known), theirs)
    ours = held()
    shown: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for key in sorted({*ours, *theirs}):
        line = shown[key if all_rows else key[:2]]
        line[0] += ours.get(key, 0.0)
        line[1] += theirs.get(key, 0.0)
        line[2] += 1
    print(
        f"{len(files)} files\n{'source, indicator':70} {'held':>12} {'recounted':>12} {'difference':>11} months"
    )
    for label, (own, other, months) in shown.items():
        print(f"{', '.join(label):70} {own:12,.0f} {other:12,.0f} {own - other:11.6f} {months:6,.0f}")
    differing = compare(ours, theirs)
    for key, own, other in differing:
        print(f"DIFFERS {', '.join(key)}: held {own}, recounted {other}")
    print(
        f"{len({*ours, *theirs}):,} totals of source, indicator and month compared; {len(differing):,} differ."
    )
    levels = by_level(data)
    print(
        f"{len(levels[0]):,} totals of force, authority, type and month compared; {len(levels[1]):,} differ."
    )
    for key, own, other in levels[1]:
        print(f"DIFFERS {', '.join(key)}: held {own}, recounted {other}")
    return 1 if differing or levels[1] else 0


def by_level(data: Path) -> tuple[Totals, list[tuple[tuple[str, str, str], float | None, float | None]]]:
    """What is held of forces and authorities, against the street files from the month on in which all codes are new."""
    import polars as pl

    from joinedup.evidence import observations

    theirs: Totals = {}
    for force in FORCES:
        area, authorities = authorities_of(data, force)
        for path in sorted((data / "policeuk" / force).glob("*-street.csv.gz")):
            if path.name >= SINCE:
                add(street_levels(path, area, authorities), theirs)
    codes = sorted({key[0] for key in theirs})
    found = observations.held(
        observations.newest_first(["policeuk_street"]), indicators=list(STREET.values()), places=codes
    ).filter(pl.col("period") >= SINCE)
    rows = found.select("place", "indicator", "period", "count").iter_rows()
    ours = {(place, one, month): n for place, one, month, n in rows}
    return theirs, compare(ours, theirs)


if __name__ == "__main__":
    main()
