"""Records that make moves of a known kind, for tests that run the engine."""

from __future__ import annotations

import datetime
from typing import Any

from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Ask, Partner
from joinedup.places.models import Place
from joinedup.support.models import Offer
from tests.opportunities.making import TODAY
from tests.world import World

THEME = "trusted-adult"


def make_ask(partner: Partner, kind: str, text: str, place: Place, theme: str = THEME, **fields: Any) -> Ask:
    values = {"marking": "partnership", "confirmed_on": TODAY, **fields}
    made = Ask.objects.create(partner=partner, kind=kind, text=text, **values)
    made.places.set([place])
    made.themes.set([theme] if theme else [])
    return made


def make_match(
    needs: Partner, gives: Partner, place: Place, theme: str = THEME, text: str = "", **fields: Any
) -> tuple[Ask, Ask]:
    """What one needs and another can give: a hall, or `text`; a move of kind `match` in that place."""
    return (
        make_ask(needs, "need", text or "A hall on Tuesday evenings", place, theme, **fields),
        make_ask(gives, "offer", text or "Our hall is free on Tuesday evenings", place, theme, **fields),
    )


def make_action(partner: Partner, name: str, *places: Place, theme: str = THEME, **fields: Any) -> Initiative:
    """Local action; two alike of different partners in one place make a move of kind `join`."""
    values = {
        "slug": name.lower().replace(" ", "-"),
        "level": "secondary",
        "reach_per_year": 40,
        "marking": "partnership",
        "confirmed_on": TODAY,
        **fields,
    }
    made = Initiative.objects.create(name=name, partner=partner, **values)
    made.places.set(places)
    made.themes.set([theme] if theme else [])
    return made


def make_join(world: World, place: Place, **fields: Any) -> tuple[Initiative, Initiative]:
    """Lantern Youth and Hilltop School do alike work in a place: of which only these two are told."""
    what = "A mentor for one hour a week, boxing and homework, for people aged 11 to 16"
    values = {"age_from": 11, "age_to": 16, "what": what, **fields}
    return (
        make_action(world.lantern, "Boxing mentors", place, **values),
        make_action(world.school, "Homework mentors", place, **values),
    )


def make_fund(slug: str = "fund", theme: str = THEME, **fields: Any) -> Offer:
    """Money for voluntary bodies, anywhere; beside action on its theme it makes a move of kind `bid`."""
    values: dict[str, Any] = {
        "name": slug.capitalize(), "slug": slug, "provider": "A trust", "kind": "fund", "marking": "public",
        "basis": "dated", "closes": TODAY + datetime.timedelta(days=60), "last_checked": TODAY,
        "purpose": "Mentors and trusted adults for young people",
    }  # fmt: skip
    made = Offer.objects.create(**values | fields)
    made.themes.set([theme] if theme else [])
    made.sectors.set(["vcs"])
    return made
