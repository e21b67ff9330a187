"""The coverage grid: one row for each place and theme, where unknown is blank and not 0."""

import csv
from pathlib import Path
from typing import Any

from tests.offline.match.folders import match, replace_row


def rows(folder: Path, **asked: Any) -> dict[tuple[str, str], dict[str, str]]:
    path = folder.parent / "grid.csv"
    assert match(folder, grid=path, **asked).found is None
    return {(row["place"], row["theme"]): row for row in csv.DictReader(path.read_text().splitlines())}


def test_figures_and_states(plain: Path) -> None:
    replace_row(plain, "partners", "team,Team,police,b,exclusion", "team,Team,police,b;c,drugs")
    replace_row(plain, "places", "c,Castle,borough", "c,Castle,borough\nd,Dale,borough")
    replace_row(plain, "needs", "c,drugs,0.9,60", "c,drugs,0.9,60\nd,drugs,0.2,60")
    grid = rows(plain)
    assert list(grid) == [(place, theme) for place in "bcd" for theme in ("drugs", "exclusion")]
    assert grid["b", "exclusion"] == {
        "place": "b", "theme": "exclusion", "need": "0.8", "stands_out": "", "measured": "none", "actions": "2",
        "moves": "1", "state": "1 move",
    }  # fmt: skip
    assert grid["c", "drugs"]["state"] == "ask first: Team"
    assert (grid["c", "exclusion"]["need"], grid["c", "exclusion"]["state"]) == ("0.45", "none recorded")
    assert (grid["d", "exclusion"]["need"], grid["d", "exclusion"]["state"]) == ("", "not known")
    assert rows(plain, reader="public")["c", "drugs"]["state"] == "high: ask first"


def test_action_without_a_move_is_action(plain: Path) -> None:
    for table in ("asks", "offers", "spotted"):
        (plain / f"{table}.csv").unlink()
    replace_row(
        plain,
        "initiatives",
        "i,Boxing,Boxing with a mentor for boys after school,club,,b,exclusion",
        "i,Boxing,Boxing,club,,b,drugs",
    )
    assert rows(plain, reader="public")["b", "drugs"]["state"] == "1 action recorded"
    assert rows(plain)["b", "drugs"]["state"] == "ask first: Club"


def test_what_stands_out_and_how_it_is_measured(plain: Path) -> None:
    (plain / "needs.csv").write_text(
        "place,theme,stands_out,value,unit,lower,upper,middle,measured\n"
        'c,drugs,0.95,12.5,"crimes per 1,000",11,14,8,\nb,drugs,0.95,3,a mark,,,,proxy\n'
    )
    grid = rows(plain)
    assert {key: grid["c", "drugs"][key] for key in ("need", "stands_out", "measured")} == {
        "need": "", "stands_out": "0.95", "measured": "own",
    }  # fmt: skip
    assert grid["b", "drugs"]["measured"] == "proxy"


def test_need_that_is_too_uncertain_is_not_known(plain: Path) -> None:
    (plain / "needs.csv").write_text("place,theme,need,certainty\nc,exclusion,0.9,0.09\nc,drugs,0.7,0.3\n")
    grid = rows(plain)
    assert (grid["c", "exclusion"]["need"], grid["c", "exclusion"]["state"]) == ("", "not known")
    assert (grid["c", "drugs"]["need"], grid["c", "drugs"]["state"]) == ("0.7", "high: ask first")


def test_the_grid_is_that_of_the_reader(marked: Path) -> None:
    assert rows(marked)["b", "drugs"]["actions"] == "3"
    assert rows(marked, reader="partnership")["b", "drugs"]["actions"] == "1"
    assert rows(marked, reader="public")["b", "drugs"]["actions"] == "0"
