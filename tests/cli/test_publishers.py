"""The publishers' own files, as they were downloaded, by the same command. Left out where they are not beside us."""

import json
from pathlib import Path

from tests.demo.installation import Installation

FILES = {
    "london/mps_lsoa_wide_hackney.csv": ("mps_lsoa", 3326),
    "london/mps_ward_wide.csv": ("mps_ward", 18695),
    "london/mps_borough_wide.csv": ("mps_borough", 1032),
    "london/population_lsoa21_census2021.csv": ("census_population", 4994),
    "london/iod2025_lsoa21.csv": ("iod2025", 4994),
    "london/knife_crime_dashboard.parquet": ("knife_crime", 59431),
    "indicators/dfe_lait_long_selected.csv": ("dfe_lait", 36380),
}


def test_they_are_recognised_and_taken_in_together(shared: Path, copied: Installation) -> None:
    before = len(copied.rows("SELECT id FROM evidence_dataset"))
    done = copied.run("import", "--json", *[shared / name for name in FILES])
    assert (done.returncode, done.stderr) == (0, "")
    told = [(each["format"], each["rows_read"]) for each in json.loads(done.stdout)]
    assert told == list(FILES.values())
    assert len(copied.rows("SELECT id FROM evidence_dataset")) == before + len(FILES)
    assert copied.run("check").returncode == 0


def test_what_is_not_figures_is_refused_by_name(shared: Path, copied: Installation) -> None:
    before = copied.held()
    refused = copied.run(
        "import", shared / "london/mps_ward_wide.csv", shared / "indicators/dfe_la_code_list.csv"
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[-1] == (
        "dfe_la_code_list.csv: This is a list of authorities, without figures. "
        "Bring the long table of the interactive tool."
    )
    assert copied.held() == before
