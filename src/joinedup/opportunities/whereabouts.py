"""Where local action is, in the places that the engine knows: nothing that runs in a place is lost on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from joinedup.places.models import Membership, Place


@dataclass(frozen=True)
class Known:
    """`codes`: the places of the engine; `inside`: those of a partnership and their parts; `around`: areas that are
    nobody's parent, such as a police force's, with the partnership's own places in each."""

    codes: Collection[str]
    inside: Collection[str]
    around: Mapping[str, list[str]]

    @classmethod
    def of(cls, places: Iterable[Place], own: Collection[str]) -> Known:
        """For the engine's places, of which `own` are the partnership's. 1 query."""
        held = list(places)
        around: dict[str, list[str]] = defaultdict(list)
        rows = Membership.objects.filter(place__in=own).order_by("code", "place")
        for code, place in rows.values_list("code", "place_id"):
            around[code].append(place)
        return cls(
            codes={place.code for place in held},
            inside={place.code for place in held if place.code in own or place.parent_id in own},
            around=around,
        )

    def places_of(self, places: Iterable[Place]) -> list[str]:
        """A neighbourhood as the ward or authority that it lies in, a force's area as the partnership's places in it.
        What is elsewhere stays as it is: see `is_elsewhere`. `places` with what they lie in."""
        found: list[str] = []
        for place in places:
            if place.pk in self.codes:
                found.append(place.pk)
                continue
            above: Place | None = place
            while above is not None and above.pk not in self.inside:
                above = above.parent
            found += self.around.get(place.pk, [place.pk]) if above is None else [above.pk]
        return list(dict.fromkeys(found))

    def is_elsewhere(self, places: Iterable[Place]) -> bool:
        """Whether all that is recorded of where it is lies elsewhere. The engine takes a record without a known place
        to be wherever its partner works, which is right only where none is recorded."""
        found = self.places_of(places)
        return bool(found) and not any(code in self.codes for code in found)
