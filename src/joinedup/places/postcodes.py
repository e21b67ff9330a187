"""Where a postcode lies.

Of its first half (LE1), which authorities, from what ships. Approximate: each neighbourhood was given to the nearest
centre of a postcode district, so a share may be some hundredths off at an edge. Good for “mostly in one, partly in
another”, never for a statistic.

Of a whole one, which neighbourhood, where an installation has brought in the postcode lookup of the Office for National
Statistics (NSPL or ONSPD): it is exact, 1 GB as published, and kept as a sorted Parquet file of some 20 MB.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from joinedup.late_imports import polars as pl
from joinedup.places.shipped import SHIPPED

# As the lookup's issues call the postcode and its neighbourhood of 2021.
POSTCODE_COLUMNS, LSOA_COLUMNS = ("pcds", "pcd7", "pcd"), ("lsoa21cd", "lsoa21")
ROWS_IN_A_GROUP = 50_000
POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)( ?\d([A-Z]{2})?)?")


def looks_like_a_postcode(text: str) -> bool:
    """Whether somebody typed a postcode or its first half, such as N1 or SW9 8AB."""
    return POSTCODE.fullmatch(text.strip().upper()) is not None


def district_of(text: str) -> str | None:
    """The first half of a postcode: LE1 of “LE1 4”, “le1” and “LE1 4AB”; None if it is none, or not known."""
    typed = " ".join(text.upper().split())
    found = POSTCODE.fullmatch(typed)
    if found is None:
        return None
    known = _shares()
    halves = [typed.split(" ")[0]] if " " in typed else [typed, typed[:-3], typed[:-1]]
    return next((half for half in halves if half in known), None)


def authorities_of(text: str) -> dict[str, float]:
    """The share of a postcode district's residents in each authority (GSS code), the largest first; empty if
    unknown."""
    district = district_of(text)
    return {} if district is None else _shares()[district]


@cache
def _shares() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    with gzip.open(SHIPPED / "postcodes.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["postcode_district"], {})[row["place"]] = float(row["share"])
    return {
        district: dict(sorted(shares.items(), key=lambda each: (-each[1], each[0])))
        for district, shares in found.items()
    }


def bring_in_postcodes(path: Path) -> int:
    """Keep the lookup of a CSV file of the Office for National Statistics; how many postcodes it has. The one that was
    kept before stays until the new one is whole. Raises ValidationError with one sentence for another file."""
    try:
        header = {
            name.strip().lower(): name for name in pl.read_csv(path, n_rows=0, infer_schema=False).columns
        }
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ValidationError(f"{path.name} cannot be read as a CSV file.") from error
    postcode = next((header[name] for name in POSTCODE_COLUMNS if name in header), None)
    lsoa = next((header[name] for name in LSOA_COLUMNS if name in header), None)
    if postcode is None or lsoa is None:
        raise ValidationError(
            f"{path.name} is not the postcode lookup of the Office for National Statistics: it has no column of "
            "postcodes (pcds) or none of neighbourhoods of 2021 (lsoa21). Bring the data file of NSPL or ONSPD."
        )
    found = (
        pl.scan_csv(path, infer_schema=False)
        .select(postcode=pl.col(postcode).str.replace_all(" ", "").str.to_uppercase(), lsoa=lsoa)
        .filter(pl.col("lsoa").str.contains(r"^[EW]01\d{6}$"))
        .unique("postcode")
        .sort("postcode")
        .collect()
    )
    if found.is_empty():
        raise ValidationError(f"{path.name} has no postcode of England or Wales.")
    handle, aside = tempfile.mkstemp(prefix=".partial-", dir=settings.HOME)
    os.close(handle)
    try:
        found.write_parquet(aside, row_group_size=ROWS_IN_A_GROUP, statistics=True)
        os.replace(aside, kept_file())
    finally:
        Path(aside).unlink(missing_ok=True)
    return found.height


def neighbourhood_of(text: str) -> str | None:
    """The code of the neighbourhood of a whole postcode; None for half of one, or where no lookup is kept."""
    key = text.upper().replace(" ", "")
    if len(key) < 5 or not looks_like_a_postcode(text) or not kept_file().is_file():
        return None
    found = pl.scan_parquet(kept_file()).filter(pl.col("postcode") == key).select("lsoa").collect()["lsoa"]
    return found[0] if found.len() else None


def kept_file() -> Path:
    """What `bring_in_postcodes` keeps; nothing there before it."""
    return Path(settings.HOME) / "postcodes.parquet"
