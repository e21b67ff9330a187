"""The statutory partners of an area: real bodies where the look-ups say, generic names where they do not."""

from collections import Counter
from collections.abc import Sequence

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.partners.models import Partner
from joinedup.partners.queries import statutory_proposals
from joinedup.partners.statutory import ORDER, Proposal, accept_proposals, council_name, proposals
from joinedup.places import loading
from joinedup.places.models import Membership, Place
from joinedup.taxonomy.models import Sector
from tests.world import World


def london_borough(code: str, name: str, board: tuple[str, str], force: tuple[str, str]) -> Place:
    Place.objects.get_or_create(
        code="E12000007", defaults={"name": "London", "kind": "region", "vintage": 2024}
    )
    place = Place.objects.create(
        code=code, name=name, kind="local_authority", parent_id="E12000007", vintage=2024
    )
    Membership.objects.create(place=place, kind="health_board", code=board[0], name=board[1])
    Membership.objects.create(place=place, kind="police_force", code=force[0], name=force[1])
    Membership.objects.create(
        place=place, kind="fire", code="E31000046", name="London Fire and Emergency Planning Authority"
    )
    return place


NORTH_CENTRAL = ("E54000028", "NHS North Central London Integrated Care Board")
MET = ("E23000001", "Metropolitan Police")


@pytest.fixture
def islington(db: None) -> Place:
    return london_borough("E09000019", "Islington", NORTH_CENTRAL, MET)


def names(found: Sequence[Proposal]) -> list[str]:
    return [each.name for each in found]


def test_a_london_borough(islington: Place) -> None:
    found = proposals([islington])
    assert names(found) == [
        "Islington Council",
        "Islington Council: children’s social care",
        "Islington Council: education service",
        "Islington Council: youth justice service",
        "Metropolitan Police Service",
        "NHS North Central London ICB",
        "Probation Service – London region",
        "London Fire Brigade",
    ]
    assert [each.gss for each in found] == ["E09000019"] * 4 + ["E23000001", "E54000028", "", "E31000046"]
    assert found[0].why == "The local authority of Islington."
    assert all("Police, Crime, Sentencing and Courts Act 2022" in each.source for each in found)
    assert all(each.places == ("E09000019",) and each.already is None for each in found)


def test_bodies_that_serve_several_places_are_proposed_once(islington: Place) -> None:
    camden = london_borough("E09000007", "Camden", NORTH_CENTRAL, MET)
    city = london_borough(
        "E09000001",
        "City of London",
        ("E54000029", "NHS North East London Integrated Care Board"),
        ("E23000034", "London, City of"),
    )
    found = proposals([islington, camden, city])
    assert len(found) == 3 * 4 + 2 + 2 + 1 + 1
    assert len({each.key for each in found}) == len(found)
    met = next(each for each in found if each.name == "Metropolitan Police Service")
    assert met.places == ("E09000007", "E09000019")
    assert met.why == "Camden and Islington lie in its police force area."
    assert "City of London Corporation" in names(found)
    assert "City of London Police" in names(found)


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("E06000023", "Bristol, City of", "Bristol City Council"),
        ("E06000019", "Herefordshire, County of", "Herefordshire Council"),
        ("E09000033", "Westminster", "Westminster City Council"),
        ("W06000015", "Cardiff", "Cardiff Council"),
    ],
)
def test_names_of_councils(code: str, name: str, expected: str) -> None:
    assert council_name(Place(code=code, name=name)) == expected


