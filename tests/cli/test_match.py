"""`joinedup match` on a terminal: results on standard output, what is wrong in one sentence on standard error."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from joinedup.cli import main
from tests.offline.match.folders import NAMED, PLAIN, fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "in", PLAIN, NAMED)


def match(folder: Path, *words: object) -> Result:
    return CliRunner().invoke(
        main,
        ["match", "--input", str(folder), "--as-of", "2018-10-08", *map(str, words)],
        catch_exceptions=False,
    )


def test_writes_where_it_is_told(folder: Path) -> None:
    out = folder.parent / "out.json"
    told = match(folder, "--output", out)
    number = len(json.loads(out.read_text())["opportunities"])
    assert (told.exit_code, told.stdout) == (0, f"{number} opportunities written to {out}.\n")


def test_every_option_at_once(folder: Path) -> None:
    out, grid, before = (folder.parent / name for name in ("out.json", "grid.csv", "before.json"))
    match(folder, "--output", before, "--reader", "club")
    told = match(
        folder, "--output", out, "--grid", grid, "--since", before, "--reader", "club", "--limit", 5, "--shortlist", 3,
        "--why-not", "partner=club", "--why-not", "place=c",
    )  # fmt: skip
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["partner club", "place c", "Since 8 October 2018"]
    assert lines[-2:] == [f"3 opportunities written to {out}.", f"The grid is written to {grid}."]
    assert list(json.loads(out.read_text())) == ["as_of", "reader", "opportunities", "changes"]
    assert grid.read_text().startswith("place,theme,need,initiatives,theme_or_place_not_recorded,state\n")
    assert "not for this reader" in told.stderr


@pytest.mark.parametrize(
    "words", [("--why-not", "place=b"), ("--grid", "grid.csv")], ids=lambda words: words[0]
)
def test_where_nothing_is_to_be_written_no_output_is_needed(
    folder: Path, words: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    told = match(folder, *words)
    assert (told.exit_code, len(told.stdout.splitlines())) == (0, 1)
    assert "opportunities written" not in told.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--output", "out.txt"), "The output file must end in .json or .csv; “out.txt” does not."),
        (
            ("--output", "o.json", "--reader", "x"),
            "There is no reader “x”: it is public, partnership, or the id of a",
        ),
        (
            ("--output", "o.json", "--weights", "luck=1"),
            "“luck=1” gives no weight: write gap=0.35,fit=0.25 with",
        ),
        (
            ("--output", "o.json", "--since", "none.json"),
            "“none.json” cannot be read: No such file or directory.",
        ),
        (
            ("--why-not", "club"),
            "“club” cannot be asked about: write partner=ID, offer=ID, initiative=ID or place=",
        ),
        (("--output", "none/o.json"), "“none/o.json” cannot be written: No such file or directory."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_wrong_is_one_sentence_and_status_1(
    folder: Path, words: tuple[str, ...], sentence: str
) -> None:
    told = match(folder, *words)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.startswith(sentence)
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--limit", "3"),
        ("--output", "o.json", "--shortlist", "0"),
        ("--output", "o.json", "--limit", "x"),
    ],
)
def test_wrong_usage_is_status_2(folder: Path, words: tuple[str, ...]) -> None:
    told = match(folder, *words)
    assert (told.exit_code, told.stdout) == (2, "")
    assert len(told.stderr.splitlines()) <= 6
