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


@pytest.mark.parametrize("what", ["opportunities", "moves"])
def test_writes_where_it_is_told(folder: Path, what: str) -> None:
    out = folder.parent / "out.json"
    told = match(folder, "--output", out, *(["--moves"] if what == "moves" else []))
    number = len(json.loads(out.read_text())[what])
    assert (told.exit_code, told.stdout) == (0, f"{number} {what} written to {out}.\n")
    assert told.stderr.startswith("Read as: ")


def test_every_option_at_once(folder: Path) -> None:
    out, grid, before = (folder.parent / name for name in ("out.json", "grid.csv", "before.json"))
    match(folder, "--output", before, "--reader", "club", "--moves")
    told = match(
        folder, "--output", out, "--grid", grid, "--since", before, "--reader", "club", "--limit", 5, "--shortlist", 3,
        "--why-not", "partner=club", "--why-not", "place=c", "--moves", "--guesses", "--weights", "fit=1,near=0.5",
    )  # fmt: skip
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["partner club", "place c", "Since 8 October 2018"]
    assert lines[-2:] == [f"3 moves written to {out}.", f"The grid is written to {grid}."]
    assert list(json.loads(out.read_text())) == [
        "as_of", "reader", "moves", "gaps", "shelf", "changes", "guesses",
    ]  # fmt: skip
    assert grid.read_text().startswith("place,theme,need,stands_out,measured,actions,moves,state\n")
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
    assert "written to out" not in told.stdout


def test_a_register_as_people_keep_it_with_the_places_that_ship(tmp_path: Path) -> None:
    """No codes, other headings, letters of Windows: a need and an offer in two towns side by side."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "partners.csv").write_bytes(
        "Organisation,Type,Area\nSt Ann’s Club,charity,Nottingham\nThe Landlord,housing,Nottingham\n".encode(
            "cp1252"
        )
    )
    (folder / "asks.csv").write_text(
        "who,need or offer,details,date\n"
        "St Ann's Club,need,A warm room two afternoons a week,1/9/2018\n"
        "The Landlord,offer,Our hall stands empty and may be used by anybody,September 2018\n"
    )
    out = tmp_path / "out.json"
    told = match(folder, "--output", out)
    assert (told.exit_code, told.stdout) == (0, f"1 opportunities written to {out}.\n")
    (found,) = json.loads(out.read_text())["opportunities"]
    assert (found["places"], found["theme"], found["headline"]) == (
        ["E06000018"],
        "practical-help",
        "Practical help in Nottingham",
    )
    assert [party["part"] for party in found["moves"][0]["parties"]] == ["needs", "gives"]


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
            "“luck=1” gives no weight: write fit=1,near=0.5 with",
        ),
        (
            ("--output", "o.json", "--since", "none.json"),
            "“none.json” cannot be read: No such file or directory.",
        ),
        (
            ("--why-not", "club"),
            "“club” cannot be asked about: write partner=ID, support=ID, ask=ID, action=ID or place=",
        ),
        (("--output", "none/o.json"), "“none/o.json” cannot be written: No such file or directory."),
        (("--output", "o.csv", "--guesses"), "Guesses are written into the document: give --output a name"),
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
