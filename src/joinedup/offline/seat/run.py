"""The work of `joinedup seat`: read, plan, write the plan, its report and the pages to print."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from joinedup.engines.seating import Plan, Problem, plan
from joinedup.offline.atomic_write import write_files
from joinedup.offline.delimited import Refused, csv_text
from joinedup.offline.seat.input_files import read_event
from joinedup.offline.seat.printed_pages import pages
from joinedup.offline.seat.whereabouts import Around, with_places_around


@dataclass(frozen=True)
class SeatRun:
    """The result of a run: the event, its plan (notes on the input are in its report), and the files
    written."""

    problem: Problem
    plan: Plan
    files: list[Path]

    def lines(self) -> list[str]:
        """What the plan is worth, for a terminal."""
        goals, chance = self.plan.report["goals"], self.plan.report["random_seating"]
        people, tables = len(self.problem.people), len(self.problem.tables)
        broken = len(self.plan.report["broken"])
        parties, meetings, belonging = goals["topic_parties"], goals["new_meetings"], goals["belonging"]
        return [
            f"{people} people, {tables} tables, {self.problem.rounds} rounds: {broken} rules not kept.",
            f"Topics with their parties: {parties['value']:g} of {parties['most']:g} by weight; "
            f"{parties['topics_with_all_parties']} with all of them at once.",
            f"At a topic where they belong: {_percent(belonging['one_round'])} in a round at least, "
            f"{_percent(belonging['two_rounds'])} in two or more; {_percent(belonging['somewhere'])} belong at some "
            f"topic. In all {belonging['value']:.1f}, where no plan can go beyond {belonging['bound']:.1f}.",
            f"New meetings across partners and sectors: {meetings['value']:,} "
            f"(random seating: {chance['new_meetings']:,.0f}); {meetings['introductions']:,} introductions.",
            f"Two people at a table are of different sectors: {_percent(goals['sector_mix']['value'])}.",
        ]

    def warnings(self) -> list[str]:
        """What the organiser should know: conflicting rules, broken rules, what was left out."""
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


def seat(
    folder: Path, output: Path, *, rounds: int, seed: int, seconds: float, around: Around | None = None
) -> SeatRun:
    """Plan the event in `folder` and write plan.csv, report.json, tables.html, people.html and badges.html into the
    folder `output`, which is created if missing. With `around`, places that hold or lie in each other count as one.

    Raises `Refused`, and then writes nothing.
    """
    problem, notes = read_event(folder, rounds=rounds, seed=seed, seconds=seconds)
    if around is not None:
        problem = with_places_around(problem, around)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"“{output}” cannot be used as a folder: {error.strerror}.") from error
    made = plan(problem)
    made.report["notes"] = [*notes, *made.report["notes"]]
    rows = [[number, at, topic or "", who] for number, at, topic, who in made.assignments]
    texts = {
        output / "plan.csv": csv_text(["round", "table", "topic", "person"], rows),
        output / "report.json": json.dumps(made.report, ensure_ascii=False, indent=1),
    }
    texts |= {output / f"{name}.html": text for name, text in pages(problem, made).items()}
    write_files(texts)
    return SeatRun(problem, made, list(texts))
