"""The demonstration shows what it should, says what it is, and survives being killed."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.demo.installation import Demonstration, Tables, empty

# For rules of `build` that need no contents: a demonstration with nothing in it but its label.
LIGHT = """
from joinedup.demo import build
from joinedup.places.models import Footprint
build._fill = lambda say: Footprint.objects.create(slug="here", name="Demonstration", is_demonstration=True)
"""
SECTORS = [
    "education",
    "health",
    "housing",
    "local_authority",
    "police",
    "social_care",
    "vcs",
    "youth_justice",
]


@pytest.fixture(scope="session")
def surveyed(demo: Demonstration) -> dict[str, Any]:
    told: dict[str, Any] = demo.installation.told(
        "import sys; sys.path.insert(0, '.')\nfrom tests.demo.survey import tell\ntell()"
    )
    return told


def test_killed_half_way_it_is_made_whole_by_the_next_run(demo: Demonstration) -> None:
    assert demo.killed_with == -9
    assert demo.leftover
    assert "Need by place and theme" not in demo.killed_after
    assert demo.made.returncode == 0, demo.made.stderr
    assert "The demonstration is ready" in demo.made.stdout
    assert "coordinator@demonstration.example" in demo.made.stdout
    assert (demo.installation.home / "demonstration").exists()
    assert not (demo.installation.home / "demonstration-unfinished").exists()


def test_the_coming_event_is_full_and_planned(surveyed: dict[str, Any]) -> None:
    assert surveyed["attendees"] >= 120
    assert surveyed["seated"] == surveyed["attendees"]
    assert surveyed["sectors"] == SECTORS
    assert surveyed["parts"]["young_person"] >= 10
    assert surveyed["parts"]["companion"] >= surveyed["parts"]["young_person"]
    assert surveyed["topics"] == 12
    assert surveyed["broken"] == []


def test_the_registers_are_brought_in(surveyed: dict[str, Any]) -> None:
    """As they are kept: what is for fewer than the partnership is left out, two names of one club are one."""
    assert surveyed["partners"] == {"islington-camden-hackney": 36, "derbyshire": 36}
    assert surveyed["initiatives"] >= 90
    assert surveyed["open_funds"] >= 10
    assert surveyed["is_restricted_there"] is False
    assert 40 <= surveyed["left_out"] <= 90


def test_ten_agreements_hang_together_from_evidence_to_commitment(surveyed: dict[str, Any]) -> None:
    chains = surveyed["agreements"]
    assert Counter(each["stands"] for each in chains) == {
        "kept": 4, "on_the_way": 2, "past": 1, "not_kept": 1, "dropped": 1, "agreed": 1,
    }  # fmt: skip
    for each in chains:
        assert each["evidence"], each
        assert each["is_from_topic"], each
        assert each["commitment"], each
        assert each["everybody_said_yes"] is (each["stands"] != "agreed"), each
        assert each["result"], each
        assert "{" not in each["words"], each


def test_no_name_says_that_it_is_invented(surveyed: dict[str, Any]) -> None:
    assert surveyed["names_that_say_so"] == []


def test_what_is_invented_says_so_and_hangs_on_nothing_real(surveyed: dict[str, Any]) -> None:
    assert surveyed["unlabelled"] == []
    assert surveyed["astray"] == []


def test_islington_has_reasons_to_work_together(surveyed: dict[str, Any]) -> None:
    found = surveyed["islington"]
    kinds = Counter(each["kind"] for each in found)
    assert len(found) >= 8
    assert len(kinds) >= 3
    for each in found:
        # What young people asked for is its own reason.
        assert each["because"] >= 1 or each["kind"] == "heard", each
        assert each["first_step"], each
        assert each["parties"] >= 1, each


def test_a_home_that_was_only_looked_at_may_be_used(tmp_path: Path) -> None:
    there = empty(tmp_path / "home")
    assert there.run("datasets").returncode == 1
    done = there.python(LIGHT + "main(['demo', '--no-serve'])")
    assert done.returncode == 0, done.stderr


def test_fresh_makes_it_anew_and_without_it_the_old_one_is_used(tables: Tables, tmp_path: Path) -> None:
    there, light = tables.copy(tmp_path / "home"), LIGHT + tables.instead_of_steps
    assert there.python(light + "main(['demo', '--no-serve'])").returncode == 0
    (there.home / "store").mkdir()
    (there.home / "store" / "left").touch()
    made = there.rows("SELECT id FROM django_migrations WHERE app = 'places'")
    again = there.python(light + "main(['demo', '--no-serve'])")
    assert again.stderr.startswith("Using the demonstration made on ")
    assert (there.home / "store" / "left").exists()
    anew = there.python(light + "main(['demo', '--no-serve', '--fresh'])")
    assert anew.returncode == 0, anew.stderr
    assert not (there.home / "store").exists()
    assert len(there.rows("SELECT id FROM places_footprint")) == 1
    assert len(there.rows("SELECT id FROM django_migrations WHERE app = 'places'")) == len(made)


def test_a_real_installation_is_never_touched(tables: Tables, tmp_path: Path) -> None:
    """Not even where a demonstration was begun or marked in the same home, as with records in another database."""
    there = tables.copy(tmp_path / "home")
    begun = there.python(
        "from joinedup.accounts.actions import first_administrator\n"
        "first_administrator(email='you@example.org', name='You')"
    )
    assert begun.returncode == 0, begun.stderr
    for mark in ("", "demonstration", "demonstration-unfinished"):
        if mark:
            (there.home / mark).write_text("2026-11-23")
        refused = there.run("demo", "--no-serve", "--fresh")
        assert refused.returncode == 1
        assert refused.stderr == (
            f"{there.home} holds an installation that is not a demonstration: set JOINEDUP_HOME to an empty folder.\n"
        )
    assert there.rows("SELECT email FROM accounts_user") == [("you@example.org",)]


def test_observations_without_records_are_not_thrown_away(tmp_path: Path) -> None:
    """As in a home whose records lie in a database that the command was not told of."""
    there = empty(tmp_path / "home")
    (there.home / "store").mkdir(parents=True)
    (there.home / "store" / "kept.parquet").write_bytes(b"PAR1")
    refused = there.run("demo", "--no-serve")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert (there.home / "store" / "kept.parquet").read_bytes() == b"PAR1"
