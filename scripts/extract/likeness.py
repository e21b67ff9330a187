"""What authorities of England are like: published facts, by which those most like one are found.

Made from the tables that were made before it: residents by age (Census 2021), the Indices of Deprivation 2025, and the
outlines of neighbourhoods. Wales has an index of its own, and 22 authorities that are compared with one another.
"""

import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from writing import write_table

TIERS = ("E06", "E07", "E08", "E09", "E10")
HECTARE = 10_000
STEP = re.compile(r"-?\d+")


def write_likeness(country: Path) -> None:
    """Write `likeness.csv`: code, name, deprivation (mean score by residents), density (residents per
    hectare in the neighbourhood of the middle resident), children and young people (aged 0 to 15 and 16 to 24,
    percent of residents), age_0_15 (residents)."""
    areas = pl.read_csv(country / "areas.csv.gz", infer_schema_length=None)
    around, hectares = _neighbourhoods(country)
    people = pl.read_csv(country / "census_population.csv.gz").rename({"lsoa21cd": "lsoa"})
    scores = pl.read_csv(country / "iod2025.csv.gz").select(lsoa="lsoa21cd", score="imd_score")
    above = areas.select(code="code", county="parent").filter(pl.col("county").str.starts_with("E10"))
    small = people.join(around, on="lsoa").join(scores, on="lsoa").join(hectares, on="lsoa")
    small = small.join(above, on="code", how="left")
    counties = small.drop_nulls("county").with_columns(code="county")
    every = pl.concat([small, counties]).with_columns(density=pl.col("usual_residents") / pl.col("hectares"))
    share = {"children": "age_0_15", "young": "age_16_24"}
    facts = (
        every.sort("density", "lsoa")
        .group_by("code")
        .agg(
            deprivation=(pl.col("score") * pl.col("usual_residents")).sum() / pl.col("usual_residents").sum(),
            density=pl.col("density")
            .filter(pl.col("usual_residents").cum_sum() * 2 >= pl.col("usual_residents").sum())
            .first(),
            **{
                name: 100 * pl.col(band).sum() / pl.col("usual_residents").sum()
                for name, band in share.items()
            },
            age_0_15=pl.col("age_0_15").sum(),
        )
    )
    rounded = {"deprivation": 2, "density": 2, "children": 2, "young": 2}
    table = areas.select("code", "name").join(facts, on="code")
    table = table.filter(pl.col("code").str.head(3).is_in(TIERS))
    table = table.with_columns(pl.col(name).round(places) for name, places in rounded.items())
    write_table(country / "likeness.csv", table.sort("code"))


def _neighbourhoods(country: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each neighbourhood with its authority (`lsoa`, `code`), and its area (`lsoa`, `hectares`)."""
    around, sizes = [], []
    for path in sorted((country / "parts").glob("E*.zip")):
        with zipfile.ZipFile(path) as archive:
            places = pl.read_csv(io.BytesIO(archive.read("places.csv")), infer_schema=False)
            lines = json.loads(archive.read("outlines.json"))
        now = places.filter(pl.col("ended").is_null())
        wards = now.filter(pl.col("kind") == "ward").select(parent="code", code="parent")
        own = now.filter(pl.col("kind") == "lsoa").select("parent", lsoa="code")
        around.append(own.join(wards, on="parent").select("lsoa", "code"))
        sizes += [(code, area_of(lines[code][0]) / HECTARE) for code in own["lsoa"]]
    hectares = pl.DataFrame(sizes, schema={"lsoa": pl.String, "hectares": pl.Float64}, orient="row")
    return pl.concat(around), hectares


def area_of(path: str) -> float:
    """Square metres inside an outline that is drawn in tens of metres; a ring within another is a hole."""
    rings = []
    for ring in path.removesuffix("z").split("z"):
        steps = np.array(STEP.findall(ring), dtype=np.int64).reshape(-1, 2)
        rings.append(shapely.make_valid(shapely.Polygon(np.cumsum(steps, axis=0))))
    return 100 * float(shapely.area(shapely.symmetric_difference_all(rings)))
