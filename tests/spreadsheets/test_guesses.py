"""What was guessed in a sheet: shown with the words it was read from, ticked or not, and kept only if it is ticked."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.engines.reading import read_register
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Ask, Partner
from joinedup.spreadsheets import actions, wording
from joinedup.spreadsheets.around import around
from joinedup.spreadsheets.guesses import Ticks
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.kinds import KINDS
from joinedup.spreadsheets.models import RememberedName, Upload
from joinedup.spreadsheets.preview import SpreadsheetPreview, preview
from joinedup.support.models import Offer
from tests.spreadsheets.making import ready, state
from tests.world import World, make_partner

As = Callable[[str], Client]
ALL = 0.0
TRACKER = """Initiative,Lead org,Description,Ward,Theme,Level,Referral route,Ages,Numbers,Start,Finish
Evening mentors,Lantern Youth,A mentor each,Mill Ward,Weapon carrying,secondary,school,10-17,120,8/10/2018,31/3/2030
Walk and talk,Lantern Youth,Mentoring for pupils aged 11 to 14,Northton bus station,,,open to all,,about 200,Sept 2024,
Knife arch,Testland Police,Knife crime talks,Riverside,wepon carrying,early help,,,60 to 100,soon,ongoing
Quiet room,Hilltop School,A quiet room,,,,,,,,
"""


def seen(world: World, upload: Upload, **chosen: Any) -> SpreadsheetPreview:
    return preview(world.person("alice"), upload, **chosen)


def said(world: World, upload: Upload) -> list[tuple[str, str, bool]]:
    """Every guess as the page says it: its words, its rows, whether it is ticked."""
    kind, found = KINDS[upload.kind], seen(world, upload)
    groups = wording.groups(kind, found, wording.in_order(kind, found))
    return [(each.says, each.where, each.ticked) for group in groups for each in group.guesses]


def unread(world: World, upload: Upload) -> list[str]:
    return wording.not_read(KINDS[upload.kind], seen(world, upload).unread)


def key_of(world: World, upload: Upload, read_as: str) -> str:
    (key,) = (guess.key for guess in seen(world, upload).guesses if read_as in guess.read_as)
    return key


def test_a_tracker_is_read_and_says_from_which_words(world: World) -> None:
    upload = ready(world, TRACKER, "initiatives")
    assert said(world, upload) == [
        ("Read as: Northton — from where the body that leads it works", "row 5", False),
        ("Read as: Northton — from “Northton bus station”", "row 3", True),
        ("Read as: Northton and Eastton — from where the body that leads it works", "row 4", False),
        ("Read as: Mentoring and a trusted adult — from “mentoring”", "row 3", True),
        ("Read as: Weapon carrying — from “wepon carrying”", "row 4", True),
        ("Read as: Secondary: at risk — from “early help”", "row 4", True),
        ("Read as: Primary: everyone — from “open to all”", "row 3", False),
        ("Read as: 11 to 14 — from “aged 11 to 14”", "row 3", True),
        ("Read as: 80 people a year — from “60 to 100”", "row 4", True),
        ("Read as: 200 people a year — from “about 200”", "row 3", True),
        ("Read as: 1 September 2024 — from “Sept 2024”", "row 3", True),
    ]
    assert unread(world, upload) == [
        "“soon” is no date: left empty. (row 4)",
        "“Riverside” is no place that is held, or more than one has that name: left empty. (row 4)",
    ]
    intake.accept(by=world.person("alice"), upload=upload)
    made = {each.name: each for each in Initiative.objects.all()}
    exact, walk, knife, quiet = (
        made[n] for n in ("Evening mentors", "Walk and talk", "Knife arch", "Quiet room")
    )
    assert [p.pk for p in exact.places.all()] == [world.ward.pk]
    assert (exact.age_from, exact.age_to, exact.level, exact.reach_per_year) == (10, 17, "secondary", 120)
    assert (exact.starts, exact.ends) == (datetime.date(2018, 10, 8), datetime.date(2030, 3, 31))
    assert exact.what == "A mentor each. How people come to it: school"
    assert [p.pk for p in walk.places.all()] == [world.northton.pk]
    assert (walk.age_from, walk.age_to, walk.reach_per_year, walk.level) == (11, 14, 200, "")
    assert (walk.starts, [t.pk for t in walk.themes.all()]) == (
        datetime.date(2024, 9, 1),
        ["trusted-adult"],
    )
    assert (knife.level, knife.starts, knife.ends, knife.places.count()) == ("secondary", None, None, 0)
    assert (quiet.places.count(), quiet.themes.count()) == (0, 0)


def test_what_was_given_exactly_is_shown_plainly_and_no_guess(world: World) -> None:
    upload = ready(world, TRACKER, "initiatives")
    found = seen(world, upload)
    assert wording.brings(KINDS["initiatives"], found.lines[0], found.names) == (
        "Starts: 8 October 2018; Ends: 31 March 2030; Ages: 10 to 17; People a year: 120 people a year; "
        "Level of prevention: Secondary: at risk; Where: Mill Ward; Themes: Weapon carrying"
    )
    assert found.lines[0].guesses == []


def test_only_what_is_ticked_is_kept(world: World) -> None:
    upload = ready(world, TRACKER, "initiatives")
    ticks = {key_of(world, upload, "trusted-adult"): False, key_of(world, upload, "primary"): True, "x": True}
    intake.accept(by=world.person("alice"), upload=upload, ticks=ticks)
    walk = Initiative.objects.get(name="Walk and talk")
    assert (walk.themes.count(), walk.level, walk.places.count()) == (0, "primary", 1)
    upload.refresh_from_db()
    assert upload.ticks == {}


def test_one_tick_stands_for_every_row_that_says_the_same(world: World) -> None:
    rows = "".join(f"Club {n},Lantern Youth,Knife crime talks and more ({n}),about 20\n" for n in range(300))
    upload = ready(world, "Project,Lead,Description,Numbers\n" + rows, "initiatives")
    assert said(world, upload) == [
        ("Read as: Northton and Eastton — from where the body that leads it works", "rows 2, 3, 4 and 297 more", False),
        ("Read as: Weapon carrying — from “knife”", "rows 2, 3, 4 and 297 more", True),
        ("Read as: 20 people a year — from “about 20”", "rows 2, 3, 4 and 297 more", True),
    ]  # fmt: skip


def test_asks_are_read_by_kind_and_what_says_nothing_is_left_out(world: World) -> None:
    text = (
        "Who,In their words,Need or offer\nLantern Youth,We need two mentors on a Friday,\n"
        "Hilltop School,Our hall is available on Mondays,\nHilltop School,Nothing at present.,\n"
        "Lantern Youth,Boots,need\nTestland Police,Eleven o'clock,\n"
    )
    upload = ready(world, text, "asks")
    kinds = [one for one in said(world, upload) if "Read as: We" in one[0]]
    assert kinds == [
        ("Read as: We can give — from “available”", "row 3", False),
        ("Read as: We need — from “we need”", "row 2", False),
    ]
    ticks = {key_of(world, upload, "need"): True, key_of(world, upload, "help"): True}
    actions.tick(by=world.person("alice"), upload=upload, ticks=ticks)
    upload.refresh_from_db()
    assert [(line.row, line.verdict.value) for line in seen(world, upload).lines] == [
        (2, "new"), (3, "new"), (4, "known"), (5, "new"), (6, "problem"),
    ]  # fmt: skip
    assert intake.accept(by=world.person("alice"), upload=upload, leave_out=True) == 3
    asks = set(Ask.objects.values_list("partner__name", "kind", "text"))
    assert asks == {
        ("Lantern Youth", "need", "We need two mentors on a Friday"),
        ("Hilltop School", "offer", "Our hall is available on Mondays"),
        ("Lantern Youth", "need", "Boots"),
    }
    assert [t.pk for t in Ask.objects.get(text__startswith="We need").themes.all()] == ["trusted-adult"]
    intake.undo(by=world.person("alice"), upload=upload)
    assert not Ask.objects.exists()


def test_who_may_use_support_is_read_where_the_columns_do_not_say(world: World) -> None:
    text = (
        "Fund,Funder,Eligibility,Sectors,Basis,Deadline\nA,F,Schools and police forces,,by booking,\n"
        "B,F,Schools and police forces,Health,,1/2/2040\n"
    )
    upload = ready(world, text, "offers")
    intake.accept(by=world.person("alice"), upload=upload)
    made = {each.name: ({s.pk for s in each.sectors.all()}, each.basis) for each in Offer.objects.all()}
    # A column that is filled in stands until somebody ticks what the words say.
    assert made == {"A": ({"education", "police"}, "rolling"), "B": ({"health"}, "dated")}


def test_support_that_is_read_as_for_elsewhere_is_left_out_until_the_tick_is_taken_away(world: World) -> None:
    text = (
        "Fund,Funder,Purpose,Eligibility,Area,Deadline\n"
        "Harbour,F,Sailing in towns on the coast,Charities in coastal local authorities,Coastal England,1/2/2040\n"
        "Clubs,F,Youth clubs,Charities,England,1/2/2040\n"
    )
    upload = ready(world, text, "offers")
    assert [line.title for line in seen(world, upload).marked] == ["Harbour"]
    assert any(
        "elsewhere" in words and "Coastal England" in words for words, _where, _ticked in said(world, upload)
    )
    unticked = Ticks({key_of(world, upload, "elsewhere"): False})
    assert seen(world, upload, ticks=unticked).marked == []
    intake.accept(by=world.person("alice"), upload=upload, leave_out=True)
    assert [each.name for each in Offer.objects.all()] == ["Clubs"]


def test_near_names_are_offered_as_one_and_followed(world: World) -> None:
    text = (
        "Organisation,Sector,Themes,Places,E-mail\nSt Mary's Youth Club,vcs,,Northton,\n"
        "St Marys Youth Club,,Weapon carrying,Eastton,a@club.example\nSt Mark's Youth Club,vcs,,,\n"
        "Lantern Yuoth,vcs,,,office@lantern.example\nTestland Police Service,police,,,\n"
    )
    upload = ready(world, text)
    assert said(world, upload) == [
        ("“Lantern Yuoth”: same body as “Lantern Youth”?", "row 5", True),
        ("“St Marys Youth Club”: same body as “St Mary's Youth Club”?", "row 3", True),
        ("“Testland Police Service”: same body as “Testland Police”?", "row 6", True),
    ]
    before = Partner.objects.count()
    intake.accept(by=world.person("alice"), upload=upload)
    assert Partner.objects.count() == before + 2
    mary = Partner.objects.get(name="St Mary's Youth Club")
    assert {p.name for p in mary.serves.all()} == {"Northton", "Eastton"}
    assert [t.pk for t in mary.themes.all()] == ["weapon-carrying"]
    assert mary.contacts.get().email == "a@club.example"
    assert world.lantern.contacts.get().email == "office@lantern.example"


def test_what_is_said_to_be_another_body_is_another(world: World) -> None:
    upload = ready(world, "Project,Lead\nWalk,Lantern Yuoth\n", "initiatives")
    ticks = {key_of(world, upload, "Lantern Youth"): False}
    intake.accept(by=world.person("alice"), upload=upload, ticks=ticks, sectors={2: "vcs"})
    assert Initiative.objects.get().partner.name == "Lantern Yuoth"


def test_identifiers_come_before_names(world: World) -> None:
    make_partner("Old Name", "vcs", world.north, [], [], charity_number="1084122")
    make_partner("Oak School", "education", world.north, [], [], urn="100123")
    text = (
        "Org,Sector,Charity number,School URN\nThe Old Name CIO,vcs,1084122,\nAcorn Academy,education,,100123\n"
        "Lantern Youths,vcs,1097940,\n"
    )
    Partner.objects.filter(pk=world.lantern.pk).update(charity_number="1084123")
    upload = ready(world, text)
    assert said(world, upload) == []
    assert [line.verdict.value for line in seen(world, upload).lines] == ["known", "known", "new"]


def test_a_spelling_and_a_number_of_ones_own_are_remembered_until_undone(world: World) -> None:
    alice = world.person("alice")
    first = ready(world, "Ref,Organisation,Sector\nP07,Mill Lane Hub,vcs\nP08,Lantern Yuoth,vcs\n")
    intake.accept(by=alice, upload=first)
    text = "Project,Lead\nWalk,P07\nTalk,lantern yuoth\n"
    upload = ready(world, text, "initiatives")
    intake.accept(by=alice, upload=upload)
    assert set(Initiative.objects.values_list("partner__name", flat=True)) == {
        "Mill Lane Hub",
        "Lantern Youth",
    }
    intake.undo(by=alice, upload=upload)
    intake.undo(by=alice, upload=first)
    assert not RememberedName.objects.exists()
    assert not Partner.objects.filter(name="Mill Lane Hub").exists()


def test_undo_puts_everything_back(world: World) -> None:
    alice = world.person("alice")
    before = {k: v for k, v in state().items() if k not in ("Upload", "AuditEntry", "RememberedColumn")}
    for text, kind in (
        (TRACKER, "initiatives"),
        ("Org,Sector,Themes\nLantern Yuoth,vcs,knives\nNew Hub,vcs,\n", "partners"),
    ):
        upload = ready(world, text, kind)
        intake.accept(by=alice, upload=upload, least=ALL)
        intake.undo(by=alice, upload=upload)
    assert {k: v for k, v in state().items() if k in before} == before
    assert not RememberedName.objects.exists()


@pytest.mark.parametrize("who", ["bob", "charlie", "lead", "admin", "nobody"])
def test_only_the_coordinator_ticks(world: World, who: str) -> None:
    upload = ready(world, TRACKER, "initiatives")
    before = state()
    with pytest.raises(PermissionDenied):
        actions.tick(by=world.person(who), upload=upload, ticks={"0" * 16: True})
    assert state() == before


def test_a_tick_leaves_one_entry_and_only_keys_are_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = ready(world, TRACKER, "initiatives")
    alice = world.person("alice")
    for _ in range(2):
        upload = actions.tick(by=alice, upload=upload, ticks={"0" * 16: True, "HIDDEN words": True})
    assert upload.ticks == {"0" * 16: True}
    assert AuditEntry.objects.filter(action="spreadsheet.tick").count() == 1
    monkeypatch.setattr(actions, "MOST_TICKS", 1)
    with pytest.raises(ValidationError, match="more than the sheet holds"):
        actions.tick(by=alice, upload=upload, ticks={"1" * 16: True})


def test_the_page_keeps_ticks_over_its_parts_without_a_script(world: World, as_: As) -> None:
    rows = "".join(f"Club {n},Lantern Youth,about {n + 10}\n" for n in range(70))
    upload = ready(world, "Project,Lead,Numbers\n" + rows, "initiatives")
    alice, path = as_("alice"), f"/bring/upload/{upload.pk}/preview/"
    page = alice.get(path)
    assert page.text.count('name="tick"') == 60
    assert "Read as: 10 people a year — from “about 10”" in page.text
    shown = [guess.key for guess in wording.in_order(KINDS["initiatives"], seen(world, upload))[:60]]
    page = alice.post(path, {"shown": shown, "tick": shown[2:], "turn": "2"})
    assert page.text.count('name="tick"') == 11
    assert "Part 2 of 2" in page.text
    alice.post(path, {})
    reach = dict(Initiative.objects.values_list("name", "reach_per_year"))
    # The first guess is of places; the second, that the page had ticked, was the reach of the first row.
    assert [name for name, number in reach.items() if number is None] == ["Club 0"]


def test_nobody_else_sees_what_was_guessed(world: World, as_: As) -> None:
    upload = ready(world, TRACKER.replace("Riverside", "HIDDEN Quay"), "initiatives")
    path = f"/bring/upload/{upload.pk}/preview/"
    assert "HIDDEN Quay" in as_("alice").get(path).text
    for who in ("bob", "charlie", "lead", "admin"):
        for answer in (as_(who).get(path), as_(who).post(path, {"turn": "1", "shown": ["0" * 16]})):
            assert (answer.status_code, "HIDDEN" in answer.text) == (404, False), who
    upload.refresh_from_db()
    assert upload.ticks == {}


def test_a_body_of_another_partnership_is_never_offered_as_the_same(world: World) -> None:
    """Far Harbour belongs to the South: its name is not told to whoever spells it nearly."""
    Partner.objects.filter(pk=world.harbour.pk).update(marking="partnership")
    upload = ready(world, "Project,Lead\nWalk,Far Harbuor\n", "initiatives")
    assert said(world, upload) == []


def test_a_sheet_keeps_at_least_what_match_reads(world: World) -> None:
    """The same rows through `engines.reading` as `joinedup match` reads them, and through the product with every
    guess ticked: no theme and no place less."""
    partners = (
        "name,sector,places,themes,does\nMill Hub,vcs,Mill Ward;Northton,trusted adult,\n"
        "Quay Hub,vcs,Eastton town centre,,Mentoring and knife crime talks\nOak School,education,Northton,exclusions,\n"
    )
    tables = {"partners": partners, "initiatives": TRACKER}
    known = around(world.person("alice"), world.north)
    held = [
        {
            "id": p.slug,
            "name": p.name,
            "sector": p.sector_id,
            "places": ";".join(x.pk for x in p.serves.all()),
        }
        for p in known.partners.values()
    ]
    for table, text in tables.items():
        given = {table: pl.read_csv(text.encode(), infer_schema=False)}
        if table == "partners":
            given[table] = pl.concat([given[table], pl.DataFrame(held)], how="diagonal")
        else:
            given["partners"] = pl.DataFrame(held)
        register = read_register(
            given, known.place_frame, known.theme_frame, known.sector_frame, as_of=timezone.localdate()
        )
        read = {
            row["name"]: (set(row["places"]), set(row["themes"]))
            for row in getattr(register, table).to_dicts()
        }
        upload = ready(world, text, table)
        intake.accept(by=world.person("alice"), upload=upload, least=ALL)
        model, where = (Partner, "serves") if table == "partners" else (Initiative, "places")
        made = {
            each.name: ({p.pk for p in getattr(each, where).all()}, {t.pk for t in each.themes.all()})
            for each in model._default_manager.all()
        }
        assert len(read) >= 3
        for name, (places, themes) in read.items():
            assert places <= made[name][0], (table, name)
            assert themes <= made[name][1], (table, name)


def test_ticks_of_a_caller_stand_over_how_sure_it_is(world: World) -> None:
    upload = ready(world, TRACKER, "initiatives")
    (guess,) = (guess for guess in seen(world, upload).guesses if "primary" in guess.read_as)
    assert [Ticks().has(guess), Ticks({guess.key: True}).has(guess), Ticks({}, ALL).has(guess)] == [
        False,
        True,
        True,
    ]
