"""`--json` is one document on standard output, nothing else there, and the same bytes from run to run."""

import json

from tests.demo.installation import Demonstration, Installation

READ = """
for words in (["opportunities", "Islington", "--as-of", "2026-11-23"], ["datasets"], ["check"]):
    main([*words, "--json"], standalone_mode=False)
    print("====")
main(["datasets"], standalone_mode=False)
"""


def test_verbs_that_read(demo: Demonstration) -> None:
    one, two = (demo.installation.python(READ) for _ in "ab")
    assert (one.returncode, one.stderr) == (0, "")
    assert one.stdout == two.stdout
    found, held, check, told = one.stdout.split("====\n")
    assert json.loads(found)["as_of"] == "2026-11-23"
    assert not any(each["is_wrong"] for each in json.loads(check))
    datasets = json.loads(held)
    assert len(datasets) == 8
    for each in datasets:
        assert each["title"] in told
        assert each["publisher"], each["name"]
        assert each["licence"], each["name"]
        assert each["period_end"] >= each["period_start"], each["name"]
        assert each["rows"] > 0, each["name"]


def test_the_plan_of_an_event_is_the_same_each_time(copied: Installation) -> None:
    """With the planner that counts its steps: how busy the machine is decides nothing."""
    [(slug,)] = copied.rows(
        "SELECT slug FROM events_event WHERE is_demonstration AND NOT is_draft AND personal_deleted_on IS NULL"
    )
    one, two = (copied.run("event", "plan", slug, "--json") for _ in "ab")
    assert (one.returncode, one.stderr) == (0, "")
    assert one.stdout == two.stdout
    plan = json.loads(one.stdout)
    assert plan["report"]["stopped"] == "iterations"
    assert plan["report"]["broken"] == []
    assert len(plan["rounds"]) == 3
    assert len(copied.rows("SELECT id FROM accounts_auditentry WHERE action = 'event.plan'")) == 4
