"""Small pictures: what they say in shapes and in words, and the same as PNG in Word."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from docx import Document
from PIL import Image

from joinedup.documents.drawing import DARK, TONES, Area, Disc, Drawing, Words
from joinedup.documents.parts_bar import Part, parts_bar
from joinedup.documents.place_map import Shown, place_map
from joinedup.documents.png import plain, png
from joinedup.documents.round_table import Chair, round_table
from joinedup.documents.sheet import Section, Sheet
from joinedup.documents.sheet_word import as_word
from joinedup.places.models import Outline, Place
from tests.opportunities.making import TODAY

SQUARE = "M0 0l100 0 0 100-100 0z"


def picture(drawing: Drawing, width: int = 200) -> Image.Image:
    return Image.open(io.BytesIO(png(drawing, width))).convert("RGB")


def near(colour: tuple[int, ...], tone: str) -> bool:
    """As good as the tone: a picture of few colours rounds them."""
    wanted = tuple(int(TONES[tone][n : n + 2], 16) for n in (1, 3, 5))
    return all(abs(a - b) < 12 for a, b in zip(colour, wanted, strict=True))


def squares(number: int, **fields: str) -> list[Place]:
    """Places side by side, each a square of a kilometre."""
    made = []
    for n in range(number):
        place = Place.objects.create(
            code=f"E0900099{n}", name=f"Place {n}", kind=fields.get("kind", "local_authority"), vintage=2024
        )
        path = f"M{100 * n} 0l100 0 0 100-100 0z"
        Outline.objects.create(place=place, path=path, left=100 * n, top=0, right=100 * n + 100, bottom=100)
        made.append(place)
    return made


def test_a_drawing_has_its_shapes_where_they_are_and_the_same_bytes_each_time() -> None:
    drawn = Drawing(
        -100, -100, 300, 300, [Area(SQUARE, "need-5"), Disc(-50, -50, 30, "action-4")], "About it."
    )
    found = picture(drawn, 300)
    assert found.size == (300, 300)
    assert near(found.getpixel((150, 150)), "need-5")
    assert near(found.getpixel((50, 50)), "action-4")
    assert found.getpixel((280, 20)) == (255, 255, 255)
    assert png(drawn) == png(drawn)


def test_an_area_of_which_nothing_is_known_is_dotted_not_white() -> None:
    drawn = picture(Drawing(0, 0, 100, 100, [Area(SQUARE, "unknown")], ""), 300)
    inside = [drawn.getpixel((x, y)) for x in range(20, 280) for y in range(20, 280)]
    assert 0.005 < sum(max(pixel) < 200 for pixel in inside) / len(inside) < 0.2


def test_tones_of_a_scale_are_told_apart_in_grey() -> None:
    for scale in ("need", "action"):
        greys = [
            Image.new("RGB", (1, 1), TONES[f"{scale}-{n}"]).convert("L").getpixel((0, 0)) for n in range(1, 6)
        ]
        assert greys == sorted(greys, reverse=True)
        assert min(a - b for a, b in pairwise(greys)) >= 25


def test_words_are_read_on_whatever_they_stand() -> None:
    """White on what is dark, black on what is light, at 4.5 to 1 at least."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for tone, colour in TONES.items():
        ink = light("#ffffff") if tone in DARK else light("#0b0c0c")
        high, low = sorted((light(colour), ink), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, tone


def test_letters_that_cannot_be_drawn_are_drawn_without_their_marks() -> None:
    assert plain("Ynys Môn – “Caffè” · Tŷ’r") == "Ynys Mon - “Caffe” - Ty'r"


@pytest.mark.parametrize("number", [1, 3, 14, 30])
def test_chairs_stand_in_the_picture_and_apart(number: int) -> None:
    drawn = round_table([Chair(str(n), "action-2") for n in range(number)], ["All"], about="")
    _table, *chairs = [mark for mark in drawn.marks if isinstance(mark, Disc)]
    assert len(chairs) == number
    for n, each in enumerate(chairs):
        assert abs(each.x) + each.radius < drawn.width / 2
        assert abs(each.y) + each.radius < drawn.height / 2
        for other in chairs[:n]:
            assert (each.x - other.x) ** 2 + (each.y - other.y) ** 2 > (1.6 * each.radius) ** 2


def test_names_beside_chairs_stay_in_the_picture() -> None:
    names = ["Police and crime commissioner / mayor", "Voluntary and community sector"] * 7
    drawn = round_table([Chair("1", "action-2", name) for name in names], ["All"], about="")
    for mark in drawn.marks:
        if isinstance(mark, Words) and mark.anchor != "middle":
            reach = len(mark.text) * mark.size * 0.56
            end = mark.x + reach if mark.anchor == "start" else mark.x - reach
            assert abs(end) <= drawn.width / 2 + mark.size


def test_parts_are_as_wide_as_they_are_many_and_named() -> None:
    parts = [Part("kept", 3, "action-5"), Part("open", 1, "action-3"), Part("dropped", 0, "ground")]
    drawn = parts_bar(parts, about="")
    assert drawn is not None
    bars = [mark.width for mark in drawn.marks if mark.kind == "bar"]
    assert bars[0] == pytest.approx(3 * bars[1])
    assert [mark.text for mark in drawn.marks if mark.kind == "words"] == ["3", "1", "3 kept", "1 open"]
    assert parts_bar([Part("kept", 0, "action-5")], about="") is None


def test_a_map_of_few_names_them_and_one_of_many_says_which_are_darkest(db: None) -> None:
    places = squares(10)
    drawn = place_map([Shown(places[4], "need-5", "very high"), Shown(places[5], "unknown", "not known")])
    assert drawn is not None
    assert drawn.about == "Map: Place 4: very high; Place 5: not known."
    names = [mark.text for mark in drawn.marks if isinstance(mark, Words)]
    assert {"Place 4", "Place 5"} <= set(names)
    tones = [f"need-{n % 5 + 1}" for n in range(9)] + ["unknown"]
    drawn = place_map([Shown(place, tone, "W") for place, tone in zip(places, tones, strict=True)])
    assert drawn is not None
    assert drawn.about == (
        "Map of 10 places. Darkest: Place 4: W. Lightest: Place 0: W; Place 5: W. Dotted: Place 9: W."
    )
    assert not [mark for mark in drawn.marks if isinstance(mark, Words)]


def test_around_a_county_stand_counties_and_authorities_of_their_own_not_its_districts(db: None) -> None:
    county, other, district, unitary = squares(4)
    Place.objects.filter(pk__in=[county.pk, other.pk]).update(kind="county")
    Place.objects.filter(pk=district.pk).update(parent=county)
    Outline.objects.filter(place=district).update(left=20, right=60, path="M20 0l40 0 0 40-40 0z")
    Outline.objects.filter(place=unitary).update(left=200, right=300)
    county.refresh_from_db()
    drawn = place_map([Shown(county)])
    assert drawn is not None
    assert [(mark.title, mark.tone) for mark in drawn.marks if isinstance(mark, Area)] == [
        ("Place 1", "ground"), ("Place 0", "here"),
    ]  # fmt: skip
    # Around a district its like.
    district.refresh_from_db()
    drawn = place_map([Shown(district)])
    assert drawn is not None
    assert [mark.title for mark in drawn.marks if isinstance(mark, Area)] == ["Place 2"]


def test_pictures_stand_in_word_with_their_words_and_captions() -> None:
    drawings = [
        Drawing(0, 0, 400, 300, [Area(SQUARE, "here")], "Map: Northton.", "Where it is."),
        Drawing(0, 0, 300, 300, [Disc(100, 100, 20, "none", is_dashed=True)], "A table.", "Who is in it."),
    ]
    sheet = Sheet("Title", "Lead", [Section("One", none="Nothing.")], TODAY, "Footer", drawings=drawings)
    document = Document(io.BytesIO(as_word(sheet)))
    told = [(each._inline.docPr.get("descr"), each.height.cm) for each in document.inline_shapes]
    assert [words for words, _high in told] == ["Map: Northton.", "A table."]
    assert {round(high, 2) for _words, high in told} == {6.0}
    assert sum(each.width.cm for each in document.inline_shapes) <= 18
    texts = [each.text for each in document.paragraphs if each.text.strip()]
    assert texts[2] == "Left: Where it is. Right: Who is in it."
    # One alone has no side.
    alone = Sheet("Title", "Lead", [], TODAY, "Footer", drawings=drawings[:1])
    assert "Where it is." in [each.text for each in Document(io.BytesIO(as_word(alone))).paragraphs]
