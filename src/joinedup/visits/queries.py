"""Queries about visits and practice cards. Every result holds only what `person` may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from joinedup.accounts.person import Person
from joinedup.documents.csv_file import several
from joinedup.events.models import Programme
from joinedup.partners.models import Partner
from joinedup.partners.queries import visible_partners
from joinedup.places.models import Place
from joinedup.places.queries import touching
from joinedup.taxonomy.models import Theme
from joinedup.visits.models import PracticeCard, Visit


def find_visits(
    person: Person,
    *,
    programme: Programme | None = None,
    place: Place | None = None,
    theme: Theme | None = None,
) -> QuerySet[Visit]:
    """Visits that match every filter, latest first; a theme matches if the visit left a card on it that
    `person` may see."""
    found: QuerySet[Visit] = Visit.objects.visible_to(person)
    if programme is not None:
        found = found.filter(programme=programme)
    if place is not None:
        found = found.filter(*touching(place, "place"))
    if theme is not None:
        left = PracticeCard.objects.visible_to(person).filter(themes=theme, visit__isnull=False)
        found = found.filter(pk__in=left.values("visit"))
    return found.select_related("programme", "place", "footprint")


def find_cards(
    person: Person,
    *,
    theme: Theme | None = None,
    place: Place | None = None,
    level: str = "",
    text: str = "",
) -> QuerySet[PracticeCard]:
    """Practice cards that match every filter; a place matches the place, its parts, and the places around it."""
    found: QuerySet[PracticeCard] = PracticeCard.objects.visible_to(person)
    if theme is not None:
        found = found.filter(
            pk__in=PracticeCard.themes.through.objects.filter(theme=theme).values("practicecard")
        )
    if place is not None:
        found = found.filter(*touching(place, "place"))
    if level:
        found = found.filter(level=level)
    for word in text.split():
        anywhere = Q()
        for field in ("title", "problem", "mechanism", "cost", "result", "what_failed"):
            anywhere |= Q(**{f"{field}__icontains": word})
        found = found.filter(anywhere)
    return found.select_related("place", "footprint").prefetch_related("themes")


def seen_partners(person: Person, cards: Iterable[PracticeCard]) -> dict[int, Partner]:
    """Which of the partners behind these cards `person` may see; 1 query. Others are never named."""
    return visible_partners(person, [card.partner_id for card in cards])


CSV_HEADER = [
    "Practice",
    "By",
    "Where",
    "Area code",
    "Themes",
    "Level",
    "Problem",
    "What is done, and why it should work",
    "What it takes",
    "Pounds a year",
    "Result",
    "What failed",
    "Confirmed by the body on",
    "How far it can be relied on",
    "Who may see it",
    "Demonstration",
    "Source",
    "Source address",
]
NOT_OPEN = "a partner that you may not see"


def csv_rows(person: Person, cards: Iterable[PracticeCard]) -> Iterator[list[Any]]:
    """The list as rows under CSV_HEADER; 3 queries. Unknown is empty."""
    for each in documents(person, cards):
        yield [
            each["title"],
            each["partner"] or NOT_OPEN,
            each["place"]["name"],
            each["place"]["code"],
            several(theme["name"] for theme in each["themes"]),
            each["level"],
            each["problem"],
            each["mechanism"],
            each["cost"],
            each["pounds_a_year"],
            each["result"],
            each["what_failed"],
            each["confirmed_on"],
            each["told"],
            each["who_may_see_it"],
            each["is_demonstration"],
            each["source"],
            each["source_url"],
        ]


def documents(person: Person, cards: Iterable[PracticeCard]) -> list[dict[str, Any]]:
    """Cards as documents for programs; 3 queries. `partner` is None if `person` may not see who does it."""
    every = list(cards)
    seen = seen_partners(person, every)
    return [
        {
            "id": each.slug,
            "title": each.title,
            "partner": seen[each.partner_id].name if each.partner_id in seen else None,
            "place": {"code": each.place_id, "name": each.place.name},
            "themes": [{"id": theme.pk, "name": theme.name} for theme in each.themes.all()],
            "level": each.level or None,
            "problem": each.problem,
            "mechanism": each.mechanism,
            "cost": each.cost,
            "pounds_a_year": each.pounds_a_year,
            "result": each.result,
            "what_failed": each.what_failed,
            "confirmed_on": each.confirmed_on,
            "told": each.told,
            "marking": each.marking,
            "who_may_see_it": str(each.get_marking_display()),
            "is_demonstration": each.is_demonstration,
            "source": each.source,
            "source_url": each.source_url,
        }
        for each in every
    ]


def place_called(text: str) -> Place:
    """The place with a code or name. Raises ValidationError with a sentence if there is none."""
    found = (
        Place.objects.filter(Q(pk=text.upper()) | Q(name__iexact=text))
        .exclude(kind=Place.Kind.LSOA)
        .order_by("kind", "pk")
        .first()
    )
    if found is None:
        raise ValidationError(
            f"There is no place called “{text}” here: give its code, or the name of an authority."
        )
    return found


def theme_called(text: str) -> Theme:
    """The theme with that id or name. Raises ValidationError listing the themes if there is none."""
    found = Theme.objects.filter(Q(pk=text.lower()) | Q(name__iexact=text)).first()
    if found is None:
        known = ", ".join(Theme.objects.values_list("pk", flat=True)) or "none"
        raise ValidationError(f"There is no theme called “{text}”. There are: {known}.")
    return found
