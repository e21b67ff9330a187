"""Make the data that ships from a folder of publishers' files and a folder of gathered facts.

    python scripts/extract DATA REFERENCE

DATA holds `national/`, `london/`, `indicators/` and `directories/`; REFERENCE holds the CSV files of facts. The result
goes to `src/joinedup/data/`. Made twice from the same folders, the files are the same byte for byte.
"""

import argparse
from pathlib import Path

from country import write_country, write_surveys
from crime import write_crime
from facts import write_facts
from likeness import write_likeness
from youth_justice import write_youth_justice

DATA = Path(__file__).resolve().parents[2] / "src" / "joinedup" / "data"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "data", type=Path, help="the folder with national/, london/, indicators/ and directories/"
    )
    parser.add_argument("reference", type=Path, help="the folder with the CSV files of facts")
    parser.add_argument(
        "--output", type=Path, default=DATA, help="where country/, london/ and reference/ are written"
    )
    parser.add_argument("--no-outlines", action="store_true", help="tables only: a tenth of the time")
    given = parser.parse_args()
    country, london, reference = (given.output / name for name in ("country", "london", "reference"))
    for folder in (country, london, reference):
        folder.mkdir(parents=True, exist_ok=True)
    write_country(given.data / "national", country, outlines=not given.no_outlines)
    write_surveys(given.data / "national", given.data / "indicators", country)
    if (
        not given.no_outlines
    ):  # which councils border on each other, and how dense they are, is read from them
        write_youth_justice(country)
        write_likeness(country)
    write_crime(given.data / "london", london)
    write_facts(given.reference, given.data / "directories", reference)


if __name__ == "__main__":
    main()
