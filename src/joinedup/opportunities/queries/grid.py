"""The coverage grid of a partnership: for each place and theme, what need and local action say together."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Q
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.documents.csv_file import several
from joinedup.opportunities.models import Cell, Run
from joinedup.opportunities.queries.lists import listing
from joinedup.opportunities.queries.reading import audience_for
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme


class State(models.TextChoices):
    """What a cell says, in the order in which a reader wants them."""

    ASK = "ask", _("ask first")
    MOVES = "moves", _("something to decide")
    SOME = "some", _("some action")
    NONE = "none", _("none recorded")
    LITTLE = "little", _("lower than most")
    UNKNOWN = "unknown", _("not known")


# Below this a need is lower than most.
LITTLE = 0.4


def state_of(need: float | None, initiatives: int, opportunities: int, ask: Collection[str]) -> State:
    """What a cell says, from its need (0 to 1, None where not known), how much action is recorded there, how many
    opportunities, and whom to ask first where the theme is high and nothing is found. How much of a need action meets
    is never said: nobody knows."""
    if ask:
        return State.ASK
    if opportunities:
        return State.MOVES
    if need is None:
        return State.UNKNOWN
    if need < LITTLE:
        return State.LITTLE
    return State.SOME if initiatives else State.NONE


@dataclass(frozen=True)
class Square:
    """One theme in one place. `perhaps`: how much action there may be on it, since its theme or its place is not
    recorded; `opportunities`: the open ones that the reader may see there."""

    place: Place
    theme: Theme
    state: State
    need: float | None
    initiatives: int
    perhaps: int
    is_reach_unknown: bool
    opportunities: int
    ask: list[str]

    @property
    def who(self) -> str:
        """Whom to ask first, in words."""
        return str(get_text_list(list(self.ask), _("and")))


@dataclass(frozen=True)
class Row:
    """One place: a square for each theme, and in how many there is something to decide, or somebody to ask first."""

    place: Place
    squares: list[Square]
    moves: int
    asks: int


@dataclass(frozen=True)
class Grid:
    """`themes` head the squares of every row, those with most to ask about first. `as_of`: when it was worked out."""

    footprint: Footprint
    audience: str
    as_of: datetime.date | None
    themes: list[Theme]
    rows: list[Row]
    counts: dict[State, int]

    @property
    def squares(self) -> Iterator[Square]:
        return (square for row in self.rows for square in row.squares)

    @property
    def size(self) -> int:
        return sum(self.counts.values())


def grid(
    person: Person,
    footprint: Footprint,
    *,
    places: Sequence[Place],
    themes: Sequence[Theme],
    place: Place | None = None,
    theme: Theme | None = None,
) -> Grid:
    """What `person` reads of a partnership with these places, all of it or one place or theme. Three queries."""
    audience = audience_for(person, footprint)
    cells = Cell.objects.filter(footprint=footprint, audience=audience)
    if place is not None:
        cells = cells.filter(place=place)
    if theme is not None:
        cells = cells.filter(theme=theme)
    last = Run.objects.filter(footprint=footprint, audience=audience).first()
    squares = _squares(cells, places, themes, _open_in(person, places))
    shown = _by_asks(squares, themes)
    rows = list(_rows(squares, places, shown))
    if theme is not None:
        # One column reads as a list: what asks for something comes first, as it does among the themes of a place.
        rows.sort(key=lambda row: list(State).index(row.squares[0].state))
    counts = Counter(square.state for row in rows for square in row.squares)
    return Grid(
        footprint=footprint,
        audience=audience,
        as_of=last.as_of if last else None,
        themes=shown,
        rows=rows,
        counts={state: counts[state] for state in State},
    )


def _squares(
    cells: models.QuerySet[Cell],
    places: Sequence[Place],
    themes: Sequence[Theme],
    opportunities: Counter[tuple[str, str | None]],
) -> dict[tuple[str, str], Square]:
    by_code, by_slug = {place.pk: place for place in places}, {theme.pk: theme for theme in themes}
    squares = {}
    for code, slug, need, number, perhaps, silent, ask in cells.order_by().values_list(
        "place_id", "theme_id", "need", "initiatives", "perhaps", "is_reach_unknown", "ask"
    ):
        # A place that left the partnership since the last run is no longer its business.
        if code in by_code and slug in by_slug:
            here = opportunities[code, slug]
            state = state_of(need, number, here, ask)
            squares[code, slug] = Square(
                by_code[code], by_slug[slug], state, need, number, perhaps, silent, here, ask
            )
    return squares


def _open_in(person: Person, places: Sequence[Place]) -> Counter[tuple[str, str | None]]:
    """How many a click on a cell finds: those of the place, and of its parts. One query."""
    codes = [place.pk for place in places]
    found = listing(person, whose="all").filter(Q(place__in=codes) | Q(place__parent__in=codes))
    rows = found.order_by().prefetch_related(None).values_list("place", "place__parent", "theme")
    counts: Counter[tuple[str, str | None]] = Counter()
    for place, parent, theme, number in rows.annotate(number=Count("pk")):
        counts[place, theme] += number
        counts[parent, theme] += number
    return counts


def _by_asks(squares: dict[tuple[str, str], Square], themes: Sequence[Theme]) -> list[Theme]:
    asks = Counter(slug for (_code, slug), each in squares.items() if each.state == State.ASK)
    held = {slug for _code, slug in squares}
    shown = [theme for theme in themes if theme.pk in held]
    return sorted(shown, key=lambda theme: (-asks[theme.pk], theme.order, theme.pk))


def _rows(
    squares: dict[tuple[str, str], Square], places: Sequence[Place], themes: Sequence[Theme]
) -> Iterator[Row]:
    held = {code for code, _slug in squares}
    for place in places:
        if place.pk in held:
            # What the last run did not speak of, since it is new, is not known.
            own = [squares.get((place.pk, theme.pk)) or _not_known(place, theme) for theme in themes]
            states = Counter(square.state for square in own)
            yield Row(place, own, states[State.MOVES], states[State.ASK])


def _not_known(place: Place, theme: Theme) -> Square:
    return Square(place, theme, State.UNKNOWN, None, 0, 0, False, 0, [])


CSV_HEADER = [
    "Place code",
    "Place",
    "Theme",
    "State",
    "Need (0 to 1)",
    "Local action recorded",
    "Local action whose theme or place is not recorded",
    "Reach unknown for some",
    "Ask first",
    "Open opportunities shown to you",
]


def csv_rows(found: Grid | None) -> Iterator[list[object]]:
    """One row a cell, under CSV_HEADER; what is not known is empty."""
    for each in found.squares if found else ():
        yield [
            each.place.pk,
            each.place.name,
            each.theme.name,
            str(each.state.label),
            None if each.need is None else round(each.need, 2),
            each.initiatives,
            each.perhaps,
            each.is_reach_unknown,
            several(each.ask),
            each.opportunities,
        ]
