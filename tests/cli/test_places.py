"""`joinedup places --succeeded`: shows what hangs on the old codes, asks, states it, and takes it back."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from joinedup.cli import main
from joinedup.places.models import Succession
from tests.world import World

GIVEN = [
    "--succeeded",
    "E09000991,E09000992",
    "--by",
    "E06000999",
    "--name",
    "Testshire",
    "--from",
    "2090-04-01",
]


def run(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(main, ["places", *words], input=said, catch_exceptions=False)


def test_it_shows_asks_states_and_takes_back(world: World) -> None:
    no = run(*GIVEN, said="n\n")
    assert (no.exit_code, "Nothing was changed." in no.output) == (0, True)
    assert "2 other partners who work there" in no.output or "other partners who work there: " in no.output
    assert not Succession.objects.exists()
    yes = run(*GIVEN, said="y\n")
    assert "Said: until that day it is a note on the pages." in yes.output
    assert Succession.objects.filter(carried_out_on=None).count() == 2
    again = run(*GIVEN, "--yes")
    assert (again.exit_code, "It is said already that Eastton becomes Testshire" in again.output) == (1, True)
    back = run("--take-back", "E06000999", "--from", "2090-04-01")
    assert back.output == "Taken back: Eastton, Northton.\n"
    assert not Succession.objects.exists()


def test_as_json_and_what_is_missing(world: World) -> None:
    told: dict[str, Any] = json.loads(run(*GIVEN, "--yes", "--json").stdout)
    assert told["old"] == ["E09000991", "E09000992"]
    assert told["carried_out"] is False
    assert run("--succeeded", "E09000991", "--by", "E06000998").exit_code == 2
    wrong = run(
        "--succeeded", "E01000001", "--by", "E06000998", "--name", "X", "--from", "2090-04-01", "--yes"
    )
    assert (wrong.exit_code, wrong.output) == (1, "There is no authority of today with the code E01000001.\n")
