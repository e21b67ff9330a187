"""At the table: who reaches it, what they see there, how little they have to type, and that nothing is lost."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.agreements.actions.named_bodies import confirm_agreement
from joinedup.agreements.actions.table_notes import agree_at_table, correct_at_table, save_draft
from joinedup.agreements.forms.agreement_defaults import from_sitting
from joinedup.agreements.models import Agreement, Draft
from joinedup.agreements.queries import table_notes
from joinedup.agreements.worker import forget_drafts
from joinedup.events.models import Event, Session
from joinedup.opportunities.models import Opportunity
from joinedup.partners.models import Ask, Partner
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.models import Attendee
from joinedup.tables.models import Sitting
from tests.world import World, make_partner, published_event


def text(response: Any) -> str:
    return response.content.decode()


class Fields(HTMLParser):
    """What a browser would send of the form that is saved as a draft, and what one can touch in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._inside = False
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "agreement"
        if not self._inside:
            return
        if tag == "input" and given.get("type") != "hidden":
            self.values[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given["name"]
            self.values[self._select] = ""
        elif tag == "option" and "selected" in given:
            self.values[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = given["name"]
            self.values[self._area] = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


@pytest.fixture
def leader(sitting: Sitting) -> Attendee:
    """Who leads the table, known by a link only, on the day of the event."""
    Event.objects.filter(pk=sitting.event_id).update(date=timezone.localdate())
    sitting.event.date = timezone.localdate()
    found = next(s.attendee for s in sitting.seats.all() if "facilitator" in s.attendee.parts)
    assert found.user_id is None
    return found


@pytest.fixture
def link(leader: Attendee, sitting: Sitting) -> str:
    return f"/attending/{leader.token}/table/{sitting.round}/"


def participant(leader: Attendee) -> Person:
    return table_notes.as_participant(leader)


def at_table(sitting: Sitting) -> Sitting:
    return Sitting.objects.get(pk=sitting.pk)


def whole(page: str, **changes: str) -> dict[str, str]:
    """The form as it stands on the page, with what each puts in added where it is missing."""
    values = Fields(page).values
    for number in range(1, 5):
        if values.get(f"partner_{number}") and not values.get(f"what_{number}"):
            values[f"what_{number}"] = "A room"
    return values | {"action": values["action"].strip() or "Train ten mentors."} | changes


def test_members_of_who_sits_there_reach_it_and_nobody_else(sitting: Sitting, as_):
    path = f"/sittings/{sitting.pk}/"
    for who, status in (("bob", 200), ("alice", 200), ("lead", 200), ("charlie", 404), ("nobody", 302)):
        assert as_(who).get(path).status_code == status
        assert as_(who).post(f"{path}draft/", {"goal": "x"}).status_code == (302 if status != 404 else 404)
    assert Draft.objects.count() == 3
    assert as_("bob").get(f"{path}draft/").status_code == 405
    page = text(as_("bob").get(path))
    why = 'Lantern Youth <span class="ju-source">is needed for this topic</span></li>'
    for words in ("Sentence for members only", why, "Meet and name a lead."):
        assert words in page
    assert "@example.org" not in page


def test_who_leads_a_table_reaches_it_by_the_link_in_their_mail(
    leader: Attendee, link: str, sitting: Sitting, seated: Event
):
    nobody = Client()
    own = nobody.get(f"/attending/{leader.token}/table/")
    assert own.status_code == 200
    assert link in text(own)
    assert f"/attending/{leader.token}/table/" in text(nobody.get(f"/attending/{leader.token}/"))
    assert leader.code in text(nobody.get(f"/attending/{leader.token}/"))
    assert nobody.get(link).status_code == 200
    guest = next(each for each in seated.attendees.all() if each.parts == ["guest"])
    other = f"/attending/{guest.token}/table/"
    assert [nobody.get(each).status_code for each in (other, f"{other}{sitting.round}/")] == [404, 404]
    assert "write down what they agree" not in text(nobody.get(f"/attending/{guest.token}/"))
    for wrong in (
        "/attending/wrong/table/",
        "/attending/wrong/table/1/",
        link.replace("/table/", "/table/9"),
    ):
        assert nobody.get(wrong).status_code == 404


def test_the_link_ends_when_they_cancel_and_when_personal_details_are_deleted(
    leader: Attendee, link: str, seated: Event, world: World
):
    Attendee.objects.filter(pk=leader.pk).update(standing="cancelled")
    pages = [link, f"/attending/{leader.token}/table/"]
    assert [Client().get(each).status_code for each in pages] == [404, 404]
    assert Client().post(f"{link}draft/", {"goal": "x"}).status_code == 404
    Attendee.objects.filter(pk=leader.pk).update(standing="placed")
    assert Client().get(link).status_code == 200
    Event.objects.filter(pk=seated.pk).update(date=timezone.localdate() - datetime.timedelta(days=1))
    seated.refresh_from_db()
    delete_personal(by=world.person("alice"), event=seated)
    assert [Client().get(each).status_code for each in pages] == [404, 404]


def test_a_participant_of_another_event_or_table_writes_nothing_here(
    sitting: Sitting, seated: Event, world: World, come: Callable[..., Attendee], parts
):
    other = published_event(by=world.person("alice"), footprint=world.north, name="Other", date=seated.date)
    stranger = come(other, world.lantern, part="facilitator")
    others = seated.attendees.filter(seats__sitting__round=sitting.round).exclude(seats__sitting=sitting)
    elsewhere = [each for each in others if "facilitator" in each.parts]
    for who in (stranger, *elsewhere):
        with pytest.raises(PermissionDenied):
            agree_at_table(by=participant(who), sitting=at_table(sitting), **parts)
        with pytest.raises(PermissionDenied):
            save_draft(by=participant(who), sitting=at_table(sitting), values={"goal": "x"})
    assert elsewhere
    Event.objects.update(date=timezone.localdate())
    assert Client().get(f"/attending/{stranger.token}/table/{sitting.round}/").status_code == 404
    assert not Agreement.objects.exists()


def test_without_an_account_one_sees_the_topic_and_the_people_and_nothing_shared(
    link: str, world: World, sitting: Sitting, leader: Attendee
):
    quiet = make_partner("Quietly House", "health", world.north, [world.northton], [])
    Ask.objects.create(partner=world.lantern, kind="offer", text="Quietly a hall", marking="partnership")
    sitting.topic.parties.add(quiet)
    Attendee.objects.filter(pk=leader.pk).update(name="Chosen Name")
    page = text(Client().get(link))
    for words in (sitting.topic.title, "Chosen Name", "Lantern Youth", "Northton"):
        assert words in page
    secrets = ("Sentence for members", "Meet and name a lead", "Quietly", "@example.org", "Far Harbour")
    for secret in (*secrets, "is needed for this", "works in its place"):
        assert secret not in page
    shown = text(Client().get(f"/attending/{leader.token}/table/"))
    assert "Chosen Name" not in shown
    assert sitting.topic.title in shown


def test_what_is_public_of_the_opportunity_is_there_for_everybody(
    link: str, make_opportunity: Callable[..., Opportunity]
):
    make_opportunity(audience="public", marking="public", sentence="Everybody may read this.", parties=[])
    page = text(Client().get(link))
    assert "Everybody may read this." in page
    assert "Sentence for members" not in page


def test_owners_come_from_the_table_and_a_coordinator_may_choose_others(
    link: str, world: World, sitting: Sitting, as_
):
    Partner.objects.filter(pk=world.police.pk).update(marking="public")
    make_partner("Open House", "health", world.north, [], [], marking="public")

    def owners(page: str) -> str:
        owner = page[page.index('name="owner_partner"') :]
        return owner[: owner.index("</select>")]

    for page in (text(Client().get(link)), text(as_("bob").get(f"/sittings/{sitting.pk}/"))):
        assert "Lantern Youth" in owners(page)
        assert "Open House" not in owners(page)
    owner = owners(text(as_("alice").get(f"/sittings/{sitting.pk}/")))
    assert owner.index("At this table") < owner.index("Lantern Youth") < owner.index("Others")
    assert owner.index("Others") < owner.index("Open House")


def test_an_agreement_of_who_leads_names_nobody(
    link: str, leader: Attendee, sitting: Sitting, world: World, opportunity: Opportunity
):
    Attendee.objects.filter(pk=leader.pk).update(name="Secret Name")
    browser = Client()
    answer = browser.post(link, whole(text(browser.get(link))))
    assert (answer.status_code, answer["Location"]) == (302, link)
    agreed = Agreement.objects.get()
    assert (agreed.sitting, agreed.opportunity) == (sitting, opportunity)
    assert agreed.recorded_by == f"{leader.role}, {leader.partner}"
    opportunity.refresh_from_db()
    assert opportunity.state == "on_agenda", "nobody has confirmed yet what a link wrote"
    trail = AuditEntry.objects.filter(action="agreement.record")
    assert {(each.user_id, each.by) for each in trail} == {(None, agreed.recorded_by)}
    confirm_agreement(by=world.person("alice"), agreement=agreed)
    opportunity.refresh_from_db()
    assert (opportunity.state, opportunity.decided_by) == ("agreed", "Alice")
    assert "Secret Name" not in str([(each.by, each.after) for each in AuditEntry.objects.all()])


FOUR = ["action", "owner_partner", "due", "measure"]


def open_fields(page: str) -> list[str]:
    """The fields of the form that no closed fold hides, in order."""
    form = page[page.index('id="agreement"') :].split("</form>")[0]
    seen = re.sub(r'<details class="govuk-details">.*?</details>', "", form, flags=re.S)
    return re.findall(r'<(?:input|select|textarea)[^>]* name="(?!csrf)(\w+)"', seen)


@pytest.mark.parametrize("who", ["a member", "by the link"])
def test_four_fields_and_one_press(who: str, sitting: Sitting, link: str, world: World, as_):
    """A member presses one button; by the link, which knows less, one writes also what will be done."""
    path, browser = (link, Client()) if who == "by the link" else (f"/sittings/{sitting.pk}/", as_("bob"))
    page = text(browser.get(path))
    assert open_fields(page) == FOUR
    sent = Fields(page).values
    assert sent["due"] == (timezone.localdate() + datetime.timedelta(weeks=8)).isoformat()
    lacking = {name for name in FOUR if not sent[name].strip()}
    assert lacking == ({"action"} if who == "by the link" else set())
    sent |= dict.fromkeys(lacking, "Train ten mentors. Two a month.")
    answer = browser.post(path, sent)
    assert answer.status_code == 302, Fields(text(answer)).values
    agreed = Agreement.objects.get()
    assert (agreed.goal, agreed.due.isoformat()) == (sitting.topic.title, sent["due"])
    assert agreed.contributions.get().partner == agreed.owner_partner
    if who == "by the link":
        assert agreed.contributions.get().what == "Train ten mentors."


@pytest.mark.parametrize("field", FOUR)
def test_each_of_the_four_is_asked_for_in_words(field: str, sitting: Sitting, as_):
    path = f"/sittings/{sitting.pk}/"
    page = text(as_("bob").post(path, Fields(text(as_("bob").get(path))).values | {field: ""}))
    assert (f'href="#id_{field}"' in page, f'id="id_{field}-error"' in page) == (True, True)
    assert "This field is required" not in page
    assert open_fields(page) == FOUR
    assert not Agreement.objects.exists()


def test_what_is_left_empty_is_filled_in(sitting: Sitting, world: World, as_):
    path = f"/sittings/{sitting.pk}/"
    rest = (
        "goal",
        "owner_role",
        "deputy_partner",
        "deputy_role",
        "partner_1",
        "what_1",
        "partner_2",
        "what_2",
    )
    sent = (
        Fields(text(as_("bob").get(path))).values
        | dict.fromkeys(rest, "")
        | {"action": "Meet weekly.\nIn May."}
    )
    for _twice in range(2):
        assert as_("bob").post(path, sent).status_code == 302
    agreed = Agreement.objects.get()
    roles = {seat.attendee.partner_id: seat.attendee.role for seat in reversed(sitting.seats.all())}
    assert (agreed.goal, agreed.owner_role) == ("Meet weekly.", roles[agreed.owner_partner_id])
    assert (agreed.deputy_partner, agreed.deputy_role) == (agreed.owner_partner, agreed.owner_role)
    assert [(each.partner, each.what) for each in agreed.contributions.all()] == [
        (agreed.owner_partner, "Meet weekly.")
    ]
    # A draft that was on its way does not come after it.
    assert as_("bob").post(f"{path}draft/", sent).status_code == 302
    assert not Draft.objects.exists()


def test_who_chooses_another_owner_need_not_correct_the_role_and_the_deputy(sitting: Sitting, as_):
    path = f"/sittings/{sitting.pk}/"
    sent = Fields(text(as_("bob").get(path))).values
    owner, deputy = sent["owner_partner"], sent["deputy_partner"]
    assert owner != deputy
    assert as_("bob").post(path, sent | {"owner_partner": deputy}).status_code == 302
    agreed = Agreement.objects.get()
    assert [str(agreed.owner_partner_id), str(agreed.deputy_partner_id)] == [deputy, owner]
    assert (agreed.owner_role, agreed.deputy_role) == (sent["deputy_role"], sent["owner_role"])
    # A role that somebody typed stays.
    typed = sent | {"owner_partner": deputy, "owner_role": "Chair", "action": "Another."}
    assert as_("bob").post(path, typed).status_code == 302
    assert Agreement.objects.get(action="Another.").owner_role == "Chair"


def test_a_partner_that_somebody_chose_has_to_put_something_in(sitting: Sitting, world: World, as_):
    path = f"/sittings/{sitting.pk}/"
    sent = Fields(text(as_("bob").get(path))).values
    here = {sent["partner_1"], sent["partner_2"]}
    for changed in ({"partner_3": here.pop()}, {"partner_3": "", "what_3": "A room"}):
        page = text(as_("bob").post(path, sent | changed))
        assert "Give the partner and what it puts in, or neither." in page
        assert "what_3" in open_fields(page), "what is wrong is not hidden"
    assert not Agreement.objects.exists()


def test_it_is_filled_in_from_what_partners_said_that_they_give(sitting: Sitting, world: World):
    Ask.objects.create(partner=world.lantern, kind="offer", text="Two mentors", marking="partnership")
    found = table_notes.writer_by_account(world.person("bob"), sitting.pk)
    assert found is not None
    seen = table_notes.seen_opportunity(found)
    filled = from_sitting(found.sitting, found.by, seen)
    assert "Two mentors" in filled.values()
    assert "Two mentors" not in from_sitting(found.sitting, Person.participant(1, "x"), None).values()
    assert "commitment" not in filled, "that it counts is for people to say"


def test_pressed_twice_it_is_written_once(sitting: Sitting, as_):
    path, bob = f"/sittings/{sitting.pk}/", as_("bob")
    sent = whole(text(bob.get(path)))
    assert "Agreed:" in text(bob.post(path, sent, follow=True))
    assert "written down already" in text(bob.post(path, sent, follow=True))
    assert Agreement.objects.count() == 1
    bob.post(path, sent | {"action": "Something else with the same goal."})
    assert Agreement.objects.count() == 2


def test_bad_input_is_one_sentence_and_loses_nothing(link: str, world: World):
    browser = Client()
    sent = whole(text(browser.get(link)), due="yesterday", goal="What we typed")
    page = text(browser.post(link, sent))
    assert "What we typed" in page
    assert "There is a problem" in page
    page = text(browser.post(link, sent | {"due": "2020-01-01"}))
    assert "has passed" in page
    assert "What we typed" in page
    assert "Select a valid choice" in text(
        browser.post(link, sent | {"due": "2099-01-01", "owner_partner": str(world.harbour.pk)})
    )
    assert not Agreement.objects.exists()


def test_a_draft_is_kept_for_its_writer_alone_and_restored(link: str, sitting: Sitting, as_):
    leads, path = Client(), f"/sittings/{sitting.pk}/"
    saved = leads.post(f"{link}draft/", {"goal": "Half a goal", "due": "soon", "script": "1", "evil": "x"})
    assert list(saved.json()) == ["saved"]
    draft = Draft.objects.get()
    assert draft.values == {"goal": "Half a goal", "due": "soon"}
    page = text(leads.get(link))
    at = f"{timezone.localtime(draft.saved_at):%H:%M}"
    assert f"Restored what you were writing (saved {at})" in page
    assert 'value="Half a goal"' in page
    for who in ("bob", "alice"):
        assert "Half a goal" not in text(as_(who).get(path))
    bob = as_("bob")
    assert bob.post(f"{path}draft/", {"goal": "Of Bob"}).status_code == 302
    assert "Saved for later" in text(bob.get(path))
    assert "Of Bob" not in text(as_("alice").get(path))
    assert "Of Bob" not in text(leads.get(link))
    assert leads.post(f"{link}draft/", {"do": "again"})["Location"] == link
    assert "Half a goal" not in text(leads.get(link))
    assert [each.user.name for each in Draft.objects.all()] == ["Bob"]
    assert not AuditEntry.objects.filter(record="agreements.draft").exists()


def test_recording_lets_the_draft_go_and_a_late_save_does_not_bring_it_back(link: str):
    browser = Client()
    sent = whole(text(browser.get(link)))
    browser.post(f"{link}draft/", sent)
    assert Draft.objects.exists()
    browser.post(link, sent)
    assert not Draft.objects.exists()
    browser.post(f"{link}draft/", sent | {"script": "1"})
    assert not Draft.objects.exists(), "it was on its way while the agreement was written down"
    browser.post(f"{link}draft/", sent | {"action": "The next one"})
    assert Draft.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"goal": " "},
        {"goal": "a" * 20_000},
        {"goal": "nul\0inside"},
        {"goal": "x", "due": "99999", "owner_partner": "9" * 40},
        {"goal": "x", "due": "2027-01-01", "owner_partner": "1e309", "action": "y"},
        {"goal": "x", "due": "2027-01-01", "owner_partner": "9" * 40, "action": "y"},
    ],
)
def test_whatever_is_in_a_draft_nothing_fails(odd: dict[str, str], link: str):
    browser = Client()
    assert browser.post(f"{link}draft/", odd | {"script": "1"}).status_code == 200
    assert browser.get(link).status_code == 200
    assert all(len(each.values.get("goal", "")) <= 4000 for each in Draft.objects.all())


