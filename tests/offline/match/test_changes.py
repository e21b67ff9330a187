"""What changed since an earlier output: new, which facts are others, gone; never that a score moved."""

import json
from pathlib import Path
from typing import Any

import pytest

from joinedup.offline.delimited import Refused
from tests.offline.match.folders import PLAIN, SHARED, document, fill, match, replace_row

BELOW = "It is still found, but not among those that are written."


def earlier(folder: Path, **asked: Any) -> Path:
    path = folder.parent / "earlier.json"
    match(folder, output=path, **asked)
    return path


def compare(folder: Path, since: Path, **asked: Any) -> tuple[dict[str, Any], list[str]]:
    out = folder.parent / "now.json"
    matched = match(folder, output=out, since=since, **asked)
    found: dict[str, Any] = document(out)["changes"]
    return found, matched.changed


@pytest.mark.parametrize("moves", [False, True], ids=["opportunities", "moves"])
def test_nothing_changed(plain: Path, moves: bool) -> None:
    found, lines = compare(plain, earlier(plain, moves=moves), moves=moves)
    assert found == {"new": [], "changed": [], "gone": []}
    assert lines == ["Since 8 October 2018: 0 new, 0 changed, 0 gone."]


def test_that_scores_moved_is_not_told(plain: Path) -> None:
    since = earlier(plain)
    found, _ = compare(plain, since, weights="near=0.4")
    assert found == {"new": [], "changed": [], "gone": []}


def test_new_changed_and_gone_with_the_facts(plain: Path) -> None:
    since = earlier(plain, moves=True)
    before = {one["id"]: one for one in document(since)["moves"]}
    replace_row(plain, "asks", "Our hall is empty on Fridays", "Our hall is empty on Fridays and Mondays")
    replace_row(
        plain,
        "offers",
        "A room for evenings on Fridays,drugs,vcs,2018-11-30",
        "A room for evenings on Fridays,drugs,vcs,2018-12-14",
    )
    with (plain / "spotted.csv").open("a") as file:
        file.write("s9,c,drugs,school,Nights are loud at the castle\n")
    (plain / "people.csv").unlink()
    found, lines = compare(plain, since, moves=True)
    now = {one["id"]: one for one in document(plain.parent / "now.json")["moves"]}
    (new,) = found["new"]
    assert now[new]["kind"] == "spotted"
    assert [(before[row["id"]]["kind"], row["decision"]) for row in found["gone"]] == [
        ("meet", next(one["decision"] for one in before.values() if one["kind"] == "meet"))
    ]
    why = {now[row["id"]]["kind"]: row["why"] for row in found["changed"]}
    assert {kind: [text.split(":")[0] for text in texts] for kind, texts in why.items()} == {
        "bid": ["It closes on another day"], "match": ["What is recorded has changed"],
    }  # fmt: skip
    assert lines[0] == "Since 8 October 2018: 1 new, 2 changed, 1 gone."
    assert [line.split(":")[0] for line in lines[1:]] == ["New", "Changed", "Changed", "Gone"]


def test_an_opportunity_says_which_of_its_moves_are_new_or_gone(plain: Path) -> None:
    since = earlier(plain)
    (plain / "offers.csv").unlink()
    with (plain / "spotted.csv").open("a") as file:
        file.write("s9,b,drugs,team,Nights are loud at the gate\n")
    found, _ = compare(plain, since)
    (row,) = (row for row in found["changed"] if len(row["why"]) > 1)
    assert row["why"][0].startswith("New: What do we do with this: “Nights are loud at the gate”?")
    assert "1 move fewer of those before." in row["why"]


def test_what_falls_below_a_limit_is_not_gone(plain: Path) -> None:
    since = earlier(plain)
    found, _ = compare(plain, since, limit=1)
    rest = document(since)["opportunities"][1:]
    assert found == {"new": [], "changed": [{"id": one["id"], "why": [BELOW]} for one in rest], "gone": []}


def test_at_most_ten_lines_with_some_of_each(plain: Path) -> None:
    since = earlier(plain)
    written = document(since)
    for number in range(30):
        written["opportunities"].append(
            {"id": f"old-{number}", "decision": f"Old {number}?\n\x1b[31m", "moves": []}
        )
    since.write_text(json.dumps(written))
    with (plain / "spotted.csv").open("a") as file:
        file.write("s9,c,drugs,school,Nights are loud at the castle\n")
    found, lines = compare(plain, since)
    assert len(found["gone"]) == 30
    assert len(lines) == 11
    assert sum(line.startswith("New: ") for line in lines) == 1
    assert "Gone: Old 0? [31m" in lines


def test_it_may_be_asked_without_writing_and_over_its_own_output(plain: Path) -> None:
    since = earlier(plain)
    text = since.read_bytes()
    matched = match(plain, since=since)
    assert (matched.found, matched.changed) == (None, ["Since 8 October 2018: 0 new, 0 changed, 0 gone."])
    assert since.read_bytes() == text
    match(plain, output=since, since=since)
    assert document(since)["changes"] == {"new": [], "changed": [], "gone": []}


def test_only_outputs_of_the_same_sort_for_the_same_reader_are_compared(plain: Path) -> None:
    everything = earlier(plain)
    with pytest.raises(Refused, match="holds no list of moves as this version writes it"):
        match(plain, since=everything, moves=True)
    with pytest.raises(Refused, match="was written for another reader"):
        match(plain, since=everything, reader="public")
    public = earlier(plain, reader="public")
    with pytest.raises(Refused, match="was written for another reader"):
        match(plain, since=public)
    assert match(plain, since=public, reader="public").changed


def test_what_the_reader_may_no_longer_see_is_not_told_of_again(tmp_path: Path) -> None:
    """Quiet House was public, and is for the partnership now: no line and no id says its name."""
    opened = {name: [row.replace("partnership", "public") for row in rows] for name, rows in SHARED.items()}
    folder = fill(tmp_path / "in", PLAIN, opened)
    since = earlier(folder, reader="public", moves=True)
    assert "quiet" in since.read_text().lower()
    closed = fill(tmp_path / "closed", PLAIN, SHARED)
    out = tmp_path / "now.json"
    matched = match(closed, output=out, since=since, reader="public", moves=True)
    assert "quiet" not in out.read_text().lower()
    assert "quiet" not in " ".join(matched.changed).lower()


NOT_JSON = "is not JSON: give a .json file that “joinedup match” wrote."
NO_LIST = (
    "holds no list of opportunities as this version writes it: give a .json file that “joinedup match” wrote."
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("", NOT_JSON),
        ("id,kind\n", NOT_JSON),
        ("[" * 100_000, NOT_JSON),
        ("[]", NO_LIST),
        ('{"opportunities": {}}', NO_LIST),
        ('{"opportunities": [{"id": "a", "sentence": "b", "score": 1}]}', NO_LIST),
        (
            '{"opportunities": [{"id": "a", "decision": "b", "moves": [{"id": "c", "decision": "d"}]}]}',
            NO_LIST,
        ),
        ('{"opportunities": [{"id": "a", "decision": "\\ud800", "moves": []}]}', NOT_JSON),
    ],
)
def test_what_is_no_output_of_ours_is_refused(plain: Path, text: str | None, sentence: str) -> None:
    path = plain.parent / "earlier.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(Refused) as refused:
        match(plain, output=plain.parent / "now.json", since=path)
    assert str(refused.value) == f"“{path}” {sentence}"
    assert not (plain.parent / "now.json").exists()
