"""What a reader may not see is not there: not in the list, the grid or an answer, and nothing follows from it."""

from pathlib import Path
from typing import Any

import pytest

from joinedup.offline.delimited import Refused
from joinedup.offline.match.visibility import marked as as_marked
from tests.offline.match.folders import NAMED, PLAIN, SHARED, document, fill, match, replace_row

# For each reader the layers that are left. Hidden rows name ids that are then unknown, and are cut out by hand.
FOR_CLUB = {"initiatives": ["r2,Refuge with Club,Refuge evenings,club,,b,drugs,10,17,10,named"]}
OF_THE_REFUGE = {**NAMED, "offers": NAMED["offers"][:2]}


@pytest.mark.parametrize(
    ("reader", "layers"),
    [
        ("public", [PLAIN]),
        ("partnership", [PLAIN, SHARED]),
        ("school", [PLAIN, SHARED]),
        ("club", [PLAIN, SHARED, FOR_CLUB]),
        ("refuge", [PLAIN, OF_THE_REFUGE, SHARED]),
    ],
)
@pytest.mark.parametrize("moves", [False, True], ids=["opportunities", "moves"])
def test_the_answer_is_that_of_a_register_without_the_rest(
    marked: Path, reader: str, layers: list[dict[str, list[str]]], moves: bool
) -> None:
    bare = fill(marked.parent / "bare", *layers)
    made = []
    for folder in (marked, bare):
        out, grid = folder.parent / f"{folder.name}.json", folder.parent / f"{folder.name}-grid.csv"
        asked = [
            "partner=refuge", "partner=club", "action=i", "action=r2", "support=q", "support=s", "place=b", "ask=a2",
        ]  # fmt: skip
        matched = match(folder, output=out, grid=grid, reader=reader, asked=asked, moves=moves, guesses=True)
        # What hangs on a row that is left out is no error of the input.
        notes = [line for line in matched.notes if "not for this reader" not in line]
        made.append((out.read_bytes(), grid.read_bytes(), matched.answers, notes, matched.found))
    assert made[0] == made[1]
    assert made[0][-1]


@pytest.mark.parametrize(("reader", "words"), [("public", ("Refuge", "Quiet")), ("partnership", ("Refuge",))])
def test_no_word_of_what_is_hidden(marked: Path, reader: str, words: tuple[str, ...]) -> None:
    everything, out = marked.parent / "all.json", marked.parent / "out.json"
    match(marked, output=everything)
    match(marked, output=out, reader=reader, guesses=True)
    for word in words:
        assert word in everything.read_text()
        assert word.lower() not in out.read_text().lower()


def test_without_a_reader_everything_is_told_as_ever(marked: Path) -> None:
    out = marked.parent / "out.json"
    matched = match(marked, output=out)
    assert "reader" not in document(out)
    assert not any("reader" in line for line in matched.notes)


def test_what_was_kept_back_is_counted_for_who_runs_it(marked: Path) -> None:
    matched = match(marked, reader="public", asked=["place=b"])
    kept_back = {
        "partners": 2, "initiatives": 3, "asks": 2, "support": 4, "links": 2, "answers": 2, "contacts": 2,
        "people": 1, "spotted": 2,
    }  # fmt: skip
    assert {line for line in matched.notes if "reader" in line} == {
        f"Left out: {number} ({table}: not for this reader)." for table, number in kept_back.items()
    }


def moves(folder: Path, reader: str | None) -> list[dict[str, Any]]:
    out = folder.parent / f"{reader}.json"
    match(folder, output=out, reader=reader, moves=True)
    found: list[dict[str, Any]] = document(out)["moves"]
    return found


def kinds(folder: Path, reader: str | None) -> set[str]:
    return {move["kind"] for move in moves(folder, reader)}


def test_who_could_compare_notes_and_who_should_meet_is_for_those_alone(plain: Path) -> None:
    for reader in ("public", "partnership", "team"):
        assert not {"join", "meet"} & kinds(plain, reader), reader
    for reader in ("club", "school", None):
        assert {"join", "meet"} <= kinds(plain, reader), reader


def test_who_could_be_brought_in_and_what_is_to_be_checked_is_not_for_the_public(plain: Path) -> None:
    (plain / "answers.csv").unlink()
    replace_row(plain, "initiatives", "Homework with a mentor for boys after school", "Sewing")
    assert "bring_in" not in kinds(plain, "public")
    assert "bring_in" in kinds(plain, "partnership")
    assert not any(move["checks"] for move in moves(plain, "public"))
    assert any(move["checks"] for move in moves(plain, "partnership"))


