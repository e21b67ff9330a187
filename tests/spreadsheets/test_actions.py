"""All or nothing, once, and back again."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.actions import change_initiative
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions.deciding import take_up
from joinedup.opportunities.models import Opportunity
from joinedup.partners import actions as partner_actions
from joinedup.partners.actions import AlreadyHere, add_partner
from joinedup.partners.models import Contact, Partner
from joinedup.places.models import Place
from joinedup.spreadsheets import actions
from joinedup.spreadsheets.intake import actions as intake
from joinedup.spreadsheets.kinds.contract import key
from joinedup.spreadsheets.models import RememberedColumn, Upload
from joinedup.spreadsheets.preview import preview
from joinedup.support.models import Offer
from joinedup.taxonomy.models import Sector
from tests.spreadsheets.making import OFFERS, PARTNERS, TODAY, TRACKER, ready, state, xlsx
from tests.world import World


def says(world: World, upload: Upload, sectors: dict[int, str] | None = None) -> list[tuple[int, str, str]]:
    return [
        (line.row, line.verdict.value, line.says)
        for line in preview(world.person("alice"), upload, sectors).lines
    ]


def sentences(world: World, upload: Upload) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.sentence) for p in preview(world.person("alice"), upload).problems]


def test_partners_with_their_contacts(world: World) -> None:
    upload = ready(world, PARTNERS)
    assert says(world, upload) == [
        (2, "new", "New partner, Housing; contact: Head of safety"),
        (3, "adds", "Organisation in a row above; new contact: Estate officer"),
        (4, "new", "New partner, Education; contact: Head"),
        (5, "adds", "Organisation already here as Lantern Youth; new contact: Director"),
    ]
    assert intake.accept(by=world.person("alice"), upload=upload) == 6
    homes = Partner.objects.get(name="Riverside Homes")
    assert (homes.sector_id, homes.marking, homes.confirmed_on) == ("housing", "partnership", None)
    assert (homes.came, homes.came_by, homes.came_on) == ("list", "coordinator", TODAY)
    assert [p.name for p in homes.serves.all()] == ["Northton"]
    assert [f.slug for f in homes.footprints.all()] == ["north"]
    assert [(c.role, c.name, c.email) for c in homes.contacts.all()] == [
        ("Estate officer", "", "estates@riverside.example"),
        ("Head of safety", "A Person", "safety@riverside.example"),
    ]
    mill = Partner.objects.get(name="Mill Lane School")
    assert (mill.sector_id, mill.serves.count()) == ("education", 2)
    assert world.lantern.contacts.get().email == "director@lantern.example"
    assert AuditEntry.objects.filter(action="partner.add").count() == 2
    assert AuditEntry.objects.filter(action="contact.add").count() == 4


def test_rows_are_emptied_and_no_address_is_left_in_the_trail(world: World) -> None:
    upload = ready(world, PARTNERS)
    intake.accept(by=world.person("alice"), upload=upload)
    upload.refresh_from_db()
    assert (upload.rows, upload.state, upload.row_count, len(upload.made)) == ([], "accepted", 4, 6)
    trail = str(list(AuditEntry.objects.values()))
    assert "riverside.example" not in trail
    assert "A Person" not in trail


def test_who_is_here_already_is_not_made_again(world: World) -> None:
    partner_actions.add_partner(
        by=world.person("alice"),
        footprint=world.north,
        name="Old Name",
        sector=world.lantern.sector,
        charity_number="1084122",
    )
    text = "Org,Charity number\nlantern  YOUTH,\nThe Old Name Ltd,1084122\n"
    assert [verdict for _, verdict, _ in says(world, ready(world, text))] == ["known", "known"]
    upload = Upload.objects.get()
    with pytest.raises(ValidationError, match="nothing new"):
        intake.accept(by=world.person("alice"), upload=upload)


def test_a_partner_of_another_partnership_is_no_partner_here(world: World) -> None:
    upload = ready(world, "Org,Sector\nFar Harbour,vcs\n")
    intake.accept(by=world.person("alice"), upload=upload)
    assert Partner.objects.filter(name="Far Harbour").count() == 2


def test_the_tracker_with_its_dates_places_themes_and_leads(world: World) -> None:
    upload = ready(world, TRACKER, "initiatives")
    assert says(world, upload) == [
        (2, "new", "New, led by Lantern Youth"),
        (3, "new", "New, led by Eastton School, which is new here too: Education"),
    ]
    assert intake.accept(by=world.person("alice"), upload=upload) == 3
    mentors = Initiative.objects.get(name="Evening mentors")
    assert (mentors.partner, mentors.starts, mentors.ends) == (
        world.lantern, datetime.date(2018, 10, 8), datetime.date(2030, 3, 31),
    )  # fmt: skip
    assert (mentors.age_from, mentors.age_to, mentors.reach_per_year) == (10, 17, 120)
    assert [p.pk for p in mentors.places.all()] == [world.northton.pk]
    assert [t.pk for t in mentors.themes.all()] == ["trusted-adult"]
    walk = Initiative.objects.get(name="Safe walk home")
    assert (walk.partner.name, walk.starts, walk.reach_per_year) == (
        "Eastton School",
        datetime.date(2024, 9, 1),
        None,
    )


def test_support_is_public_unless_a_partner_here_provides_it(world: World) -> None:
    upload = ready(world, OFFERS, "offers")
    assert says(world, upload) == [
        (2, "new", "New fund of Some Foundation; anybody may see it"),
        (3, "new", "New training of Lantern Youth; the partnership may see it"),
    ]
    intake.accept(by=world.person("alice"), upload=upload)
    grants, training = Offer.objects.get(name="Small grants"), Offer.objects.get(name="Training in listening")
    assert (grants.marking, grants.closes, grants.amount, grants.amount_programme) == (
        "public", datetime.date(2030, 3, 31), "£5,000", None,
    )  # fmt: skip
    assert (training.marking, training.provider_partner) == ("partnership", world.lantern)


def test_every_problem_names_its_cell(world: World) -> None:
    text = (
        "Project,Lead,Area,Theme,Start,End,Ages\n"
        ",Lantern Youth,,,,,\n"
        "A,Lantern Yuoth,,,,,\n"
        "B,Lantern Youth,Northon,,,,\n"
        "C,Lantern Youth,,Trusted adults,,,\n"
        "D,Lantern Youth,,,13/13/2018,,\n"
        "E,Lantern Youth,,,2/1/2020,1/1/2020,17-10\n"
        "F,Zebra,,,,,\n"
    )
    assert sentences(world, ready(world, text, "initiatives")) == [
        (2, "Project", "The name of the work is missing."),
        (7, "End", "It ends before it starts: check the dates."),
        (8, "Lead", "Which sector does “Zebra” belong to? Choose it under “Sectors to check”."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (
            "partners",
            "Website,E-mail,Org,Charity number,Who may see it\nnot a page,nonsense,,SC12,the King\n",
            [
                ("Website", "“not a page” is not a web address."),
                ("E-mail", "“nonsense” is not an e-mail address."),
                ("Org", "The name of the organisation is missing."),
                ("Charity number", "A charity number is 6 or 7 digits, or begins with SC or NIC."),
                ("Who may see it", "Write “public” or “partnership”."),
            ],
        ),
        (
            "initiatives",
            "End,Start,Project,Lead,Who may see it\n1/1/2020,2/1/2020,,,the King\n",
            [
                ("End", "It ends before it starts: check the dates."),
                ("Project", "The name of the work is missing."),
                ("Lead", "Who leads it is missing."),
                ("Who may see it", "Write “public” or “partnership”."),
            ],
        ),
        (
            "offers",
            "Closes,Opens,Support,Provider,Web page,Who may see it\n1/1/2020,2/1/2020,,,not a page,the King\n",
            [
                ("Closes", "It closes before it opens: check the dates."),
                ("Support", "The name of the support is missing."),
                ("Provider", "Who provides it is missing."),
                ("Web page", "“not a page” is not a web address."),
                ("Who may see it", "Write “public” or “partnership”."),
            ],
        ),
        (
            "asks",
            "Who may see it,Need or offer,Text,Partner\nthe King,,,\n",
            [
                ("Who may see it", "Write “public” or “partnership”."),
                ("Need or offer", "Is it needed or offered? Write “need” or “offer”, or tick what was read."),
                ("Text", "What is needed or offered is missing."),
                ("Partner", "Who says so is missing."),
            ],
        ),
    ],
)
def test_every_problem_of_a_row_is_told_at_once_in_the_order_of_the_columns(
    world: World, kind: str, text: str, expected: list[tuple[str, str]]
) -> None:
    found = sentences(world, ready(world, text, kind))
    assert [(column, sentence) for _, column, sentence in found] == expected


def test_a_name_that_is_too_long_is_told_once(world: World) -> None:
    assert sentences(world, ready(world, f"Org,Sector\n{'x' * 201},health\n")) == [
        (2, "Org", "The text is longer than 200 characters.")
    ]


def test_wards_whole_areas_codes_and_a_shared_name(world: World) -> None:
    Place.objects.create(code="E05099902", name="Mill Ward", kind="ward", parent=world.eastton, vintage=2024)
    text = (
        "Project,Lead,Area\nA,Lantern Youth,Mill Ward (Eastton)\nB,Lantern Youth,all boroughs\n"
        "C,Lantern Youth,E05099901; Testland\nD,Lantern Youth,London Borough of Northton\nE,Lantern Youth,Mill Ward\n"
    )
    upload = ready(world, text, "initiatives")
    assert list(preview(world.person("alice"), upload).unread.values()) == [[6]]
    intake.accept(by=world.person("alice"), upload=upload)
    where = {i.name: sorted(p.pk for p in i.places.all()) for i in Initiative.objects.all()}
    assert where == {
        "A": ["E05099902"],
        "B": [world.northton.pk, world.eastton.pk],
        "C": ["E05099901", "E12000099"],
        "D": [world.northton.pk],
        "E": [],
    }


def test_a_marked_row_refuses_the_whole_unless_left_out(world: World) -> None:
    upload = ready(
        world, "Org,E-mail\nZebra,\nZebra,office@zebra.sch.uk\nHilltop College,not an address\nOak School,\n"
    )
    before = state()
    with pytest.raises(ValidationError, match="2 of the rows have a problem"):
        intake.accept(by=world.person("alice"), upload=upload)
    assert state() == before
    intake.accept(by=world.person("alice"), upload=upload, leave_out=True)
    # The second row of Zebra stands by itself once the first is left out.
    assert set(Partner.objects.filter(footprints=world.north).values_list("name", flat=True)) >= {
        "Zebra",
        "Oak School",
    }
    assert not Partner.objects.filter(name="Hilltop College").exists()


def test_a_sector_is_chosen_where_none_can_be_told(world: World) -> None:
    upload = ready(world, "Org\nZebra\nOak School\n")
    asked = preview(world.person("alice"), upload).sectors_to_check
    assert [(each.row, each.organisation, each.sector) for each in asked] == [
        (2, "Zebra", ""),
        (3, "Oak School", "education"),
    ]
    intake.accept(by=world.person("alice"), upload=upload, sectors={2: "health", 3: "vcs", 9: "police"})
    assert Partner.objects.get(name="Zebra").sector_id == "health"
    assert Partner.objects.get(name="Oak School").sector_id == "vcs"


def test_a_sector_nobody_knows_is_not_taken(world: World) -> None:
    upload = ready(world, "Org\nZebra\n")
    with pytest.raises(ValidationError, match="1 of the rows"):
        intake.accept(by=world.person("alice"), upload=upload, sectors={2: "spies"})


@pytest.mark.parametrize("after", [0, 1, 3])
def test_killed_half_way_nothing_is_there(world: World, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    upload = ready(world, PARTNERS)
    before = state()
    calls = iter(range(99))
    add_contact = partner_actions.add_contact

    def breaking(**kwargs: Any) -> Contact:
        if next(calls) == after:
            raise KeyboardInterrupt
        return add_contact(**kwargs)

    monkeypatch.setattr("joinedup.spreadsheets.kinds.partners.add_contact", breaking)
    with pytest.raises(KeyboardInterrupt):
        intake.accept(by=world.person("alice"), upload=upload)
    assert state() == before


def test_the_same_rows_twice_are_refused_until_undone(world: World) -> None:
    alice = world.person("alice")
    first = ready(world, PARTNERS)
    second = ready(world, PARTNERS)
    intake.accept(by=alice, upload=first)
    before = state()
    with pytest.raises(ValidationError, match="already \\(“Pasted rows”\\): undo that first"):
        intake.accept(by=alice, upload=second)
    with pytest.raises(ValidationError, match="already"):
        actions.bring(
            by=alice, footprint=world.north, kind="partners", content=PARTNERS.encode(), file_name="a.csv"
        )
    assert state() == before
    intake.undo(by=alice, upload=first)
    intake.accept(by=alice, upload=second)


def test_accepting_twice_makes_nothing_twice(world: World) -> None:
    upload = ready(world, PARTNERS)
    intake.accept(by=world.person("alice"), upload=upload)
    with pytest.raises(ValidationError, match="finished already"):
        intake.accept(by=world.person("alice"), upload=upload)


def test_undo_takes_away_exactly_what_was_made(world: World) -> None:
    alice = world.person("alice")
    partner_actions.add_contact(by=alice, partner=world.lantern, role="Trustee")
    before = state()
    made = ready(world, TRACKER, "initiatives"), ready(world, PARTNERS), ready(world, OFFERS, "offers")
    for upload in made:
        intake.accept(by=alice, upload=upload)
    for upload in reversed(made):
        intake.undo(by=alice, upload=upload)
        upload.refresh_from_db()
        assert (upload.state, upload.rows, upload.made) == ("undone", [], [])
    after = state()
    for kind in ("Partner", "Contact", "Initiative", "Offer"):
        assert after[kind] == before[kind]
    gone = AuditEntry.objects.filter(action="spreadsheet.undo").values_list("record", flat=True)
    assert sorted(set(gone)) == [
        "initiatives.initiative", "partners.contact", "partners.partner", "spreadsheets.upload", "support.offer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("use", "sentence"),
    [
        ("change", "“Riverside Homes” was changed since"),
        ("contact", "“Riverside Homes” is used since: contact"),
        ("work", "“Riverside Homes” is used since: initiative"),
        ("role", "“Riverside Homes” is used since: grant"),
        ("removed", "removed since"),
    ],
)
def test_undo_says_what_stands_in_the_way(world: World, use: str, sentence: str) -> None:
    alice = world.person("alice")
    upload = ready(world, PARTNERS)
    intake.accept(by=alice, upload=upload)
    homes = Partner.objects.get(name="Riverside Homes")
    if use == "change":
        partner_actions.change_partner(by=alice, partner=homes, does="Homes")
    elif use == "contact":
        partner_actions.add_contact(by=alice, partner=homes, role="Caretaker")
    elif use == "work":
        Initiative.objects.create(name="Later", slug="later", partner=homes)
    elif use == "role":
        world.bob.grants.create(role="partner_member", partner=homes)
    else:
        partner_actions.remove_contact(by=alice, contact=homes.contacts.all()[0])
    before = state()
    with pytest.raises(ValidationError, match=sentence):
        intake.undo(by=alice, upload=upload)
    assert state() == before


def test_what_the_engine_merely_suggested_does_not_stand_in_the_way(world: World) -> None:
    alice = world.person("alice")
    upload = ready(world, TRACKER, "initiatives")
    intake.accept(by=alice, upload=upload)
    suggested = Opportunity.objects.create(
        key="a", footprint=world.north, audience="partnership", kind="match", place=world.northton,
        sentence="Two", first_seen=TODAY, last_seen=TODAY,
    )  # fmt: skip
    suggested.initiatives.add(Initiative.objects.get(name="Safe walk home"))
    intake.undo(by=alice, upload=upload)
    suggested.refresh_from_db()
    assert suggested.state == "gone"


def test_what_was_taken_up_before_the_sheet_came_does_not_stand_in_the_way(world: World) -> None:
    """The list is worked out again after each sheet: it names the new bodies for what was started long ago too."""
    alice = world.person("alice")
    started = Opportunity.objects.create(
        key="a", footprint=world.north, audience="partnership", kind="match", place=world.northton,
        sentence="Two", first_seen=TODAY, last_seen=TODAY,
    )  # fmt: skip
    take_up(by=alice, opportunity=started)
    upload = ready(world, PARTNERS)
    intake.accept(by=alice, upload=upload)
    started.refresh_from_db()
    assert started.state == "taken_up"
    started.parties.add(Partner.objects.get(name="Riverside Homes"))
    intake.undo(by=alice, upload=upload)
    assert not started.parties.filter(name="Riverside Homes").exists()
    started.refresh_from_db()
    assert started.state == "taken_up"


def test_what_somebody_took_up_since_the_sheet_came_stands_in_the_way(world: World) -> None:
    alice = world.person("alice")
    upload = ready(world, PARTNERS)
    intake.accept(by=alice, upload=upload)
    suggested = Opportunity.objects.create(
        key="a", footprint=world.north, audience="partnership", kind="match", place=world.northton,
        sentence="Two", first_seen=TODAY, last_seen=TODAY,
    )  # fmt: skip
    suggested.parties.add(Partner.objects.get(name="Riverside Homes"))
    take_up(by=alice, opportunity=suggested)
    with pytest.raises(ValidationError, match="“Riverside Homes” is used since: opportunity"):
        intake.undo(by=alice, upload=upload)


def test_a_changed_initiative_stays(world: World) -> None:
    alice = world.person("alice")
    upload = ready(world, TRACKER, "initiatives")
    intake.accept(by=alice, upload=upload)
    change_initiative(by=alice, initiative=Initiative.objects.get(name="Safe walk home"), what="More")
    with pytest.raises(ValidationError, match="“Safe walk home” was changed since"):
        intake.undo(by=alice, upload=upload)


def test_columns_are_remembered_for_this_partnership_only(world: World) -> None:
    alice = world.person("alice")
    text = "Crew,Zone,Extra\nOak School,Northton,x\n"
    first = actions.bring(by=alice, footprint=world.north, kind="partners", text=text)
    assert first.mapping == {}
    actions.choose_columns(by=alice, upload=first, mapping={"name": 0, "serves": 1})
    second = actions.bring(by=alice, footprint=world.north, kind="partners", text=text.replace("Oak", "Elm"))
    assert second.mapping == {"name": 0, "serves": 1}
    assert set(RememberedColumn.objects.values_list("heading", "field")) == {
        ("crew", "name"),
        ("zone", "serves"),
        ("extra", ""),
    }
    world.alice.grants.create(role="coordinator", footprint=world.south)
    elsewhere = actions.bring(by=world.person("alice"), footprint=world.south, kind="partners", text=text)
    assert elsewhere.mapping == {}


@pytest.mark.parametrize("mapping", [{}, {"email": 0}, {"name": 9}, {"nonsense": 0}, {"name": 0, "email": 0}])
def test_columns_that_make_no_sense_change_nothing(world: World, mapping: dict[str, int]) -> None:
    upload = actions.bring(by=world.person("alice"), footprint=world.north, kind="partners", text=PARTNERS)
    before = state()
    with pytest.raises(ValidationError):
        actions.choose_columns(by=world.person("alice"), upload=upload, mapping=mapping)
    assert state() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\1\2", b"Org\n", xlsx([["Org"], ["x"]])[:200], b"Org,DOB\nA,1/2/2003\n", b'Org\n"open'],
)
def test_bad_files_leave_nothing_behind(world: World, content: bytes) -> None:
    before = state()
    with pytest.raises(ValidationError):
        actions.bring(
            by=world.person("alice"), footprint=world.north, kind="partners", content=content, file_name="f"
        )
    assert state() == before


@pytest.mark.parametrize("who", ["bob", "charlie", "lead", "admin", "nobody"])
def test_only_the_coordinator_may(world: World, who: str) -> None:
    upload, person = ready(world, PARTNERS), world.person(who)
    before = state()
    for refused in (
        lambda: actions.bring(by=person, footprint=world.north, kind="partners", text=PARTNERS),
        lambda: actions.choose_columns(by=person, upload=upload, mapping=upload.mapping),
        lambda: intake.accept(by=person, upload=upload),
        lambda: actions.drop(by=person, upload=upload),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    assert state() == before
    intake.accept(by=world.person("alice"), upload=upload)
    with pytest.raises(PermissionDenied):
        intake.undo(by=person, upload=upload)


def test_dropping_and_forgetting_leave_no_rows(world: World) -> None:
    alice = world.person("alice")
    actions.drop(by=alice, upload=ready(world, PARTNERS))
    assert not Upload.objects.exists()
    assert AuditEntry.objects.filter(action="spreadsheet.drop").count() == 1
    old = ready(world, PARTNERS)
    Upload.objects.filter(pk=old.pk).update(at=timezone.now() - datetime.timedelta(days=15))
    ready(world, TRACKER, "initiatives")
    assert [each.kind for each in Upload.objects.all()] == ["initiatives"]


def test_a_preview_costs_the_same_for_few_rows_and_many(world: World, django_assert_num_queries: Any) -> None:
    few = ready(world, "Org\nOak School\n")
    many = ready(world, "Org\n" + "".join(f"School {n}\n" for n in range(40)))
    for upload in (few, many):
        found = Upload.objects.select_related("footprint").get(pk=upload.pk)
        person = world.person("alice")
        with django_assert_num_queries(15):
            preview(person, found)


def test_levels_and_markings_are_read_or_refused(world: World) -> None:
    text = (
        "Project,Lead,Level,Who may see it\nA,Lantern Youth,Secondary: at risk,Public\n"
        "B,Lantern Youth,universal,partnership\nC,Lantern Youth,Level 9,the King\n,,,x\n"
    )
    upload = ready(world, text, "initiatives")
    assert sentences(world, upload) == [
        (4, "Who may see it", "Write “public” or “partnership”."),
        (5, "Project", "The name of the work is missing."),
        (5, "Lead", "Who leads it is missing."),
        (5, "Who may see it", "Write “public” or “partnership”."),
    ]
    intake.accept(by=world.person("alice"), upload=upload, leave_out=True)
    found = Initiative.objects.order_by("name").values_list("name", "level", "marking")
    assert list(found) == [("A", "secondary", "public"), ("B", "primary", "partnership")]


def test_support_with_cells_that_do_not_fit(world: World) -> None:
    text = (
        "Fund,Funder,Kind,Open,Deadline,Sectors,Visibility,Amount\n"
        "A,,Grant,,,,,\n,B,Grant,,,,,\n"
        "C,Foundation,Banquet,2/1/2030,1/1/2030,spies,partnership,\n"
        "D,Foundation,Toolkit,,,Police; NHS,,from £5 to £50\n"
        "E,Foundation,,,,,,£500\nE,Foundation,,,,,,£500\n"
    )
    upload = ready(world, text, "offers")
    assert [(row, column) for row, column, _ in sentences(world, upload)] == [
        (2, "Funder"), (3, "Fund"), (4, "Deadline"), (4, "Visibility"),
    ]  # fmt: skip
    assert says(world, upload)[-1] == (7, "known", "Already here: not made again")
    intake.accept(by=world.person("alice"), upload=upload, leave_out=True)
    assert set(Offer.objects.values_list("name", "kind", "amount")) == {
        ("D", "guidance", "from £5 to £50"),
        ("E", "fund", "£500"),
    }
    assert {s.pk for s in Offer.objects.get(name="D").sectors.all()} == {"police", "health"}


def test_support_says_how_it_can_be_had_and_who_leads(world: World) -> None:
    """In the words people use; a sum that does not say whether one award or all is meant stays words."""
    text = (
        "Fund,Funder,Basis,Deadline,Amount,Maximum award,Total,Awards,Who leads,Lead only,General\n"
        "A,Foundation,open round,1/2/2030,,£5k,£90k,about 18,,,yes\n"
        'B,Foundation,"rolling, decided quarterly",,up to £6k each,,,,Police,yes,\n'
        "C,Foundation,standing,,,,,,,,\n"
        'D,Foundation,"pilot, ended",1/2/2030,£22m,,,,,,\n'
        "E,Foundation,competitive,,,,,,,,\n"
        "F,Foundation,,,,£9k,£8k,,,yes,\n"
    )
    upload = ready(world, text, "offers")
    assert sentences(world, upload) == [
        (7, "Maximum award", "One award cannot be more than all of them together."),
        (7, "Who leads", "Say who leads, if nobody else may apply."),
    ]
    intake.accept(by=world.person("alice"), upload=upload, leave_out=True)
    made = Offer.objects.order_by("name").values_list(
        "name",
        "basis",
        "amount_max_gbp",
        "amount_programme",
        "awards",
        "via_sectors",
        "lead_only",
        "is_general",
    )
    assert list(made) == [
        ("A", "dated", 5_000, 90_000, "about 18", None, False, True),
        ("B", "rolling", 6_000, None, "", "police", True, False),
        ("C", "standing", None, None, "", None, False, False),
        ("D", "closed", None, None, "", None, False, False),
        ("E", "", None, None, "", None, False, False),
    ]


def test_support_taken_out_as_a_spreadsheet_comes_in_again(
    world: World, as_: Callable[[str], Client]
) -> None:
    fields = {
        "basis": "rolling", "amount": "£5,000 each", "amount_max_gbp": 5_000, "amount_programme": 90_000,
        "awards": "about 18", "lead_only": True, "is_general": True, "purpose": "Clubs", "who_may_use": "Clubs",
        "url": "https://example.org/", "source": "A leaflet",
    }  # fmt: skip
    first = Offer.objects.create(
        name="Club fund", slug="club", provider="A Trust", kind="fund", marking="public", **fields
    )
    lists = {"sectors": ["vcs", "police"], "via_sectors": ["police"], "themes": ["trusted-adult"]}
    for name, values in lists.items():
        getattr(first, name).set(values)
    sheet = as_("nobody").get("/support.csv").text.replace("Club fund", "Second fund")
    upload = ready(world, sheet, "offers")
    assert sentences(world, upload) == []
    intake.accept(by=world.person("alice"), upload=upload)
    second = Offer.objects.get(name="Second fund")
    assert {name: getattr(second, name) for name in fields} == fields
    assert {name: {each.pk for each in getattr(second, name).all()} for name in lists} == {
        name: set(values) for name, values in lists.items()
    }


def test_a_tracker_brought_again_makes_nothing_twice_and_a_new_lead_once(world: World) -> None:
    intake.accept(by=world.person("alice"), upload=ready(world, TRACKER, "initiatives"))
    more = (
        TRACKER
        + "Lunch club,Eastton School,,,,,,,\n" * 2
        + "Garden,Oak School,,,,,,,\nPond,Oak School,,,,,,,\n"
    )
    upload = ready(world, more, "initiatives")
    assert [verdict for _, verdict, _ in says(world, upload)] == [
        "known",
        "known",
        "new",
        "known",
        "new",
        "new",
    ]
    assert intake.accept(by=world.person("alice"), upload=upload) == 4
    assert Partner.objects.get(name="Oak School").initiatives.count() == 2


def test_offers_of_a_spreadsheet_are_the_partnerships_own_and_change_no_shared_one(world: World) -> None:
    shared = Offer.objects.create(
        name="Small grants", slug="small-grants", provider="Some Foundation", kind="fund", marking="public",
        who_may_use="Police only",
    )  # fmt: skip
    intake.accept(by=world.person("alice"), upload=ready(world, OFFERS, "offers"))
    shared.refresh_from_db()
    assert (shared.who_may_use, shared.closes, shared.footprint) == ("Police only", None, None)
    made = Offer.objects.exclude(pk=shared.pk).get()
    assert (made.name, made.footprint, made.owner) == ("Training in listening", world.north, world.alice)
    assert set(made.places.all()) == {world.northton, world.eastton}


def test_an_apostrophe_of_the_keyboard_is_the_printed_one(world: World) -> None:
    """children's and children’s are one word, in a pasted line and where a partner is recorded."""
    assert key("Halton: Children's  social care") == key("Halton: children’s social care")
    add_partner(
        by=world.person("alice"),
        footprint=world.north,
        name="North: children’s care",
        sector=Sector.objects.first(),
    )
    with pytest.raises(AlreadyHere):
        add_partner(
            by=world.person("alice"), footprint=world.north, name="North: children's care",
            sector=Sector.objects.first(),
        )  # fmt: skip
