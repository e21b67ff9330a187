"""Records of a partnership as the rows of a register, one function for each of the engine's tables.

`slugs`: the slug that each partner's key stands for.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from joinedup.accounts.person import Person
from joinedup.initiatives.models import Initiative
from joinedup.late_imports import polars as pl
from joinedup.opportunities.models import Answer, Opportunity, Run, what_was_answered
from joinedup.opportunities.whereabouts import Known
from joinedup.partners.models import Ask, Contact, Link, Partner
from joinedup.places.models import Footprint, Place
from joinedup.support.models import Offer
from joinedup.support.queries import of_an_opportunity
from joinedup.taxonomy.models import Approach

Rows = list[dict[str, Any]]
# What stands behind a result that is stored as a number from 0 to 1, in the steps in which a register is read.
EVIDENCE_STEPS = ((0.75, 3.0), (0.5, 2.0), (0.2, 1.0))
# A result from here on says that something got better.
GOT_BETTER = 0.5


def place_row(place: Place, held: Mapping[str, Place]) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "kind": place.kind,
        "parent": place.parent_id if place.parent_id in held else None,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def approaches() -> Rows:
    return [
        {
            "approach": each.slug,
            "name": each.name,
            "themes": [theme.slug for theme in each.themes.all()],
            "effect": each.effect or None,
            "evidence": each.evidence or None,
            "cost": each.cost or None,
            "source": each.source or None,
            "harmful": each.harmful,
        }
        for each in Approach.objects.prefetch_related("themes")
    ]


def partner_row(partner: Partner, known: Known) -> dict[str, Any]:
    return {
        "id": partner.slug,
        "name": partner.name,
        "sector": partner.sector_id,
        "places": known.places_of(partner.serves.all()),
        "themes": [theme.slug for theme in partner.themes.all()],
        "does": partner.does,
        "base": partner.base_id,
        "duty": partner.is_statutory or partner.sector.is_of_the_duty,
        "confirmed": partner.confirmed_on,
        # Whoever runs this sees the record: what it may be told of is settled already.
        "marking": "public",
    }


def initiative_row(each: Initiative, slugs: Mapping[int, str], known: Known) -> dict[str, Any]:
    others = dict.fromkeys(slugs[p.pk] for p in each.co_partners.all() if p.pk in slugs)
    return {
        "id": each.slug,
        "name": each.name,
        "what": each.what,
        "partner": slugs[each.partner_id],
        "co_partners": [slug for slug in others if slug != slugs[each.partner_id]],
        "places": known.places_of(each.places.all()),
        "themes": [theme.slug for theme in each.themes.all()],
        "level": each.level,
        "way_in": "",
        "age_from": each.age_from,
        "age_to": each.age_to,
        "reach": each.reach_per_year,
        "starts": each.starts,
        "ends": each.ends,
        "result": each.result_text,
        "evidence": "",
        "approach": each.approach_id,
        "confirmed": each.confirmed_on,
        "marking": "public",
    }


def with_results(read: pl.DataFrame, action: list[Initiative]) -> pl.DataFrame:
    """What came of an action, where that is recorded as a number and need not be read from words."""
    evidence = {each.slug: _step(each.evidence) for each in action if each.evidence is not None}
    better = {each.slug: each.result >= GOT_BETTER for each in action if each.result is not None}
    rows = [
        (evidence.get(id, was), better.get(id, good))
        for id, was, good in read.select("id", "evidence", "result_good").iter_rows()
    ]
    return read.with_columns(
        pl.Series("evidence", [row[0] for row in rows], dtype=pl.Float64),
        pl.Series("result_good", [row[1] for row in rows], dtype=pl.Boolean),
    )


def _step(evidence: float) -> float:
    return next((step for least, step in EVIDENCE_STEPS if evidence >= least), 0.0)


def ask_row(ask: Ask, slugs: Mapping[int, str], known: Known) -> dict[str, Any]:
    return {
        "id": f"ask-{ask.pk}",
        "partner": slugs[ask.partner_id],
        "kind": "need" if ask.kind == Ask.Kind.NEED else "help",
        "what": "",
        "themes": [theme.slug for theme in ask.themes.all()],
        "places": known.places_of(ask.places.all()),
        "text": ask.text,
        "said_on": ask.confirmed_on,
        "marking": "public",
    }


def support(reader: Person, codes: set[str], as_of: datetime.date) -> Rows:
    """Support that an opportunity may name: neither the shelf nor history, nor what is for places elsewhere."""
    found = (
        Offer.objects.visible_to(reader)
        .filter(of_an_opportunity(as_of))
        .distinct()
        .prefetch_related("themes", "sectors", "via_sectors", "places")
        .order_by("pk")
    )
    rows = []
    for offer in found:
        named = [place.pk for place in offer.places.all()]
        places = [code for code in named if code in codes]
        if named and not places:
            continue
        rows.append(
            {
                "id": offer.slug,
                "name": offer.name,
                "provider": offer.provider,
                "kind": offer.kind,
                "purpose": offer.purpose,
                "who_may_use": offer.who_may_use,
                "themes": [theme.slug for theme in offer.themes.all()],
                "general": offer.is_general,
                "sectors": [sector.slug for sector in offer.sectors.all()],
                "via_sectors": [sector.slug for sector in offer.via_sectors.all()],
                "lead_only": offer.lead_only,
                "places": places,
                "basis": offer.basis,
                "opens": offer.opens,
                "closes": offer.closes,
                "amount": offer.amount_programme,
                "amount_max": offer.amount_max_gbp,
                "awards": offer.awards,
                "last_checked": offer.last_checked,
                "marking": "public",
            }
        )
    return rows


def links(slugs: Mapping[int, str]) -> Rows:
    """Links that somebody recorded. Sitting in one statutory partnership does not make two actions linked."""
    held = Link.objects.filter(first__in=slugs, second__in=slugs).order_by("pk")
    return [
        {
            "partner_a": slugs[link.first_id],
            "partner_b": slugs[link.second_id],
            "strength": link.strength,
            "since": link.since,
        }
        for link in held
        if slugs[link.first_id] != slugs[link.second_id]
    ]


def answers(footprint: Footprint, slugs: Mapping[int, str], owners: Mapping[str, Collection[int]]) -> Rows:
    """What partners said to a move or to a whole opportunity: about what others record that it rests on, or where it
    rests on their own alone (`owners`: the partners of each record), about that move. Where it is about nothing that
    has an id, the theme in that place is what was answered."""
    held = Answer.objects.filter(partner__in=slugs, opportunity__footprint=footprint)
    rows: Rows = []
    for each in held.select_related("opportunity").order_by("pk"):
        found, partner = each.opportunity, slugs[each.partner_id]
        about = [
            name
            for move in what_was_answered(each, partner)
            for name in _about(move, each.partner_id, owners)
        ]
        if each.scope != Answer.Scope.THIS:
            # Whatever it was said of.
            about.append("")
        is_no = each.word == Answer.Word.NOT_US
        rows += [
            {
                "partner": partner,
                "places": [found.place_id],
                "theme": found.theme_id,
                "about": name,
                "answer": each.word,
                "scope": Answer.Scope.THEME_HERE
                if is_no and not name and each.scope == Answer.Scope.THIS
                else each.scope,
                "date": each.at.date(),
                "until": each.until,
            }
            for name in dict.fromkeys(about)
        ]
    return rows


def _about(move: dict[str, Any], partner: int, owners: Mapping[str, Collection[int]]) -> list[str]:
    others = [id for id in move["records"] if partner not in owners.get(id, ())]
    return others or ([move["id"]] if move["records"] else [""])


def contacts(slugs: Mapping[int, str]) -> Rows:
    """Roles to ask for, never names."""
    held = Contact.objects.filter(partner__in=slugs).order_by("pk")
    return [{"partner": slugs[each.partner_id], "role": each.role} for each in held if each.role]


def spotted(footprint: Footprint) -> Rows:
    rows = Opportunity.objects.filter(
        footprint=footprint, audience=Run.Audience.PARTNERSHIP, is_spotted=True
    ).exclude(state=Opportunity.State.GONE)
    return [
        {
            "id": row.key,
            "place": row.place_id,
            "sentence": row.sentence,
            "theme": row.theme_id,
            "parties": [partner.slug for partner in row.parties.all()],
        }
        for row in rows.prefetch_related("parties").order_by("pk")
    ]