def test_a_district_has_a_county_council_too(db: None) -> None:
    Place.objects.create(code="E10000019", name="Lincolnshire", kind="county", vintage=2024)
    places = [
        Place.objects.create(
            code=code, name=name, kind="local_authority", parent_id="E10000019", vintage=2024
        )
        for code, name in (("E07000136", "Boston"), ("E07000138", "Lincoln"))
    ]
    for place in places:
        Membership.objects.create(place=place, kind="police_force", code="E23000020", name="Lincolnshire")
        Membership.objects.create(place=place, kind="fire", code="E31000025", name="Lincolnshire")
    found = proposals(places)
    assert names(found) == [
        "Boston Borough Council",
        "City of Lincoln Council",
        "Lincolnshire County Council",
        "Lincolnshire County Council: children’s social care",
        "Lincolnshire County Council: education service",
        "Lincolnshire County Council: youth justice service",
        "Lincolnshire Police",
        "Probation Service – East Midlands region",
        "Lincolnshire Fire and Rescue",
    ]
    assert found[2].gss == found[3].gss == "E10000019"
    assert found[2].places == ("E07000136", "E07000138")
    assert found[2].why == "The county council for Boston and Lincoln."


def authority(code: str, name: str, *within: tuple[str, str, str]) -> Place:
    place = Place.objects.create(code=code, name=name, kind="local_authority", vintage=2024)
    for kind, area, called in within:
        Membership.objects.create(place=place, kind=kind, code=area, name=called)
    return place


def test_a_youth_justice_service_of_several_councils_is_proposed_once(db: None) -> None:
    """Known from the figure that is published for all of them together; of Wales, from inspections."""
    cheshire = ("police_force", "E23000006", "Cheshire")
    gwent = ("police_force", "W15000002", "Gwent")
    places = [
        authority("E06000006", "Halton", cheshire),
        authority("E06000007", "Warrington", cheshire),
        authority("W06000018", "Caerphilly", gwent),
        authority("W06000019", "Blaenau Gwent", gwent),
        authority("W06000022", "Newport", gwent),
        authority("W06000015", "Cardiff"),
    ]
    found = [each for each in proposals(places) if each.sector == "youth_justice"]
    assert [(each.name, each.why, each.places) for each in found] == [
        (
            "Blaenau Gwent and Caerphilly: youth justice service",
            "One youth justice service for Blaenau Gwent and Caerphilly.",
            ("W06000019", "W06000018"),
        ),
        (
            "Cardiff Council: youth justice service",
            "Youth justice service in Cardiff. Often one such service serves several councils: if so here, record it "
            "once.",
            ("W06000015",),
        ),
        (
            "Cheshire youth justice service",
            "One youth justice service for Cheshire East, Cheshire West and Chester, Halton and Warrington.",
            ("E06000006", "E06000007"),
        ),
        ("Newport City Council: youth justice service", "Youth justice service in Newport.", ("W06000022",)),
    ]
    assert "cautioned or sentenced" in found[2].source


def test_a_health_board_is_called_what_it_is_in_each_country(db: None) -> None:
    board = ("health_board", "E54000008", "NHS Cheshire and Merseyside Integrated Care Board")
    places = [
        authority("E06000006", "Halton", board),
        authority("W06000015", "Cardiff", ("health_board", "W11000029", "Cardiff and Vale")),
    ]
    assert [each.why for each in proposals(places) if each.sector == "health"] == [
        "Cardiff lies in its health board area.",
        "Halton lies in its integrated care board area.",
    ]


def test_wales_has_its_own_bodies(db: None) -> None:
    Place.objects.create(code="W92000004", name="Wales", kind="country", vintage=2024)
    newport = Place.objects.create(
        code="W06000022", name="Newport", kind="local_authority", parent_id="W92000004", vintage=2024
    )
    board = "Aneurin Bevan University Health Board"
    for kind, code, name in (
        ("police_force", "W15000002", "Gwent"),
        ("health_board", "W11000028", board),
        ("fire", "W25000003", "South Wales"),
    ):
        Membership.objects.create(place=newport, kind=kind, code=code, name=name)
    assert names(proposals([newport])) == [
        "Newport City Council",
        "Newport City Council: children’s social care",
        "Newport City Council: education service",
        "Newport City Council: youth justice service",
        "Gwent Police",
        board,
        "Probation Service – Wales",
        "South Wales Fire and Rescue Service",
    ]


