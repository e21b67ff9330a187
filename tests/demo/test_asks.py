"""What the partners of the demonstration need and can give."""

import datetime

from joinedup.demo.invented import make_asks
from joinedup.partners.models import Ask, Partner
from tests.world import World, make_partner


def test_who_answers_a_need_is_somebody_who_works_there(world: World) -> None:
    """One school of the place where the youth clubs are, among twenty of another place: it is the one that answers."""
    clubs = [make_partner(f"Club {n}", "vcs", world.north, [world.northton], []) for n in range(4)]
    far = [make_partner(f"School {n}", "education", world.north, [world.eastton], []) for n in range(20)]
    make_asks([*clubs, world.school, *far], datetime.date(2026, 6, 1))
    offers = Ask.objects.filter(themes="trusted-adult", kind="offer")
    assert offers.count() == 3
    assert Partner.objects.get(slug="hilltop-school") in {offer.partner for offer in offers}
