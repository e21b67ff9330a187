"""`joinedup seat` on a terminal: what the plan is worth on standard output, what is wrong on standard error."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from joinedup.cli import main
from tests.engines.seating.planted import planted
from tests.offline.seat.folders import blank, written


def seat(folder: Path, *words: object) -> Result:
    given = ["seat", "--input", str(folder), "--seconds", "0.1", *map(str, words)]
    return CliRunner().invoke(main, given, catch_exceptions=False)


def test_writes_where_it_is_told_and_says_what_it_is_worth(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = seat(written(tmp_path / "in", planted(1)), "--rounds", 3, "--seed", 2, "--output", out)
    assert (told.exit_code, told.stderr) == (0, "Planning the tables\n")
    lines = told.stdout.splitlines()
    assert lines[0] == "24 people, 4 tables, 3 rounds: 0 rules not kept."
    assert lines[-1] == f"plan.csv, report.json, tables.html, people.html, badges.html written to {out}."
    assert (out / "plan.csv").read_text().startswith("round,table,topic,person\n1,0,")


def test_a_long_list_of_what_is_not_kept_is_cut_short(tmp_path: Path) -> None:
    folder = blank(
        tmp_path / "in",
        people="id,access\n" + "".join(f"p{n:02},loop\n" for n in range(30)),
        room="table,seats_max\n1,40\n",
    )
    told = seat(folder, "--rounds", 1, "--output", tmp_path / "out")
    assert told.exit_code == 0
    assert told.stderr.splitlines()[1] == "Cannot hold: p00 needs loop, which no table is. Make 1 table loop."
    assert told.stderr.splitlines()[-1] == "And 40 more: see report.json."
    assert told.stdout.splitlines()[0] == "30 people, 1 tables, 1 rounds: 30 rules not kept."


def test_bad_input_is_one_sentence_and_status_1(tmp_path: Path) -> None:
    told = seat(blank(tmp_path / "in", people="id\na\n"), "--rounds", 1, "--output", tmp_path / "out")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.splitlines()[-1] == "There are people but no tables: add a table."
    (tmp_path / "file").write_text("")
    folder = blank(tmp_path / "in", people="id\na\n", room="table,seats_max\n1,2\n")
    told = seat(folder, "--rounds", 1, "--output", tmp_path / "file")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.splitlines()[-1].endswith("/file” cannot be used as a folder: File exists.")


@pytest.mark.parametrize(
    "words", [(), ("--rounds", "0", "--output", "o"), ("--rounds", "2", "--output", "o", "--seconds", "0")]
)
def test_wrong_usage_is_status_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = seat(tmp_path, *words)
    assert (told.exit_code, told.stdout) == (2, "")
    assert len(told.stderr.splitlines()) <= 6
