"""What ships about an area comes in where somebody starts to work, once, and goes on after an interruption."""

import pytest
from django.core.exceptions import ValidationError

from joinedup.evidence.models import Dataset, Figure
from joinedup.firstrun import area_data
from joinedup.firstrun.area_data import areas_called, bring_in
from joinedup.places import loading
from joinedup.places.models import Place
from joinedup.taxonomy.models import Theme

RUTLAND, LEICESTERSHIRE = "E06000017", "E10000018"


@pytest.fixture
def country(db: None, settings: pytest.FixtureRequest, tmp_path: object) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    loading.load()
    Theme.objects.create(slug="safe-places", name="Safe places", levels=[])


def test_it_comes_in_once_and_goes_on_where_it_stopped(
    country: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = areas_called(["Rutland"])
    assert chosen.name == "Rutland partnership"

    def stopped(**_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(area_data, "recompute", stopped)
        with pytest.raises(KeyboardInterrupt):
            bring_in(chosen.places)
    assert not Figure.objects.exists()
    bring_in(chosen.places)
    assert Figure.objects.filter(place=RUTLAND, state="number").count() >= 15
    # A county has what schools and children's services count, its districts have not.
    assert Figure.objects.filter(place=LEICESTERSHIRE, indicator="suspensions", state="number").exists()
    assert not Figure.objects.filter(place="E07000129", indicator="suspensions").exists()
    # Its whole police force area came with it; a neighbour's did not.
    assert Place.objects.filter(parent="E06000016", kind="ward").exists()
    assert not Place.objects.filter(parent="E06000015", kind="ward").exists()
    held = list(Dataset.objects.order_by("pk").values_list("pk", "read_for"))
    assert bring_in(chosen.places) is False
    assert list(Dataset.objects.order_by("pk").values_list("pk", "read_for")) == held
    # With another area the same files say more, and are read again.
    assert bring_in(areas_called(["Derby"]).places) is True
    census = Dataset.objects.filter(name="census_population").order_by("pk")
    assert [row.replaced_by_id is None for row in census] == [False, True]
    assert Figure.objects.filter(place="E06000015", indicator="deprivation", state="number").exists()
    assert Figure.objects.filter(place=RUTLAND, indicator="deprivation", state="number").exists()


def test_several_areas_and_names_that_are_not_there(country: None) -> None:
    chosen = areas_called(["Leicester", "Rutland", "leicester"])
    assert [place.name for place in chosen.places] == ["Leicester", "Rutland"]
    both = areas_called(["Kent"])
    assert len(both.places) == 13
    assert both.lines[1] == (
        "  For Kent, county: Ashford, Canterbury, Dartford, Dover and 8 more, say “Kent (county)”."
    )
    with pytest.raises(ValidationError, match="There is no area called “Nowhere”"):
        areas_called(["Leicester", "Nowhere"])
