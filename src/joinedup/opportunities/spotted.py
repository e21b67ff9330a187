"""The engine's facts beside what people spotted.

The first fact of such a row says who entered it, and stays; all others are the engine's, and follow the records.
A fact with `joins` is about a partner that might join.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from joinedup.accounts.person import Person
from joinedup.engines import matching
from joinedup.engines.matching.scene import Scene
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.frames import figure_id, tables_for
from joinedup.opportunities.models import Move, Opportunity, Run
from joinedup.opportunities.storing import GENTLE, REWEIGHED, figure_name, parts_moved, replace_links
from joinedup.opportunities.weights import weights_of
from joinedup.places.models import Footprint

FILLED = ["score", "placed", "components", "because", "would_change", "changed_on"]


def rows_of(footprint: Footprint) -> QuerySet[Opportunity]:
    """What people spotted in a partnership and did not take back, ready for `fill`; 2 queries."""
    rows = Opportunity.objects.filter(
        footprint=footprint, audience=Run.Audience.PARTNERSHIP, is_spotted=True
    ).exclude(state=Opportunity.State.GONE)
    return rows.select_related("footprint").prefetch_related("parties")


def scene_of(footprint: Footprint, audience: str, as_of: datetime.date) -> Scene:
    """What the engine knows of a partnership, as this audience may see it, without looking for opportunities."""
    tables, weights = tables_for(footprint, audience, as_of), weights_of(footprint)
    return matching.opportunities(tables, as_of, kinds=(), weights=weights).scene


def fill(rows: Iterable[Opportunity], scene: Scene, *, is_reweighed: bool = False) -> list[Opportunity]:
    """Set and store score, parts, facts and what would change of spotted rows, by the scene of a run over what their
    partnership shares; their place in the list follows gently, or at once where the partnership weighs otherwise than
    before. Call it inside a transaction, with `rows_of`.

    A row whose place is not in the scene stays as it is. Where the scene is of some places only and a partner named
    is not in it, the whole of the partnership is looked at. Returns those that were filled; the number of queries
    does not depend on how many those are.
    """
    known, moves = set(scene.world.tree.codes), []
    filled = [row for row in rows if row.place_id in known]
    wholes: dict[int, Scene] = {}
    for row in filled:
        seen = scene
        if not _knows(scene, row):
            if row.footprint_id not in wholes:
                wholes[row.footprint_id] = scene_of(
                    row.footprint, Run.Audience.PARTNERSHIP, scene.world.as_of
                )
            seen = wholes[row.footprint_id]
        moves += _fill(row, seen, is_reweighed)
    Opportunity.objects.bulk_update(filled, FILLED, batch_size=200)
    Move.objects.bulk_create(moves, batch_size=500)
    _join(filled)
    return filled


def _knows(scene: Scene, row: Opportunity) -> bool:
    """Whether the scene has all that a row names, or has everything there is."""
    world = scene.world
    if world.tree.size == world.ground.tree.size:
        return True
    return {partner.slug for partner in row.parties.all()} <= set(world.partners.frame["id"])


def _fill(row: Opportunity, scene: Scene, is_reweighed: bool) -> list[Move]:
    names = [partner.slug for partner in row.parties.all()]
    found = matching.beside_scene(scene, place=row.place_id, theme=row.theme_id, parties=names)
    moves = _placed(row, found, scene.world.as_of, is_reweighed)
    row.score = found.score
    row.components, row.would_change = found.components, found.would_change
    row.because = [
        *row.because[:1],
        *(fact.as_dict() for fact in [*found.because, *found.asks]),
        *(
            {"text": o.why, "record": {"type": "partner", "id": o.partner}, "joins": True}
            for o in found.others
        ),
    ]
    return moves


def _placed(row: Opportunity, found: matching.Beside, on: datetime.date, is_reweighed: bool) -> list[Move]:
    """Puts a row in its place in the list: as gently as what the engine finds, and with the reason."""
    was, before = row.placed, row.components
    if was is None or is_reweighed:
        row.placed = found.score
    if was is None or abs(found.score - was) < GENTLE:
        return []
    row.placed, row.changed_on = found.score, on
    why = [*([REWEIGHED] if is_reweighed else []), *parts_moved(before, found.components)]
    return [Move(opportunity=row, what=Move.What.UP if found.score > was else Move.What.DOWN, why=why)]


def _join(rows: list[Opportunity]) -> None:
    """The links from each row to the figures and the local action that its facts name."""
    facts = {row.pk: row.because[1:] for row in rows}
    figures = {pk: [figure_name(fact) for fact in each] for pk, each in facts.items()}
    wanted = {name.partition("@")[0] for each in figures.values() for name in each if name}
    held = Figure.objects.filter(indicator__in=wanted, place__in={row.place_id for row in rows})
    ids = {figure_id(f.indicator, f.place_id): f.pk for f in held}
    replace_links(
        "figures", {pk: [ids[n] for n in dict.fromkeys(names) if n in ids] for pk, names in figures.items()}
    )
    action = {pk: [_record(fact, "initiative") for fact in each] for pk, each in facts.items()}
    slugs = {slug for each in action.values() for slug in each if slug}
    kept = dict(Initiative.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    replace_links("initiatives", {pk: [kept[s] for s in each if s in kept] for pk, each in action.items()})


def _record(fact: dict[str, Any], kind: str) -> str:
    record = fact.get("record") or {}
    return str(record["id"]) if record.get("type") == kind else ""


def is_own_only(person: Person, opportunity: Opportunity) -> bool:
    """Whether `person` spotted it but may not read it: it belongs to a partnership that they are not of."""
    own = person.user_id is not None and opportunity.spotted_by_id == person.user_id
    return own and not Opportunity.objects.visible_to(person).filter(pk=opportunity.pk).exists()
