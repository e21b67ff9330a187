"""What a reader may not see is not there: not in the list, the grid or an answer, and nothing follows from it."""

from pathlib import Path

import pytest

from joinedup.offline.delimited import Refused
from joinedup.offline.match.run import match
from tests.offline.match.folders import AS_OF, NAMED, PLAIN, SHARED, document, fill, replace_row

# For each reader the layers that are left. Hidden rows name ids that are then unknown, and are cut out by hand.
QUIET_ALONE = {**SHARED, "initiatives": ["k,Quiet evenings,club,quiet,b,drugs,10,17,5,,partnership"]}
FOR_CLUB = {"initiatives": ["r2,Refuge with Club,club,,b,drugs,10,17,10,,named"]}


@pytest.mark.parametrize(
    ("reader", "layers"),
    [
        ("public", [PLAIN]),
        ("partnership", [PLAIN, QUIET_ALONE]),
        ("school", [PLAIN, QUIET_ALONE]),
        ("club", [PLAIN, QUIET_ALONE, FOR_CLUB]),
        ("refuge", [PLAIN, {**NAMED, "offers": NAMED["offers"][:2]}, SHARED]),
    ],
)
def test_the_answer_is_that_of_a_register_without_the_rest(
    marked: Path, reader: str, layers: list[dict[str, list[str]]]
) -> None:
    bare = fill(marked.parent / "bare", *layers)
    made = []
    for folder in (marked, bare):
        out, grid = folder.parent / f"{folder.name}.json", folder.parent / f"{folder.name}-grid.csv"
        asked = [
            "partner=refuge",
            "partner=club",
            "initiative=i",
            "initiative=r2",
            "offer=q",
            "offer=s",
            "place=b",
        ]
        matched = match(folder, AS_OF, None, out, grid=grid, reader=reader, asked=asked)
        # What hangs on a row that is left out is no error of the input.
        unusable = [line for line in matched.left_out if "not for this reader" not in line]
        made.append((out.read_bytes(), grid.read_bytes(), matched.answers, unusable, matched.found))
    assert made[0] == made[1]
    assert made[0][-1]


@pytest.mark.parametrize(("reader", "words"), [("public", ("Refuge", "Quiet")), ("partnership", ("Refuge",))])
def test_no_word_of_what_is_hidden(marked: Path, reader: str, words: tuple[str, ...]) -> None:
    everything, out = marked.parent / "all.json", marked.parent / "out.json"
    match(marked, AS_OF, None, everything)
    match(marked, AS_OF, None, out, reader=reader)
    for word in words:
        assert word in everything.read_text()
        assert word.lower() not in out.read_text().lower()


def test_without_a_reader_everything_is_told_as_ever(marked: Path) -> None:
    out = marked.parent / "out.json"
    matched = match(marked, AS_OF, None, out)
    assert list(document(out)) == ["as_of", "opportunities"]
    assert not any("reader" in line for line in matched.left_out)


def test_what_was_kept_back_is_counted_for_who_runs_it(marked: Path) -> None:
    matched = match(marked, AS_OF, None, None, reader="public", asked=["place=b"])
    assert matched.left_out == [
        "Left out: 2 (partners: not for this reader).",
        "Left out: 3 (initiatives: not for this reader).",
        "Left out: 4 (offers: not for this reader).",
        "Left out: 2 (links: not for this reader).",
        "Left out: 2 (asks: not for this reader).",
        "Left out: 1 (people: not for this reader).",
    ]


def kinds(folder: Path, reader: str) -> dict[str, list[list[str]]]:
    """Kind: the parties of each opportunity that a reader is shown."""
    out = folder.parent / f"{reader}.json"
    match(folder, AS_OF, None, out, reader=reader)
    written = document(out)
    assert written["reader"] == reader
    found: dict[str, list[list[str]]] = {}
    for one in written["opportunities"]:
        found.setdefault(one["kind"], []).append(one["parties"])
    return found


def test_who_could_join_up_and_who_should_meet_is_for_those_alone(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    for reader in ("public", "partnership", "team"):
        assert not {"join_up", "introduction"} & set(kinds(folder, reader)), reader
    for reader in ("club", "school"):
        assert {"join_up", "introduction"} <= set(kinds(folder, reader)), reader


def test_who_is_missing_is_not_for_the_public(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    assert "missing_partner" not in kinds(folder, "public")
    assert "missing_partner" in kinds(folder, "partnership")


def test_the_limit_counts_what_the_reader_is_shown(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", PLAIN)
    every, two = tmp_path / "every.json", tmp_path / "two.json"
    match(folder, AS_OF, None, every, reader="public")
    match(folder, AS_OF, 2, two, reader="public")
    assert document(two)["opportunities"] == document(every)["opportunities"][:2]
    assert len(document(two)["opportunities"]) == 2


def test_why_not_does_not_tell_of_what_is_for_others(tmp_path: Path) -> None:
    """Boxing is in the list, in one offer to join up."""
    folder = fill(tmp_path / "in", PLAIN)
    for reader, answer in (
        (None, "initiative i: It is in the list, 2 times."),
        ("club", "initiative i: It is in the list, 2 times."),
        ("public", "initiative i: Nothing that this reader is shown comes of it."),
    ):
        assert match(folder, AS_OF, None, None, reader=reader, asked=["initiative=i"]).answers == [answer]


def test_an_id_that_comes_twice_is_as_closed_as_its_more_closed_row(marked: Path) -> None:
    with (marked / "partners.csv").open("a") as file:
        file.write("refuge,Refuge House,health,b,drugs,public\n")
    out = marked.parent / "out.json"
    match(marked, AS_OF, None, out, reader="public")
    assert "refuge" not in out.read_text().lower()


def test_a_name_that_somebody_else_bears_as_well_hides_no_offer(marked: Path) -> None:
    replace_row(marked, "partners", "team,Team,", "team,Refuge House,")
    assert match(marked, AS_OF, None, None, reader="public", asked=["offer=q"]).answers != [
        "offer q: No offer that can be used is recorded as “q”."
    ]


def test_a_reader_who_is_nobody_is_refused(folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        match(folder, AS_OF, None, folder / "out.json", reader="no\nbody")
    assert str(refused.value) == (
        "There is no reader “no body”: it is public, partnership, or the id of a partner in partners.csv."
    )