def test_what_is_asked_of_a_body_that_the_law_names_is_not_for_the_public(tmp_path: Path) -> None:
    """A body asks the landlords of the place for their housing officer; one of them has a duty."""
    for duty, told in (("", {"match"}), ("specified", set())):
        folder = tmp_path / f"in-{duty}"
        folder.mkdir()
        (folder / "partners.csv").write_text(
            f"id,name,sector,places,duty,does\na,Club,vcs,North,,Youth club\nb,Homes,housing,North,{duty},Landlord\n"
        )
        (folder / "asks.csv").write_text(
            "id,partner,kind,what,places,text\nq,a,need,people,North,A housing officer to come on Tuesdays\n"
        )
        (folder / "sectors.csv").write_text("sector,name\nvcs,Voluntary\nhousing,Housing\n")
        assert kinds(folder, "partnership") == {"match"}
        assert kinds(folder, "public") == told


def test_the_public_hears_nothing_of_answers_neither_in_words_nor_by_what_is_missing(plain: Path) -> None:
    """Team refused: the public's list is the same with its answer and without."""
    public = plain.parent / "public.json"
    match(plain, output=public, reader="public")
    before = public.read_bytes()
    assert "not us" not in public.read_text()
    assert match(plain, reader="partnership", asked=["partner=team"]).answers != []
    (plain / "answers.csv").write_text("partner,place,theme,about,answer,scope,date\n")
    match(plain, output=public, reader="public")
    assert public.read_bytes() == before


def test_whom_to_ring_is_not_for_the_public(plain: Path) -> None:
    assert any("head coach" in move["first_step"] for move in moves(plain, "partnership"))
    assert not any("head coach" in move["first_step"] for move in moves(plain, "public"))


def test_the_limit_counts_what_the_reader_is_shown(plain: Path) -> None:
    every, one = plain.parent / "every.json", plain.parent / "one.json"
    match(plain, output=every, reader="public", moves=True)
    match(plain, output=one, reader="public", moves=True, limit=2)
    assert document(one)["moves"] == document(every)["moves"][:2]
    assert len(document(one)["moves"]) == 2


def test_why_not_does_not_tell_of_what_is_for_others(plain: Path) -> None:
    """Boxing is in the list, in one offer to compare notes."""
    for reader, answer in (
        (None, "action i: It is in the list, in 1 move."),
        ("club", "action i: It is in the list, in 1 move."),
        ("public", "action i: Nothing that this reader is shown comes of it."),
    ):
        assert match(plain, reader=reader, asked=["action=i"]).answers == [answer]


def test_an_id_that_comes_twice_is_as_closed_as_its_more_closed_row(marked: Path) -> None:
    with (marked / "partners.csv").open("a") as file:
        file.write("refuge,Refuge House,health,b,drugs,public\n")
    out = marked.parent / "out.json"
    match(marked, output=out, reader="public")
    assert "refuge" not in out.read_text().lower()


def test_a_name_that_somebody_else_bears_as_well_hides_no_support(marked: Path) -> None:
    replace_row(marked, "partners", "team,Team,", "team,Refuge House,")
    assert match(marked, reader="public", asked=["support=q"]).answers != [
        "support q: No support is recorded as “q”."
    ]


def test_a_hidden_body_under_its_name_is_hidden_too(marked: Path) -> None:
    """Tables may call a body by its name, in other letters."""
    replace_row(marked, "asks", "a2,refuge,offer", "a2,REFUGE HOUSE,offer")
    replace_row(
        marked,
        "initiatives",
        "k,Quiet evenings,Quiet evenings with a nurse,club,quiet",
        "k,Evenings,A nurse,club,Refuge house",
    )
    out = marked.parent / "out.json"
    match(marked, output=out, reader="partnership", guesses=True)
    assert "refuge" not in out.read_text().lower()


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["", "public", "named"], ["public", "public", "restricted"]),
        (["", "partnership", "?"], ["public", "partners", "restricted"]),
        (["", "", ""], ["public", "public", "public"]),
        (["", "partners", "public"], ["restricted", "partners", "public"]),
        (["", "restricted", "public"], ["restricted", "restricted", "public"]),
    ],
)
def test_what_a_blank_marking_means(cells: list[str], read: list[str]) -> None:
    tables = {
        "partners": [{"marking": cell} for cell in cells],
        "initiatives": [],
        "asks": [{"marking": ""}],
        "support": [],
    }
    made = as_marked(tables)
    assert [row["marking"] for row in made["partners"]] == read
    assert made["asks"] == [{"marking": "public"}]


def test_a_reader_who_is_nobody_is_refused(folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        match(folder, output=folder / "out.json", reader="no\nbody")
    assert str(refused.value) == (
        "There is no reader “no body”: it is public, partnership, or the id of a partner in partners.csv."
    )
