"""The coverage grid: one row for each place and theme, where unknown is blank and not 0."""

import csv
from pathlib import Path

from joinedup.opportunities.files import match
from tests.opportunities.files.making import AS_OF, PLAIN, fill, replace_row


def rows(folder: Path, **options: str) -> dict[tuple[str, str], dict[str, str]]:
    path = folder.parent / "grid.csv"
    assert match(folder, AS_OF, None, None, grid=path, **options).found is None  # type: ignore[arg-type]
    return {(row["place"], row["theme"]): row for row in csv.DictReader(path.read_text().splitlines())}


def test_figures_and_states(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    replace_row(folder, "places", "c,Castle,borough", "c,Castle,borough\nd,Dale,borough")
    grid = rows(folder)
    assert list(grid) == [(place, theme) for place in "bcd" for theme in ("drugs", "exclusion")]
    # 1 - (1 - 20/120 x 0.5)^2 = 0.1597, and 0.8 x (1 - 0.1597) = 0.6722.
    assert grid["b", "exclusion"] == {
        "place": "b", "theme": "exclusion", "need": "0.8", "people_at_risk": "120.0", "coverage": "0.1597",
        "unmet": "0.6722", "initiatives": "2", "state": "gap",
    }  # fmt: skip
    assert (grid["b", "drugs"]["coverage"], grid["b", "drugs"]["state"]) == ("0.0", "gap")
    assert grid["c", "exclusion"]["state"] == "none recorded"
    assert grid["c", "drugs"]["state"] == "little need"
    assert grid["d", "drugs"] == {
        "place": "d", "theme": "drugs", "need": "", "people_at_risk": "", "coverage": "", "unmet": "",
        "initiatives": "0", "state": "not known",
    }  # fmt: skip


def test_where_the_register_or_the_reach_is_not_known_it_asks(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    replace_row(
        folder, "initiatives", "i,Boxing,club,,b,exclusion,10,17,20,,", "i,Boxing,club,,b,exclusion,10,17,,,"
    )
    assert rows(folder)["b", "exclusion"]["state"] == "ask"
    assert rows(folder)["b", "drugs"]["state"] == "gap"
    (folder / "places.csv").write_text("code,name,kind,known\nb,Borough,borough,no\nc,Castle,borough,\n")
    assert rows(folder)["b", "drugs"]["state"] == "ask"


def test_the_grid_is_that_of_the_reader(marked: Path) -> None:
    assert rows(marked)["b", "drugs"]["initiatives"] == "3"
    assert rows(marked, reader="partnership")["b", "drugs"]["initiatives"] == "1"
    assert rows(marked, reader="public")["b", "drugs"]["initiatives"] == "0"
