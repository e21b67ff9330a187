"""A real installation begins with one administrator, once."""

from pathlib import Path

import pytest

from tests.demo.installation import Demonstration, Installation, empty

WHO = ["--email", "you@example.org", "--name", "You"]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    there = empty(tmp_path_factory.mktemp("begun") / "home")
    wrong = there.run("init", "--email", "nobody", "--name", "You")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == "Enter an e-mail address, for example name@example.org.\n"
    assert there.rows("SELECT code FROM places_place LIMIT 1") == []
    unknown = there.run("init", *WHO, "--area", "Nowhere")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "There is no area called “Nowhere”." in unknown.stderr
    assert there.rows("SELECT code FROM places_place LIMIT 1") == []
    done = there.run("init", *WHO, "--area", "Leicestershire")
    assert done.returncode == 0, done.stderr
    assert "joinedup serve" in done.stdout
    assert "joinedup fetch" in done.stdout
    assert (
        "Start: who is there, whom to ask" in done.stdout
    )  # the area is there: it is not to be started again
    assert "Start an area" not in done.stdout
    assert "For Leicestershire, county: " in done.stdout
    for body in (
        "Blaby District Council",
        "Leicestershire County Council: education service",
        "Leicestershire Police",
    ):
        assert body in done.stdout
    return there


@pytest.mark.postgresql
def test_it_has_places_support_and_an_administrator_and_nothing_invented(begun: Installation) -> None:
    assert begun.rows(
        "SELECT u.email, g.role FROM accounts_user u JOIN accounts_grant g ON g.user_id = u.id"
    ) == [("you@example.org", "administrator"), ("you@example.org", "coordinator")]
    kinds = dict(begun.rows("SELECT kind, count(*) FROM places_place WHERE ended IS NULL GROUP BY kind"))
    assert (kinds["local_authority"], kinds["county"], kinds["police_force"]) == (318, 21, 43)
    # Wards and neighbourhoods of its own area only.
    assert kinds["ward"] < 300
    assert kinds["lsoa"] < 1000
    assert begun.rows("SELECT name FROM places_footprint") == [("Leicestershire partnership",)]
    assert len(begun.rows("SELECT * FROM places_footprint_places")) == 9
    measured = "SELECT count(*) FROM evidence_figure WHERE state = 'number' AND place_id = "
    assert begun.rows(f"{measured}'E10000018'")[0][0] >= 15  # of the county: schools and children's services
    assert begun.rows(f"{measured}'E07000129'")[0][0] >= 3  # of a district: deprivation
    assert begun.rows("SELECT count(*) FROM support_offer")[0][0] > 0
    for table in ("partners_partner", "initiatives_initiative", "registration_attendee"):
        assert begun.rows(f"SELECT count(*) FROM {table} WHERE is_demonstration") == [(0,)]


def test_the_second_time_it_refuses_and_changes_nothing(begun: Installation) -> None:
    before = begun.rows("SELECT * FROM accounts_auditentry ORDER BY id")
    refused = begun.run("init", "--email", "other@example.org", "--name", "Other")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert refused.stderr.startswith("This installation has an administrator already")
    assert begun.rows("SELECT * FROM accounts_auditentry ORDER BY id") == before


def test_it_is_sound_with_notes(begun: Installation) -> None:
    checked = begun.run("check")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("mail: Mail is printed on the console.")


def test_a_demonstration_is_not_made_into_a_real_one(demo: Demonstration) -> None:
    assert demo.made.returncode == 0
    refused = demo.installation.run("init", *WHO)
    assert refused.returncode == 1
    assert refused.stderr.startswith("This installation has an administrator already")


@pytest.mark.once
def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = empty(tmp_path / "file" / "home").run("init", *WHO)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "JOINEDUP_HOME cannot be used: Not a directory. Choose a folder that you may write to.\n"
    )