def test_drafts_that_nobody_goes_on_with_are_let_go(sitting: Sitting, world: World):
    for who in ("alice", "bob"):
        save_draft(by=world.person(who), sitting=at_table(sitting), values={"goal": "x"})
    now = timezone.now()
    Draft.objects.filter(user=world.alice).update(saved_at=now - datetime.timedelta(days=31))
    assert (forget_drafts(now), forget_drafts(now)) == (1, 0)
    assert Draft.objects.get().user == world.bob


def test_a_typing_mistake_is_corrected_on_the_day_by_the_same_link(
    link: str, sitting: Sitting, leader: Attendee, world: World, monkeypatch, agree
):
    browser = Client()
    browser.post(link, whole(text(browser.get(link)), marking="partnership"))
    agreed = Agreement.objects.get()
    edit = f"{link}{agreed.pk}/"
    assert edit in text(browser.get(link)), "also what everybody else may not see"
    page = text(browser.get(edit)).replace('<form method="post" novalidate>', '<form id="agreement">')
    assert browser.post(edit, whole(page, goal="A better goal"))["Location"] == link
    agreed.refresh_from_db()
    assert (agreed.goal, agreed.marking) == ("A better goal", "partnership")
    entry = AuditEntry.objects.get(action="agreement.change")
    assert entry.by == f"{leader.role}, {leader.partner}"
    assert "has passed" not in text(browser.get(edit))
    outside = agree(goal="Made beside the tables")
    assert browser.get(f"{link}{outside.pk}/").status_code == 404
    with pytest.raises(PermissionDenied):
        correct_at_table(by=participant(leader), sitting=at_table(sitting), agreement=outside)
    Agreement.objects.filter(pk=agreed.pk).update(recorded_at=timezone.now() - datetime.timedelta(days=1))
    assert browser.get(edit).status_code == 404
    assert "A better goal" not in text(browser.get(link)), "after the day its marking decides alone"
    agreed.refresh_from_db()
    with pytest.raises(ValidationError, match="on the day"):
        correct_at_table(by=participant(leader), sitting=at_table(sitting), agreement=agreed)


