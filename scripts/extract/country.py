"""Areas of England and Wales: codes, parents, centres, residents, outlines; who covers what; what old codes became.

areas.csv.gz            everything wider than a ward, loaded by every installation
memberships.csv.gz      which force, health board, fire service and safety partnerships serve an authority
outlines_wide.json.gz   outlines of authorities and counties
postcodes.csv.gz        postcode districts, with the share of residents in each authority
parts/<force>.zip       wards and neighbourhoods of one police force's area, with outlines and old codes
"""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from grid import national_grid
from outlines import drawn
from writing import csv_bytes, write_gzip, write_table, write_zip

ENGLAND, WALES = "E92000001", "W92000004"
# How far a line may move, in metres. Neighbourhoods are looked at closest, so they keep the most.
TOLERANCE = {"wide": 150.0, "ward": 60.0, "lsoa": 45.0}
COLUMNS = [
    "code",
    "name",
    "kind",
    "parent",
    "vintage",
    "ended",
    "latitude",
    "longitude",
    "residents",
    "residents_16_24",
]
# The seven local health boards and the principal areas that each serves (NHS Wales). The look-up has England only.
WELSH_BOARDS = {
    "W11000023": ("Betsi Cadwaladr University Health Board", range(1, 7)),
    "W11000025": ("Hywel Dda University Health Board", range(8, 11)),
    "W11000031": ("Swansea Bay University Health Board", range(11, 13)),
    "W11000030": ("Cwm Taf Morgannwg University Health Board", (13, 16, 24)),
    "W11000029": ("Cardiff and Vale University Health Board", range(14, 16)),
    "W11000028": ("Aneurin Bevan University Health Board", range(18, 23)),
    "W11000024": ("Powys Teaching Health Board", (23,)),
}
BANDS = ["Aged 15 years and under", "Aged 16 to 24 years", "Aged 25 to 34 years", "Aged 35 to 49 years",
         "Aged 50 to 64 years", "Aged 65 years and over"]  # fmt: skip


