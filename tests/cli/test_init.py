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
    done = there.run("init", *WHO)
    assert done.returncode == 0, done.stderr
    assert "joinedup serve" in done.stdout
    return there


@pytest.mark.postgresql
def test_it_has_places_support_and_an_administrator_and_nothing_invented(begun: Installation) -> None:
    assert begun.rows(
        "SELECT u.email, g.role FROM accounts_user u JOIN accounts_grant g ON g.user_id = u.id"
    ) == [("you@example.org", "administrator")]
    assert begun.rows("SELECT count(*) FROM places_place")[0][0] > 5000
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
