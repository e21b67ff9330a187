"""`joinedup match`: a folder of CSV files in, files out, and a plain sentence when something is wrong."""

import csv
import shutil
from pathlib import Path

import pytest

from joinedup.engines.matching import opportunities, shortlist
from joinedup.offline.delimited import Refused
from joinedup.offline.match.input_files import SEVEN, read_folder
from joinedup.offline.match.run import match
from tests.offline.match.folders import AS_OF, FILES, PLAIN, document, fill


def test_writes_the_document_best_first(folder: Path) -> None:
    out = folder.parent / "out.json"
    matched = match(folder, AS_OF, None, out)
    written = document(out)
    found = written["opportunities"]
    assert list(written) == ["as_of", "opportunities"]
    assert written["as_of"] == "2018-10-08"
    assert {(one["kind"], one["place"]) for one in found} == {
        ("unmet_need", "b"),
        ("untapped_support", "b"),
        ("missing_partner", "b"),
    }
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert matched.found == 3
    assert matched.left_out == [
        "Left out: 1 (needs: place not in places).",
        "Left out: 1 (partners: place not in places).",
    ]


def test_the_same_again_is_the_same_files(marked: Path) -> None:
    made = []
    first = marked.parent / "first.json"
    match(marked, AS_OF, 4, first)
    for name in "ab":
        out, grid = marked.parent / f"{name}.json", marked.parent / f"{name}.csv"
        matched = match(marked, AS_OF, None, out, grid=grid, since=first, asked=["partner=team"], short=8)
        made.append((out.read_bytes(), grid.read_bytes(), matched))
    assert made[0] == made[1]


def test_the_order_of_rows_and_of_files_changes_nothing(marked: Path) -> None:
    turned = marked.parent / "turned"
    shutil.copytree(marked, turned)
    for path in turned.iterdir():
        header, *rows = path.read_text().splitlines()
        path.write_text("\n".join([header, *reversed(rows)]) + "\n")
    outs = []
    for folder in (marked, turned):
        out, grid = folder.parent / f"{folder.name}.json", folder.parent / f"{folder.name}-grid.csv"
        match(folder, AS_OF, None, out, grid=grid, reader="partnership", short=5)
        outs.append((out.read_bytes(), grid.read_bytes()))
    assert outs[0] == outs[1]


def test_the_limit_keeps_the_best(folder: Path) -> None:
    every, best = folder.parent / "every.json", folder.parent / "best.json"
    match(folder, AS_OF, None, every)
    match(folder, AS_OF, 1, best)
    assert document(best)["opportunities"] == document(every)["opportunities"][:1]


