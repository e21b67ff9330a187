"""The plan of an event as files: what it is worth, pages to print, and what is warned of; nothing is lost."""

from __future__ import annotations

import csv
import json
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from joinedup.engines.seating import broken, goals
from joinedup.engines.seating import plan as planned
from joinedup.offline.seat.run import seat
from tests.engines.seating.planted import planted
from tests.offline.seat.folders import ROOM, blank, written


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("room", ["", ROOM])
@pytest.mark.parametrize("header", [False, True])
def test_blank_files_are_an_event_of_nobody(tmp_path: Path, room: str, header: bool) -> None:
    texts = {"people": "id,name\n", "topics": "id\n", "met": "person_a,person_b\n", "rules": "kind,people\n"}
    made = seat(
        blank(tmp_path / "in", **(texts if header else {}), room=room),
        tmp_path / "out",
        rounds=2,
        seed=1,
        seconds=0.1,
    )
    assert rows(tmp_path / "out" / "plan.csv") == [["round", "table", "topic", "person"]]
    assert made.warnings() == []
    assert "Nobody comes." in (tmp_path / "out" / "badges.html").read_text()


def test_people_and_tables_are_enough(tmp_path: Path) -> None:
    folder = blank(tmp_path, people="id\na\nb\nc\nd\ne\n", room="table,seats_max\n1,3\n2,3\n")
    for name in ("topics", "met", "rules"):
        (folder / f"{name}.csv").unlink()
    made = seat(folder, tmp_path / "out", rounds=2, seed=1, seconds=0.1)
    found = rows(tmp_path / "out" / "plan.csv")[1:]
    assert sorted((r, who) for r, _, _, who in found) == [(r, who) for r in "12" for who in "abcde"]
    assert {topic for _, _, topic, _ in found} == {""}
    assert made.warnings() == []
    assert "Who leads" not in (tmp_path / "out" / "people.html").read_text()


def test_the_output_is_the_plan_its_worth_and_the_pages(tmp_path: Path) -> None:
    problem = planted(1)
    made = seat(written(tmp_path / "in", problem), tmp_path / "a" / "out", rounds=3, seed=1, seconds=0.2)
    out = tmp_path / "a" / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "badges.html", "people.html", "plan.csv", "report.json", "tables.html",
    ]  # fmt: skip
    plan_rows = rows(out / "plan.csv")
    assert plan_rows[0] == ["round", "table", "topic", "person"]
    assert [(int(r), t, topic or None, who) for r, t, topic, who in plan_rows[1:]] == made.plan.assignments
    report = json.loads((out / "report.json").read_text())
    assert report["broken"] == broken(made.problem, made.plan) == []
    belonging = report["goals"]["belonging"]
    assert belonging["value"] <= belonging.pop("bound")
    assert set(belonging) == {"value", "people", "somewhere", "one_round", "two_rounds"}
    assert report["goals"] == goals(made.problem, made.plan)
    assert set(report["goals"]) == {"topic_parties", "belonging", "new_meetings", "sector_mix"}
    tables, people, badges = ((out / f"{name}.html").read_text() for name in ("tables", "people", "badges"))
    assert tables.count('<section class="page') == len(problem.tables)
    assert people.count('<section class="page') == len(problem.people) == badges.count('<li class="badge">')
    assert tables.count("(leads)") == 3 * len(problem.tables)
    number, table, _, who = made.plan.assignments[0]
    assert f"Round {number}: table {table}" in badges.split(f'"name">{who.upper()}<')[1].split("</li>")[0]


def test_a_badge_says_nobody_is_young_and_names_are_only_text(tmp_path: Path) -> None:
    folder = blank(
        tmp_path / "in",
        people="id,name,partner,roles,access\n"
        "a,<b>Ann</b>,club,young_person,step_free\nb,Bea,club,companion;scribe,\n",
        room="table,seats_min,seats_max,access\n1,1,4,step_free\n",
    )
    seat(folder, tmp_path / "out", rounds=1, seed=1, seconds=0.1)
    for name in ("tables", "people", "badges"):
        page = (tmp_path / "out" / f"{name}.html").read_text()
        assert "&lt;b&gt;Ann&lt;/b&gt;" in page
        assert "<b>Ann" not in page
        assert not any(word in page.lower() for word in ("young", "companion", "step"))
    assert "<p>Scribe</p>" in page


def test_the_same_files_give_the_same_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Few steps for each second, and no time passes: the clock decides nothing.
    monkeypatch.setattr(import_module("joinedup.engines.seating.plan"), "VISITS_A_SECOND", 100)
    for name in ("plan", "search"):
        clock = SimpleNamespace(perf_counter=lambda: 0.0)
        monkeypatch.setattr(import_module(f"joinedup.engines.seating.{name}"), "time", clock)
    folder = written(tmp_path / "in", planted(2))
    for name in "ab":
        made = seat(folder, tmp_path / name, rounds=3, seed=5, seconds=20)
    assert made.plan.assignments == planned(made.problem).assignments
    for name in ("plan.csv", "people.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_rules_that_collide_are_named_with_what_frees_them(tmp_path: Path) -> None:
    folder = blank(tmp_path, people="id\na\nb\n", rules="kind,people\ntogether,a;b\napart,a;b\n", room=ROOM)
    made = seat(folder, tmp_path / "out", rounds=1, seed=1, seconds=0.1)
    first, second = made.warnings()
    assert (
        first == "Cannot hold: a and b must sit together and must be apart. Take one of the two rules away."
    )
    assert second.startswith("Not kept: Round 1: a and b s")
    assert made.lines()[0] == "2 people, 2 tables, 1 rounds: 1 rules not kept."


def test_people_sit_where_their_partner_works_and_their_page_says_so(tmp_path: Path) -> None:
    lines = [f"c{n},Camden youth {n},exclusion,Camden,,\n" for n in range(4)]
    lines += [f"h{n},Hackney youth {n},exclusion,e09000012,,\n" for n in range(3)]
    folder = blank(
        tmp_path / "in",
        people="id,partner,themes,places,choices,roles\n"
        + "".join(lines)
        + "y,Hackney youth 0,,Hackney,gone;c,young_person\n",
        topics="id,title,theme,places\nc,In Camden,exclusion, camden \nh,In a ward,exclusion,E05009374\n",
        room="table,seats_min,seats_max\n1,4,4\n2,4,4\n",
    )
    found = pl.DataFrame(
        [
            ("E09000007", "Camden", "local_authority", "E12000007"),
            ("E09000012", "Hackney", "local_authority", "E12000007"),
            ("E05009374", "Hackney Central", "ward", "E09000012"),
            ("E12000007", "London", "region", None),
        ],
        schema=["code", "name", "kind", "parent"],
        orient="row",
    )
    out = tmp_path / "out"
    made = seat(folder, out, rounds=1, seed=1, seconds=0.2, around=lambda _cells: found)
    assert {(who[0], topic) for _, _, topic, who in made.plan.assignments} == {
        ("c", "c"),
        ("h", "h"),
        ("y", "h"),
    }
    assert made.plan.report["goals"]["belonging"]["one_round"] == 1.0
    page = (out / "people.html").read_text()
    assert page.count("In Camden – you work there on this<") == 4
    assert page.count("In a ward – you work there on this<") == 3
    assert page.count("In a ward – you work there<") == 1
    assert made.plan.report["notes"] == [
        "people.csv: y chose “gone”, not in topics.csv: nothing follows from it."
    ]
    assert "100% in a round at least" in made.lines()[2]
