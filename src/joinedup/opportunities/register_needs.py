"""What is known of need in a partnership's places, as the rows of a register, with the figures behind it in words."""

from __future__ import annotations

import datetime
from collections import defaultdict

from joinedup.engines.need import verdicts
from joinedup.evidence import wording
from joinedup.evidence.models import Figure, Need
from joinedup.opportunities.alerts import facts_by_place, speaks_for
from joinedup.opportunities.register_rows import Rows
from joinedup.places.models import Footprint, Place

# So many figures of a theme are put into words; the page of the place shows the rest.
FACTS_SHOWN = 3


def figure_id(indicator: str, place: str) -> str:
    """How a figure is named in the engine's tables and documents: stable between installations."""
    return f"{indicator}@{place}"


def needs_and_figures(codes: set[str], own: set[str]) -> tuple[Rows, dict[str, str]]:
    """What is known of need in every place, and in the footprint's `own` places the figures behind it in words. What
    is known too unsurely to be said, or only by figures of something else, counts as not measured."""
    # An opportunity is of an authority or something wider: the needs of wards sharpen maps, and nothing here.
    wide = Need.objects.filter(place__in=codes).exclude(place__kind=Place.Kind.WARD)
    columns = ("place_id", "theme_id", "pressure", "need", "stands_out", "measured", "verdict")
    said = wide.said().exclude(measured=Need.Measured.PROXY)
    parts = {
        (place, theme): behind
        for place, theme, behind in said.filter(place__in=own).values_list("place", "theme", "parts")
    }
    wanted = {part["indicator"] for behind in parts.values() for part in behind}
    numbers = Figure.objects.filter(place__in=own, indicator__in=wanted, state=Figure.State.NUMBER)
    held = {(each.place_id, each.indicator): each for each in numbers.select_related("dataset")}
    names = dict(Place.objects.filter(code__in=own).values_list("code", "name"))
    known = set(said.values_list("place", "theme"))
    rows: Rows = []
    figures: dict[str, str] = {}
    for place, theme, pressure, need, stands_out, measured, verdict in wide.order_by(
        "place", "theme"
    ).values_list(*columns):
        is_said = (place, theme) in known
        facts: list[str | None] = []
        for part in _strongest_first(parts.get((place, theme), [])):
            figure = held.get((place, part["indicator"]))
            if figure is not None and len(facts) < FACTS_SHOWN:
                text = wording.sentence(figure, names[place])
                figures[text] = figure_id(figure.indicator, figure.place_id)
                facts.append(text)
        rows += [
            {
                "place": place,
                "theme": theme,
                "pressure": pressure,
                "need": need if is_said else None,
                "stands_out": stands_out if is_said else None,
                "measured": measured if is_said else verdicts.NONE,
                "verdict": verdict if is_said else "",
                "fact": fact,
            }
            for fact in facts or [None]
        ]
    return rows, figures


def _strongest_first(parts: Rows) -> Rows:
    """The figures of the theme itself before those that stand for it, then those that say most."""
    return sorted(
        parts, key=lambda part: (not part.get("own"), -(part["weight"] * (part.get("percentile") or 0)))
    )


def with_alerts(
    needs: Rows, figures: dict[str, str], footprint: Footprint, places: list[Place], as_of: datetime.date
) -> tuple[Rows, dict[str, str]]:
    """The needs with what stands out now, where more is recorded than chance explains, first among their facts."""
    alerts = facts_by_place(footprint, {place.pk: place for place in places}, as_of)
    if not alerts:
        return needs, figures
    named = dict(figures)
    first: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in needs:
        key = (row["place"], row["theme"])
        if row["theme"] in speaks_for() and key not in first:
            for fact in alerts.get(row["place"], ()):
                named[fact["text"]] = fact["figure"]
                first[key].append({**row, "fact": fact["text"]})
    return [each for rows in first.values() for each in rows] + needs, named
