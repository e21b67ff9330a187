"""How the command speaks: what goes wrong with the records, and progress for people and for pipes."""

import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from django.db import DataError, OperationalError, ProgrammingError

from joinedup.cli.console import progress, put_json, with_records

WRONG = {
    "No such table": (OperationalError("no such table: places_place"), "There is no installation here yet"),
    "No file": (OperationalError("unable to open database file"), "There is no installation here yet"),
    "No relation": (
        ProgrammingError('relation "places_place" does not exist\nLINE 1: SELECT'),
        "There is no installation here yet",
    ),
    "No database": (
        OperationalError('FATAL:  database "joinedup" does not exist'),
        "The records cannot be used: FATAL:  database “joinedup” does not exist.",
    ),
    "Locked": (OperationalError("database is locked"), "Somebody else is writing to the records just now"),
    "Old, SQLite": (OperationalError("no such column: x"), "The records are from an older version"),
    "Old, PostgreSQL": (
        ProgrammingError("column x.y does not exist\nLINE 1"),
        "The records are from an older version",
    ),
    "Down": (
        OperationalError("connection refused\nIs it running?"),
        "The records cannot be used: connection refused.",
    ),
    "Damaged": (DataError("malformed"), "The records cannot be used, and nothing was changed: malformed."),
    "Full": (
        OSError(28, "No space left on device", "store"),
        "There is no room left on the disk. What was not finished is not kept",
    ),
    "Interrupted": (KeyboardInterrupt(), "Stopped. What was not finished is not kept"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_goes_wrong_is_one_sentence_and_status_1(case: str) -> None:
    error, sentence = WRONG[case]

    @click.command()
    @with_records
    def verb() -> None:
        raise error

    told = CliRunner().invoke(verb)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.replace('"joinedup"', "“joinedup”").startswith(sentence)
    assert told.stderr.count("\n") == 1


def test_a_mistake_of_ours_is_not_hidden() -> None:
    @click.command()
    @with_records
    def verb() -> None:
        raise TypeError("ours")

    assert isinstance(CliRunner().invoke(verb).exception, TypeError)


def steps(quiet: bool = False) -> None:
    with progress(quiet) as say:
        say("Reading", 0.0)
        say("Reading", 0.7)
        say("Working out", None)


def test_a_pipe_gets_one_line_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    steps()
    assert capsys.readouterr() == ("", "Reading\nWorking out\n")


def test_a_terminal_gets_bars(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    steps()
    out, err = capsys.readouterr()
    assert out == ""
    assert "Reading" in err
    assert "Working out" in err
    assert "━" in err


@pytest.mark.parametrize("terminal", [True, False])
def test_for_json_nothing_is_said(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    steps(quiet=True)
    assert capsys.readouterr() == ("", "")


def test_json_keeps_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    put_json({"name": "Llanelli – café"})
    assert capsys.readouterr().out == '{\n  "name": "Llanelli – café"\n}\n'


def test_records_that_cannot_be_written_are_told_from_none(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    (tmp_path / "records.sqlite3").write_bytes(b"SQLite format 3")

    @click.command()
    @with_records
    def verb() -> None:
        raise OperationalError("unable to open database file")

    told = CliRunner().invoke(verb)
    assert told.exit_code == 1
    assert "records.sqlite3 cannot be opened and written to: the disk is read only" in told.stderr
