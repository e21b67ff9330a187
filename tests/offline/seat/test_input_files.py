"""A folder of CSV files as an event: what is read is what is planned, or one sentence says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup.engines.seating import Person, Problem, Rule, Table, Topic
from joinedup.offline.delimited import Refused
from joinedup.offline.seat.input_files import read_event
from joinedup.offline.seat.run import seat
from tests.engines.seating.planted import planted
from tests.offline.seat.folders import NAMES, ROOM, blank, written


def read(folder: Path, rounds: int = 2) -> tuple[Problem, list[str]]:
    return read_event(folder, rounds=rounds, seed=3, seconds=0.1)


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