def test_what_only_those_named_may_see_is_not_shown_to_the_others_at_the_table(
    link: str, sitting: Sitting, world: World, parts
):
    agree_at_table(by=world.person("bob"), sitting=at_table(sitting), **parts | {"marking": "named"})
    agreed = Agreement.objects.get()
    assert parts["goal"] not in text(Client().get(link))
    assert Client().get(f"{link}{agreed.pk}/").status_code == 404


def test_the_table_of_this_moment_comes_first(leader: Attendee, seated: Event, monkeypatch):
    for number, hour in ((1, 10), (2, 11)):
        Session.objects.create(
            event=seated, title=f"Round {number}", kind="tables", round=number, minutes=45,
            starts=datetime.time(hour, 0),
        )  # fmt: skip
    seated.refresh_from_db()
    day = seated.date
    assert day is not None

    def first(hour: int, minute: int = 0, on: datetime.date = day) -> tuple[int, bool]:
        now = timezone.make_aware(datetime.datetime.combine(on, datetime.time(hour, minute)))
        mine = table_notes.tables_of(leader, now)
        return mine[0].sitting.round, mine[0].is_now

    leader.event.date = day
    assert first(11, 10) == (2, True)
    assert first(10, 44) == (1, True)
    assert first(10, 50) == (1, False)
    assert first(11, 10, day + datetime.timedelta(days=1)) == (1, False)
    now = timezone.make_aware(datetime.datetime.combine(day, datetime.time(11, 10)))
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    page = text(Client().get(f"/attending/{leader.token}/table/"))
    assert page.index("Round 2: table") < page.index("Round 1: table")
    assert ">now<" in page


