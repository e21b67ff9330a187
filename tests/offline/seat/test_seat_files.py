"""A folder of CSV files as an event, and its plan as files: what is read is what is planned, and nothing is lost."""

from __future__ import annotations

import csv
import json
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from joinedup.engines.seating import Person, Problem, Rule, Table, Topic, broken, goals
from joinedup.engines.seating import plan as planned
from joinedup.offline.match.reading import Refused
from joinedup.offline.seat.reading import read_event
from joinedup.offline.seat.run import seat
from tests.engines.seating.planted import planted
from tests.offline.seat.making import NAMES, blank, written

ROOM = "table,seats_min,seats_max,access\n1,1,4,Step-free\n2,,4,\n"


def read(folder: Path, rounds: int = 2) -> tuple[Problem, list[str]]:
    return read_event(folder, rounds=rounds, seed=3, seconds=0.1)


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def test_what_is_written_down_is_what_is_read(tmp_path: Path) -> None:
    problem = planted(3)
    again, notes = read_event(written(tmp_path, problem), rounds=3, seed=3, seconds=problem.seconds)
    assert (again, notes) == (problem, [])


def test_every_column_as_people_write_it(tmp_path: Path) -> None:
    folder = blank(
        tmp_path,
        people="\ufeffid,name,partner,sector,themes,roles,access,rounds,opted_in\n"
        "a, Ann ,club,vcs,drugs; exclusion,Young person;Guest,step free,1;2,YES\nb,,,,,,,,\n\n",
        topics="id,title,theme,parties,weight\nt,Safe routes,drugs,club;school,2.5\nu,,,,\n",
        rules="kind,people\nApart,a;b\n",
        met="person_a,person_b\na,b\n",
        room=ROOM,
    )
    assert read(folder) == (
        Problem(
            people=(
                Person(
                    "a", "Ann", "club", "vcs", ("drugs", "exclusion"), ("young_person", "guest"), ("step_free",),
                    (1, 2), True,
                ),
                Person("b"),
            ),
            tables=(Table("1", 1, 4, ("step_free",)), Table("2", 0, 4)),
            topics=(Topic("t", "Safe routes", "drugs", ("club", "school"), 2.5), Topic("u")),
            met=(("a", "b"),),
            rules=(Rule("apart", ("a", "b")),),
            rounds=2,
            seed=3,
            seconds=0.1,
        ),
        ["Topic t: nobody comes from “school”, so the topic goes on without."],
    )  # fmt: skip


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
    assert report["goals"] == goals(made.problem, made.plan)
    assert set(report["goals"]) == {"topic_parties", "new_meetings", "sector_mix", "interest"}
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


def test_what_is_left_out_or_does_not_apply_is_said(tmp_path: Path) -> None:
    folder = blank(
        tmp_path,
        people="id,rounds,acess\na,1;7,step_free\nb,,\n",
        rules="kind,people\ntogether,a;gone\napart,b;b\n",
        met="person_a,person_b\na,other\n",
        room=ROOM,
    )
    made = seat(folder, tmp_path / "out", rounds=2, seed=1, seconds=0.1)
    assert made.warnings() == [
        "people.csv: nothing is known of the column “acess”; it is left out.",
        "a would come to round 7, and there are only 2.",
        "rules.csv: “gone” is not in people.csv, so “together” does not apply there.",
        "rules.csv: “apart” names “b” alone, so nothing follows from it.",
        "met.csv names “other”, not in people.csv: nothing follows from that.",
    ]
    assert made.plan.report["notes"] == made.warnings()


def test_rules_that_collide_are_named_with_what_frees_them(tmp_path: Path) -> None:
    folder = blank(tmp_path, people="id\na\nb\n", rules="kind,people\ntogether,a;b\napart,a;b\n", room=ROOM)
    made = seat(folder, tmp_path / "out", rounds=1, seed=1, seconds=0.1)
    first, second = made.warnings()
    assert (
        first == "Cannot hold: a and b must sit together and must be apart. Take one of the two rules away."
    )
    assert second.startswith("Not kept: Round 1: a and b s")
    assert made.lines()[0] == "2 people, 2 tables, 1 rounds: 1 rules not kept."


PEOPLE = "id\na\n"


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"people": PEOPLE}, "There are people but no tables: add a table."),
        (
            {"people": "id\na\na\n", "room": ROOM},
            "The person id 'a' is given twice: each needs its own.",
        ),
        (
            {"people": "name\nAnn\n"},
            "people.csv has no column id; its header is: name.",
        ),
        ({"people": "id,name\n,Ann\n"}, "people.csv, row 1 below the header, has nothing in column id."),
        (
            {"people": "id,roles\na,facilitater\n"},
            "people.csv: the role “facilitater” of a is not known: use facilitator, scribe,",
        ),
        (
            {"people": "id,rounds\na,1-3\n"},
            "people.csv: the rounds of a are “1-3”; write numbers like 1;3.",
        ),
        ({"people": "id,opted_in\na,perhaps\n"}, "people.csv, line 2: “perhaps” in column opted_in is not"),
        ({"room": "table,seats_min,seats_max\n1,2.5,4\n"}, "room.csv: the seats of table 1 are not whole"),
        ({"room": "table,seats_min,seats_max\n1,5,4\n"}, "Table 1 takes 5 to 4 people: the smallest number"),
        (
            {"rules": "kind,people\nnear,a;b\n"},
            "A rule of kind 'near' is not known: use together or apart.",
        ),
        ({"topics": "id,weight\nt,-1\n"}, "The weight of topic t is -1.0: use 0 or more."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, texts: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refused) as caught:
        seat(blank(tmp_path / "in", **texts), tmp_path / "out", rounds=2, seed=1, seconds=0.1)
    assert str(caught.value).startswith(sentence)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_or_lacks_files(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no folder"):
        read(tmp_path / "none")
    with pytest.raises(Refused, match=r"lacks people\.csv and room\.csv: add it"):
        read(tmp_path)
    assert NAMES[0] == "people"
