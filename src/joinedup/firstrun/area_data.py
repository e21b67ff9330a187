"""What ships about an area, brought in when somebody starts to work there: places, then published figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.accounts.person import Person
from joinedup.evidence.actions import import_shipped
from joinedup.evidence.follow import recompute
from joinedup.evidence.stored_figures import due
from joinedup.firstrun.place_names import listed
from joinedup.places.areas import areas_named, every_area
from joinedup.places.loading import forces_with_parts, load_parts_around
from joinedup.places.models import Place

Say = Callable[[str, float | None], None]
WARDS, FIGURES, NEED = STEPS = ("Wards and neighbourhoods", "Published figures", "Need by place and theme")


def bring_in(places: Iterable[Place], say: Say = lambda _what, _part: None) -> bool:
    """Load the wards, neighbourhoods and published figures of the police force areas around these authorities.

    Returns whether anything was new. Repeatable: what is there already stays. After an interruption it goes on.
    """
    operator = Person.operator()
    own = list(places)
    say(WARDS, None)
    loaded = load_parts_around(own, lambda part: say(WARDS, part))
    brought = import_shipped(
        by=operator, forces=forces_with_parts(), progress=lambda part: say(FIGURES, part)
    )
    is_new = bool(loaded) or any(not one.already for one in brought)
    # Stopped before the figures were worked out, it has all files and they are due.
    if is_new or due():
        say(NEED, 0.0)
        recompute(by=operator, as_of=timezone.localdate(), progress=lambda part: say(NEED, part))
    return is_new


@dataclass(frozen=True)
class Chosen:
    """`places`: the authorities of one or several areas, each once, by name. `name`: what a partnership of these is
    called. `lines`: which area each is, and how to mean another of the same name."""

    places: list[Place]
    name: str
    lines: list[str]


def areas_called(texts: Iterable[str]) -> Chosen:
    """The areas of these names or codes. Raises ValidationError where there is none."""
    places: dict[str, Place] = {}
    names, lines = [], []
    every = every_area()
    for text in texts:
        area, *others = areas_named(text, every) or _not_there(text)
        places |= {place.pk: place for place in area.authorities}
        names.append(area.name)
        lines.append(f"{area.says}.")
        lines += [f"  For {other.says}, say “{other.asked_as}”." for other in others]
    ordered = sorted(places.values(), key=lambda place: (place.name, place.pk))
    return Chosen(ordered, f"{listed(names, 3)} partnership" if names else "", lines)


def _not_there(text: str) -> NoReturn:
    raise ValidationError(
        f"There is no area called “{text}”. Give the name or code of a local authority, a county, a police force, "
        "a health board, a fire service or a community safety partnership in England or Wales."
    )
