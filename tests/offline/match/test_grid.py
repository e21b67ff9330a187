"""The coverage grid: one row for each place and theme, where unknown is blank and not 0."""

import csv
from pathlib import Path

from joinedup.offline.match.run import match
from tests.offline.match.folders import AS_OF, PLAIN, fill, replace_row


def rows(folder: Path, **options: str) -> dict[tuple[str, str], dict[str, str]]:
    path = folder.parent / "grid.csv"
    assert match(folder, AS_OF, None, None, grid=path, **options).found is None  # type: ignore[arg-type]
    return {(row["place"], row["theme"]): row for row in csv.DictReader(path.read_text().splitlines())}


def test_figures_and_states(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    replace_row(folder, "places", "c,Castle,borough", "c,Castle,borough\nd,Dale,borough")
    grid = rows(folder)
    assert list(grid) == [(place, theme) for place in "bcd" for theme in ("drugs", "exclusion")]
    # How many people it concerns and how much of the need is met is nowhere: nobody knows.
    assert grid["b", "exclusion"] == {
        "place": "b", "theme": "exclusion", "need": "0.8", "initiatives": "2", "theme_or_place_not_recorded": "0",
        "state": "some action",
    }  # fmt: skip
    assert (grid["b", "drugs"]["initiatives"], grid["b", "drugs"]["state"]) == ("0", "gap")
    assert grid["c", "exclusion"]["state"] == "none recorded"
    assert grid["c", "drugs"]["state"] == "lower than most"
    assert grid["d", "drugs"] == {
        "place": "d", "theme": "drugs", "need": "", "initiatives": "0", "theme_or_place_not_recorded": "0",
        "state": "not known",
    }  # fmt: skip


def test_where_the_register_is_not_known_it_asks(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    assert rows(folder)["b", "drugs"]["state"] == "gap"
    (folder / "places.csv").write_text("code,name,kind,known\nb,Borough,borough,no\nc,Castle,borough,\n")
    assert rows(folder)["b", "drugs"]["state"] == "ask"


def test_action_of_unknown_reach_is_action(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    replace_row(
        folder, "initiatives", "i,Boxing,club,,b,exclusion,10,17,20,,", "i,Boxing,club,,b,drugs,10,17,,,"
    )
    assert rows(folder)["b", "drugs"]["state"] == "some action"


def test_action_without_a_theme_or_a_place_leaves_no_theme_without_action(tmp_path: Path) -> None:
    for number, row in enumerate(("i,Boxing,club,,b,,10,17,20,,", "i,Boxing,club,,,,10,17,20,,")):
        folder = fill(tmp_path / f"in{number}", PLAIN)
        replace_row(folder, "initiatives", "i,Boxing,club,,b,exclusion,10,17,20,,", row)
        found = rows(folder)
        assert [found["b", theme]["theme_or_place_not_recorded"] for theme in ("drugs", "exclusion")] == [
            "1",
            "1",
        ]
        assert found["b", "drugs"]["state"] == "ask"
        assert found["c", "exclusion"]["state"] == "none recorded"


def test_need_that_is_too_uncertain_is_not_known(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    needs = "place,theme,need,people_at_risk,certainty\nb,exclusion,0.9,120,0.09\nb,drugs,0.7,80,0.3\n"
    (folder / "needs.csv").write_text(needs)
    grid = rows(folder)
    assert (grid["b", "exclusion"]["need"], grid["b", "exclusion"]["state"]) == ("", "not known")
    assert (grid["b", "drugs"]["need"], grid["b", "drugs"]["state"]) == ("0.7", "gap")


def test_the_grid_is_that_of_the_reader(marked: Path) -> None:
    assert rows(marked)["b", "drugs"]["initiatives"] == "3"
    assert rows(marked, reader="partnership")["b", "drugs"]["initiatives"] == "1"
    assert rows(marked, reader="public")["b", "drugs"]["initiatives"] == "0"
