"""Case 6 of the field: two rows with one charity number are one organisation or branches of one; somebody says which,
and what the preview shows is what acceptance does. Case 7: numbers and names as people write them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.utils import timezone

from joinedup.initiatives.models import Initiative
from joinedup.partners.actions import add_partner
from joinedup.partners.models import Ask, Contact, Partner
from joinedup.places.models import Footprint
from joinedup.spreadsheets import actions
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.models import Upload
from joinedup.spreadsheets.preview import SpreadsheetPreview, preview, without_marked
from joinedup.spreadsheets.wording import questions
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector
from tests.spreadsheets.making import ready
from tests.world import World, make_partner

NORTH_AND_SOUTH = """Organisation,Sector,Charity number,Job title,E-mail
Help Legion North branch,vcs,1999999,Lead,north@legion.example
Help Legion South branch,vcs,199 9999,Lead,south@legion.example
"""


def seen(world: World, upload: Upload) -> SpreadsheetPreview:
    return preview(world.person("alice"), Upload.objects.get(pk=upload.pk))


def answer(world: World, upload: Upload, is_one: bool) -> None:
    actions.tick(
        by=world.person("alice"), upload=upload, ticks={e.key: is_one for e in seen(world, upload).questions}
    )


def verdicts(world: World, upload: Upload) -> list[str]:
    return [line.verdict.value for line in seen(world, upload).lines]


def test_it_is_asked_and_nothing_is_made_before_it_is_said(world: World) -> None:
    upload = ready(world, NORTH_AND_SOUTH)
    assert verdicts(world, upload) == ["new", "problem"]
    assert [(each.says, each.where, each.said) for each in questions(seen(world, upload))] == [
        (
            "“Help Legion South branch” and “Help Legion North branch” have the same charity number, 1999999",
            "row 3",
            None,
        )
    ]
    with pytest.raises(Exception, match="1 of the rows have a problem"):
        intake.accept(by=world.person("alice"), upload=upload)
    assert not Partner.objects.filter(name__startswith="Help").exists()


def test_branches_have_a_record_each(world: World) -> None:
    upload = ready(world, NORTH_AND_SOUTH)
    answer(world, upload, is_one=False)
    assert verdicts(world, upload) == ["new", "new"]
    assert seen(world, upload).lines[1].says == "New partner, Vcs, a branch; contact: Lead"
    assert intake.accept(by=world.person("alice"), upload=upload) == 4
    found = Partner.objects.filter(charity_number="1999999").order_by("name")
    assert [(each.name, each.is_branch) for each in found] == [
        ("Help Legion North branch", False),
        ("Help Legion South branch", True),
    ]
    # The answer is kept: the next sheet finds each by its name, and adds to it.
    again = ready(world, NORTH_AND_SOUTH.replace("Lead", "Deputy").replace("@", "2@"))
    assert seen(world, again).questions == {}
    assert verdicts(world, again) == ["adds", "adds"]
    intake.accept(by=world.person("alice"), upload=again)
    assert Contact.objects.filter(partner__in=found).count() == 4


def test_one_organisation_under_two_names_has_one(world: World) -> None:
    upload = ready(world, NORTH_AND_SOUTH)
    answer(world, upload, is_one=True)
    assert verdicts(world, upload) == ["new", "adds"]
    assert intake.accept(by=world.person("alice"), upload=upload) == 3
    legion = Partner.objects.get(charity_number="1999999")
    assert (legion.name, legion.contacts.count()) == ("Help Legion North branch", 2)
    # Its other name is known from now on.
    tracker = ready(world, "Project,Lead\nWalks,Help Legion South branch\n", "initiatives")
    intake.accept(by=world.person("alice"), upload=tracker)
    assert Initiative.objects.get().partner == legion


def test_a_number_in_a_later_row_of_the_body_counts_for_its_first(world: World) -> None:
    """Once previewed as two new partners, and refused at acceptance."""
    text = "Org,Sector,Charity number\nAlder,vcs,\nAlder,vcs,1084122\nBirch,vcs,1084122\n"
    upload = ready(world, text)
    assert verdicts(world, upload) == ["new", "known", "problem"]
    answer(world, upload, is_one=False)
    assert intake.accept(by=world.person("alice"), upload=upload) == 2


def test_a_branch_of_a_body_that_is_here(world: World) -> None:
    add_partner(
        by=world.person("alice"), footprint=world.north, name="Help Legion", sector=Sector.objects.get(pk="vcs"),
        charity_number="1999999",
    )  # fmt: skip
    upload = ready(world, NORTH_AND_SOUTH)
    assert [each.read_as[0] for each in seen(world, upload).questions] == ["Help Legion", "Help Legion"]
    answer(world, upload, is_one=False)
    intake.accept(by=world.person("alice"), upload=upload)
    assert Partner.objects.filter(charity_number="1999999", is_branch=True).count() == 2


def test_on_the_page(world: World, as_: Any) -> None:
    upload, alice = ready(world, NORTH_AND_SOUTH), as_("alice")
    address = f"/bring/upload/{upload.pk}/preview/"
    assert "One organisation, or branches of one?" in alice.get(address).text
    (key,) = [each.key for each in seen(world, upload).questions]
    page = alice.post(address, {"check": "1", f"body-{key}": "branches"}).text
    assert "New partner, Vcs, a branch; contact: Lead" in page
    assert alice.post(address, {f"body-{key}": "branches"}).status_code == 302
    assert Partner.objects.filter(charity_number="1999999").count() == 2


def test_spellings_with_one_company_number_are_one(world: World) -> None:
    """Case 7: equal after padding, and the names are one but for how they are written: nothing to ask."""
    text = (
        "Org,Sector,Company number\nSt Marys Youth Club,vcs,00999123\nSaint Mary's Youth Club CIC,vcs,999123\n"
        "St. Mary's Youth Club Ltd,vcs,0999123\n"
    )
    upload = ready(world, text)
    assert verdicts(world, upload) == ["new", "known", "known"]
    intake.accept(by=world.person("alice"), upload=upload)
    assert Partner.objects.get(company_number="00999123").name == "St Marys Youth Club"


def test_a_number_in_the_wrong_box_is_said(world: World) -> None:
    text = "Org,Sector,Charity number,Company number\nElm,vcs,,1084122\nOak,vcs,OC300001,\nAsh,vcs,1097940,1097940\n"
    found = seen(world, ready(world, text))
    assert list(found.doubts) == [
        "1084122 was taken as a company number. Charity numbers look like it: is it in the right box?"
    ]
    assert [(each.row, each.sentence) for each in found.problems] == [
        (3, "This is a company number: put it under company number."),
        (4, "The same number stands under charity and company: leave it where it belongs."),
    ]


NAMES = [
    "Alder Trust", "alder  trust", "The Alder Trust Ltd", "Alder Trust & Friends", "Alder Trust and Friends",
    "O’Hara Hub", "O'Hara Hub", "Alder Trust North branch", "Lantern Youth", "LANTERN YOUTH", "Birch", "Bïrch", "BÏRCH",
    "Old Held Name",
]  # fmt: skip
NUMBERS = [
    "",
    "",
    "1084122",
    "01084122",
    "Charity no. 1084122",
    "1097940",
    "SC012059",
    "sc 12059",
    "nonsense",
]
COMPANIES = ["", "", "", "00999123", "999123", "OC300001"]
MARKINGS = ["", "partnership", "public", "named"]
HEADERS = {
    "partners": "Org,Sector,Charity number,Company number,Job title,E-mail,Who may see it,Website",
    "initiatives": "Project,Lead,With,Start date,End date,Who may see it",
    "asks": "Need or offer,What is needed or offered in their words,Who says so,Who may see it",
    "offers": "Fund,Funder,Amount,Deadline,Who may see it,Link",
}


def row_of(kind: str, pick: random.Random) -> list[str]:
    name, other, marking = pick.choice(NAMES), pick.choice(NAMES), pick.choice(MARKINGS)
    if kind == "partners":
        return [
            name, pick.choice(["vcs", "health", ""]), pick.choice(NUMBERS), pick.choice(COMPANIES),
            pick.choice(["", "Lead"]), pick.choice(["", "a@a.example", "b@a.example", "no address"]), marking,
            pick.choice(["", "a.example", "not an address"]),
        ]  # fmt: skip
    if kind == "initiatives":
        dates = pick.choice([["", ""], ["1 May 2026", "2 May 2026"], ["2 May 2026", "1 May 2026"]])
        return [pick.choice(["Walks", "walks", "Talks"]), name, other, *dates, marking]
    if kind == "asks":
        return [pick.choice(["need", "offer", ""]), pick.choice(["A van", "a  VAN", "A hall"]), name, marking]
    return [
        pick.choice(["Grant", "grant"]),
        name,
        pick.choice(["", "£500"]),
        pick.choice(["", "31/3/2030"]),
        marking,
        "",
    ]


@pytest.mark.parametrize("kind", sorted(HEADERS))
@pytest.mark.parametrize("seed", range(3))
def test_what_the_preview_shows_is_what_acceptance_does(world: World, kind: str, seed: int) -> None:
    """Sheets with every kind of trap: no row that is previewed as new is refused at acceptance, and as many records are
    made as were shown."""
    pick = random.Random(f"{kind} {seed}")
    if seed % 2:
        Footprint.objects.filter(pk=world.north.pk).update(held_until=timezone.localdate().replace(year=2999))
    make_partner("Held", "vcs", world.north, [], [], charity_number="1097940", company_number="00999123")
    held = make_partner("Old Held Name", "vcs", world.north, [], [])
    Partner.every.filter(pk=held.pk).update(merged_into=world.lantern)
    rows = [",".join(row_of(kind, pick)) for _ in range(40)]
    upload = ready(world, "\n".join([HEADERS[kind], *rows]), kind)
    alice = world.person("alice")
    for _ in range(3):
        actions.tick(
            by=alice, upload=upload, ticks={e.key: pick.random() < 0.5 for e in seen(world, upload).questions}
        )
    shown = without_marked(alice, Upload.objects.get(pk=upload.pk))
    models = (Partner, Contact, Initiative, Ask, Offer)
    before = sum(model.objects.count() for model in models)
    assert shown.to_make
    made = intake.accept(by=alice, upload=upload, leave_out=True)
    assert made == sum(model.objects.count() for model in models) - before
    assert made >= len(shown.to_make)
    fresh = {
        line.plan["who"].name
        for line in shown.to_make
        if line.plan.get("who") and not hasattr(line.plan["who"], "pk")
    }
    assert Partner.objects.filter(name__in=fresh).count() == len(fresh)


@pytest.mark.parametrize(
    ("rows", "asked", "before"),
    [
        # The number as spreadsheet programs write it: still one number.
        ([("Oak North", "1999999", ""), ("Oak South", "1999999.0", "")], 1, ["new", "problem"]),
        ([("Oak North", "1.999999E+06", ""), ("Oak South", "'1999999", "")], 1, ["new", "problem"]),
        ([("Oak North", "199 9999", ""), ("Oak South", "GB-CHC-1999999", "")], 1, ["new", "problem"]),
        # One row of a body has the number, the other does not.
        ([("Oak", "1999999", ""), ("Oak", "", "")], 0, ["new", "known"]),
        ([("Oak", "1999999", ""), ("OAK", "1999999", "")], 0, ["new", "known"]),
        ([("Oak North", "1999999", ""), ("Oak South", "", "")], 0, ["new", "new"]),
        # Two numbers are two bodies, whatever they are called.
        ([("Oak North", "1999999", ""), ("Oak South", "1999998", "")], 0, ["new", "new"]),
        # Three branches: asked of each after the first.
        (
            [("Oak North", "1999999", ""), ("Oak South", "1999999", ""), ("Oak West", "1999999", "")],
            2,
            ["new", "problem", "problem"],
        ),
        # Company numbers, one of which lost its noughts.
        ([("Oak North", "", "00999123"), ("Oak South", "", "999123")], 1, ["new", "problem"]),
        # A number that was cut short cannot be compared: said, not asked about.
        ([("Oak North", "", "999123"), ("Oak South", "", "9.99E+05")], 0, ["new", "problem"]),
        # A row of totals has no number of its own.
        ([("Oak North", "1999999", ""), ("Total", "2", "")], 0, ["new", "total"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_one", [True, False])
def test_one_body_or_branches_as_files_have_them(
    world: World, rows: list[tuple[str, str, str]], asked: int, before: list[str], is_one: bool
) -> None:
    lines = "".join(
        f"{name},{'' if name == 'Total' else 'vcs'},{charity},{company}\n" for name, charity, company in rows
    )
    upload = ready(world, f"Org,Sector,Charity number,Company number\n{lines}")
    assert (len(seen(world, upload).questions), verdicts(world, upload)) == (asked, before)
    answer(world, upload, is_one)
    shown = without_marked(world.person("alice"), Upload.objects.get(pk=upload.pk))
    made = intake.accept(by=world.person("alice"), upload=upload, leave_out=True)
    assert made == len(shown.to_make)
