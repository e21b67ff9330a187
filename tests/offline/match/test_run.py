"""`joinedup match`: a folder of CSV files in, files out, and a plain sentence when something is wrong."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from joinedup.engines.opportunities import opportunities
from joinedup.engines.opportunities.shortlist import shortlist
from joinedup.offline.delimited import Refused
from joinedup.offline.match.engine_inputs import engine_inputs
from joinedup.offline.match.input_files import read_folder
from tests.offline.match.folders import AS_OF, FILES, SHIPPED, document, match, replace_row

OUTPUTS = ["opportunities", "moves"]


def written(folder: Path, what: str = "opportunities", **asked: Any) -> list[dict[str, Any]]:
    out = folder.parent / "out.json"
    done = match(folder, output=out, moves=what == "moves", **asked)
    found: list[dict[str, Any]] = document(out)[what]
    assert done.found == len(found)
    return found


def test_writes_the_document_best_first(plain: Path) -> None:
    found = written(plain)
    whole = document(plain.parent / "out.json")
    assert list(whole) == ["as_of", "opportunities", "gaps", "shelf", "meetings"]
    assert whole["as_of"] == "2018-10-08"
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert {move["kind"] for one in found for move in one["moves"]} >= {"match", "bid", "join", "spotted"}
    assert all(one["decision"] == one["moves"][0]["decision"] for one in found)
    assert [one["id"] for one in whole["shelf"]] == ["g"]
    assert whole["gaps"] == [
        {
            "place": "c",
            "theme": "drugs",
            "need": {"verdict": "high", "stands_out": None, "facts": []},
            "ask": [],
        }
    ]


def test_an_old_folder_is_read_as_before(folder: Path) -> None:
    (one,) = written(folder)
    assert [(move["kind"], move["asks"]) for move in one["moves"]] == [("match", ["a1", "a2"])]
    assert match(folder, asked=["offer=o", "partner=school"]).answers == [
        "offer o: Nobody there who may apply for it records work on exclusion, or an ask that it would pay for.",
        "partner school: It is in the list, in 1 move.",
    ]


def test_partners_alone_with_places_that_ship_are_enough(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "partners.csv").write_text("Organisation,Area\nOne,North\n")
    done = match(folder, output=tmp_path / "out.json", grid=tmp_path / "grid.csv")
    assert done.found == 0
    assert "E06000001,safe-places,,,none,0,0,not known\n" in (tmp_path / "grid.csv").read_text()


def test_the_flat_list_has_the_moves_of_the_opportunities(plain: Path) -> None:
    inside = [move["id"] for one in written(plain) for move in one["moves"]]
    moves = written(plain, "moves")
    assert [move["strength"] for move in moves] == sorted((m["strength"] for m in moves), reverse=True)
    assert {move["id"] for move in moves if move["kind"] != "meet"} == set(inside)
    assert [move["kind"] for move in moves].count("meet") == 1
    assert list(document(plain.parent / "out.json")) == ["as_of", "moves", "gaps", "shelf"]


def test_ids_are_unique(marked: Path) -> None:
    found = written(marked)
    assert len({one["id"] for one in found}) == len(found)


def test_the_same_again_is_the_same_files(marked: Path) -> None:
    made = []
    first = marked.parent / "first.json"
    match(marked, output=first, limit=4)
    for name in "ab":
        out, grid = marked.parent / f"{name}.json", marked.parent / f"{name}.csv"
        matched = match(
            marked, output=out, grid=grid, since=first, asked=["partner=team"], short=8, guesses=True
        )
        made.append((out.read_bytes(), grid.read_bytes(), matched))
    assert made[0] == made[1]


def test_the_order_of_rows_changes_nothing(marked: Path) -> None:
    turned = marked.parent / "turned"
    shutil.copytree(marked, turned)
    for path in turned.iterdir():
        header, *rows = path.read_text().splitlines()
        path.write_text("\n".join([header, *reversed(rows)]) + "\n")
    outs = []
    for folder in (marked, turned):
        out, grid = folder.parent / f"{folder.name}.json", folder.parent / f"{folder.name}-grid.csv"
        match(folder, output=out, grid=grid, reader="partnership", short=5)
        outs.append((out.read_bytes(), grid.read_bytes()))
    assert outs[0] == outs[1]


@pytest.mark.parametrize("what", OUTPUTS)
def test_the_limit_keeps_the_best(marked: Path, what: str) -> None:
    every = written(marked, what)
    assert written(marked, what, limit=1) == every[:1]


@pytest.mark.parametrize("what", OUTPUTS)
def test_csv_has_a_row_for_each_and_no_formulas(plain: Path, what: str) -> None:
    for path in plain.iterdir():
        path.write_text(path.read_text().replace("club", "=club").replace("Club", "=Club"))
    out = plain.parent / "out.csv"
    done = match(plain, output=out, moves=what == "moves")
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == done.found
    assert [row["id"] for row in rows] == [one["id"] for one in written(plain, what)]
    assert {row["as_of"] for row in rows} == {"2018-10-08"}
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    assert any(row["parties"].startswith("'=club") for row in rows)


def test_a_header_alone_is_enough(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text.splitlines()[0] + "\n")
    assert match(folder, output=folder.parent / "out.json", short=3).found == 0


def test_a_short_list_is_what_the_engine_chooses_in_its_order(marked: Path) -> None:
    read = engine_inputs(read_folder(marked, SHIPPED), AS_OF)
    moves = opportunities(read.inputs, AS_OF).moves
    chosen = [each.id for each in shortlist(moves, 3)]
    (marked / "people.csv").unlink()
    assert [one["id"] for one in written(marked, "moves", short=3)] == chosen
    assert chosen != [each.id for each in moves[:3]]
    assert [one["id"] for one in written(marked, "moves", short=3, limit=3)] == [
        each.id for each in shortlist(moves[:3], 3)
    ]


def test_weights_of_ones_own_change_the_strengths_and_their_default_is_the_usual(marked: Path) -> None:
    usual = written(marked)
    assert written(marked, weights="fit=1, near=0.5") == usual
    own = written(marked, weights="near=0,asked=1")
    assert [one["score"] for one in own] != [one["score"] for one in usual]


def test_guesses_are_counted_and_on_request_written_whole(plain: Path) -> None:
    out = plain.parent / "out.json"
    replace_row(plain, "partners", "b;c,exclusion,public", "Borough;c;Nowhere,exclusion,public")
    done = match(plain, output=out, guesses=True)
    read, unread = done.notes[:2]
    assert read.startswith("Read as: ")
    assert "places 3" in read
    assert unread == "Could not be read: places 1."
    (row,) = (row for row in document(out)["guesses"] if row["given"] == "Nowhere")
    assert (row["table"], row["id"], row["column"], row["read_as"]) == ("partners", "school", "places", None)
    with pytest.raises(
        Refused, match=r"Guesses are written into the document: give --output a name that ends in"
    ):
        match(plain, output=plain.parent / "out.csv", guesses=True)


def test_a_file_that_is_no_table_is_named(plain: Path) -> None:
    (plain / "profiles.csv").write_text("place,rate\nb,1\n")
    assert (
        "Not used: profiles.csv, which is no table of the command." in match(plain, asked=["place=b"]).notes
    )


def test_asked_why_not_the_rules_answer_and_nothing_is_written(folder: Path) -> None:
    with (folder / "partners.csv").open("a", encoding="utf-8") as file:
        file.write("idle,Idle,vcs,,\n")
    before = sorted(folder.parent.rglob("*"))
    matched = match(folder, asked=["partner=idle", "action=none", "place = b", "partner=a=b"])
    assert matched.answers == [
        "partner idle: It is not recorded where it works.",
        "action none: No action is recorded as “none”.",
        "place b: It is in the list, in 1 move.",
        "partner a=b: No partner is recorded as “a=b”.",
    ]
    assert matched.found is None
    assert sorted(folder.parent.rglob("*")) == before


@pytest.mark.parametrize(
    "asked", ["banana", "partner=", "=club", "people=ann", "partner", "partner=\udcff", ""]
)
def test_what_cannot_be_asked_about_is_refused(folder: Path, asked: str) -> None:
    with pytest.raises(Refused, match="cannot be asked about: write partner=ID, support=ID") as refused:
        match(folder, asked=[asked])
    assert str(refused.value).isprintable()


def test_wrong_names_and_numbers_are_refused(folder: Path) -> None:
    with pytest.raises(Refused, match=r"must end in \.json or \.csv"):
        match(folder, output=folder / "out.txt")
    with pytest.raises(Refused, match=r"grid must end in \.csv"):
        match(folder, grid=folder / "grid.json")
    with pytest.raises(Refused, match="limit must be 1 or more"):
        match(folder, output=folder / "out.json", limit=0)
    with pytest.raises(Refused, match="short list must be of 1 or more"):
        match(folder, output=folder / "out.json", short=0)


def test_input_is_never_overwritten(folder: Path) -> None:
    roundabout = folder / ".." / folder.name / "needs.csv"
    with pytest.raises(Refused, match=r"“needs\.csv” in .* is input and would be overwritten"):
        match(folder, output=roundabout)
    with pytest.raises(Refused, match="would be overwritten"):
        match(folder, grid=folder / "asks.csv")
    with pytest.raises(Refused, match="must be two files"):
        match(folder, output=folder / "out.csv", grid=folder / "." / "out.csv")
    assert not (folder / "out.csv").exists()


def test_a_place_that_cannot_be_written_leaves_nothing_behind(folder: Path) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, output=folder / "none" / "out.json")
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, output=folder / "needs.csv" / "out.json")
    before = sorted(folder.iterdir())
    (folder / "taken.json").mkdir()
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, output=folder / "taken.json", grid=folder / "grid.csv")
    with pytest.raises(Refused, match="cannot be written"):
        match(folder, output=folder / "out.json", grid=folder / "none" / "grid.csv")
    assert sorted(folder.iterdir()) == [*before, folder / "taken.json"]


def test_a_day_far_off_is_a_day(plain: Path) -> None:
    for day in (AS_OF.min, AS_OF.max):
        out = plain.parent / "out.json"
        match(plain, day, out, grid=plain.parent / "grid.csv")
        assert document(out)["as_of"] == day.isoformat()
