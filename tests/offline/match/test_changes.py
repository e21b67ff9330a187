"""What changed since an earlier output: new, moved and why, gone."""

import json
from pathlib import Path
from typing import Any

import pytest

from joinedup.offline.delimited import Refused
from joinedup.offline.match.run import match
from tests.offline.match.folders import AS_OF, PLAIN, SHARED, document, fill, replace_row


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return fill(tmp_path / "in", PLAIN)


def earlier(folder: Path, **options: Any) -> Path:
    path = folder.parent / "earlier.json"
    match(folder, AS_OF, options.pop("limit", None), path, **options)
    return path


def compare(
    folder: Path, since: Path, limit: int | None = None, **options: Any
) -> tuple[dict[str, Any], list[str]]:
    out = folder.parent / "now.json"
    matched = match(folder, AS_OF, limit, out, since=since, **options)
    found: dict[str, Any] = document(out)["changes"]
    return found, matched.changed


def test_nothing_changed(plain: Path) -> None:
    found, lines = compare(plain, earlier(plain))
    assert found == {"new": [], "moved": [], "gone": []}
    assert lines == ["Since 8 October 2018: 0 new, 0 moved, 0 gone."]


def test_new_moved_and_gone_with_what_moved_them(plain: Path) -> None:
    since = earlier(plain)
    before = {one["id"]: one for one in document(since)["opportunities"]}
    replace_row(plain, "needs", "b,exclusion,0.8,120", "b,exclusion,0.55,120")
    replace_row(plain, "needs", "c,drugs,0.2,60", "c,drugs,0.9,60")
    found, lines = compare(plain, since)
    now = {one["id"]: one for one in document(plain.parent / "now.json")["opportunities"]}
    assert found["new"] == ["unmet_need--c--drugs"]
    assert {row["id"] for row in found["gone"]} == set(before) - set(now) != set()
    assert all(row["sentence"] == before[row["id"]]["sentence"] for row in found["gone"])
    [join_up] = [row for row in found["moved"] if row["id"].startswith("join_up")]
    was, is_now = before[join_up["id"]], now[join_up["id"]]
    assert (join_up["from"], join_up["to"]) == (was["score"], is_now["score"])
    gaps = was["components"]["gap"], is_now["components"]["gap"]
    assert join_up["why"] == [f"Gap {gaps[1]:.2f}, was {gaps[0]:.2f}.", f"It now reads: {is_now['sentence']}"]
    counts = f"{len(found['new'])} new, {len(found['moved'])} moved, {len(found['gone'])} gone"
    assert lines[0] == f"Since 8 October 2018: {counts}."
    assert lines[1] == f"New: {now['unmet_need--c--drugs']['sentence']}"
    assert any(line.startswith("Moved: ") and "(Gap " in line for line in lines)
    assert len(lines) <= 11


def test_a_small_change_of_score_alone_is_not_told(plain: Path) -> None:
    since = earlier(plain)
    replace_row(plain, "needs", "c,exclusion,0.45,60", "c,exclusion,0.46,60")
    assert compare(plain, since)[0]["moved"] == []


def test_other_parties_are_told(plain: Path) -> None:
    since = earlier(plain)
    replace_row(plain, "partners", "club,Club,vcs,b,", "club,Club,vcs,c,")
    found, _ = compare(plain, since)
    [row] = [row for row in found["moved"] if row["id"] == "unmet_need--b--exclusion"]
    assert [why for why in row["why"] if why.startswith("Parties: ")] == [
        "Parties: school, team; were school, team, club."
    ]


def test_what_turns_into_a_question_is_told(plain: Path) -> None:
    since = earlier(plain)
    (plain / "places.csv").write_text("code,name,kind,known\nb,Borough,borough,no\nc,Castle,borough,\n")
    found, _ = compare(plain, since)
    [row] = [row for row in found["moved"] if row["id"] == "unmet_need--b--exclusion"]
    assert row["why"][0] == "It is a question now."
    back, _ = compare(fill(plain.parent / "again", PLAIN), plain.parent / "now.json")
    [row] = [row for row in back["moved"] if row["id"] == "unmet_need--b--exclusion"]
    assert row["why"][0] == "It is no longer a question."


def test_other_weights_are_the_reason_where_they_are(plain: Path) -> None:
    found, _ = compare(plain, earlier(plain), weights="newness=9")
    assert found["moved"]
    assert {why for row in found["moved"] for why in row["why"]} == {
        "Each part is as it was: the weights differ."
    }


