"""Make the data that ships from a folder of publishers' files and a folder of gathered facts.

    python scripts/extract DATA REFERENCE

DATA holds `london/`, `indicators/` and `directories/`; REFERENCE holds the CSV files of facts. The result
goes to `src/joinedup/data/`. Made twice from the same folders, the files are the same byte for byte.
"""

import argparse
from pathlib import Path

import polars as pl
from crime import write_crime
from facts import write_facts
from outlines import write_outlines
from places import write_places
from writing import write_table

DATA = Path(__file__).resolve().parents[2] / "src" / "joinedup" / "data"
REGIONS = ["Inner London", "Outer London"]
WHOLE = ["London", "England"]


def write_surveys(folder: Path, output: Path) -> None:
    """Census residents, deprivation, and what the Department for Education publishes by authority."""
    london = folder / "london"
    for source, name in (
        ("population_lsoa21_census2021.csv", "census_population.csv.gz"),
        ("iod2025_lsoa21.csv", "iod2025.csv.gz"),
    ):
        write_table(output / name, pl.read_csv(london / source, infer_schema=False))
    long = pl.read_csv(folder / "indicators" / "dfe_lait_long_selected.csv", infer_schema=False)
    area = pl.col("LA and Regions")
    kept = long.filter(pl.col("Region").is_in(REGIONS) | area.is_in(WHOLE))
    write_table(output / "dfe_lait.csv.gz", kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with london/, indicators/ and directories/")
    parser.add_argument("reference", type=Path, help="the folder with the CSV files of facts")
    parser.add_argument("--output", type=Path, default=DATA, help="where london/ and reference/ are written")
    given = parser.parse_args()
    london, reference = given.output / "london", given.output / "reference"
    london.mkdir(parents=True, exist_ok=True)
    reference.mkdir(parents=True, exist_ok=True)
    write_crime(given.data / "london", london)
    write_surveys(given.data, london)
    write_places(given.data / "london", london)
    write_outlines(given.data / "london", london)
    write_facts(given.reference, given.data / "directories", reference)


if __name__ == "__main__":
    main()
