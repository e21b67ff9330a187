"""Rules that a plan breaks: each in words, with what would fix it and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from joinedup.engines.seating import Finding, Plan, Problem, broken
from joinedup.events.models import Event
from joinedup.registration.models import Attendee


@dataclass(frozen=True)
class Trouble:
    """One broken rule. `change`: what would fix it; `link`: the page to do it on; `label`: the text of the
    link."""

    sentence: str
    change: str
    link: str
    label: str


def troubles_of(event: Event, problem: Problem, plan: Plan, people: Iterable[Attendee]) -> list[Trouble]:
    """Every hard rule that the plan breaks now; `people` are those who come. No query."""
    keys = {str(each.number): each.pk for each in people}
    return [_said(event, each, keys) for each in broken(problem, plan)]


def _said(event: Event, found: Finding, keys: dict[str, int]) -> Trouble:
    page, label = _where(event, found, keys)
    return Trouble(found.sentence, found.change or _change(found), page, label)


def _change(found: Finding) -> str:
    table, number = found.table, found.round
    changes = {
        "seat": _("Fit in who came and who cancelled, or give them a table by hand."),
        "table_size": _("Move somebody to or from table %(table)s in round %(round)s, or change its size."),
        "facilitator": _(
            "Move somebody who can lead to table %(table)s in round %(round)s, or ask one more to lead."
        ),
        "topic": _("Give it a table, add a table or a round, or take a topic off the agenda."),
        "topic_party": _(
            "Move one of their people to a table that talks about it, or take them off the topic."
        ),
        "together": _("Move one of them to the other's table, or take the wish away."),
        "apart": _("Move one of them to another table, or take the wish away."),
        "access": _("Move them to a table that has it, or set up table %(table)s with it."),
        "companion": _("Move them to the table of their companion, or the companion to theirs."),
        "topic_twice": _("Move them to another table in one of these rounds."),
    }
    return changes.get(found.rule, "") % {"table": table, "round": number}


def _where(event: Event, found: Finding, keys: dict[str, int]) -> tuple[str, str]:
    plan = reverse("event_plan", args=[event.slug])
    who = next((keys[each] for each in found.people if each in keys), None)
    if who is not None and found.round:
        return f"{plan}?who={who}&round={found.round}#move", _("See where they could sit")
    if found.rule == "seat":
        return f"{plan}#changes", _("Fit in the changes")
    if found.rule == "topic":
        return reverse("event_topics", args=[event.slug]), _("See the topics")
    if found.rule == "topic_party":
        return reverse("event_topics", args=[event.slug]), _("See the topics and whom they need")
    if found.rule == "facilitator" and not found.round:
        return reverse("event_people", args=[event.slug]), _("See who could lead")
    return f"{plan}#round-{found.round}", _("See the round")
