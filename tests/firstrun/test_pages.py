"""The pages of the first run, and who sees them."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event
from joinedup.firstrun import actions
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Contact, Partner
from joinedup.places.models import Footprint
from joinedup.registration.models import Invitation
from joinedup.spreadsheets.intake.actions import accept
from tests.firstrun.making import CONTACTS, TODAY, make_figures, make_opportunity, opened, words_of
from tests.world import World, make_partner

As = Callable[[str], Client]
PAGES = ["", "data/", "statutory/", "contacts/", "missing/", "event/", "invitations.csv", "brief.docx"]


def listed(world: World, as_: As) -> list[dict[str, str]]:
    content = as_("alice").get("/start/north/invitations.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def with_contacts(world: World) -> None:
    alice = world.person("alice")
    accept(by=alice, upload=actions.paste_contacts(by=alice, footprint=world.north, text=CONTACTS))


@pytest.mark.parametrize("part", PAGES)
def test_only_the_coordinator_sees_an_area(world: World, as_: As, part: str) -> None:
    Partner.objects.filter(pk=world.lantern.pk).update(name="HIDDEN partner")
    Contact.objects.create(partner=world.lantern, role="HIDDEN role", email="hidden@lantern.example")
    path = f"/start/north/{part}"
    assert as_("alice").get(path).status_code == 200
    for who in ("bob", "charlie", "lead", "admin"):
        for answer in (as_(who).get(path), as_(who).post(path)):
            assert answer.status_code in (404, 405), (who, path)
            assert b"HIDDEN" not in answer.content
    assert as_("nobody").get(path).status_code == 302


def test_the_beginning_is_for_those_who_may_start_or_coordinate(world: World, as_: As) -> None:
    assert "Which area does your partnership cover?" in as_("lead").get("/start/").text
    assert "Which area does your partnership cover?" in as_("admin").get("/start/").text
    alice = as_("alice").get("/start/").text
    assert "/start/north/" in alice
    assert "Which area" not in alice
    assert "South partnership" not in alice
    for who in ("bob", "charlie"):
        assert as_(who).get("/start/").status_code == 403
    assert as_("nobody").get("/start/").status_code == 302
    assert as_("alice").post("/start/", {"place": world.northton.pk, "name": "Mine"}).status_code == 403
    assert not Footprint.objects.filter(name="Mine").exists()


def test_choosing_an_area_keeps_what_was_ticked_while_searching(world: World, as_: As) -> None:
    lead = as_("lead")
    page = lead.get("/start/", {"q": "east", "place": world.northton.pk}).text
    assert f'value="{world.northton.pk}" id="place-{world.northton.pk}" checked' in page
    assert "Eastton" in page
    assert "Southton" not in page
    assert "Nothing in England and Wales has that name" in lead.get("/start/", {"q": "zzz"}).text
    assert "Choose at least one" in lead.get("/start/", {"choose": "1"}).text
    page = lead.get("/start/", {"choose": "1", "place": [world.northton.pk, world.southton.pk]}).text
    assert 'value="Northton and Southton partnership"' in page


def test_a_name_that_is_taken_is_said_and_nothing_typed_is_lost(world: World, as_: As) -> None:
    page = as_("lead").post("/start/", {"place": world.southton.pk, "name": "north partnership"})
    assert "There is a partnership of that name already" in page.text
    assert 'value="north partnership"' in page.text
    assert Footprint.objects.count() == 2
    page = as_("lead").post("/start/", {"place": "banana", "name": "x"})
    assert page.status_code == 200
    assert Footprint.objects.count() == 2


def test_statutory_page_shows_figures_and_every_tick(world: World, as_: As) -> None:
    make_figures(world.northton)
    page = as_("alice").get("/start/north/statutory/").text
    assert "need in Northton is highest on" in page
    assert "How much need there is in Eastton is not known" in page
    assert page.count('name="body"') == page.count(" checked") == 11
    assert "Testland Police" in page[page.index("Recorded already") :]
    answer = as_("alice").post("/start/north/statutory/", {"body": ["health:E54000099"]}, follow=True)
    assert "1 partner recorded." in answer.text
    assert Partner.objects.get(name="NHS Testland ICB").is_statutory
    assert as_("alice").post("/start/north/statutory/", {"body": ["banana"]}).status_code == 200


def test_steps_say_what_is_done_and_what_is_next(world: World, as_: As) -> None:
    world.police.delete()

    def standings() -> list[str]:
        page = as_("alice").get("/start/north/").text
        parts = page.split('class="govuk-task-list__status"')[2:]
        return [next(word for word in ("Done", "Next", "To do") if word in part[:120]) for part in parts]

    assert standings() == ["Next", "To do", "To do", "To do", "To do"]
    with_contacts(world)
    assert standings() == ["Next", "Done", "To do", "To do", "To do"]
    as_("alice").post("/start/north/statutory/", {"body": ["health:E54000099"]})
    assert standings() == ["Done", "Done", "Next", "To do", "Done"]
    Initiative.objects.create(name="A", slug="a", partner=world.lantern)
    actions.plan_first_event(by=world.person("alice"), footprint=world.north, name="First day", date=TODAY)
    assert standings() == ["Done"] * 5
    assert "First day" in as_("alice").get("/start/north/").text


def test_contacts_lead_to_the_preview(world: World, as_: As) -> None:
    page = as_("alice").post(
        "/start/north/contacts/", {"text": "Lantern Youth, Director, wrong@\nZebra, Head"}, follow=True
    )
    assert "“wrong@” is not an e-mail address." in page.text
    assert "Which sector does “Zebra” belong to?" in page.text
    assert "Paste at least one line." in as_("alice").post("/start/north/contacts/", {"text": " "}).text


def test_planning_the_first_event(world: World, as_: As) -> None:
    with_contacts(world)
    page = as_("alice").post(
        "/start/north/event/", {"name": "First day", "date": "8/10/2090", "venue": "Hall"}, follow=True
    )
    assert "Planned, with 3 invitations. Nothing is sent yet." in page.text
    assert f"{Event.objects.get().date}" == "2090-10-08"
    page = as_("alice").post("/start/north/event/", {"name": "Late", "date": "2018-10-08"})
    assert "Choose a day to come." in page.text
    assert Event.objects.count() == 1


def test_looking_for_opportunities_is_a_button(world: World, as_: As) -> None:
    assert as_("alice").get("/start/north/look/").status_code == 405
    assert as_("charlie").post("/start/north/look/").status_code == 404
    assert "worked out afresh" in as_("alice").post("/start/north/look/", follow=True).text
    assert AuditEntry.objects.filter(action="opportunity.refresh").count() == 1


def test_the_invitation_list_holds_everybody_and_says_who_is_missing(world: World, as_: As) -> None:
    with_contacts(world)
    rows = listed(world, as_)
    asked = [
        (r["Organisation"], r["Sector"], r["Role"], r["E-mail address"]) for r in rows if r["E-mail address"]
    ]
    assert asked == [
        ("Hilltop School", "Education", "Head", "head@hilltop.example"),
        ("Riverside Homes", "Housing", "Head of safety", "safety@riverside.example"),
        ("Lantern Youth", "Vcs", "Director", "director@lantern.example"),
    ]
    lacking = {
        (r["Organisation"] or r["Sector"]): r["What is missing"] for r in rows if not r["E-mail address"]
    }
    assert lacking["Testland Police"] == "No contact recorded: whom to ask?"
    assert lacking["Health"].startswith("Nobody of this sector recorded: ask the health board")
    assert "Far Harbour" not in str(rows)


def test_the_invitation_list_knows_the_event_and_its_answers(world: World, as_: As) -> None:
    with_contacts(world)
    as_("alice").post("/start/north/event/", {"name": "First day", "date": "08/10/2090"})
    Invitation.objects.filter(email="head@hilltop.example").update(
        answer="accepted", sent_at="2090-01-01T00:00Z"
    )
    rows = {r["E-mail address"]: r for r in listed(world, as_)}
    assert rows["head@hilltop.example"]["Answer"] == "Coming"
    assert rows["director@lantern.example"]["Answer"] == "Not sent yet"
    assert rows["director@lantern.example"]["Date of the event"] == "2090-10-08"


def test_no_cell_of_the_list_can_run_as_a_formula(world: World, as_: As) -> None:
    for first in "=+-@":
        partner = make_partner(f"Org {ord(first)}", "vcs", world.north, [], [])
        Partner.objects.filter(pk=partner.pk).update(name=f"{first}cmd")
        Contact.objects.create(partner=partner, role=f"{first}role", name=f"{first}name")
    cells = [cell for row in listed(world, as_) for cell in row.values()]
    assert {"'=cmd", "'+role", "'-name", "'@cmd"} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_brief_comes_as_a_word_file(world: World, as_: As) -> None:
    answer = as_("alice").get("/start/north/brief.docx")
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert answer["Content-Disposition"] == f'attachment; filename="north-brief-{TODAY.isoformat()}.docx"'
    assert "North partnership: where we stand" in words_of(opened(answer.content))


def test_looking_changes_nothing(world: World, as_: As) -> None:
    alice = as_("alice")
    before = AuditEntry.objects.count(), Partner.objects.count(), Event.objects.count()
    for page in PAGES:
        alice.get(f"/start/north/{page}")
    as_("lead").get("/start/", {"choose": "1", "place": world.northton.pk})
    assert (AuditEntry.objects.count(), Partner.objects.count(), Event.objects.count()) == before
    assert Footprint.objects.count() == 2


QUERIES = {
    "": 18,
    "data/": 4,
    "statutory/": 11,
    "contacts/": 4,
    "missing/": 16,
    "event/": 4,
    "invitations.csv": 22,
    "brief.docx": 33,
}


@pytest.mark.parametrize("part", PAGES)
@pytest.mark.parametrize("number", [1, 3])
def test_the_same_number_of_questions_for_one_and_three(
    world: World, as_: As, part: str, number: int, django_assert_num_queries: Any
) -> None:
    for place in (world.northton, world.eastton):
        make_figures(place)
    with_contacts(world)
    actions.plan_first_event(by=world.person("alice"), footprint=world.north, name="First day", date=TODAY)
    for n in range(number):
        partner = make_partner(f"More {n}", "health", world.north, [world.northton], ["weapon-carrying"])
        Contact.objects.create(partner=partner, role="Lead", email=f"lead{n}@more.example")
        initiative = Initiative.objects.create(name=f"I{n}", slug=f"i{n}", partner=partner)
        initiative.places.add(world.northton)
        initiative.themes.add("trusted-adult")
        make_opportunity(world, n).parties.add(partner)
    alice = as_("alice")
    with django_assert_num_queries(QUERIES[part]):
        alice.get(f"/start/north/{part}")