def test_every_authority_has_its_statutory_bodies(db: None) -> None:
    """By their own names, none of them made up from the name of an area."""
    loading.load()
    places = list(
        Place.objects.filter(kind="local_authority").select_related("parent").prefetch_related("memberships")
    )
    found = proposals(places)
    assert not [each.name for each in found if "check the name" in each.why]
    by_sector = Counter(each.sector for each in found)
    assert by_sector["local_authority"] == 318 + 21
    assert by_sector["education"] == 318 - 164 + 21
    # Nine services of 22 councils in England, five of ten in Wales.
    assert by_sector["youth_justice"] == 318 - 164 + 21 - (22 - 9) - (10 - 5)
    assert (by_sector["police"], by_sector["probation"], by_sector["health"]) == (43, 12, 42 + 7)
    for place in places:
        own = {each.sector for each in found if place.pk in each.places}
        assert own == set(ORDER), place.name


def test_where_no_lookup_says_the_area_gives_the_name(db: None) -> None:
    place = Place.objects.create(code="E06999999", name="Newtown", kind="local_authority", vintage=2026)
    found = proposals([place])
    assert names(found) == [
        "Newtown Council",
        "Newtown Council: children’s social care",
        "Newtown Council: education service",
        "Newtown Council: youth justice service",
        "Probation Service – Newtown",
        "Newtown Fire and Rescue Service",
    ]
    assert "check the name" in found[-1].why


def test_accepting_adds_public_partners_once(world: World) -> None:
    for slug in ("probation", "fire"):
        Sector.objects.create(slug=slug, name=slug.capitalize())
    found = statutory_proposals(world.north)
    known = {each.name: each.already for each in found if each.already}
    assert known == {"Testland Police": world.police}
    added = accept_proposals(by=world.person("alice"), footprint=world.north, chosen=found)
    assert len(added) == len(found) - 1
    council = Partner.objects.get(name="Northton Council")
    assert (council.sector_id, council.gss, council.marking) == ("local_authority", "E09000991", "public")
    assert council.is_statutory
    assert council.base == world.northton
    board = Partner.objects.get(name="NHS Testland ICB")
    assert set(board.serves.all()) == {world.northton, world.eastton}
    assert AuditEntry.objects.filter(action="partner.add").count() == len(added)
    assert accept_proposals(by=world.person("alice"), footprint=world.north, chosen=found) == []
    assert all(each.already for each in statutory_proposals(world.north))


def test_a_renamed_record_is_still_known(world: World) -> None:
    Partner.objects.filter(pk=world.police.pk).update(name="The police", gss="E23000099")
    found = statutory_proposals(world.north)
    assert next(each for each in found if each.sector == "police").already == world.police


def test_another_partnership_keeps_its_own_record(world: World) -> None:
    """South must not come to share what North keeps, by way of the police that serve both."""
    for slug in ("probation", "fire"):
        Sector.objects.create(slug=slug, name=slug.capitalize())
    accept_proposals(by=Person.operator(), footprint=world.south, chosen=statutory_proposals(world.south))
    assert list(world.police.footprints.all()) == [world.north]
    assert Partner.objects.filter(name="Testland Police").count() == 2


@pytest.mark.parametrize("who", ["bob", "charlie", "nobody", "lead"])
def test_only_the_coordinator_accepts(world: World, who: str) -> None:
    found = statutory_proposals(world.north)
    with pytest.raises(PermissionDenied):
        accept_proposals(by=world.person(who), footprint=world.north, chosen=found)
    assert Partner.objects.count() == 4


def test_a_sector_that_is_not_loaded_adds_nothing(world: World) -> None:
    with pytest.raises(ValidationError, match="probation"):
        accept_proposals(
            by=world.person("alice"), footprint=world.north, chosen=statutory_proposals(world.north)
        )
    assert Partner.objects.count() == 4
    assert not AuditEntry.objects.exists()
