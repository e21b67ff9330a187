"""Areas with their codes, parents and centres; how 2011 codes became 2021 codes; who covers what."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from grid import national_grid
from writing import write_table

LONDON, ENGLAND = "E12000007", "E92000001"
COLUMNS = [
    "code",
    "name",
    "kind",
    "parent",
    "vintage",
    "ended",
    "latitude",
    "longitude",
    "easting",
    "northing",
    "residents",
    "residents_16_24",
]


def _centres(source: Path, code_field: str) -> pl.DataFrame:
    """Centroids of boundary polygons, in degrees and in metres."""
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    metres = shapely.transform(shapes, lambda p: np.column_stack(national_grid(p[:, 0], p[:, 1])))
    degrees = shapely.get_coordinates(shapely.centroid(shapes))
    grid = shapely.get_coordinates(shapely.centroid(metres))
    return pl.DataFrame(
        {
            "code": [feature["properties"][code_field] for feature in features],
            "latitude": degrees[:, 1].round(5),
            "longitude": degrees[:, 0].round(5),
            "easting": grid[:, 0].round().astype(int),
            "northing": grid[:, 1].round().astype(int),
        }
    )


def _areas(lookup: pl.DataFrame, london: Path) -> pl.DataFrame:
    """Current neighbourhoods, wards and boroughs, with residents of the 2021 Census summed upwards."""
    people = pl.read_csv(london / "population_lsoa21_census2021.csv").select(
        "lsoa21cd", residents="usual_residents", residents_16_24="age_16_24"
    )
    lookup = lookup.join(people, on="lsoa21cd", how="left")
    sums = [pl.col("residents").sum(), pl.col("residents_16_24").sum()]
    lsoas = lookup.select(
        pl.col("lsoa21cd").alias("code"),
        pl.col("lsoa21nm").alias("name"),
        pl.lit("lsoa").alias("kind"),
        pl.col("wd24cd").alias("parent"),
        pl.lit(2021).alias("vintage"),
        "residents",
        "residents_16_24",
    ).join(
        pl.read_csv(london / "lsoa21_centroids.csv").select(
            pl.col("lsoa21cd").alias("code"),
            pl.col("latitude").round(5),
            pl.col("longitude").round(5),
            easting=pl.col("easting_m").round().cast(pl.Int64),
            northing=pl.col("northing_m").round().cast(pl.Int64),
        ),
        on="code",
        how="left",
    )
    wards = (
        lookup.group_by(code="wd24cd", name="wd24nm", parent="lad24cd")
        .agg(sums)
        .with_columns(kind=pl.lit("ward"), vintage=pl.lit(2024))
        .join(_centres(london / "ward24_bestfit_boundaries.geojson", "WD24CD"), on="code", how="left")
    )
    boroughs = (
        lookup.group_by(code="lad24cd", name="lad24nm")
        .agg(sums)
        .with_columns(kind=pl.lit("local_authority"), parent=pl.lit(LONDON), vintage=pl.lit(2024))
        .join(_centres(london / "borough_boundaries.geojson", "LAD22CD"), on="code", how="left")
    )
    region = boroughs.select(sums).with_columns(
        code=pl.lit(LONDON),
        name=pl.lit("London"),
        kind=pl.lit("region"),
        parent=pl.lit(ENGLAND),
        vintage=pl.lit(2024),
    )
    country = pl.DataFrame({"code": [ENGLAND], "name": ["England"], "kind": ["country"], "vintage": [2024]})
    forces = (
        lookup.group_by(code="pfa24cd", name="pfa24nm")
        .agg(sums)
        .with_columns(kind=pl.lit("police_force"), parent=pl.lit(LONDON), vintage=pl.lit(2024))
    )
    return pl.concat([country, region, forces, boroughs, wards, lsoas], how="diagonal_relaxed")


def write_places(london: Path, output: Path) -> None:
    """Write `places.csv.gz`, `changes.csv.gz` and `memberships.csv.gz`."""
    lookup = pl.read_csv(london / "lookup_lsoa21.csv")
    areas = _areas(lookup, london)
    changes = pl.read_csv(london / "lookup_lsoa11_lsoa21.csv")
    current = set(areas["code"])
    retired = (
        changes.filter(~pl.col("lsoa11cd").is_in(list(current)))
        .unique("lsoa11cd", keep="first", maintain_order=True)
        .select(
            pl.col("lsoa11cd").alias("code"),
            pl.col("lsoa11nm").alias("name"),
            pl.lit("lsoa").alias("kind"),
            pl.col("lad22cd").alias("parent"),
            pl.lit(2011).alias("vintage"),
            pl.lit(2021).alias("ended"),
        )
    )
    areas = pl.concat([areas, retired], how="diagonal_relaxed")
    order = {
        kind: i
        for i, kind in enumerate(["country", "region", "police_force", "local_authority", "ward", "lsoa"])
    }
    areas = areas.sort(pl.col("kind").replace_strict(order), "code").select(COLUMNS)
    write_table(output / "places.csv.gz", areas)

    # A 2011 area that was split shares what was counted in it among its parts by their 2021 residents.
    shares = (
        changes.select(old="lsoa11cd", new="lsoa21cd", kind="chgind")
        .join(areas.select(new="code", residents="residents"), on="new", how="left")
        .with_columns(
            share=(pl.col("residents") / pl.col("residents").sum().over("old")).round(6),
        )
        .select("old", "new", "kind", "share")
        .sort("old", "new")
    )
    write_table(output / "changes.csv.gz", shares)

    memberships = pl.concat(
        lookup.select(
            place="lad24cd",
            kind=pl.lit(kind),
            code=f"{field}cd",
            name=f"{field}nm",
        )
        for kind, field in (
            ("police_force", "pfa24"),
            ("health_board", "icb24"),
            ("safety_partnership", "csp24"),
        )
    ).unique()
    write_table(output / "memberships.csv.gz", memberships.sort("place", "kind"))
