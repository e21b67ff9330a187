"""What each stored opportunity is linked to: its parties, action, support, figures and places. Compared before the
transaction in which what differs is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import ready_rows
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Ask, Partner
from joinedup.places.models import Footprint
from joinedup.support.models import Offer

LINKED = ("parties", "initiatives", "offers", "figures", "places")


@dataclass(frozen=True)
class DifferentLinks:
    """Links of one kind that are to go, and those that are to come, by the keys of opportunities that may be new.
    `others`: what the latter lead to."""

    others: Collection[Any]
    model: Any
    gone: ready_rows.Statement
    come: ready_rows.ByName

    def can_be_stored(self) -> bool:
        """Whether what they lead to is there still: figures go with an import, and no list follows that. At most 1
        query."""
        held = self.model._base_manager.filter(pk__in=self.others)
        return not self.others or held.count() == len(self.others)


def compare(
    footprint: Footprint,
    audience: str,
    rows: Iterable[Opportunity],
    own: Collection[str],
) -> list[DifferentLinks]:
    """For these, as they are to be stored; those without a key are new. A fixed number of queries.

    `own`: codes of the partnership's places.
    """
    rows = list(rows)
    asks = _partners_of_asks(rows)
    wanted = {row.key: _wanted(row, asks, own) for row in rows}
    pks = {row.key: row.pk for row in rows if row.pk is not None}
    differ = []
    for name in LINKED:
        ids = _ids(name, {code for each in wanted.values() for code in each[name]})
        held = _held(name, footprint, audience) if pks else {}
        gone: list[tuple[int, Any]] = []
        come: list[tuple[str, Any]] = []
        for key, each in wanted.items():
            was = held.get(pks.get(key, 0), set())
            now = dict.fromkeys(ids[code] for code in each[name] if code in ids)
            come += [(key, other) for other in now if other not in was]
            gone += [(pks[key], other) for other in was if other not in now]
        through, names = _through(name)
        differ.append(
            DifferentLinks(
                {other for _key, other in come},
                through._meta.get_field(names[1]).related_model,
                ready_rows.delete(through, names, gone),
                ready_rows.insert_by_name(through, names, come),
            )
        )
    return differ


def _wanted(row: Opportunity, asks: Mapping[str, str], own: Collection[str]) -> dict[str, list[str]]:
    """What it is to be linked to, by slug, code or the name of a figure."""
    moves = row.moves
    return {
        "parties": [party["id"] for move in moves for party in move["parties"]]
        + [asks[id] for move in moves for id in move["asks"] if id in asks],
        "initiatives": [id for move in moves for id in move["initiatives"]],
        "offers": [id for move in moves for id in move["support"]],
        "figures": [fact["figure"] for fact in row.stands_out],
        "places": [code for move in moves for code in move["places"] if code in own],
    }


def _partners_of_asks(rows: Iterable[Opportunity]) -> dict[str, str]:
    """Whose each ask is that a move rests on: that body is named too."""
    ids = {id.removeprefix("ask-") for row in rows for move in row.moves for id in move["asks"]}
    held = Ask.objects.filter(pk__in=[int(id) for id in ids if id.isdigit()])
    return {f"ask-{pk}": slug for pk, slug in held.values_list("pk", "partner__slug")}


def _ids(name: str, codes: Collection[str]) -> dict[str, Any]:
    """The key of each record that is named by a code."""
    if name == "places":
        return {code: code for code in codes}
    if name == "figures":
        # Named by its indicator and its place; what is a cluster is no figure, and has no such place.
        named = [tuple(code.partition("@")[::2]) for code in codes]
        indicators, places = ({pair[side] for pair in named} for side in (0, 1))
        held = Figure.objects.filter(
            indicator__in=indicators, place__in=places, state=Figure.State.NUMBER
        ).values_list("indicator", "place_id", "pk")
        return {f"{indicator}@{place}": pk for indicator, place, pk in held}
    models: dict[str, Any] = {"parties": Partner, "initiatives": Initiative, "offers": Offer}
    return dict(models[name].objects.filter(slug__in=codes).values_list("slug", "pk"))


def _held(name: str, footprint: Footprint, audience: str) -> dict[int, set[Any]]:
    """What each stored opportunity of this list is linked to now. 1 query."""
    through, names = _through(name)
    rows = through._base_manager.filter(
        opportunity__footprint=footprint, opportunity__audience=audience, opportunity__is_spotted=False
    )
    found: dict[int, set[Any]] = defaultdict(set)
    for pk, other in rows.values_list("opportunity_id", names[1]).iterator():
        found[pk].add(other)
    return found


def _through(name: str) -> tuple[Any, tuple[str, str]]:
    """The table of links of one kind, and its two fields."""
    relation: Any = getattr(Opportunity, name)
    return relation.through, (relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name())