def _read(national: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(national / f"{name}.csv.gz", infer_schema_length=None)


def census(national: Path) -> pl.DataFrame:
    """Residents by age; all of them are the sum of the bands, as no other total is published with them."""
    names = ["age_0_15", "age_16_24", "age_25_34", "age_35_49", "age_50_64", "age_65_plus"]
    wide = _read(national, "census2021_residents_by_age_lsoa21")
    return wide.select(
        lsoa21cd="lsoa21_code",
        usual_residents=pl.sum_horizontal(BANDS),
        **{name: pl.col(band) for name, band in zip(names, BANDS, strict=True)},
    ).sort("lsoa21cd")


def _neighbourhoods(national: Path) -> pl.DataFrame:
    """One row for each neighbourhood of 2021, with all that it lies in."""
    upper = _read(national, "lookup_ltla23_utla23").select(ltla24_code="ltla23_code", county="utla23_code",
                                                            county_name="utla23_name")  # fmt: skip
    forces = (
        _read(national, "lookup_ltla24_csp24_pfa24")
        .unique("ltla24_code")
        .select("ltla24_code", force="pfa24_code", force_name="pfa24_name")
    )
    regions = _read(national, "lookup_ltla24_region24").select(
        "ltla24_code", region="region24_code", region_name="region24_name"
    )
    people = census(national).select(
        lsoa21_code="lsoa21cd", residents="usual_residents", residents_16_24="age_16_24"
    )
    centres = _read(national, "lsoa_latlong").select(
        lsoa21_code="LSOACD", latitude=pl.col("latitude").round(5), longitude=pl.col("longitude").round(5)
    )
    found = (
        _read(national, "lookup_lsoa21_ward24_ltla24")
        .join(upper, on="ltla24_code", how="left")
        .join(forces, on="ltla24_code", how="left")
        .join(regions, on="ltla24_code", how="left")
        .join(people, on="lsoa21_code", how="left")
        .join(centres, on="lsoa21_code", how="left")
    )
    # Only a county council that is not the authority itself is a place of its own.
    is_county = pl.col("county").str.starts_with("E10")
    return found.with_columns(
        county=pl.when(is_county).then("county"), region=pl.col("region").fill_null(WALES)
    ).sort("lsoa21_code")


def _summed(rows: pl.DataFrame, code: str, name: str, kind: str, parent: pl.Expr) -> pl.DataFrame:
    """Residents added up, and the centre of where they live."""
    people = pl.col("residents")
    middle = {
        side: ((pl.col(side) * people).sum() / people.sum()).round(5) for side in ("latitude", "longitude")
    }
    return (
        rows.filter(pl.col(code).is_not_null())
        .group_by(code=code)
        .agg(
            name=pl.col(name).first(),
            parent=parent.first(),
            residents=people.sum(),
            residents_16_24=pl.col("residents_16_24").sum(),
            **middle,
        )
        .with_columns(kind=pl.lit(kind), vintage=pl.lit(2024))
    )


def _areas(rows: pl.DataFrame) -> pl.DataFrame:
    countries = pl.DataFrame(
        {"code": [ENGLAND, WALES], "name": ["England", "Wales"], "kind": "country", "vintage": 2024}
    )
    england = rows.filter(pl.col("region") != WALES)
    country = pl.when(pl.col("region") == WALES).then(pl.lit(WALES)).otherwise(pl.lit(ENGLAND))
    return pl.concat(
        [
            countries,
            _summed(england, "region", "region_name", "region", pl.lit(ENGLAND)),
            _summed(rows, "force", "force_name", "police_force", country),
            _summed(rows, "county", "county_name", "county", pl.col("region")),
            _summed(rows, "ltla24_code", "ltla24_name", "local_authority", pl.coalesce("county", "region")),
        ],
        how="diagonal_relaxed",
    )


def _parts(rows: pl.DataFrame) -> pl.DataFrame:
    wards = _summed(rows, "ward24_code", "ward24_name", "ward", pl.col("ltla24_code"))
    lsoas = rows.select(
        "latitude", "longitude", "residents", "residents_16_24",
        code="lsoa21_code", name="lsoa21_name", parent="ward24_code", kind=pl.lit("lsoa"), vintage=pl.lit(2021),
    )  # fmt: skip
    return pl.concat([wards, lsoas], how="diagonal_relaxed")


def _changes(national: Path, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each code of 2011 became, and the retired ones as places; both with the force they lie in.

    A code that was split, merged or changed irregularly shares what was counted in it by the residents of 2021.
    Where it went to whole authorities of one force only, as everywhere, it belongs to the largest part's.
    """
    look = _read(national, "lookup_lsoa11_lsoa21_ltla22").select(
        old="lsoa11_code", old_name="lsoa11_name", new="lsoa21_code", kind="change_code"
    )
    where = rows.select("force", "ltla24_code", "residents", new="lsoa21_code")
    look = look.join(where, on="new", how="left").sort("old", "new")
    shares = look.with_columns(share=(pl.col("residents") / pl.col("residents").sum().over("old")).round(6))
    current = rows["lsoa21_code"]
    retired = (
        look.filter(~pl.col("old").is_in(current.implode()))
        .sort("old", "residents", "new", descending=[False, True, False])
        .unique("old", keep="first", maintain_order=True)
        .select(
            "force", code="old", name="old_name", kind=pl.lit("lsoa"), parent="ltla24_code",
            vintage=pl.lit(2011), ended=pl.lit(2021),
        )
    )  # fmt: skip
    # A code that did not change needs no row: readers keep it as it is.
    changed = shares.filter(pl.col("kind") != "U")
    return changed.select("force", "old", "new", "kind", "share"), retired


def _memberships(national: Path, rows: pl.DataFrame) -> pl.DataFrame:
    """The largest part of an authority's residents decides where a health board's border cuts through it."""
    police = _read(national, "lookup_ltla24_csp24_pfa24")
    boards = (
        rows.join(_read(national, "lookup_lsoa21_icb24"), on="lsoa21_code")
        .group_by(place="ltla24_code", code="icb24_code", name="icb24_name")
        .agg(pl.col("residents").sum())
        .sort("place", "residents", descending=[False, True])
        .unique("place", keep="first", maintain_order=True)
    )
    welsh = pl.DataFrame(
        [(f"W060000{n:02}", code, name) for code, (name, numbers) in WELSH_BOARDS.items() for n in numbers],
        schema=["place", "code", "name"], orient="row",
    )  # fmt: skip
    every = [
        ("police_force", police.select(place="ltla24_code", code="pfa24_code", name="pfa24_name")),
        ("safety_partnership", police.select(place="ltla24_code", code="csp24_code", name="csp24_name")),
        ("health_board", pl.concat([boards.select("place", "code", "name"), welsh])),
        ("fire", _read(national, "lookup_ltla24_fra24").select(place="ltla24_code", code="fra24_code",
                                                               name="fra24_name")),
    ]  # fmt: skip
    return (
        pl.concat(frame.unique().select("place", "code", "name", kind=pl.lit(kind)) for kind, frame in every)
        .select("place", "kind", "code", _as_written("name"))
        .sort("place", "kind", "code")
    )


def _metres(points: np.ndarray) -> np.ndarray:
    return np.column_stack(national_grid(points[:, 0], points[:, 1]))


def _shapes(national: Path, codes: pl.Series) -> np.ndarray:
    """The outline of each neighbourhood, in metres, in the order of `codes`."""
    with gzip.open(national / "lsoa21_boundaries.geojsonl.gz", "rt", encoding="utf-8") as stream:
        found = {}
        for line in stream:
            feature = json.loads(line)
            found[feature["properties"]["LSOA21CD"]] = json.dumps(feature["geometry"])
    return shapely.transform(shapely.from_geojson([found[code] for code in codes]), _metres)


def _merged(
    shapes: np.ndarray, groups: pl.Series, keep: Callable[[str], bool] = bool
) -> dict[str, shapely.Geometry]:
    """The outline of each group of neighbourhoods."""
    at: dict[str, list[int]] = {}
    for n, code in enumerate(groups):
        if code is not None and keep(code):
            at.setdefault(code, []).append(n)
    return {code: _union(shapes[rows]) for code, rows in sorted(at.items())}


def _union(shapes: np.ndarray) -> shapely.Geometry:
    """One outline. Rounding made a few neighbours overlap by centimetres, which the quicker way refuses."""
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapes, grid_size=1.0)


def write_country(national: Path, output: Path, *, outlines: bool = True) -> None:
    """Write the tables and, with `outlines`, the outlines and the archives that hold them."""
    rows = _neighbourhoods(national)
    areas, parts = _areas(rows), _parts(rows)
    changes, retired = _changes(national, rows)
    (output / "parts").mkdir(parents=True, exist_ok=True)
    widest = ["country", "region", "police_force", "county", "local_authority"]
    order = pl.col("kind").replace_strict({kind: n for n, kind in enumerate(widest)})
    write_table(output / "areas.csv.gz", _in_columns(areas.sort(order, "code")))
    write_table(output / "memberships.csv.gz", _memberships(national, rows))
    districts = pl.read_csv(national / "postcode_districts_approximate.csv")
    write_table(
        output / "postcodes.csv.gz", districts.select("postcode_district", place="ltla24_code", share="share")
    )

    if not outlines:
        return
    shapes = _shapes(national, rows["lsoa21_code"])
    wide = _merged(shapes, rows["ltla24_code"])
    lines = drawn(list(wide), np.array(list(wide.values())), TOLERANCE["wide"])
    counties = _merged(shapes, rows["county"])
    lines |= drawn(list(counties), np.array(list(counties.values())), TOLERANCE["wide"])
    write_gzip(output / "outlines_wide.json.gz", json_bytes(lines))
    wards = _merged(shapes, rows["ward24_code"])
    ward_lines = drawn(list(wards), np.array(list(wards.values())), TOLERANCE["ward"])
    small = drawn(rows["lsoa21_code"].to_list(), shapes, TOLERANCE["lsoa"])

    of_force = dict(rows.select("lsoa21_code", "force").iter_rows()) | dict(
        rows.select("ward24_code", "force").iter_rows()
    )
    parts = parts.with_columns(force=pl.col("code").replace_strict(of_force))
    everything = pl.concat([parts, retired], how="diagonal_relaxed").sort(
        "kind", "code", descending=[True, False]
    )
    for force in sorted(rows["force"].unique()):
        own = everything.filter(pl.col("force") == force)
        codes = own["code"].to_list()
        write_zip(
            output / "parts" / f"{force}.zip",
            {
                "places.csv": csv_bytes(_in_columns(own)),
                "changes.csv": csv_bytes(changes.filter(pl.col("force") == force).drop("force")),
                "outlines.json": json_bytes(
                    {code: line for code in codes if (line := ward_lines.get(code) or small.get(code))}
                ),
            },
        )


def json_bytes(lines: dict[str, list]) -> bytes:
    return json.dumps(lines, separators=(",", ":")).encode()


def _in_columns(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None).alias(name) for name in COLUMNS if name not in frame.columns]
    return frame.with_columns(missing).select(COLUMNS).with_columns(_as_written("name"))


def _as_written(column: str) -> pl.Expr:
    """St Helens, as its council and nearly every list of names write it; the look-ups have it both ways."""
    return pl.col(column).str.replace_all("St. ", "St ", literal=True)


def write_surveys(national: Path, indicators: Path, output: Path) -> None:
    """Residents and deprivation of every neighbourhood, and what the Department for Education publishes."""
    write_table(output / "census_population.csv.gz", census(national))
    england = _read(national, "imd2025_england_lsoa21")
    children = _read(national, "imd2025_england_lsoa21_subdomains").select(
        "lsoa21_code", "children_and_young_people_score", "children_and_young_people_decile"
    )
    england = england.join(children, on="lsoa21_code", how="left").rename(str.lower)
    domains = ["imd", "income", "employment", "education", "health", "housing_and_services", "environment",
               "children_and_young_people"]  # fmt: skip
    columns = [f"{domain}_{measure}" for domain in domains for measure in ("score", "decile")]
    deciles = [pl.col(column).cast(pl.Int64) for column in columns if column.endswith("decile")]
    write_table(
        output / "iod2025.csv.gz",
        england.select(pl.col("lsoa21_code").alias("lsoa21cd"), *columns)
        .with_columns(deciles)
        .sort("lsoa21cd"),
    )
    wales = _read(national, "imd2019_wales_lsoa11").rename(lambda name: re.sub(r"^IMD_", "WIMD_", name))
    kept = [name for name in wales.columns if name.endswith(("_score", "_decile", "_code"))]
    scores = [pl.col(name).round(3) for name in kept if name.endswith("_score")]
    write_table(output / "wimd2019.csv.gz", wales.select(kept).with_columns(scores).sort("lsoa11_code"))
    long = pl.read_csv(indicators / "dfe_lait_long_selected.csv", infer_schema=False)
    write_table(output / "dfe_lait.csv.gz", long)