def test_what_falls_below_a_limit_is_not_gone(plain: Path) -> None:
    since = earlier(plain)
    found, _ = compare(plain, since, limit=1)
    rest = document(since)["opportunities"][1:]
    assert found == {
        "new": [],
        "moved": [
            {
                "id": one["id"], "from": one["score"], "to": one["score"],
                "why": ["It is still found, but not among those that are written."],
            }
            for one in rest
        ],
        "gone": [],
    }  # fmt: skip


def test_at_most_ten_lines_with_some_of_each(plain: Path) -> None:
    since = earlier(plain)
    written = document(since)
    for n in range(30):
        written["opportunities"].append(
            {"id": f"old-{n}", "score": 20.0, "sentence": f"Old {n}.\n\x1b[31m", "parties": []}
        )
    since.write_text(json.dumps(written))
    replace_row(plain, "needs", "c,drugs,0.2,60", "c,drugs,0.9,60")
    found, lines = compare(plain, since)
    assert len(found["gone"]) == 30
    assert len(lines) == 11
    assert sum(line.startswith("New: ") for line in lines) == 1
    assert "Gone: Old 0. [31m" in lines


def test_it_may_be_asked_without_writing_and_over_its_own_input(plain: Path) -> None:
    since = earlier(plain)
    text = since.read_bytes()
    matched = match(plain, AS_OF, None, None, since=since)
    assert (matched.found, matched.changed) == (None, ["Since 8 October 2018: 0 new, 0 moved, 0 gone."])
    assert since.read_bytes() == text
    match(plain, AS_OF, None, since, since=since)
    assert document(since)["changes"] == {"new": [], "moved": [], "gone": []}


def test_only_outputs_for_the_same_reader_are_compared(plain: Path) -> None:
    everything = earlier(plain)
    with pytest.raises(Refused, match="was written for another reader"):
        match(plain, AS_OF, None, None, since=everything, reader="public")
    public = earlier(plain, reader="public")
    with pytest.raises(Refused, match="was written for another reader"):
        match(plain, AS_OF, None, None, since=public)
    assert match(plain, AS_OF, None, None, since=public, reader="public").changed


def test_what_the_reader_may_no_longer_see_is_not_told_of_again(tmp_path: Path) -> None:
    """Quiet House was public, and is for the partnership now: no line, no id, no former party says its name."""
    opened = {name: [row.replace("partnership", "public") for row in rows] for name, rows in SHARED.items()}
    folder = fill(tmp_path / "in", PLAIN, opened)
    since = earlier(folder, reader="public")
    assert "quiet" in since.read_text().lower()
    closed = fill(tmp_path / "closed", PLAIN, SHARED)
    out = tmp_path / "now.json"
    matched = match(closed, AS_OF, None, out, since=since, reader="public")
    assert "quiet" not in out.read_text().lower()
    assert "quiet" not in " ".join(matched.changed).lower()
    assert any("were" in why for row in document(out)["changes"]["moved"] for why in row["why"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("", "is not JSON: give a .json file that “joinedup match” wrote."),
        ("id,kind\n", "is not JSON: give a .json file that “joinedup match” wrote."),
        ("[" * 100_000, "is not JSON: give a .json file that “joinedup match” wrote."),
        ("[]", "holds no list of opportunities: give a .json file that “joinedup match” wrote."),
        ('{"opportunities": {}}', "holds no list of opportunities: give a .json file that “joinedup match” wrote."),
        (
            '{"opportunities": [{"id": "a", "sentence": "b", "score": NaN}]}',
            "holds no list of opportunities: give a .json file that “joinedup match” wrote.",
        ),
        (
            '{"opportunities": [{"id": "a", "sentence": "b", "score": 1, "parties": "c"}]}',
            "holds no list of opportunities: give a .json file that “joinedup match” wrote.",
        ),
        (
            '{"opportunities": [{"id": "a", "sentence": "\\ud800", "score": 1}]}',
            "is not JSON: give a .json file that “joinedup match” wrote.",
        ),
    ],
)  # fmt: skip
def test_what_is_no_output_of_ours_is_refused(plain: Path, text: str | None, sentence: str) -> None:
    path = plain.parent / "earlier.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(Refused) as refused:
        match(plain, AS_OF, None, plain.parent / "now.json", since=path)
    assert str(refused.value) == f"“{path}” {sentence}"
    assert not (plain.parent / "now.json").exists()