def test_csv_has_a_row_for_each_and_no_formulas(folder: Path) -> None:
    out = folder.parent / "out.csv"
    for path in folder.iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("club", "=club"), encoding="utf-8")
    match(folder, AS_OF, None, out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 3
    assert rows[0]["as_of"] == "2018-10-08"
    assert {row["band"] for row in rows} <= {"strong", "fair", "worth a look"}
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    assert any(row["parties"].startswith("'=club") for row in rows)


def test_a_header_alone_is_enough(folder: Path) -> None:
    for name in SEVEN:
        (folder / f"{name}.csv").write_text(FILES[name].splitlines()[0] + "\n")
    assert match(folder, AS_OF, None, folder.parent / "out.json", short=3).found == 0


def test_a_short_list_is_what_the_engine_chooses_in_its_order(marked: Path) -> None:
    out = marked.parent / "out.json"
    matched = match(marked, AS_OF, None, out, short=3)
    found = opportunities(read_folder(marked), AS_OF).opportunities
    chosen = [each.id for each in shortlist(found, 3)]
    assert [one["id"] for one in document(out)["opportunities"]] == chosen
    assert chosen != [each.id for each in found[:3]]
    assert matched.found == 3
    match(marked, AS_OF, 4, out, short=3)
    assert [one["id"] for one in document(out)["opportunities"]] == [
        each.id for each in shortlist(found[:4], 3)
    ]


def test_weights_of_ones_own_change_the_order_and_their_default_is_the_usual(marked: Path) -> None:
    usual, same, own = (marked.parent / f"{name}.json" for name in ("usual", "same", "own"))
    match(marked, AS_OF, None, usual)
    match(marked, AS_OF, None, same, weights="gap=0.35, urgency=0.1")
    match(marked, AS_OF, None, own, weights="gap=0,newness=5")
    assert same.read_bytes() == usual.read_bytes()
    ids = [[one["id"] for one in document(path)["opportunities"]] for path in (usual, own)]
    assert ids[0] != ids[1]
    assert set(ids[0]) <= set(ids[1])


def test_asked_why_not_the_rules_answer_and_nothing_is_written(folder: Path) -> None:
    with (folder / "partners.csv").open("a", encoding="utf-8") as file:
        file.write("idle,Idle,vcs,,\n")
    before = sorted(folder.parent.rglob("*"))
    matched = match(
        folder,
        AS_OF,
        None,
        None,
        asked=["partner=idle", "offer=o", "initiative=none", "place = b", "partner=a=b"],
    )
    assert matched.answers == [
        "partner idle: It is not recorded where it works.",
        "offer o: It is in the list, 1 time.",
        "initiative none: No initiative that can be used is recorded as “none”.",
        "place b: It is in the list, 3 times.",
        "partner a=b: No partner that can be used is recorded as “a=b”.",
    ]
    assert matched.found is None
    assert sorted(folder.parent.rglob("*")) == before


@pytest.mark.parametrize(
    "asked", ["banana", "partner=", "=club", "people=ann", "partner", "partner=\udcff", ""]
)
def test_what_cannot_be_asked_about_is_refused(folder: Path, asked: str) -> None:
    with pytest.raises(Refused, match="cannot be asked about: write partner=ID, offer=ID") as refused:
        match(folder, AS_OF, None, None, asked=[asked])
    assert str(refused.value).isprintable()


def test_why_not_is_answered_for_the_weights_of_the_run(folder: Path) -> None:
    with (folder / "offers.csv").open("a", encoding="utf-8") as file:
        file.writelines(
            f"p{n},Later {n},Home Office,fund,exclusion,education,,,,2018-10-12,1,2018-01-01\n"
            for n in range(20)
        )
    asked = {
        text: match(folder, AS_OF, None, None, asked=["offer=o"], weights=text).answers[0]
        for text in (None, "urgency=5", "gap=0.35")
    }
    assert asked[None] == asked["gap=0.35"] == "offer o: It is in the list, 1 time."
    assert asked["urgency=5"].startswith("offer o: It meets the rules, but each time at least 20 others")


def test_wrong_names_and_numbers_are_refused(folder: Path) -> None:
    with pytest.raises(Refused, match=r"must end in \.json or \.csv"):
        match(folder, AS_OF, None, folder / "out.txt")
    with pytest.raises(Refused, match=r"grid must end in \.csv"):
        match(folder, AS_OF, None, None, grid=folder / "grid.json")
    with pytest.raises(Refused, match="limit must be 1 or more"):
        match(folder, AS_OF, 0, folder / "out.json")
    with pytest.raises(Refused, match="short list must be of 1 or more"):
        match(folder, AS_OF, None, folder / "out.json", short=0)


def test_input_is_never_overwritten(folder: Path) -> None:
    roundabout = folder / ".." / folder.name / "needs.csv"
    with pytest.raises(Refused, match=r"“needs\.csv” in .* is input and would be overwritten"):
        match(folder, AS_OF, None, roundabout)
    with pytest.raises(Refused, match="would be overwritten"):
        match(folder, AS_OF, None, None, grid=folder / "asks.csv")
    with pytest.raises(Refused, match="must be two files"):
        match(folder, AS_OF, None, folder / "out.csv", grid=folder / "." / "out.csv")
    assert not (folder / "out.csv").exists()


def test_a_place_that_cannot_be_written_leaves_nothing_behind(folder: Path) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, AS_OF, None, folder / "none" / "out.json")
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, AS_OF, None, folder / "needs.csv" / "out.json")
    before = sorted(folder.iterdir())
    (folder / "taken.json").mkdir()
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, AS_OF, None, folder / "taken.json", grid=folder / "grid.csv")
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, AS_OF, None, folder / "out.json", grid=folder / "none" / "grid.csv")
    assert sorted(folder.iterdir()) == [*before, folder / "taken.json"]


def test_a_day_far_off_is_a_day(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    for day in (AS_OF.min, AS_OF.max):
        out = tmp_path / "out.json"
        match(folder, day, None, out, grid=tmp_path / "grid.csv")
        assert document(out)["as_of"] == day.isoformat()
