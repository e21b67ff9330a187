"""What people saw takes its place among what the engine finds, in their words, and betrays nothing."""

import csv
from pathlib import Path
from typing import Any

import pytest

from joinedup.engines.matching import Weights, beside
from joinedup.offline.delimited import Refused
from joinedup.offline.match.input_files import read_folder
from joinedup.offline.match.run import match
from tests.offline.match.folders import AS_OF, PLAIN, document, fill

HEADER = "id,place,theme,parties,sentence\n"
HALL = "s1,b,exclusion,club;school,Club and School could share a hall on Fridays.\n"
VAN = "s2,c,,,Somebody in Castle could lend a van.\n"


def spot(folder: Path, *rows: str, header: str = HEADER) -> Path:
    (folder / "spotted.csv").write_text(header + "".join(rows))
    return folder


def run(folder: Path, **options: Any) -> list[dict[str, Any]]:
    out = folder.parent / "out.json"
    match(folder, AS_OF, options.pop("limit", None), out, **options)
    found: list[dict[str, Any]] = document(out)["opportunities"]
    return found


def spotted(folder: Path, **options: Any) -> list[dict[str, Any]]:
    return [one for one in run(folder, **options) if one["kind"] == "spotted"]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return fill(tmp_path / "in", PLAIN)


def test_it_is_as_written_with_the_engines_facts_beside_it(plain: Path) -> None:
    one = spotted(spot(plain, HALL))[0]
    said = beside(read_folder(plain), AS_OF, place="b", theme="exclusion", parties=["club", "school"])
    assert one == {
        "id": "spotted--s1",
        "kind": "spotted",
        "score": said.score,
        "place": "b",
        "theme": "exclusion",
        "parties": ["club", "school"],
        "initiatives": [],
        "offers": [],
        "sentence": "Club and School could share a hall on Fridays.",
        "because": [fact.as_dict() for fact in [*said.because, *said.asks]],
        "first_step": "",
        "components": said.components,
        "would_change": said.would_change,
        "others": [{"partner": each.partner, "why": each.why} for each in said.others],
    }
    assert [each["partner"] for each in one["others"]] == ["team"]
    assert one["because"]


def test_it_takes_its_place_and_changes_nothing_else(plain: Path) -> None:
    before = run(plain)
    found = run(spot(plain, VAN, HALL))
    assert [one for one in found if one["kind"] != "spotted"] == before
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    at = [n for n, one in enumerate(found) if one["kind"] == "spotted"]
    assert len(at) == 2
    assert 0 < at[0] < len(found) - 1


def test_a_place_and_a_sentence_are_enough(plain: Path) -> None:
    one = spotted(spot(plain, "s,b,So be it.\n", header="id,place,sentence\n"))[0]
    assert (one["theme"], one["parties"], one["others"]) == ("", [], [])
    assert one["components"]["gap"] == 0.5


def test_the_limit_and_the_short_list_count_it(plain: Path) -> None:
    spot(plain, HALL, VAN)
    everything = run(plain)
    for limit in range(1, len(everything) + 1):
        assert run(plain, limit=limit) == everything[:limit]
    short = run(plain, short=len(everything))
    assert {one["id"] for one in short} == {one["id"] for one in everything}
    assert any(one["kind"] == "spotted" for one in run(plain, short=6))


def test_weights_of_ones_own_are_used(plain: Path) -> None:
    one = spotted(spot(plain, HALL), weights="gap=0,fit=0,effect=0,urgency=0,newness=1")[0]
    said = beside(
        read_folder(plain), AS_OF, place="b", theme="exclusion", parties=["club", "school"],
        weights=Weights(0, 0, 0, 0, 1),
    )  # fmt: skip
    assert one["score"] == said.score == 100 * one["components"]["newness"]


def test_csv_has_them_and_who_might_join_only_where_there_is_the_file(plain: Path) -> None:
    out = plain.parent / "out.csv"
    match(plain, AS_OF, None, out)
    assert out.read_text().splitlines()[0].endswith(",newness")
    match(spot(plain, HALL, '"=1",b,,,=cmd\n'), AS_OF, None, out)
    rows = [row for row in csv.DictReader(out.read_text().splitlines()) if row["kind"] == "spotted"]
    assert {row["id"]: row["others"] for row in rows}["spotted--s1"] == "team"
    assert sorted(row["sentence"] for row in rows)[0] == "'=cmd"
    assert {row["others"] for row in csv.DictReader(out.read_text().splitlines())} == {"", "team"}


def test_the_order_of_rows_changes_nothing(plain: Path) -> None:
    rows = [HALL, VAN, "s1,b,drugs,team,Another of the same id.\n"]
    first = run(spot(plain, *rows))
    assert run(spot(plain, *reversed(rows))) == first


