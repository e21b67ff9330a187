"""An area by the names that people use for it."""

import pytest

from joinedup.places import loading
from joinedup.places.areas import Area, areas_named, every_area
from joinedup.places.words import bare, plain


@pytest.fixture(scope="module")
def areas(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> list[Area]:
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        loading.load()
        found = every_area()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(
    ("text", "kind", "code", "authorities"),
    [
        ("Leicestershire", "police_force", "E23000021", 9),
        ("leicestershire police", "police_force", "E23000021", 9),
        ("Leicestershire (county)", "county", "E10000018", 7),
        ("Leicestershire County Council", "county", "E10000018", 7),
        ("Leicester", "local_authority", "E06000016", 1),
        ("Leicester City Council", "local_authority", "E06000016", 1),
        ("Durham County Council", "local_authority", "E06000047", 1),
        ("Durham", "police_force", "E23000008", 2),
        ("County Durham", "local_authority", "E06000047", 1),
        ("Blaby District Council", "local_authority", "E07000129", 1),
        ("Gwent", "police_force", "W15000002", 5),
        ("Aneurin Bevan University Health Board", "health_board", "W11000028", 5),
        ("aneurin bevan", "health_board", "W11000028", 5),
        ("NHS Norfolk and Waveney ICB", "health_board", "E54000022", 7),
        ("West Yorkshire", "police_force", "E23000010", 5),
        ("Greater Manchester Fire", "fire", "E31000040", 10),
        ("City of London", "local_authority", "E09000001", 1),
        # What has ended leads on; what is called so today comes first.
        ("Harrogate", "local_authority", "E07000165", 1),
        ("Taunton Deane", "local_authority", "E07000190", 1),
        ("Northamptonshire County Council", "county", "E10000021", 2),
        ("E10000006", "county", "E10000006", 2),
        ("Somerset", "local_authority", "E06000066", 1),
        ("Bristol", "local_authority", "E06000023", 1),
        ("City of Bristol", "local_authority", "E06000023", 1),
        ("King's Lynn and West Norfolk", "local_authority", "E07000146", 1),
        ("kings lynn & west norfolk", "local_authority", "E07000146", 1),
        ("East Midlands", "region", "E12000004", 35),
        ("Wales", "country", "W92000004", 22),
        ("e10000018", "county", "E10000018", 7),
        ("Corby", "safety_partnership", "E22000", 1),
    ],
)
def test_what_is_meant_first(areas: list[Area], text: str, kind: str, code: str, authorities: int) -> None:
    first = areas_named(text, areas)[0]
    assert (first.kind, len(first.authorities)) == (kind, authorities)
    assert first.code.startswith(code)


def test_others_of_the_name_can_be_meant_too(areas: list[Area]) -> None:
    force, *others = areas_named("Kent", areas)
    assert (force.kind, len(force.authorities)) == ("police_force", 13)
    assert [each.kind for each in others] == ["county"]
    assert areas_named(others[0].asked_as, areas)[0] == others[0]
    assert others[0].says == "Kent, county: Ashford, Canterbury, Dartford, Dover and 8 more"
    # The same authorities under another name are no other choice.
    assert all(each.kind != "fire" for each in others)


@pytest.mark.parametrize("text", ["Nowhere", "", "E99999999", "!!!", "police", "x" * 500])
def test_what_is_not_there(areas: list[Area], text: str) -> None:
    assert areas_named(text, areas) == []


def test_every_area_is_found_by_the_name_that_it_is_asked_as(areas: list[Area]) -> None:
    lost = [
        each.asked_as
        for each in areas
        if not any(
            set(found.authorities) == set(each.authorities) for found in areas_named(each.asked_as, areas)
        )
    ]
    assert lost == []


def test_plain_names() -> None:
    assert plain("King’s Lynn & West Norfolk") == plain("kings lynn and west norfolk")
    assert bare("Bristol, City of") == bare("City of Bristol") == "bristol"
    assert plain("City of London") == "city of london"
    assert plain("Stoke-on-Trent") == "stoke on trent"


def test_a_health_board_of_england_is_called_what_it_is(areas: list[Area]) -> None:
    assert areas_named("NHS Norfolk and Waveney ICB", areas)[0].kind_called == "integrated care board area"
    assert areas_named("Aneurin Bevan", areas)[0].kind_called == "health board area"
