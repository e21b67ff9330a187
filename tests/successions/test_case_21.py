"""Case 21: five districts become one council on 1 April. Partners, agreements, pages and figures hang on them."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import Contributed, record_agreement
from joinedup.evidence import observations
from joinedup.partners.models import Partner
from joinedup.places import queries
from joinedup.places.loading import _write_places
from joinedup.places.models import Footprint, FootprintChange, Place, Succession
from joinedup.places.successions import footprint_as_at
from joinedup.spreadsheets.around import around
from joinedup.successions import actions, worker
from joinedup.successions.hanging import hanging
from joinedup.successions.worker import carry_out_due
from joinedup.taxonomy.models import Theme
from tests.evidence.holding import hold, hold_census
from tests.world import World, make_partner, published_event

NEW = "E06000999"
FIVE = [f"E0709980{n}" for n in range(1, 6)]
APRIL, MARCH = datetime.date(2027, 4, 1), datetime.date(2027, 3, 31)


@pytest.fixture
def five(world: World) -> World:
    """Five districts of a county, with a ward each, in the North partnership; each has a council that is a partner."""
    county = Place.objects.create(
        code="E10000099", name="Oldshire", kind="county", parent=world.northton.parent, vintage=2024
    )
    for n, code in enumerate(FIVE, start=1):
        place = Place.objects.create(
            code=code, name=f"District {n}", kind="local_authority", parent=county, vintage=2024, residents=10_000,
            residents_16_24=1_000, latitude=51.0, longitude=float(n),
        )  # fmt: skip
        place.memberships.create(kind="police_force", code="E23000099", name="Testland Police")
        ward = Place.objects.create(
            code=f"E0509980{n}", name=f"Ward {n}", kind="ward", parent=place, vintage=2024
        )
        Place.objects.create(code=f"E0109980{n}", name=f"Hood {n}", kind="lsoa", parent=ward, vintage=2021)
        world.north.places.add(place)
        make_partner(
            f"District {n} Council", "local_authority", world.north, [place], [], gss=code, marking="public"
        )
    world.lantern.serves.add(*FIVE)
    return world


def state(world: World, who: str = "alice", **given: Any) -> list[Succession]:
    said = {
        "olds": FIVE,
        "new": NEW,
        "name": "Testshire",
        "day": APRIL,
        "council": "Testshire Council",
    } | given
    return actions.state_succession(by=world.person(who), **said)


def everything(world: World) -> dict[str, Any]:
    """What the change touches, to compare before and after an undo."""
    return {
        "places": list(Place.objects.order_by("pk").values_list("pk", "parent", "ended")),
        "north": sorted(world.north.places.values_list("pk", flat=True)),
        "serves": sorted(Partner.serves.through.objects.values_list("partner__name", "place")),
        "history": FootprintChange.objects.count(),
        "successors": Partner.objects.exclude(succeeded_by=None).count(),
    }


def test_before_the_day_only_a_note_is_shown(five: World, as_: Any) -> None:
    before = everything(five)
    state(five)
    assert carry_out_due(MARCH) == 0
    assert everything(five) == before
    page = as_("nobody").get(f"/places/{FIVE[0]}/")
    assert "District 1 becomes part of Testshire on 1 April 2027." in page.text
    assert "stated here by Alice" not in as_("charlie").get("/changes/").text
    assert as_("nobody").get(f"/places/{NEW}/").status_code == 404


def test_from_the_day_on_old_pages_and_codes_lead_on(five: World, as_: Any) -> None:
    state(five)
    assert carry_out_due(APRIL) == 1
    assert carry_out_due(APRIL) == 0
    page = as_("nobody").get(f"/places/{FIVE[2]}/")
    assert (page.status_code, "District 3 is part of Testshire since 1 April 2027." in page.text) == (
        200,
        True,
    )
    assert f"/places/{NEW}/" in page.text
    assert as_("nobody").get(f"/places/{NEW}/").status_code == 200
    for text in ("District 3", FIVE[2]):
        assert [place.pk for place in queries.find(text)] == [NEW]
    # Wards and neighbourhoods keep their codes, and lie in the new authority.
    hood = Place.objects.get(pk="E01099803")
    assert [place.pk for place in queries.ancestors(hood)][:3] == ["E05099803", NEW, "E12000099"]
    new = Place.objects.get(pk=NEW)
    assert (new.residents, new.longitude) == (50_000, 3.0)
    assert queries.force_areas().filter(place=NEW)["force"].to_list() == ["E23000099"]
    # Who worked there works there.
    assert set(five.lantern.serves.values_list("pk", flat=True)) >= {NEW}
    assert NEW in five.north.places.values_list("pk", flat=True)


def test_as_at_march_still_shows_five(five: World, as_: Any) -> None:
    state(five)
    carry_out_due(APRIL)
    page = as_("nobody").get(f"/places/{NEW}/?as_at=2027-03-31").text
    assert "On 31 March 2027" in page
    assert [f"District {n}" in page for n in range(1, 6)] == [True] * 5
    assert "District 1</a>" not in as_("nobody").get(f"/places/{NEW}/?as_at=1/4/2027").text
    assert (
        "was an authority of its own then" in as_("nobody").get(f"/places/{FIVE[0]}/?as_at=2027-03-31").text
    )
    assert "Give a day such as" in as_("nobody").get(f"/places/{NEW}/?as_at=banana").text
    partnership = as_("nobody").get("/partnerships/north/?as_at=31+March+2027").text
    assert partnership.count("District ") >= 5
    assert {each.code for each in footprint_as_at(five.north, MARCH)} >= set(FIVE)
    assert not {each.code for each in footprint_as_at(five.north, APRIL)} & set(FIVE)


def test_the_sum_of_the_parts_is_the_figure_of_the_whole(five: World) -> None:
    months = ["2027-02", "2027-03"]
    held = hold("tidy", [("robbery", code, month, 3.0, None) for code in FIVE for month in months])
    hold_census({f"E0109980{n}": 10_000 for n in range(1, 6)})
    state(five)
    carry_out_due(APRIL)
    found = observations.held([held], places=[NEW])
    assert found.select("period", "count").sort("period").rows() == [("2027-02", 15.0), ("2027-03", 15.0)]


def test_the_councils_are_taken_over_from_sector_by_sector(five: World) -> None:
    state(five)
    carry_out_due(APRIL)
    council = Partner.objects.get(gss=NEW)
    assert (council.name, council.took_over_from.count(), council.footprints.get()) == (
        "Testshire Council",
        5,
        five.north,
    )
    # Without a name nobody makes one up.
    assert not Partner.objects.filter(name__startswith="Testshire").exclude(pk=council.pk)


def test_before_an_election_nothing_new_is_published_and_a_council_of_the_same_name_goes_on(
    five: World,
) -> None:
    today = timezone.localdate()
    Footprint.objects.filter(pk=five.north.pk).update(held_until=today + datetime.timedelta(days=30))
    state(five, day=today)
    assert Partner.objects.get(gss=NEW).marking == "partnership"
    actions.take_back_succession(by=five.person("alice"), new=NEW, day=today)
    Partner.objects.filter(gss=NEW).delete()
    state(five, day=today, council="District 3 Council")
    goes_on = Partner.objects.get(name="District 3 Council")
    assert (goes_on.succeeded_by, goes_on.took_over_from.count()) == (None, 4)


def test_what_cannot_be_carried_out_keeps_nothing_else_from_it(five: World, monkeypatch: Any) -> None:
    state(five, olds=FIVE[:2])
    state(five, olds=FIVE[2:], new="E06000998", name="Otherland", council="")
    really = worker.carry_out

    def fails_once(rows: Any) -> Place:
        if rows[0].new == "E06000998":
            raise ValidationError("no")
        return really(rows)

    monkeypatch.setattr(worker, "carry_out", fails_once)
    assert carry_out_due(APRIL) == 1
    assert Place.objects.filter(pk=NEW).exists()
    assert not Place.objects.filter(pk="E06000998").exists()


def test_taking_it_back_puts_everything_back(five: World) -> None:
    before = everything(five)
    state(five)
    carry_out_due(APRIL)
    actions.take_back_succession(by=five.person("alice"), new=NEW, day=APRIL)
    after = everything(five)
    assert after == before
    assert not Succession.objects.exists()
    assert AuditEntry.objects.filter(action="place.take_back_successor").count() == 1
    with pytest.raises(ValidationError, match="Nothing that was stated"):
        actions.take_back_succession(by=five.person("alice"), new=NEW, day=APRIL)


def test_one_audit_row_a_statement(five: World) -> None:
    state(five)
    (entry,) = AuditEntry.objects.filter(action="place.succeed")
    assert entry.after["old"] == FIVE


@pytest.mark.parametrize("who", ["nobody", "bob", "charlie", "lead"])
def test_others_may_not(five: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        state(five, who)
    assert not Succession.objects.exists()


def test_what_another_partnership_covers_too_is_an_administrators(five: World) -> None:
    five.south.places.add(FIVE[0])
    with pytest.raises(PermissionDenied, match="another partnership"):
        state(five)
    assert len(state(five, "admin")) == 5


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"olds": []}, "Say which authorities end."),
        ({"olds": ["E07099999"]}, "no authority of today with the code E07099999"),
        ({"olds": ["E05099901"]}, "no authority of today"),
        ({"new": "banana"}, "is no code of an authority"),
        ({"new": FIVE[0]}, "cannot be one of those that end"),
        ({"name": " "}, "Say what the new authority is called."),
        (
            {"olds": ["E10000099"]},
            "District 1, District 2, District 3 and District 4 still lie in that county",
        ),
    ],
)
def test_bad_input_is_refused_in_a_sentence(five: World, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        state(five, "admin", **given)
    assert not Succession.objects.exists()


def test_a_county_ends_with_its_districts(five: World) -> None:
    state(five, "admin", olds=[*FIVE, "E10000099"])
    carry_out_due(APRIL)
    assert Place.objects.get(pk="E10000099").ended == 2027
    assert Place.objects.get(pk=NEW).parent == five.northton.parent
    with pytest.raises(ValidationError, match="no authority of today"):
        state(five, "admin", new="E06000998")


def test_the_preview_counts_what_the_reader_may_see(five: World) -> None:
    counted = {each.name: each.number for each in hanging(five.person("alice"), FIVE).every}
    assert counted["bodies of these authorities"] == 5
    assert counted["wards, which keep their codes"] == 5
    assert counted["partnerships"] == 1
    Partner.objects.filter(gss__in=FIVE).update(marking="partnership")
    seen = {each.name: each.number for each in hanging(five.person("charlie"), FIVE).every}
    assert (seen["bodies of these authorities"], seen["partnerships"]) == (0, 0)


def test_in_the_browser_with_a_preview_and_an_undo(five: World, as_: Any) -> None:
    alice = as_("alice")
    sent = {"olds": FIVE, "new": NEW, "name": "Testshire", "day": "1/4/2027", "council": ""}
    page = alice.post("/changes/new/", sent).text
    assert "5 bodies of these authorities" in page
    assert not Succession.objects.exists()
    page = alice.post("/changes/new/", {**sent, "confirm": "1"}, follow=True).text
    assert "Said: Testshire" in page
    assert Succession.objects.count() == 5
    assert "It is said already" in alice.post("/changes/new/", sent).text
    assert as_("charlie").get("/changes/new/").status_code == 403
    assert "Take back" not in as_("charlie").get("/changes/").text
    assert as_("charlie").post("/changes/take-back/", {"new": NEW, "day": "2027-04-01"}).status_code == 403
    page = alice.post("/changes/take-back/", {"new": NEW, "day": "2027-04-01"}, follow=True).text
    assert "Taken back" in page
    assert not Succession.objects.exists()


def test_what_ships_does_not_undo_it(five: World) -> None:
    state(five)
    carry_out_due(APRIL)
    row = {
        "name": "District 1",
        "kind": "local_authority",
        "parent": "E10000099",
        "vintage": 2024,
        "ended": None,
    }
    ward = {"name": "Ward 9", "kind": "ward", "parent": FIVE[0], "vintage": 2024, "ended": None}
    more = {"latitude": None, "longitude": None, "residents": 5, "residents_16_24": 1}
    _write_places(pl.DataFrame([{"code": FIVE[0], **row, **more}, {"code": "E05099909", **ward, **more}]))
    assert Place.objects.get(pk=FIVE[0]).ended == 2027
    assert Place.objects.get(pk="E05099909").parent_id == Place.objects.get(pk=FIVE[0]).parent_id == NEW


def test_footprints_of_others_are_not_touched(five: World) -> None:
    south = list(five.south.places.values_list("pk", flat=True))
    state(five)
    carry_out_due(APRIL)
    assert list(Footprint.objects.get(pk=five.south.pk).places.values_list("pk", flat=True)) == south


def test_a_day_to_come_shows_what_will_be_and_links_to_nothing_that_is_not_there(
    five: World, as_: Any
) -> None:
    state(five)
    page = as_("nobody").get(f"/places/{FIVE[0]}/?as_at=1/4/2027").text
    assert "On 1 April 2027: Testshire." in page
    assert f"/places/{NEW}/" not in page + as_("nobody").get("/changes/").text


def test_an_old_code_that_only_ships_has_a_page_that_leads_on(world: World, as_: Any) -> None:
    day = datetime.date(2023, 4, 1)
    Succession.objects.create(
        old="E07000165", old_name="Harrogate", kind="local_authority", new=world.northton.pk, new_name="Northton",
        day=day, source="The Order", carried_out_on=day,
    )  # fmt: skip
    page = as_("nobody").get("/places/E07000165/").text
    assert "Harrogate is part of Northton since 1 April 2023." in page
    assert f"/places/{world.northton.pk}/" in page
    assert "was an authority of its own then" in as_("nobody").get("/places/E07000165/?as_at=2020-01-01").text
    assert "Harrogate is part of Northton" in as_("nobody").get("/search/", {"q": "Harrogate"}).text
    # A spreadsheet that says it means the place of today.
    assert around(world.person("alice"), world.north).places["harrogate"] == world.northton
    with pytest.raises(ValidationError, match="Nothing that was stated here"):
        actions.take_back_succession(by=world.person("admin"), new=world.northton.pk, day=day)


def test_an_agreement_made_there_is_found_on_both_pages(five: World, as_: Any) -> None:
    today = timezone.localdate()
    event = published_event(by=five.person("alice"), footprint=five.north, name="Day", date=today)
    made = record_agreement(
        by=five.person("alice"), event=event, goal="Warm rooms", action="Meet", place=Place.objects.get(pk=FIVE[0]),
        theme=Theme.objects.get(pk="trusted-adult"), measure="Count", owner_partner=Partner.objects.get(gss=FIVE[0]),
        owner_role="Head", deputy_partner=None, deputy_role="Worker", due=today + datetime.timedelta(days=60),
        contributions=[Contributed(five.lantern, "A worker")], commitment=None, marking="partnership",
    )  # fmt: skip
    state(five, day=today)  # its day has come: carried out at once
    alice = as_("alice")
    for code in (FIVE[0], NEW):
        assert "Warm rooms" in alice.get(f"/places/{code}/").text, code
        assert "Warm rooms" not in as_("charlie").get(f"/places/{code}/").text, code
    assert "Testshire Council takes over</button>" in alice.get(f"/agreements/{made.pk}/").text
    alice.post(f"/agreements/{made.pk}/take-over/", {"partner": made.owner_partner_id})
    made.refresh_from_db()
    assert (made.owner_partner.name, made.place_id) == ("Testshire Council", FIVE[0])
