"""The run behind `joinedup seat`: read, plan, write the plan, its report and the pages to print."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from joinedup.engines.seating import Person, Plan, Problem, plan
from joinedup.offline.match.reading import Refused
from joinedup.offline.match.writing import table, write
from joinedup.offline.seat.reading import read_event

PAGES = ("tables", "people", "badges")
# What a badge says beside the name. That somebody is young, or comes with them, is nobody's business but theirs.
ON_BADGE = {"facilitator": "Facilitator", "scribe": "Scribe", "speaker": "Speaker"}


@dataclass(frozen=True)
class Seated:
    """What a run made: the event, its plan (the notes on the input are in its report), and the files written."""

    problem: Problem
    plan: Plan
    files: list[Path]

    def lines(self) -> list[str]:
        """What it is worth, for a terminal."""
        goals, chance = self.plan.report["goals"], self.plan.report["random_seating"]
        people, tables = len(self.problem.people), len(self.problem.tables)
        broken = len(self.plan.report["broken"])
        parties, meetings = goals["topic_parties"], goals["new_meetings"]
        return [
            f"{people} people, {tables} tables, {self.problem.rounds} rounds: {broken} rules not kept.",
            f"Topics with their parties: {parties['value']:g} of {parties['most']:g} by weight; "
            f"{parties['topics_with_all_parties']} with all of them at once.",
            f"New meetings across partners and sectors: {meetings['value']:,} "
            f"(random seating: {chance['new_meetings']:,.0f}); {meetings['introductions']:,} introductions.",
            f"Two people at a table are of different sectors: {_percent(goals['sector_mix']['value'])}.",
            f"Seats at a topic of interest: {_percent(goals['interest']['value'])}.",
        ]

    def warnings(self) -> list[str]:
        """What the organiser should know: rules that collide, rules not kept, what was left out."""
        report = self.plan.report
        return [
            *(
                f"Cannot hold: {each['sentence']} {each.get('change', '')}".rstrip()
                for each in report["blockers"]
            ),
            *(f"Not kept: {each['sentence']}" for each in report["broken"]),
            *report["notes"],
        ]


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{100 * share:.0f}%"


def seat(folder: Path, output: Path, *, rounds: int, seed: int, seconds: float) -> Seated:
    """Plans the event in `folder` and writes plan.csv, report.json, tables.html, people.html and badges.html into
    the folder `output`, which is made where it is not there. Raises `Refused`; then nothing is written."""
    problem, notes = read_event(folder, rounds=rounds, seed=seed, seconds=seconds)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"“{output}” cannot be used as a folder: {error.strerror}.") from error
    made = plan(problem)
    made.report["notes"] = [*notes, *made.report["notes"]]
    rows = [[number, at, topic or "", who] for number, at, topic, who in made.assignments]
    texts = {
        output / "plan.csv": table(["round", "table", "topic", "person"], rows),
        output / "report.json": json.dumps(made.report, ensure_ascii=False, indent=1),
    }
    texts |= {output / f"{name}.html": text for name, text in pages(problem, made).items()}
    write(texts)
    return Seated(problem, made, list(texts))


def pages(problem: Problem, made: Plan) -> dict[str, str]:
    """The pages to print, by name: `tables` (one for each table), `people` (one for each person), `badges`."""
    environment = Environment(
        loader=PackageLoader("joinedup.offline.seat", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = _shown(problem, made)
    return {name: environment.get_template(f"{name}.jinja").render(shown) for name in PAGES}


def _shown(problem: Problem, made: Plan) -> dict[str, Any]:
    person = {each.id: each for each in problem.people}
    topics = {each.id: each.label for each in problem.topics}
    led = {(number, at): who for number, at, who in made.report["leaders"]}
    there: dict[tuple[int, str], list[Person]] = defaultdict(list)
    about: dict[tuple[int, str], str | None] = {}
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, at, topic, who in made.assignments:
        there[number, at].append(person[who])
        about[number, at] = topics.get(topic) if topic else None
    for number, at, _topic, who in made.assignments:
        leader = led.get((number, at))
        turn = {
            "round": number,
            "table": at,
            "topic": about[number, at],
            "leader": person[leader] if leader else None,
        }
        turns[who].append({**turn, "leads": leader == who})
    by_name = sorted(problem.people, key=lambda each: (each.label.casefold(), each.id))
    return {
        "tables": [
            {
                "id": each.id,
                "rounds": [
                    {
                        "number": number,
                        "topic": about[number, each.id],
                        "leader": led.get((number, each.id)),
                        "people": sorted(there[number, each.id], key=lambda p: (p.label.casefold(), p.id)),
                    }
                    for number in range(1, problem.rounds + 1)
                    if (number, each.id) in there
                ],
            }
            for each in problem.tables
        ],
        "people": [
            {
                "person": each,
                "says": [ON_BADGE[role] for role in ON_BADGE if role in each.roles],
                "turns": turns[each.id],
            }
            for each in by_name
        ],
        "led": bool(led),
    }