def test_rows_that_cannot_be_used_are_left_out_and_counted(plain: Path) -> None:
    spot(
        plain, HALL, "s1,c,,,The same id.\n", "s3,nowhere,,,No such place.\n", "s4,,,,No place at all.\n",
        ",b,,,No id.\n", "s5,b,,club,\n", "s6,b,,club;none;sector:vcs,Two who are nobody.\n",
    )  # fmt: skip
    out = plain.parent / "out.json"
    matched = match(plain, AS_OF, None, out)
    assert [line for line in matched.left_out if "spotted" in line] == [
        "Left out: 2 (spotted: no id or sentence).",
        "Left out: 2 (spotted: partner not in partners).",
        "Left out: 2 (spotted: place not in places).",
        "Left out: 1 (spotted: the same id again).",
    ]
    found = {one["id"]: one for one in document(out)["opportunities"] if one["kind"] == "spotted"}
    assert set(found) == {"spotted--s1", "spotted--s6"}
    assert found["spotted--s6"]["parties"] == ["club"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "spotted.csv is empty: it needs a header line."),
        ("id,place\n", "spotted.csv has no column sentence; its header is: id, place."),
        (f"{HEADER}s1,b\n", "spotted.csv, line 2, has 2 cells where the header has 5."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(plain: Path, text: str, sentence: str) -> None:
    (plain / "spotted.csv").write_text(text)
    with pytest.raises(Refused) as refused:
        run(plain)
    assert str(refused.value) == sentence


def test_it_is_input_and_never_overwritten(plain: Path) -> None:
    with pytest.raises(Refused, match="would be overwritten"):
        match(spot(plain, HALL), AS_OF, None, plain / "spotted.csv")


def test_what_is_new_moved_and_gone_is_told_of_them_too(plain: Path) -> None:
    first = plain.parent / "first.json"
    match(spot(plain, HALL, VAN), AS_OF, None, first)
    spot(plain, HALL.replace("club;school", "club;team"), "s9,b,,,A new one.\n")
    out = plain.parent / "second.json"
    matched = match(plain, AS_OF, None, out, since=first)
    told = document(out)["changes"]
    assert told["new"] == ["spotted--s9"]
    assert [row["id"] for row in told["gone"]] == ["spotted--s2"]
    assert [row["id"] for row in told["moved"]] == ["spotted--s1"]
    assert "Parties: club, team; were club, school." in told["moved"][0]["why"]
    assert matched.changed[0].endswith("1 new, 1 moved, 1 gone.")
    # One that is only too low to be written now is not gone.
    match(plain, AS_OF, 1, out, since=first)
    assert [row["id"] for row in document(out)["changes"]["gone"]] == ["spotted--s2"]


def test_why_not_says_where_people_saw_something(plain: Path) -> None:
    spot(plain, HALL, VAN)
    answers = match(plain, AS_OF, None, None, asked=["partner=club", "place=c", "offer=o"]).answers
    assert "partner club: People spotted 1 that names it." in answers
    assert "place c: People spotted 1 that names it." in answers
    assert not any(each.startswith("offer o: People") for each in answers)


# Who reads it.

SECRET = "s7,b,drugs,refuge;club,These two could meet.\n"
REFUGE = "s8,b,drugs,refuge,It could open earlier.\n"
NAMES_IT = "s9,b,drugs,club,Club could ask REFUGE  House for a room.\n"
QUIET = "s10,b,drugs,quiet;school,A nurse could come to School.\n"


@pytest.mark.parametrize(
    ("reader", "shown"),
    [
        (None, {"s1": ["club", "school"], "s7": ["refuge", "club"], "s8": ["refuge"], "s9": ["club"],
                "s10": ["quiet", "school"]}),
        ("refuge", {"s1": ["club", "school"], "s7": ["refuge", "club"], "s8": ["refuge"], "s9": ["club"],
                    "s10": ["quiet", "school"]}),
        ("partnership", {"s1": ["club", "school"], "s7": ["club"], "s10": ["quiet", "school"]}),
        ("public", {"s1": ["club", "school"], "s7": ["club"], "s10": ["school"]}),
    ],
)  # fmt: skip
def test_a_party_that_the_reader_may_not_see_is_not_there(
    marked: Path, reader: str | None, shown: dict[str, list[str]]
) -> None:
    spot(marked, HALL, SECRET, REFUGE, NAMES_IT, QUIET)
    found = spotted(marked, reader=reader)
    assert {one["id"].removeprefix("spotted--"): one["parties"] for one in found} == shown
    if reader in ("public", "partnership"):
        assert "refuge" not in (marked.parent / "out.json").read_text().lower()
        left_out = match(marked, AS_OF, None, marked.parent / "out.json", reader=reader).left_out
        assert left_out[-1] == "Left out: 2 (spotted: not for this reader)."


def test_facts_are_those_of_a_register_without_the_hidden(marked: Path) -> None:
    spot(marked, SECRET)
    bare = spot(fill(marked.parent / "bare", PLAIN), SECRET.replace("refuge;", ""))
    assert spotted(marked, reader="public") == spotted(bare, reader="public")


def test_a_hidden_row_is_neither_told_of_nor_counted_in_answers(marked: Path) -> None:
    spot(marked, REFUGE, NAMES_IT)
    asked = ["partner=refuge", "partner=club", "place=b"]
    for reader in ("public", "partnership"):
        told = match(marked, AS_OF, None, None, reader=reader, asked=asked).answers
        assert not any("People spotted" in each for each in told)
    told = match(marked, AS_OF, None, None, asked=asked).answers
    assert sum("People spotted" in each for each in told) == 3


def test_a_name_inside_another_word_hides_nothing(marked: Path) -> None:
    path = marked / "partners.csv"
    path.write_text(path.read_text().replace("refuge,Refuge House,", "refuge,Ref,"))
    found = spotted(
        spot(marked, "s1,b,,club,Club could refer people.\n", "s2,b,,club,Club and REF.\n"), reader="public"
    )
    assert [one["id"] for one in found] == ["spotted--s1"]
