"""A list of support shared between installations: new, changed, the same; ticks; undo."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.documents.csv_file import as_csv
from joinedup.initiatives.models import Initiative
from joinedup.places.models import Footprint
from joinedup.privacy.retention import UPLOADS
from joinedup.spreadsheets.offer_list_actions import (
    accept_list,
    bring_list,
    drop_list,
    forget_lists,
    undo_list,
)
from joinedup.spreadsheets.offer_lists import ListedRow, preview
from joinedup.support.actions import confirm_offer
from joinedup.support.fitting import say_not_for_us
from joinedup.support.models import NotForUs, Offer, OfferList
from joinedup.support.queries import CSV_HEADER, csv_rows, offers_for, to_share
from tests.support.test_pages import make_offer, text
from tests.world import World

As = Callable[[str], Client]
TODAY = timezone.localdate()


def listed(**cells: str) -> bytes:
    row = {"Name": "New fund", "Provider": "Far Trust", "Kind": "fund", "Id": "new-fund-far"} | {
        name.replace("_", " "): value for name, value in cells.items()
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()


def brought(
    world: World, content: bytes, who: str = "admin", footprint: Footprint | None = None
) -> OfferList:
    return bring_list(by=world.person(who), footprint=footprint, content=content, file_name="list.csv")


def rows(
    world: World, content: bytes, who: str = "admin", footprint: Footprint | None = None
) -> list[ListedRow]:
    return preview(world.person(who), brought(world, content, who, footprint)).rows


def export(world: World, who: str = "admin") -> bytes:
    return as_csv(CSV_HEADER, csv_rows(offers_for(world.person(who))))


def make_several(world: World) -> None:
    make_offer(
        "=Sum “quoted”, fund", slug="sum", purpose="Two lines\r\nof words; with a mark", who_may_use="-charities",
        sectors=["vcs", "police"],
        via_sectors=["police"], lead_only=True, themes=["trusted-adult"], places=[world.northton, world.ward],
        closes=TODAY + datetime.timedelta(days=4), opens=TODAY, amount="£5,000 to £9,000", amount_max_gbp=9_000,
        amount_programme=90_000, awards="+12", source="A leaflet", source_url="https://a.example/x", confidence="high",
        dates_note="'as said", url="https://b.example/?a=1&b=2", check_by=TODAY,
    )  # fmt: skip
    make_offer("Shut", basis="closed", reopens=TODAY, reopens_said_by="them", last_checked=None)
    make_offer("Shelf", basis="standing", is_required_by_law=True, kind="guidance")
    make_offer(
        "Ours", provider_partner=world.lantern, marking="partnership", is_general=True, basis="rolling"
    )
    make_offer("Invented", is_demonstration=True)


def test_our_own_export_comes_back_as_the_same(world: World) -> None:
    make_several(world)
    before = list(Offer.objects.order_by("pk").values())
    for who, number in (("admin", 4), ("lead", 5)):
        assert [(each.verdict, each.differences) for each in rows(world, export(world, who), who)] == [
            ("same", [])
        ] * number
    assert list(Offer.objects.order_by("pk").values()) == before


def test_an_export_that_is_taken_in_elsewhere_is_the_same_export(world: World) -> None:
    make_several(world)
    shared = as_csv(CSV_HEADER, csv_rows(to_share(offers_for(world.person("admin")))))
    assert b"Ours" not in shared
    assert b"Invented" not in shared
    Offer.objects.all().delete()
    there = brought(world, shared)
    assert accept_list(by=world.person("admin"), brought=there, rows={1, 2, 3}) == (3, 0)
    again = as_csv(CSV_HEADER, csv_rows(to_share(offers_for(world.person("admin")))))
    at = CSV_HEADER.index("Next check by")

    def without_next_check(body: bytes) -> list[list[str]]:
        table = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
        return [[" ".join(cell.split()) for n, cell in enumerate(row) if n != at] for row in table]

    assert without_next_check(again) == without_next_check(shared)
    made = Offer.objects.get(name__startswith="=Sum")
    assert (made.came, made.list_id, made.footprint) == (
        "list",
        "sum",
        None,
    )


def test_new_changed_and_the_same_are_told_apart(world: World) -> None:
    make_offer("Fund", slug="fund-x", awards="12", last_checked=TODAY)
    make_offer("Same")
    content = (
        "Id,Name,Provider,Kind,Awards,Last checked,Basis\n"
        f"fund-x,Fund renamed,City Trust,fund,15,{TODAY - datetime.timedelta(days=9):%d/%m/%Y},\n"
        "other,same,city  trust,fund,,,\n"
        "third,Third,Trust,fund,,,rolling\n"
    ).encode()
    changed, same, new = rows(world, content)
    assert (changed.verdict, same.verdict, new.verdict) == ("changed", "changed", "new")
    assert [(each.heading, each.held, each.listed) for each in changed.differences] == [
        ("Name", "Fund", "Fund renamed"),
        ("Awards", "12", "15"),
    ]
    assert [each.heading for each in same.differences] == ["Name", "Provider"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Name": ""}, "It has no name."),
        ({"Kind": "gift"}, "“gift” is not known here."),
        ({"Kind": ""}, "It has no kind."),
        ({"Basis": "sometimes"}, "“sometimes” is not known here."),
        ({"Closes": "soon"}, "“soon” is not a date"),
        ({"Sectors": "Vcs; Wizards"}, "“Wizards” is no sector here."),
        ({"Themes": "Magic"}, "“Magic” is no theme here."),
        ({"Place_codes": "E09000777"}, "a place that is not held here (E09000777)"),
        ({"Maximum_award": "lots"}, "“lots” is not an amount"),
        ({"Lead_only": "perhaps"}, "neither yes nor no"),
        ({"Awards": "x" * 90}, "A cell is too long"),
        ({"Who_may_see_it": "named"}, "marked for named partners only"),
        ({"Who_may_see_it": "partnership"}, "It is not public"),
    ],
)
def test_a_row_that_cannot_stand_is_left_out_with_a_sentence(
    world: World, cells: dict[str, str], words: str
) -> None:
    (row,) = rows(world, listed(**cells))
    assert row.verdict == "left"
    assert words in row.problem


def test_every_cell_that_cannot_stand_is_told_in_the_order_of_the_columns(world: World) -> None:
    content = (
        b"Closes,Themes,Name,Provider,Kind,Who may see it\n"
        b"soon,Magic; Wonder,A,B,gift,named\n"
        b"soon,,,,fund,public\n"
    )
    both, missing = rows(world, content)
    assert both.problem == (
        "Closes: “soon” is not a date: write day, month, year, such as 8/10/2018. "
        "Themes: “Magic” is no theme here. “Wonder” is no theme here. "
        "Kind: “gift” is not known here. "
        "It is marked for named partners only."
    )
    assert missing.problem == (
        "It has no name and provider. Closes: “soon” is not a date: write day, month, year, such as 8/10/2018."
    )


def test_a_row_twice_and_columns_that_are_not_known(world: World) -> None:
    content = b"Name,Provider,Kind,Colour\nA,B,fund,red\na,b,fund,blue\n"
    seen = preview(world.person("admin"), brought(world, content))
    assert [each.verdict for each in seen.rows] == ["new", "left"]
    assert seen.unknown == ["Colour"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is not a spreadsheet"),
        (b"Fund,Sum\nA,3\n", "it has no column “Name”"),
        (b"Name,Provider,Kind\n" + b"A,B,fund\n" * 901, "more than 900 rows"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b'Name,Provider,Kind\n"A,B,fund\n', "breaks off"),
    ],
)
def test_what_is_no_list_is_refused_and_nothing_is_kept(world: World, content: bytes, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        brought(world, content)
    assert not OfferList.objects.exists()


def test_only_what_is_ticked_is_taken_and_undone(world: World) -> None:
    admin = world.person("admin")
    make_offer("Fund", slug="fund-x", awards="12", purpose="Kept", themes=["trusted-adult"])
    before = Offer.objects.values().get()
    content = b"Id,Name,Provider,Kind,Awards,Themes\nfund-x,Fund,City Trust,fund,15,\nn,New,T,fund,,\nm,Not,T,fund,,\n"
    there = brought(world, content)
    assert accept_list(by=admin, brought=there, rows={1, 2}) == (1, 1)
    changed = Offer.objects.get(slug="fund-x")
    assert (changed.awards, changed.purpose, changed.themes.count()) == ("15", "Kept", 0)
    assert sorted(Offer.objects.values_list("name", flat=True)) == ["Fund", "New"]
    with pytest.raises(ValidationError, match="finished already"):
        accept_list(by=admin, brought=there, rows={3})
    there.refresh_from_db()
    assert (there.rows, there.header) == ([], [])
    say_not_for_us(by=world.person("bob"), offer=Offer.objects.get(name="New"), partner=world.lantern)
    assert undo_list(by=admin, brought=there) == (1, 1)
    after = Offer.objects.values().get()
    assert {name: after[name] for name in before if after[name] != before[name]} in (
        {},
        {"check_by": after["check_by"]},
    )
    assert [each.pk for each in Offer.objects.get().themes.all()] == ["trusted-adult"]
    assert not NotForUs.objects.exists()
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions[:4] == ["offer.bring_list", "offer.change", "offer.add", "offer.accept_list"]
    assert actions[-1] == "offer.undo_list"


def test_what_was_changed_or_used_since_is_not_undone(world: World) -> None:
    admin = world.person("admin")
    make_offer("Fund", slug="fund-x")
    there = brought(world, b"Id,Name,Provider,Kind,Awards\nfund-x,Fund,City Trust,fund,15\nn,New,T,fund,\n")
    accept_list(by=admin, brought=there, rows={1, 2})
    confirm_offer(by=admin, offer=Offer.objects.get(slug="fund-x"))
    with pytest.raises(ValidationError, match="“Fund” was changed since"):
        undo_list(by=admin, brought=there)
    AuditEntry.objects.filter(action="offer.confirm")._raw_delete("default")  # type: ignore[attr-defined]
    club = Initiative.objects.create(name="Club", slug="club", partner=world.lantern)
    club.offers.add(Offer.objects.get(name="New"))
    with pytest.raises(ValidationError, match="“New” is used since"):
        undo_list(by=admin, brought=there)
    assert Offer.objects.count() == 2


def test_one_row_that_cannot_stand_takes_nothing(world: World) -> None:
    there = brought(world, b"Name,Provider,Kind,Basis\nA,T,fund,rolling\nB,T,fund,dated\n")
    with pytest.raises(ValidationError, match=r"Row 2 \(B\): Say on which day it closes"):
        accept_list(by=world.person("admin"), brought=there, rows={1, 2})
    assert not Offer.objects.exists()
    with pytest.raises(ValidationError, match="Nothing is ticked"):
        accept_list(by=world.person("admin"), brought=there, rows={7})


def test_what_a_coordinator_brings_is_their_partnerships_own(world: World) -> None:
    content = (
        b"Id,Name,Provider,Kind,Place codes\n"
        b"a,Everywhere,T,fund,\nb,Region,T,fund,E12000099\n"
        b"c,Here,T,fund,E09000991; E09000993\nd,There,T,fund,E09000993\n"
    )
    there = brought(world, content, "alice", world.north)
    seen = preview(world.person("alice"), there)
    assert [each.verdict for each in seen.rows] == ["new", "new", "new", "left"]
    assert seen.rows[3].problem == "It is for other places than yours."
    accept_list(by=world.person("alice"), brought=there, rows={1, 2, 3})
    own = {world.northton.pk, world.eastton.pk}
    assert {each.name: {p.pk for p in each.places.all()} for each in Offer.objects.all()} == {
        "Everywhere": own,
        "Region": own,
        "Here": {world.northton.pk},
    }
    assert set(Offer.objects.values_list("footprint", flat=True)) == {world.north.pk}
    again = preview(world.person("alice"), brought(world, content, "alice", world.north))
    assert [each.verdict for each in again.rows[:2]] == ["same", "same"]


def test_what_others_keep_is_not_changed_by_a_list(world: World) -> None:
    make_offer("Fund", slug="fund-x")
    (row,) = rows(
        world, b"Id,Name,Provider,Kind,Awards\nfund-x,Fund,City Trust,fund,15\n", "alice", world.north
    )
    assert row.verdict == "left"
    assert "others keep" in row.problem


def test_what_somebody_may_not_see_is_new_to_them(world: World) -> None:
    make_offer("Secret", slug="secret-x", marking="partnership", provider_partner=world.harbour)
    (row,) = rows(world, b"Id,Name,Provider,Kind\nsecret-x,Secret,City Trust,fund\n", "alice", world.north)
    assert row.verdict == "new"


def test_charlie_and_the_public_have_nothing_of_it(world: World, as_: As) -> None:
    there = brought(world, listed())
    own = brought(world, listed(Name="Own"), "alice", world.north)
    for who in ("bob", "charlie"):
        assert as_(who).get("/bring/support-lists/list/").status_code == 403
        with pytest.raises(PermissionDenied):
            brought(world, listed(), who, world.north)
        for each in (there, own):
            with pytest.raises(PermissionDenied):
                accept_list(by=world.person(who), brought=each, rows={1})
            for what in ("look", "undo", "drop"):
                assert (
                    as_(who).post(f"/bring/support-lists/{each.pk}/{what}/", {"row": "1"}).status_code == 404
                )
    assert as_("alice").get(f"/bring/support-lists/{there.pk}/look/").status_code == 404
    assert as_("admin").get(f"/bring/support-lists/{own.pk}/look/").status_code == 404
    assert as_("nobody").get("/bring/support-lists/list/").url.startswith("/account/login/")
    assert not Offer.objects.exists()


def test_by_the_pages(world: World, as_: As) -> None:
    alice = as_("alice")
    file = SimpleUploadedFile("north.csv", listed(Awards="<b>12</b>"))
    look = alice.post("/bring/support-lists/list/", {"file": file})
    page = text(alice.get(look.url))
    assert "1 new, 0 changed, 0 the same, 0 left out." in page
    assert "What is new becomes North partnership’s own." in page
    assert "Nothing is ticked" in text(alice.post(look.url, {}))
    assert "Accepted: 1 new, 0 changed." in text(alice.post(look.url, {"row": ["1", "x", "²"]}, follow=True))
    pk = OfferList.objects.get().pk
    assert "Undo “north.csv”" in text(alice.get(f"/bring/support-lists/{pk}/undo/"))
    assert "Undone: 1 removed, 0 as they were before." in text(
        alice.post(f"/bring/support-lists/{pk}/undo/", follow=True)
    )
    assert not Offer.objects.exists()
    wrong = text(
        alice.post("/bring/support-lists/list/", {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")})
    )
    assert "This is no list of support" in wrong


def test_what_nobody_accepted_is_dropped(world: World) -> None:
    drop_list(by=world.person("admin"), brought=brought(world, listed()))
    assert not OfferList.objects.exists()
    brought(world, listed())
    assert forget_lists(timezone.now()) == 0
    assert forget_lists(timezone.now() + UPLOADS.length + datetime.timedelta(minutes=1)) == 1
    assert "New fund" not in str(list(AuditEntry.objects.values_list("before", "after")))


@pytest.mark.parametrize("count", [1, 3])
def test_a_fixed_number_of_queries(world: World, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        make_offer(f"Fund {number}", places=[world.northton])
    there = brought(world, export(world))
    admin = world.person("admin")
    with django_assert_num_queries(8):
        assert len(preview(admin, there).rows) == count
