"""What an opportunity is called where it is linked."""

import pytest

from joinedup.taxonomy.models import Theme
from tests.opportunities.making import make_opportunity
from tests.world import World


@pytest.mark.parametrize(
    ("kind", "name", "heading"),
    [
        ("unmet_need", "Weapon carrying", "Plan together: weapon carrying in Northton"),
        ("join_up", "SEND support", "Two who could join up: SEND support in Northton"),
        ("spotted", None, "Spotted by a person: Northton"),
        ("of_a_new_kind", None, "of_a_new_kind: Northton"),
    ],
)
def test_it_is_linked_by_kind_theme_and_place(
    world: World, kind: str, name: str | None, heading: str
) -> None:
    theme = Theme.objects.create(slug="named", name=name, order=99) if name else None
    found = make_opportunity(world, "one", world.lantern, kind=kind)
    found.theme = theme
    assert found.heading == heading
