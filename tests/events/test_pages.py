"""Every page: who may see it, what an outsider must not find, how many queries, that reading changes nothing."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import record_agreement, report_progress
from joinedup.agreements.models import Agreement
from joinedup.events.actions.topics import choose_opportunity, propose_topic
from joinedup.events.models import Event, Session, Speaker, Topic
from joinedup.initiatives.models import Initiative
from joinedup.partners.models import Contact, Partner
from joinedup.registration.models import Attendee, Invitation
from joinedup.registration.queries.attendees import INVITATION_HEADER
from joinedup.tables.actions.plan import replan_event
from joinedup.tables.models import Seat
from tests.world import World, published_event

PLANNERS = [
    "edit",
    "topics",
    "people",
    "invitations",
    "invitations.csv",
    "plan",
    "plan/print",
    "plan.csv",
    "wishes",
]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def address(event: Event, page: str) -> str:
    return f"/events/{event.slug}/{page}" + ("" if page.endswith(".csv") else "/")


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize("name", PLANNERS)
def test_pages_of_planners_are_for_planners(seated: Event, as_, name: str):
    assert as_("alice").get(address(seated, name)).status_code == 200
    assert as_("lead").get(address(seated, name)).status_code == 200
    for who in ("bob", "charlie"):
        assert as_(who).get(address(seated, name)).status_code == 404
    anonymous = as_("nobody").get(address(seated, name))
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/account/login/")


def test_opening_pages_writes_nothing(seated: Event, sitting, agree, as_):
    agreed, invited = agree(), Invitation.objects.create(event=seated, email="x@example.org")
    attendee = seated.attendees.first()
    before = (
        AuditEntry.objects.count(),
        Seat.objects.count(),
        Attendee.objects.values_list("standing", "name"),
    )
    alice = as_("alice")
    who, table = attendee.pk, 2
    for path in (
        *(address(seated, page) for page in PLANNERS),
        f"/events/{seated.slug}/plan/?who={who}&round=1&to={table}",
        f"/events/{seated.slug}/plan/?who=x&round=y&to=z",
        f"/events/{seated.slug}/",
        f"/sittings/{sitting.pk}/",
        f"/agreements/{agreed.pk}/",
        f"/agreements/{agreed.pk}/report/",
        f"/agreements/{agreed.pk}/edit/",
        f"/invitation/{invited.token}/",
        f"/attending/{attendee.token}/",
    ):
        assert alice.get(path).status_code == 200, path
    assert alice.get(f"/agreements/{agreed.pk}/start/").status_code == 405
    after = (
        AuditEntry.objects.count(),
        Seat.objects.count(),
        Attendee.objects.values_list("standing", "name"),
    )
    assert (before[:2], list(before[2])) == (after[:2], list(after[2]))
    invited.refresh_from_db()
    assert invited.answer == "waiting"


@pytest.mark.parametrize("who", ["nobody", "charlie"])
def test_the_public_page_holds_no_names_and_nothing_shared(seated: Event, world: World, agree, as_, who: str):
    Attendee.objects.filter(number=1).update(name="Secret Name", dietary="secret diet", role="Secret role")
    propose_topic(by=world.person("bob"), event=seated, partner=world.lantern, title="Secret proposal")
    agree(goal="Secret goal", marking="partnership")
    agree(goal="Open goal")
    page = text(as_(who).get(f"/events/{seated.slug}/"))
    assert "Open goal" in page
    assert "Mentoring and a trusted adult" in page
    for secret in ("Secret", "secret", "Sentence for members only", "p0@example.org", "Plan this event"):
        assert secret not in page
    assert "Propose a topic" not in page
    assert "Propose a topic" in text(as_("bob").get(f"/events/{seated.slug}/"))


def test_nobody_is_asked_to_be_the_first_before_it_is_published(event: Event, as_):
    path = f"/events/{event.slug}/"
    assert "Nobody has registered yet: be the first." in text(as_("alice").get(path))
    Event.objects.update(is_draft=True)
    page = text(as_("alice").get(path))
    assert "Nobody can register before it is published." in page
    assert "be the first" not in page


def test_after_the_day_the_page_says_what_was_agreed(seated: Event, agree, as_):
    agree(goal="Open goal")
    Event.objects.filter(pk=seated.pk).update(date=timezone.localdate() - datetime.timedelta(days=1))
    page = text(as_("nobody").get(f"/events/{seated.slug}/"))
    assert "What was agreed" in page
    assert "Results by theme" in page
    assert ">Register<" not in page


def test_history_shows_only_what_was_published(event: Event, as_):
    past = Event.objects.create(
        programme=event.programme,
        slug="past",
        name="A past event",
        is_history=True,
        story="First of the series",
        source_url="https://example.org/a",
        confidence="high",
    )
    page = text(as_("alice").get("/events/past/"))
    for words in ("First of the series", "https://example.org/a", "Nothing public says", "high"):
        assert words in page
    for words in (">Register<", "Topics", "Plan this event", "Who is coming"):
        assert words not in page
    assert as_("alice").get("/events/past/plan/").status_code == 404
    assert as_("nobody").get("/events/past/register/").status_code == 404
    assert past.name in text(as_("nobody").get("/events/"))


def test_the_list_has_the_next_first_in_a_fixed_number_of_queries(
    event: Event, world, as_, django_assert_num_queries
):
    Event.objects.create(programme=event.programme, slug="past", name="Past", is_history=True)
    with django_assert_num_queries(3):
        as_("nobody").get("/events/")
    for n in (10, 50):
        published_event(
            by=world.person("alice"),
            footprint=world.north,
            name=f"Event {n}",
            date=timezone.localdate() + datetime.timedelta(days=n),
        )
    with django_assert_num_queries(3):
        page = text(as_("nobody").get("/events/"))
    assert page.index("Event 10") < page.index("North meets") < page.index("Event 50")


def test_the_event_page_takes_a_fixed_number_of_queries(seated, world, make_opportunity, agree, come, as_):
    def cost() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        browser = as_("nobody")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/events/{seated.slug}/").status_code == 200
        return len(queries)

    def speak(n: int) -> None:
        session = Session.objects.create(event=seated, starts=datetime.time(9 + n), title=f"Part {n}")
        Speaker.objects.create(event=seated, session=session, job="Head", partner=world.school)

    agree()
    speak(1)
    assert cost() == 17
    for n in (2, 3):
        speak(n)
        made = make_opportunity(f"k{n}")
        choose_opportunity(by=world.person("alice"), event=seated, opportunity=made)
        agree(goal=f"Goal {n}")
        come(seated, world.lantern)
    assert cost() == 17


def test_an_event_is_made_in_the_browser(world: World, as_):
    alice = as_("alice")
    assert as_("bob").get("/events/add/").status_code == 404
    details = {
        "footprint": world.north.pk,
        "name": "Autumn day",
        "date": (timezone.localdate() + datetime.timedelta(days=9)).isoformat(),
        "starts": "09:30",
        "ends": "15:30",
        "capacity": "40",
        "rounds": "3",
    }
    assert alice.post("/events/add/", details | {"footprint": world.south.pk}).status_code == 200
    assert not Event.objects.exists()
    made = alice.post("/events/add/", details)
    event = Event.objects.get()
    assert made["Location"] == f"/events/{event.slug}/plan/"
    room = {"form": "tables", "count": 5, "seats_min": 6, "seats_max": 8, "step_free": "all", "quiet": "1, 9"}
    page = alice.post(f"/events/{event.slug}/edit/", room)
    assert "There is no table 9" in text(page)
    assert alice.post(f"/events/{event.slug}/edit/", room | {"quiet": "5"}).status_code == 302
    assert event.tables.get(number=5).access == ["quiet", "step_free"]
    assert (
        alice.post(f"/events/{event.slug}/edit/", details | {"form": "event", "name": "New"}).status_code
        == 302
    )
    event.refresh_from_db()
    assert (event.name, event.tables.count()) == ("New", 5)


@pytest.fixture
def public_partners(world: World) -> None:
    Partner.objects.update(marking="public")


def registration(world: World, **changes: Any) -> dict[str, Any]:
    whole = {"part": "guest", "partner": world.lantern.pk, "role": "Worker", "email": "new@example.org"}
    return whole | changes


def test_registering_without_an_account(
    event: Event, world: World, as_, public_partners, django_capture_on_commit_callbacks
):
    nobody, path = as_("nobody"), f"/events/{event.slug}/register/"
    page = text(nobody.get(f"{path}?part=guest"))
    assert "Lantern Youth" in page
    assert "Far Harbour" not in page, "only partners of this partnership"
    assert not event.attendees.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert nobody.post(path, registration(world, doing="Boxing")).status_code == 302
    assert event.attendees.get().email == "new@example.org"
    assert mail.outbox[0].to == ["new@example.org"]
    assert "Choose your organisation" in text(nobody.post(path, registration(world, partner="")))
    assert event.attendees.count() == 1


def test_partners_that_are_not_public_are_not_offered(event: Event, world: World, as_):
    path = f"/events/{event.slug}/register/"
    assert "Lantern Youth" not in text(as_("nobody").get(f"{path}?part=guest"))
    assert as_("nobody").post(path, registration(world)).status_code == 200
    assert not event.attendees.exists()
    assert "Lantern Youth" in text(as_("bob").get(f"{path}?part=guest"))
    invited = Invitation.objects.create(
        event=event, partner=world.lantern, role="Head", email="h@example.org"
    )
    page = text(as_("nobody").get(f"{path}?part=guest&invitation={invited.token}"))
    assert "Lantern Youth" in page
    assert 'value="h@example.org"' in page


def test_a_stranger_cannot_tell_who_is_registered(event: Event, world: World, as_, come, public_partners):
    come(event, world.lantern, email="known@example.org", name="Secret Name")
    path = f"/events/{event.slug}/register/"
    answers = []
    for email in ("known@example.org", "unknown@example.org"):
        browser = as_("nobody")
        page = text(browser.post(path, registration(world, email=email), follow=True))
        answers.append(page[page.index("Thank you") :][:120])
        assert "Secret Name" not in page
    assert answers[0] == answers[1]


def test_too_many_registrations_from_one_place_are_refused(
    event: Event, world: World, as_, monkeypatch, public_partners
):
    monkeypatch.setattr("joinedup.registration.views.registration.MOST_AN_HOUR", 2)
    path, browser = f"/events/{event.slug}/register/", as_("nobody")
    for n in range(3):
        browser.post(path, registration(world, email=f"n{n}@example.org"))
    assert event.attendees.count() == 2


def test_the_link_in_the_mail_shows_and_changes_ones_own_registration(event: Event, world, as_, come):
    attendee = come(event, world.lantern, name="Ro")
    nobody, path = as_("nobody"), f"/attending/{attendee.token}/"
    assert "You have a place" in text(nobody.get(path))
    nobody.post(path, {"save": "1", "role": "Manager", "name": "Robin", "rounds": ["1"], "access": ["quiet"]})
    attendee.refresh_from_db()
    assert (attendee.role, attendee.name, attendee.rounds, attendee.access) == (
        "Manager",
        "Robin",
        [1],
        ["quiet"],
    )
    nobody.post(path, {"save": "1", "role": "Manager", "rounds": ["1", "2"]})
    attendee.refresh_from_db()
    assert attendee.rounds == []
    page = text(nobody.post(path, {"cancel": "1"}, follow=True))
    assert "You are not coming" in page
    attendee.refresh_from_db()
    assert attendee.standing == "cancelled"
    assert nobody.get("/attending/wrong/").status_code == 404
    assert attendee.token not in text(nobody.get(f"/events/{event.slug}/"))


def test_a_young_persons_page_asks_for_nothing_but_a_name(event: Event, world: World, as_, come):
    young = come(event, world.lantern, young_names=["Kit"]).with_them.get()
    page = text(as_("nobody").get(f"/attending/{young.token}/"))
    assert 'name="name"' in page
    for field in ('name="photo_consent"', 'name="opted_in"', 'name="role"', 'name="email"'):
        assert field not in page


def test_an_invitation_is_answered_by_a_button(event: Event, world: World, as_):
    invited = Invitation.objects.create(event=event, partner=world.school, role="Head", email="h@example.org")
    nobody, path = as_("nobody"), f"/invitation/{invited.token}/"
    assert "I am coming" in text(nobody.get(path))
    answer = nobody.post(path, {"answer": "accepted"})
    assert answer["Location"] == f"/events/{event.slug}/register/?invitation={invited.token}"
    assert nobody.post(path, {"answer": "substitute", "substitute_email": ""}).status_code == 200
    nobody.post(path, {"answer": "declined"})
    invited.refresh_from_db()
    assert invited.answer == "declined"
    assert nobody.get("/invitation/wrong/").status_code == 404


def test_the_invitation_list(event: Event, world: World, as_, django_capture_on_commit_callbacks):
    Contact.objects.create(partner=world.school, role="=cmd()", email="head@example.org")
    alice, path = as_("alice"), f"/events/{event.slug}/invitations/"
    alice.post(path, {"do": "make"})
    page = text(alice.get(path))
    assert "head@example.org" in page
    assert "Health" in page[page.index("have nobody") :]
    with django_capture_on_commit_callbacks(execute=True):
        alice.post(path, {"do": "send"})
    assert mail.outbox[0].to == ["head@example.org"]
    add = {"do": "add", "partner": world.police.pk, "role": "Inspector", "email": "head@example.org"}
    assert "invited already" in text(alice.post(path, add))
    listed = alice.get(f"/events/{event.slug}/invitations.csv")
    rows = list(csv.reader(io.StringIO(listed.content.decode("utf-8-sig"))))
    assert rows[0] == INVITATION_HEADER
    assert rows[1][:3] == ["Hilltop School", "Education", "'=cmd()"]


def test_topics_are_chosen_in_the_browser(event: Event, world: World, as_, make_opportunity):
    made = make_opportunity()
    alice, path = as_("alice"), f"/events/{event.slug}/topics/"
    page = text(alice.get(path))
    assert "Sentence for members only" in page
    assert "At least one topic should be theirs" in page
    alice.post(path, {"do": "choose", "pk": made.pk, "title": "Mentors in Northton"})
    topic = Topic.objects.get()
    assert topic.title == "Mentors in Northton"
    proposal = {"partner": world.lantern.pk, "title": "Fridays"}
    assert as_("charlie").post(f"/events/{event.slug}/propose/", proposal).status_code == 404
    assert as_("bob").post(f"/events/{event.slug}/propose/", proposal).status_code == 302
    proposed = Topic.objects.get(title="Fridays")
    alice.post(path, {"do": "accept", "pk": proposed.pk})
    alice.post(path, {"do": "up", "pk": proposed.pk})
    assert [t.title for t in event.topics.filter(is_chosen=True)] == ["Fridays", "Mentors in Northton"]
    change = {"title": "Mentors", "weight": "2", "parties": [world.police.pk]}
    assert alice.post(f"{path}{topic.pk}/", change).status_code == 302
    alice.post(path, {"do": "remove", "pk": proposed.pk})
    assert [(t.title, t.weight) for t in event.topics.all()] == [("Mentors", 2.0)]
    assert alice.post(path, {"do": "choose", "pk": "x"}).status_code == 404


def test_the_plan_in_the_browser(seated: Event, world: World, as_, monkeypatch, come):
    monkeypatch.setattr("joinedup.tables.views.plan.SECONDS", 0.05)
    alice, path = as_("alice"), f"/events/{seated.slug}/plan/"
    alice.post(path, {"do": "plan"})
    who = seated.attendees.get(number=7)
    here = who.seats.get(sitting__round=1).sitting.table.number
    move = {"who": who.pk, "round": 1, "to": 2 if here == 1 else 1}
    page = text(alice.get(path, move))
    assert "New meetings across partners and sectors" in page
    assert f"to table {move['to']} in round 1?" in page
    assert who.seats.get(sitting__round=1).sitting.table.number == here
    alice.post(path, {"do": "move", **move})
    assert who.seats.get(sitting__round=1).sitting.table.number == move["to"]
    come(seated, world.school)
    assert "1 came and 0 cancelled" in text(alice.get(path))
    alice.post(path, {"do": "changes"})
    assert seated.attendees.get(number=9).seats.count() == 2
    Attendee.objects.filter(number=1).update(dietary="secret diet", access=["quiet"])
    printed = text(alice.get(f"{path}print/"))
    assert "Lantern Youth leader" in printed
    for secret in ("@example.org", "secret diet", "quiet"):
        assert secret not in printed


def test_planner_pages_take_a_fixed_number_of_queries(seated: Event, world, as_, come, make_opportunity):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    alice = as_("alice")

    def costs() -> dict[str, int]:
        found = {}
        for page in PLANNERS:
            with CaptureQueriesContext(connection) as queries:
                alice.get(address(seated, page))
            found[page] = len(queries)
        return found

    Invitation.objects.create(event=seated, partner=world.school, email="1@example.org")
    come(seated, world.school, doing="Boxing")
    make_opportunity("free")
    replan_event(by=world.person("alice"), event=seated)
    before = costs()
    for n in (2, 3):
        come(seated, world.lantern, doing="More")
        Invitation.objects.create(event=seated, partner=world.police, email=f"{n}@example.org")
        make_opportunity(f"free{n}")
        made = make_opportunity(f"k{n}")
        choose_opportunity(by=world.person("alice"), event=seated, opportunity=made)
    replan_event(by=world.person("alice"), event=seated)
    assert costs() == before
    assert max(before.values()) <= 39


def agreement_form(world: World, parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    names = ("goal", "action", "measure", "owner_role", "deputy_role", "marking")
    return {
        **{name: parts[name] for name in names},
        "owner_partner": world.lantern.pk,
        "deputy_partner": world.school.pk,
        "place": world.northton.pk,
        "theme": "trusted-adult",
        "due": parts["due"].isoformat(),
        "partner_1": world.lantern.pk,
        "what_1": "Two mentors",
    } | changes


def test_at_the_table(seated: Event, sitting, world: World, as_, parts):
    path = f"/sittings/{sitting.pk}/"
    assert as_("charlie").get(path).status_code == 404
    assert as_("nobody").get(path).status_code == 302
    bob = as_("bob")
    page = text(bob.get(path))
    for words in (
        "Sentence for members only",
        "is needed for this topic</span></li>",
        "Meet and name a lead.",
    ):
        assert words in page
    assert "@example.org" not in page
    form = agreement_form(world, parts)
    assert "Give the partner and what it puts in" in text(bob.post(path, form | {"what_2": "x"}))
    assert not Agreement.objects.exists()
    assert as_("charlie").post(path, form).status_code == 404
    assert bob.post(path, form).status_code == 302
    assert Agreement.objects.get().sitting == sitting
    assert parts["goal"] in text(bob.get(path))


@pytest.mark.parametrize(("marking", "seen"), [("public", True), ("partnership", False), ("named", False)])
def test_an_agreement_shows_as_its_marking_says(agree, as_, marking: str, seen: bool):
    agreed = agree(marking=marking, goal="A goal of ours")
    for who in ("nobody", "charlie"):
        browser = as_(who)
        response = browser.get(f"/agreements/{agreed.pk}/")
        assert response.status_code == (200 if seen else 404)
        for path in ("/agreements/", "/agreements.csv"):
            assert ("A goal of ours" in text(browser.get(path))) is seen
        if seen:
            assert "Written down by" not in text(response)
            assert "Report how it stands" not in text(response)
    assert "Written down by" in text(as_("bob").get(f"/agreements/{agreed.pk}/"))


def test_filters_do_not_tell_of_what_is_hidden(agree, world: World, as_):
    agree(marking="partnership", place=world.eastton)
    page = text(as_("nobody").get("/agreements/"))
    for secret in ("Eastton", "North meets"):
        assert secret not in page
    assert "Eastton" in text(as_("bob").get("/agreements/"))


def test_the_list_of_agreements(agree, world: World, as_, django_assert_num_queries):
    first = agree(goal="First goal")
    with django_assert_num_queries(10):
        as_("nobody").get("/agreements/")
    agree(goal="Second goal", place=world.eastton)
    third = agree(goal="Third goal")
    with django_assert_num_queries(10):
        as_("nobody").get("/agreements/")
    report_progress(by=world.person("bob"), agreement=third, report="kept", text="Done")
    Agreement.objects.filter(pk=third.pk).update(due=timezone.localdate())
    nobody = as_("nobody")
    page = text(nobody.get("/agreements/", {"place": "E09000991", "state": "kept"}))
    assert "Third goal" in page
    assert "First goal" not in page
    assert f"1 of the 1 agreements due so far in {timezone.localdate().year} are kept (100%)" in page
    rows = list(csv.reader(io.StringIO(nobody.get("/agreements.csv").content.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == {"First goal", "Second goal", "Third goal"}
    assert first.due.isoformat() in [row[8] for row in rows]
    assert nobody.get("/agreements/", {"place": "nonsense", "state": "?", "page": "99"}).status_code == 200


def test_the_agreement_page_takes_a_fixed_number_of_queries(
    seated, sitting, world, parts, commitment, as_, django_assert_num_queries
):
    agreed = record_agreement(
        by=world.person("alice"), event=seated, sitting=sitting, **parts | {"commitment": commitment}
    )
    with django_assert_num_queries(11):
        as_("nobody").get(f"/agreements/{agreed.pk}/")
    for _ in range(3):
        report_progress(by=world.person("alice"), agreement=agreed, report="on_the_way", text="Going")
    with django_assert_num_queries(11):
        as_("nobody").get(f"/agreements/{agreed.pk}/")


def test_from_agreement_to_local_action_in_the_browser(agree, world: World, as_):
    agreed = agree()
    path = f"/agreements/{agreed.pk}/"
    for who in ("charlie", "nobody"):
        assert as_(who).post(f"{path}start/").status_code in {302, 404}
        assert as_(who).post(f"{path}report/", {"report": "kept", "text": "x"}).status_code in {302, 404}
    assert not Initiative.objects.exists()
    bob = as_("bob")
    started = bob.post(f"{path}start/")
    assert started["Location"] == f"/initiatives/{Initiative.objects.get().slug}/"
    bob.post(f"{path}start/")
    assert Initiative.objects.count() == 1
    assert "what came of it" in text(bob.post(f"{path}report/", {"report": "kept"}))
    bob.post(f"{path}report/", {"report": "kept", "text": "Twelve mentors."})
    page = text(bob.get(path))
    assert "Twelve mentors." in page
    assert "Kept" in page


def test_correcting_in_the_browser(agree, world: World, as_, parts):
    path = f"/agreements/{agree().pk}/edit/"
    assert as_("charlie").get(path).status_code == 404
    assert "Two mentors" in text(as_("bob").get(path))
    assert as_("bob").post(path, agreement_form(world, parts, goal="A better goal")).status_code == 302
    assert Agreement.objects.get().goal == "A better goal"


def test_people_and_their_parts(event: Event, world: World, as_, come):
    attendee = come(event, world.lantern, name="Ro", dietary="vegan")
    alice, path = as_("alice"), f"/events/{event.slug}/people/"
    page = text(alice.get(path))
    assert "Ro" in page
    assert "vegan" in page
    alice.post(path, {"who": attendee.pk, "parts": ["facilitator"]})
    attendee.refresh_from_db()
    assert attendee.parts == ["facilitator"]
    assert as_("bob").post(path, {"who": attendee.pk, "parts": ["speaker"]}).status_code == 404
    assert "Delete the personal details" not in page
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=2))
    assert "Delete the personal details" in text(alice.get(path))
    alice.post(path, {"do": "delete"})
    attendee.refresh_from_db()
    assert attendee.name == ""
