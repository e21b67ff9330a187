"""Runs the matching engine on the stored records and keeps what it finds."""

from __future__ import annotations

import datetime
from typing import Any

from joinedup.engines import matching
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.frames import figure_id, tables_for
from joinedup.opportunities.models import Opportunity, Run
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.support.models import Offer

# What was set aside comes back to be looked at again after half a year.
SET_ASIDE_FOR = datetime.timedelta(days=182)
# A list that nobody reads to its end helps nobody: this many of a kind are kept for each place.
KEPT_A_PLACE_AND_KIND = 10
# These say what somebody lacks or doubles: for the partnership to settle, not for the public to read first.
NOT_FOR_THE_PUBLIC = frozenset({"missing_partner", "join_up", "introduction"})


def run(footprint: Footprint, audience: str, as_of: datetime.date, **options: Any) -> matching.Result:
    """The engine's answer on what this audience may see."""
    return matching.opportunities(tables_for(footprint, audience, as_of), as_of, **options)


def keep_run(footprint: Footprint, audience: str, as_of: datetime.date) -> Run:
    """Run and store. Call inside a transaction."""
    result = run(
        footprint,
        audience,
        as_of,
        per_place_and_kind=KEPT_A_PLACE_AND_KIND,
        # Figures by ward sharpen the need of the whole; a list by ward would be the same ten things forty times.
        places=list(footprint.places.values_list("pk", flat=True)),
    )
    found = [
        each
        for each in result.opportunities
        if audience == Run.Audience.PARTNERSHIP or each.kind not in NOT_FOR_THE_PUBLIC
    ]
    if audience == Run.Audience.PUBLIC and footprint.is_held(as_of):
        # What is new waits for a run after that day.
        told = Opportunity.objects.filter(footprint=footprint, audience=audience)
        published = set(told.values_list("key", flat=True))
        found = [each for each in found if each.id in published]
    kept = Run.objects.create(
        footprint=footprint, audience=audience, as_of=as_of, found=len(found), left_out=result.left_out
    )
    _store(footprint, audience, as_of, found)
    return kept


def _store(
    footprint: Footprint, audience: str, as_of: datetime.date, found: list[matching.Opportunity]
) -> None:
    held = {
        each.key: each
        for each in Opportunity.objects.filter(footprint=footprint, audience=audience, is_spotted=False)
    }
    fresh, changed = [], []
    for each in found:
        row = held.get(each.id)
        if row is None:
            row = Opportunity(
                key=each.id, footprint=footprint, audience=audience, first_seen=as_of, kind=each.kind
            )
            fresh.append(row)
        else:
            changed.append(row)
            _return(row, as_of)
        _fill(row, each, audience, as_of)
    Opportunity.objects.bulk_create(fresh, batch_size=500)
    Opportunity.objects.bulk_update(changed, FILLED, batch_size=200)
    seen = {each.id for each in found}
    Opportunity.objects.filter(
        pk__in=[
            row.pk
            for key, row in held.items()
            if key not in seen and row.state == Opportunity.State.SUGGESTED
        ]
    ).update(state=Opportunity.State.GONE)
    rows = {row.key: row.pk for row in [*fresh, *changed]}
    _join(found, rows)


FILLED = [
    "place", "theme", "score", "sentence", "because", "first_step", "components", "would_change",
    "sectors_needed", "is_ask", "marking", "last_seen", "state", "reason", "placed",
]  # fmt: skip


def _return(row: Opportunity, as_of: datetime.date) -> None:
    long_aside = (
        row.state == Opportunity.State.DISMISSED
        and row.decided_on is not None
        and row.decided_on + SET_ASIDE_FOR <= as_of
    )
    if row.state == Opportunity.State.GONE or long_aside:
        row.state, row.reason = Opportunity.State.SUGGESTED, ""


def _fill(row: Opportunity, each: matching.Opportunity, audience: str, as_of: datetime.date) -> None:
    document = each.as_dict()
    row.place_id, row.theme_id = each.place, each.theme or None
    row.placed = each.score
    row.score, row.sentence, row.first_step = each.score, each.sentence, each.first_step
    row.because, row.components, row.would_change = (
        document["because"],
        document["components"],
        document["would_change"],
    )
    row.sectors_needed = [p.removeprefix("sector:") for p in each.parties if p.startswith("sector:")]
    row.is_ask = each.ask
    if each.only_parties:
        row.marking = "named"
    else:
        row.marking = "public" if audience == Run.Audience.PUBLIC else "partnership"
    row.last_seen = as_of


def _join(found: list[matching.Opportunity], rows: dict[str, int]) -> None:
    """The links from each opportunity to its parties, initiatives, offers and figures, replaced in bulk."""
    for field, model, codes in (
        ("parties", Partner, lambda each: [p for p in each.parties if not p.startswith("sector:")]),
        ("initiatives", Initiative, lambda each: each.initiatives),
        ("offers", Offer, lambda each: each.offers),
    ):
        wanted = {code for each in found for code in codes(each)}
        ids = dict(model.objects.filter(slug__in=wanted).values_list("slug", "pk"))
        _replace(
            field, {rows[each.id]: [ids[c] for c in dict.fromkeys(codes(each)) if c in ids] for each in found}
        )
    figures = {
        figure_id(indicator, place): pk
        for indicator, place, pk in Figure.objects.values_list("indicator", "place_id", "pk")
    }
    _replace(
        "figures",
        {
            rows[each.id]: list(
                dict.fromkeys(
                    figures[name] for name in map(figure_name, each.as_dict()["because"]) if name in figures
                )
            )
            for each in found
        },
    )


def figure_name(fact: dict[str, Any]) -> str:
    """The published figure that a `because` fact came from, as `indicator@place`; empty for other facts."""
    return str((fact.get("figure") or {}).get("id", ""))


def _replace(field: str, wanted: dict[int, list[int]]) -> None:
    through = getattr(Opportunity, field).through
    column = f"{getattr(Opportunity, field).field.m2m_reverse_field_name()}_id"
    pks = list(wanted)
    for start in range(0, len(pks), 500):
        through.objects.filter(opportunity_id__in=pks[start : start + 500]).delete()
    through.objects.bulk_create(
        [through(opportunity_id=pk, **{column: other}) for pk, others in wanted.items() for other in others],
        batch_size=1000,
    )
