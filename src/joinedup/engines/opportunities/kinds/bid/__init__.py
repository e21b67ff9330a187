"""`bid`: money or help with a deadline or open all the time, about this theme, for bodies that may use it.

Who bids is who works on it or asks for what it pays: never who is only of the right sector.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from joinedup.engines.opportunities.context import Context
from joinedup.engines.opportunities.inputs import Partner, Support
from joinedup.engines.opportunities.kinds.bid import telling
from joinedup.engines.opportunities.kinds.bid.candidates import ALIKE, Candidate, candidates, once
from joinedup.engines.opportunities.kinds.bid.eligibility import (
    MANY_ACTIONS,
    areas,
    in_two_areas,
    is_open,
    is_small,
    may_lead,
    partners_named,
    wanted,
)
from joinedup.engines.opportunities.move import Move, tie

NAME = "bid"
# How well a body has to fit to lead, to lead where few may, to stand in another's bid, to be asked whether it would.
LEAST_FIT, LEAST_ONLY, LEAST_WITH, LEAST_ASKED = 0.38, 0.3, 0.5, 0.2
LEADS, WITH, ALSO = 3, 3, 2
SHORT_DAYS, TIME_TO_FIND_A_LEAD = 30, 45
# What a body says that it does and a purpose have to have in common, for it to be asked to lead.
LEAST_ALIKE = 0.15


def moves(context: Context) -> Iterator[Move]:
    """One move a support, theme and area where somebody fits. Support that has no theme is taken up only by who
    asked for it or has said yes."""
    for support in context.register.support.values():
        if not is_open(support, context.as_of) or (not support.themes and support.kind == "fund"):
            continue
        for area in areas(context, support):
            for theme in support.themes or (None,):
                move = _move(context, support, area, theme)
                if move is not None:
                    yield move


def _move(context: Context, support: Support, area: Sequence[str], theme: str | None) -> Move | None:
    ranked = candidates(context, support, area, theme)
    leads = _leads(support, ranked)
    if "two_areas" in support.limits and not (leads and in_two_areas([each.partner for each in leads])):
        return None
    if support.kind != "fund":
        # A course or a loan that nobody asked for is one more notice.
        wanting = [each for each in leads if each.asks or each.interested][:1]
        return telling.move(context, support, area, theme, wanting, ()) if wanting else None
    beside = _beside(context, support, ranked, leads)
    left = None if support.closes is None else (support.closes - context.as_of).days
    # There is no time left to find the others that it asks for.
    if left is not None and left < SHORT_DAYS and wanted(support) > len(leads) + len(beside):
        return None
    if not leads:
        in_time = left is None or left > TIME_TO_FIND_A_LEAD
        leads = (
            _asked_to_lead(context, support, area)
            if support.lead_only and len(beside) > 1 and in_time
            else []
        )
        if not leads:
            return None
    also = _ask_also(context, support, theme, ranked, (*leads, *beside))
    return telling.move(context, support, area, theme, leads, beside, also)


def _ask_also(
    context: Context,
    support: Support,
    theme: str | None,
    ranked: Sequence[Candidate],
    named: Sequence[Candidate],
) -> list[Partner]:
    """Who may lead, says that it works on the theme and records little: asked, never as lead. Two, by the hash of
    ties."""
    bodies = {each.partner.id for each in named}
    found = [
        each.partner
        for each in ranked
        if each.partner.id not in bodies
        and theme in each.partner.themes
        and may_lead(support, each.partner)
        and not each.partner.restricted
        and not each.partner.wide
        and not (
            is_small(support) and len(context.register.actions_of.get(each.partner.id, ())) >= MANY_ACTIONS
        )
    ]
    return sorted(found, key=lambda partner: tie(partner.id, context.as_of))[:ALSO]


def _asked_to_lead(context: Context, support: Support, area: Sequence[str]) -> list[Candidate]:
    """Where those who would deliver it may not lead: the body that may, and whose own work is nearest to it, to be
    asked."""
    found = [
        Candidate(partner, fit=alike)
        for partner in once(context.register.partners_at, area)
        if may_lead(support, partner)
        and not partner.wide
        and (alike := context.alike(partner.does, support.meant)) >= LEAST_ALIKE
    ]
    return sorted(found, key=lambda each: (-each.fit, each.partner.id))[:1]


def _leads(support: Support, ranked: Sequence[Candidate]) -> list[Candidate]:
    eligible = [each for each in ranked if may_lead(support, each.partner)]
    least = LEAST_ONLY if support.lead_only else LEAST_FIT
    leads = [each for each in eligible if each.fit >= least][:LEADS]
    if leads or not support.lead_only:
        return leads
    # Who may lead and shares the work of those who would deliver it, though little of its own is recorded.
    deliverers = [each for each in ranked if each.fit >= LEAST_FIT]
    with_them = {
        partner.id for each in deliverers for _, action in each.actions for partner in action.runners
    }
    return [each for each in eligible if each.partner.id in with_them][:1]


def _beside(
    context: Context, support: Support, ranked: Sequence[Candidate], leads: Sequence[Candidate]
) -> list[Candidate]:
    """Who stands in the bid of those who lead: who asks for what it pays, or would deliver it; and one that runs
    something very like it, or is of a sector that the funder names as a partner, to be asked."""
    least = LEAST_FIT if support.lead_only else LEAST_WITH
    others = [each for each in ranked if each not in leads and not each.partner.restricted]
    beside = [
        each
        for each in others
        if each.fit >= least
        and (each.asks or each.actions)
        and (support.via or support.lead_only or each.asks)
    ][:WITH]
    if support.lead_only or len(leads) + len(beside) >= LEADS:
        return beside
    named = partners_named(support)
    asked = [
        each
        for each in others
        if each not in beside
        and each.fit >= LEAST_ASKED
        and (
            each.partner.sector in named
            if named
            else any(context.alike(action.meant, support.meant) >= ALIKE for _, action in each.actions)
        )
    ]
    return beside + asked[:1]
