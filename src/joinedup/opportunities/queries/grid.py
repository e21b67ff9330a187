"""The coverage grid of a partnership: for each place and theme, what need and local action say together."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from joinedup.accounts.person import Person
from joinedup.engines.matching.cells import CellState, state_of
from joinedup.opportunities.models import Cell, Run
from joinedup.opportunities.queries.lists import listing
from joinedup.opportunities.queries.reading import audience_for
from joinedup.places.models import Footprint, Place
from joinedup.taxonomy.models import Theme


class State(models.TextChoices):
    """What a cell says, in words: see `engines.matching.cells`."""

    GAP = CellState.GAP.value, _("gap")
    ASK = CellState.ASK.value, _("ask first")
    NONE = CellState.NONE.value, _("none recorded")
    SOME = CellState.SOME.value, _("some action")
    LITTLE = CellState.LITTLE.value, _("lower than most")
    UNKNOWN = CellState.UNKNOWN.value, _("not known")


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
    is_register_known: bool
    opportunities: int

    @property
    def leads_on(self) -> bool:
        """Whether there is something to go to: opportunities, or a lack that somebody may have one for."""
        return self.opportunities > 0 or self.state in (State.GAP, State.ASK)


@dataclass(frozen=True)
class Row:
    place: Place
    squares: list[Square]
    gaps: int
    asks: int


@dataclass(frozen=True)
class Grid:
    """`themes` head the squares of every row, those with most gaps first. `as_of`: when it was last worked out."""

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
    shown = _by_gaps(squares, themes)
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
    for code, slug, need, number, perhaps, silent, known in cells.order_by().values_list(
        "place_id", "theme_id", "need", "initiatives", "perhaps", "is_reach_unknown", "is_register_known"
    ):
        # A place that left the partnership since the last run is no longer its business.
        if code in by_code and slug in by_slug:
            state = State(state_of(need, number, perhaps, known=known).value)
            squares[code, slug] = Square(
                by_code[code], by_slug[slug], state, need, number, perhaps, silent, known,
                opportunities[code, slug],
            )  # fmt: skip
    return squares


def _open_in(person: Person, places: Sequence[Place]) -> Counter[tuple[str, str | None]]:
    """How many a click on a cell finds: those of the place, and of its parts. One query."""
    codes = [place.pk for place in places]
    found = listing(person).filter(Q(place__in=codes) | Q(place__parent__in=codes))
    rows = found.order_by().prefetch_related(None).values_list("place", "place__parent", "theme")
    counts: Counter[tuple[str, str | None]] = Counter()
    for place, parent, theme, number in rows.annotate(number=Count("pk")):
        counts[place, theme] += number
        counts[parent, theme] += number
    return counts


def _by_gaps(squares: dict[tuple[str, str], Square], themes: Sequence[Theme]) -> list[Theme]:
    gaps = Counter(slug for (_code, slug), each in squares.items() if each.state == State.GAP)
    asks = Counter(slug for (_code, slug), each in squares.items() if each.state == State.ASK)
    held = {slug for _code, slug in squares}
    shown = [theme for theme in themes if theme.pk in held]
    return sorted(shown, key=lambda theme: (-gaps[theme.pk], -asks[theme.pk], theme.order, theme.pk))


def _rows(
    squares: dict[tuple[str, str], Square], places: Sequence[Place], themes: Sequence[Theme]
) -> Iterator[Row]:
    held = {code for code, _slug in squares}
    for place in places:
        if place.pk in held:
            # What the last run did not speak of, since it is new, is not known.
            own = [squares.get((place.pk, theme.pk)) or _not_known(place, theme) for theme in themes]
            states = Counter(square.state for square in own)
            yield Row(place, own, states[State.GAP], states[State.ASK])


def _not_known(place: Place, theme: Theme) -> Square:
    return Square(place, theme, State.UNKNOWN, None, 0, 0, False, False, 0)


CSV_HEADER = [
    "Place code",
    "Place",
    "Theme",
    "State",
    "Need (0 to 1)",
    "Local action recorded",
    "Local action whose theme or place is not recorded",
    "Reach unknown for some",
    "Register known well enough",
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
            each.is_register_known,
            each.opportunities,
        ]
