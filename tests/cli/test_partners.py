"""`joinedup partners`: what looks like one body; a dry run, the merge, and back."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from joinedup.cli import main
from joinedup.partners.models import Merge, Partner
from tests.world import World, make_partner


def run(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(main, ["partners", *words], input=said, catch_exceptions=False)


@pytest.fixture
def twice(world: World) -> Partner:
    return make_partner("Lantern Youth Ltd", "vcs", world.north, [], [], charity_number="1084122")


def test_what_looks_like_one_body(world: World) -> None:
    assert run().output == "No two records look like one body.\n"
    make_partner("Lantern Youth Ltd", "vcs", world.north, [], [])
    # A record of another partnership is another record.
    make_partner("Hilltop School Ltd", "education", world.south, [], [])
    assert run().output == (
        "North partnership: Lantern Youth (lantern-youth), Lantern Youth Ltd (lantern-youth-ltd): "
        "the same name but for how it is written\n"
    )
    told = json.loads(run("--partnership", "north", "--json").stdout)
    assert told == {
        "pairs": [
            {
                "partnership": "north", "first": "lantern-youth", "second": "lantern-youth-ltd", "number": "",
                "likeness": 1.0,
            }
        ]
    }  # fmt: skip
    assert json.loads(run("--partnership", "south", "--json").stdout) == {"pairs": []}


def test_a_dry_run_changes_nothing_and_a_merge_can_be_taken_back(world: World, twice: Partner) -> None:
    given = ("--merge", twice.slug, "--into", "lantern-youth")
    dry = run(*given, "--dry-run")
    assert "Charity number: 1084122" in dry.output
    assert dry.stdout == "Nothing was changed.\n"
    assert Partner.objects.get(slug="lantern-youth").charity_number == ""
    assert run(*given, said="n\n").stdout.endswith("Nothing was changed.\n")
    assert not Merge.objects.exists()
    told = json.loads(run(*given, "--yes", "--json").stdout)
    assert (told["kept"], told["take"], told["done"]) == (
        "lantern-youth",
        ["charity_number", "marking"],
        True,
    )
    assert Partner.objects.get(slug="lantern-youth").charity_number == "1084122"
    back = run("--take-back", twice.slug)
    assert back.output == "Taken back: “Lantern Youth Ltd” has its own record again.\n"
    assert Partner.objects.get(slug="lantern-youth").charity_number == ""


def test_bad_input_is_one_sentence(world: World, twice: Partner) -> None:
    given = ("--merge", twice.slug, "--into", "lantern-youth")
    assert run("--merge", twice.slug).exit_code == 2
    assert run(*given, "--json").exit_code == 2
    wrong = {
        ("--take-back", "none"): "No record with the address “none” became part of another one.\n",
        (
            "--merge",
            "none",
            "--into",
            "lantern-youth",
        ): "There is no partner with the address “none”: it is the last part of its page's address.\n",
        ("--partnership", "none"): "There is no partnership called “none” here.\n",
    }
    for words, sentence in wrong.items():
        answer = run(*words)
        assert (answer.exit_code, answer.output) == (1, sentence)
    assert "There is no field called slug: choose of name" in run(*given, "--take", "slug").output
    wider = run("--merge", "far-harbour", "--into", "lantern-youth", "--yes")
    assert (wider.exit_code, "Members of North partnership and South partnership" in wider.output) == (
        1,
        True,
    )
