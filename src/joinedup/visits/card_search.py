"""Find practice cards from places with needs like this place's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from joinedup.accounts.person import Person
from joinedup.evidence.models import Need
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.taxonomy.models import Theme
from joinedup.visits.models import PracticeCard
from joinedup.visits.queries import documents, find_cards, seen_partners
from joinedup.visits.similar import compared, likeness

SHOWN = 5
# From this need on, a place needs work on a theme if no theme was asked for: class "high" of five.
HIGH = 0.6
_Needs = dict[str, dict[str, float]]


@dataclass(frozen=True)
class CardFound:
    """A card with why it is shown. `likeness`: 0 to 1, None if too little is known about the two places.
    `partner`: who does it, None if the reader may not see them, or it was not asked for."""

    card: PracticeCard
    partner: Partner | None
    reason: str
    likeness: float | None
    on_theme: bool


def practice_for(
    person: Person,
    place: Place,
    theme: Theme | None = None,
    limit: int | None = SHOWN,
    among: Iterable[PracticeCard] | None = None,
    *,
    with_partners: bool = True,
) -> list[CardFound]:
    """Cards for a place that `person` may see (or among `among`): first those on the theme, then by how alike
    the needs of the two places are; 5 queries at most, one less where who does it is not asked for.

    Without a theme the place's own high needs are used. Within each kind, work in the place itself comes
    first.
    """
    every = _told_of(find_cards(person)) if among is None else among
    cards = list(every)
    if not cards:
        return []
    needs = _needs(place, cards)
    here = needs.get(place.pk) or needs.get(place.parent_id or "", {})
    rated = sorted(
        (_rated(card, place, theme, here, needs) for card in cards),
        key=lambda pair: (not pair[1], -(pair[2] if pair[2] is not None else -1), pair[0].title, pair[0].pk),
    )[:limit]
    seen = seen_partners(person, [card for card, _on, _alike in rated]) if with_partners else {}
    return [
        CardFound(
            card=card,
            partner=seen.get(card.partner_id),
            reason=_reason(card, place, _spoken_of(card, theme, here), here, _there(card, needs), alike),
            likeness=alike,
            on_theme=on_theme,
        )
        for card, on_theme, alike in rated
    ]


def _told_of(cards: QuerySet[PracticeCard]) -> QuerySet[PracticeCard]:
    """As much of each as a line tells: what it is called, and why it is shown."""
    shown = ("title", "slug", "partner", "is_demonstration", "place__name", "place__parent")
    return cards.select_related(None).select_related("place").only(*shown)


def _needs(place: Place, cards: list[PracticeCard]) -> _Needs:
    """Place to theme to need, for the place, for every card's, and for the places around these; known values
    only. 1 query."""
    codes = {place.pk, place.parent_id} | {card.place_id for card in cards}
    codes |= {card.place.parent_id for card in cards}
    rows = Need.objects.said().filter(place__in=[code for code in codes if code])
    found: _Needs = defaultdict(dict)
    for code, theme, need in rows.order_by().values_list("place", "theme", "need"):
        if need is not None:
            found[code][theme] = need
    return found


def _there(card: PracticeCard, needs: _Needs) -> dict[str, float]:
    """What the card's place needs or, if nothing is known, what the place around it needs."""
    return needs.get(card.place_id) or needs.get(card.place.parent_id or "", {})


def _is_inside(card: PracticeCard, place: Place) -> bool:
    return place.pk in (card.place_id, card.place.parent_id)


def _rated(
    card: PracticeCard, place: Place, theme: Theme | None, here: dict[str, float], needs: _Needs
) -> tuple[PracticeCard, bool, float | None]:
    """The card, whether it is on the theme asked for, and how alike the places are."""
    tagged = {each.pk for each in card.themes.all()}
    wanted = {theme.pk} if theme else {slug for slug, need in here.items() if need >= HIGH}
    alike = 1.0 if _is_inside(card, place) else likeness(here, _there(card, needs))
    return card, bool(tagged & wanted), alike


def _spoken_of(card: PracticeCard, theme: Theme | None, here: dict[str, float]) -> Theme | None:
    """The theme used to compare the two places in words: the one asked for, or the card's theme that is most
    needed here."""
    tagged = list(card.themes.all())
    if theme is not None and theme in tagged:
        return theme
    known = [each for each in tagged if each.pk in here]
    return max(known, key=lambda each: here[each.pk], default=None)


def _reason(
    card: PracticeCard,
    place: Place,
    theme: Theme | None,
    here: dict[str, float],
    there: dict[str, float],
    alike: float | None,
) -> str:
    if card.place_id == place.pk:
        return _("It is done here, in %(place)s.") % {"place": place.name}
    if _is_inside(card, place):
        return _("It is done in %(part)s, a part of %(place)s.") % {
            "part": card.place.name,
            "place": place.name,
        }
    if theme is not None and theme.pk in here and theme.pk in there:
        return _compared(card.place.name, theme, here[theme.pk], there[theme.pk])
    if alike is not None:
        return _("What %(there)s needs is much like what is needed here (%(alike)s of 1).") % {
            "there": card.place.name,
            "alike": f"{alike:.2f}",
        }
    return _("How alike %(there)s and %(here)s are is not known: too few needs are known of both.") % {
        "there": card.place.name,
        "here": place.name,
    }


def _compared(there_name: str, theme: Theme, here: float, there: float) -> str:
    words = {
        "same": _("%(place)s’s need on %(theme)s is about as high as here: %(there)s against %(here)s."),
        "higher": _("%(place)s’s need on %(theme)s is higher than here: %(there)s against %(here)s."),
        "lower": _("%(place)s’s need on %(theme)s is lower than here: %(there)s against %(here)s."),
    }
    name = theme.name[:1].lower() + theme.name[1:]
    return words[compared(here, there)] % {
        "place": there_name,
        "theme": name,
        "there": f"{there:.2f}",
        "here": f"{here:.2f}",
    }


def practice_document(
    person: Person, place: Place | None, theme: Theme | None, limit: int | None = None
) -> dict[str, Any]:
    """The document of `joinedup practice`: every card or, for a place, those of similar places first, with
    the reason."""
    if place is None:
        return {"place": None, "practice": documents(person, find_cards(person, theme=theme)[:limit])}
    found = practice_for(person, place, theme, limit)
    told = documents(person, [each.card for each in found])
    return {
        "place": {"code": place.pk, "name": place.name},
        "practice": [
            document | {"reason": each.reason, "likeness": each.likeness, "on_theme": each.on_theme}
            for document, each in zip(told, found, strict=True)
        ],
    }
