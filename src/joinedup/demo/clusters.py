"""Clusters found in London's published figures; what was done about them is invented."""

from __future__ import annotations

from collections.abc import Callable

from joinedup.accounts.person import Person
from joinedup.clusters import actions
from joinedup.clusters.models import Scan
from joinedup.clusters.scan_runs import run_next
from joinedup.places.models import Footprint

# A real scan has 999, which takes too long for a demonstration.
REPLICATIONS = 99
# Nothing is said about the places themselves: they are real.
OUTCOMES = [
    (
        "looked_at",
        "Here stands who looked, at what, and what is still to be asked.",
    ),
    ("explained", "Here stands what explained it, such as a large event."),
]


def look(by: Person, footprint: Footprint, say: Callable[[str, float | None], None]) -> None:
    """Run the monthly scan; the yearly one is left to the worker. `by`: the coordinator, who follows new
    clusters."""
    asked = actions.ask_for_scan(by=by, footprint=footprint, kind=Scan.Kind.MONTHLY)
    run_next(lambda words: say(words, None), replications=REPLICATIONS)
    for cluster, (word, note) in zip(asked.clusters.all(), OUTCOMES, strict=False):
        actions.settle(by=by, cluster=cluster, word=word, note=note)
    actions.follow(by=by, footprint=footprint)
