"""A plan as pages to print: one for each table, one for each person, and badges."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from joinedup.engines.seating import Person, Plan, Problem, has_places, why

PAGES = ("tables", "people", "badges")
# What a badge says beside the name. It does not reveal that somebody is young, or a companion.
ON_BADGE = {"facilitator": "Facilitator", "scribe": "Scribe", "speaker": "Speaker"}

# Why somebody sits where they do. That somebody chose a topic would say that they are young.
WHY = {
    "party": "your organisation is needed here",
    "place_and_theme": "you work there on this",
    "place": "you work there",
    "theme": "you work on this",
}


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
    topic_of = {each.id: each for each in problem.topics}
    topics = {each.id: each.label for each in problem.topics}
    placed = has_places(problem)
    led = {(number, at): who for number, at, who in made.report["leaders"]}
    there: dict[tuple[int, str], list[Person]] = defaultdict(list)
    about: dict[tuple[int, str], str | None] = {}
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, at, topic, who in made.assignments:
        there[number, at].append(person[who])
        about[number, at] = topics.get(topic) if topic else None
    for number, at, topic, who in made.assignments:
        leader = led.get((number, at))
        turn = {
            "round": number,
            "table": at,
            "topic": about[number, at],
            "leader": person[leader] if leader else None,
            "why": WHY.get(why(person[who], topic_of[topic], placed=placed), "") if topic else "",
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
