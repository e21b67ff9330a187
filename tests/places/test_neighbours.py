"""Which places border on each other: those whose outlines have corners in common."""

from joinedup.places.models import Outline, Place
from joinedup.places.neighbours import neighbours_of


def test_places_with_a_common_border_are_neighbours(db: None):
    for code, path in (
        ("E09000991", "M0 0l10 0 0 10 -10 0zM50 50l1 0 0 1z"),
        ("E09000992", "M10 0L20 0L20 10L10 10z"),
        ("E09000993", "M20 10l10 0 0 10z"),
        ("E09000994", ""),
    ):
        place = Place.objects.create(code=code, name=code, kind="local_authority", vintage=2024)
        if path:
            Outline.objects.create(place=place, path=path, left=0, top=0, right=60, bottom=60)
    codes = ["E09000991", "E09000992", "E09000993", "E09000994"]
    assert neighbours_of(codes) == {
        "E09000991": {"E09000992"},
        "E09000992": {"E09000991"},
        # One corner is no border.
        "E09000993": set(),
        "E09000994": set(),
    }
