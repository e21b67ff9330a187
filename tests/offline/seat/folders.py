"""Folders of CSV files for tests of `joinedup seat`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from joinedup.engines.seating import Problem

ROOM = "table,seats_min,seats_max,access\n1,1,4,Step-free\n2,,4,\n"
NAMES = ("people", "topics", "met", "rules", "room")


def blank(folder: Path, **texts: str) -> Path:
    """All five files with nothing in them, but for those given."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / f"{name}.csv").write_text(texts.get(name, ""), encoding="utf-8")
    return folder


def written(folder: Path, problem: Problem) -> Path:
    """A problem as the files that give it."""
    blank(folder)
    _write(
        folder / "people.csv",
        "id name partner sector themes roles access rounds opted_in places choices",
        (
            [
                p.id,
                p.name,
                p.partner,
                p.sector,
                *map(_list, (p.themes, p.roles, p.access, p.rounds)),
                p.opted_in,
                *map(_list, (p.places, p.choices)),
            ]
            for p in problem.people
        ),
    )
    _write(
        folder / "topics.csv",
        "id title theme parties weight places",
        ([t.id, t.title, t.theme, _list(t.parties), t.weight, _list(t.places)] for t in problem.topics),
    )
    _write(folder / "met.csv", "person_a person_b", problem.met)
    _write(folder / "rules.csv", "kind people", ([r.kind, _list(r.people)] for r in problem.rules))
    _write(
        folder / "room.csv",
        "table seats_min seats_max access",
        ([t.id, t.seats_min, t.seats_max, _list(t.access)] for t in problem.tables),
    )
    return folder


def _list(parts: Iterable[object]) -> str:
    return ";".join(map(str, parts))


def _write(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)