def test_before_the_plan_there_is_a_sentence(event: Event, world: World, come):
    Event.objects.update(date=timezone.localdate())
    event.refresh_from_db()
    leads = come(event, world.lantern, part="facilitator")
    page = text(Client().get(f"/attending/{leads.token}/table/"))
    assert "The tables are not planned yet" in page


def test_off_the_record_only_what_is_agreed_is_written(link: str, sitting: Sitting, seated: Event, as_):
    session = Session.objects.create(
        event=seated, starts=datetime.time(10), title="Families", kind="tables", round=sitting.round
    )
    words = "Off the record: write down what is agreed, not what is said."
    pages = [lambda: Client().get(link), lambda: as_("bob").get(f"/sittings/{sitting.pk}/")]
    for page in pages:
        assert words not in text(page())
        assert "A quote" in text(page())
    Session.objects.filter(pk=session.pk).update(off_record=True)
    for page in pages:
        shown = text(page())
        assert words in shown
        assert "quote" not in shown.lower()
        assert "We agree" in shown


def test_the_table_page_takes_a_fixed_number_of_queries(
    link: str, sitting: Sitting, world: World, parts, come, seated, as_
):
    def costs() -> list[int]:
        found = []
        for browser, path in ((Client(), link), (as_("bob"), f"/sittings/{sitting.pk}/")):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(path).status_code == 200
            found.append(len(queries))
        return found

    bob = world.person("bob")
    agree_at_table(by=bob, sitting=at_table(sitting), **parts)
    before = costs()
    for n in (2, 3):
        agree_at_table(by=bob, sitting=at_table(sitting), **parts | {"action": f"Another {n}"})
        attendee = come(seated, make_partner(f"Partner {n}", "health", world.north, [], []))
        sitting.seats.create(attendee=attendee)
    assert costs() == before
    assert max(before) <= 40
