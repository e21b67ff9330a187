"""A map is the outlines that are there, in a frame that holds them."""

from joinedup.places.models import Outline, Place
from joinedup.web.maps import MARGIN, Value, draw


def test_the_frame_holds_every_outline() -> None:
    places = [Place(code=f"E0509990{n}", name=f"Ward {n}", kind="ward") for n in range(3)]
    values = [
        Value(places[0], 5, "very high"),
        Value(places[1], None, "not known"),
        Value(places[2], 1, "very low"),
    ]
    outlines = [
        Outline(place=places[0], path="M0 0z", left=0, top=-50, right=10, bottom=-40),
        Outline(place=places[1], path="M5 5z", left=5, top=-45, right=30, bottom=-20),
    ]
    made = draw(values, outlines)
    assert made is not None
    assert made.view_box == f"{-MARGIN} {-50 - MARGIN} {30 + 2 * MARGIN} {30 + 2 * MARGIN}"
    assert [(shape.code, shape.label, shape.need_class) for shape in made.shapes] == [
        ("E05099900", "Ward 0: very high", 5),
        ("E05099901", "Ward 1: not known", None),
    ]


def test_a_place_far_off_of_which_nothing_is_known_does_not_shrink_the_others() -> None:
    near, far = Place(code="E1", name="Near"), Place(code="E2", name="Far")
    outlines = [
        Outline(place=near, path="M0 0z", left=0, top=0, right=10, bottom=10),
        Outline(place=far, path="M9 9z", left=0, top=-20_000, right=10, bottom=-19_990),
    ]
    one = draw([Value(near, 3, "middling"), Value(far, None, "not known")], outlines)
    assert one is not None
    assert [shape.code for shape in one.shapes] == ["E1"]
    for word in (1, None):
        both = draw([Value(near, word, "?"), Value(far, word, "?")], outlines)
        assert both is not None
        assert len(both.shapes) == 2


def test_no_outline_no_map() -> None:
    assert draw([Value(Place(code="E1", name="A"), 1, "low")], []) is None
