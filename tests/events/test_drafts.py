"""An event is a draft until somebody publishes it: until then nobody but those who plan it finds a trace of it."""

import datetime

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import record_agreement
from joinedup.events.actions.copy import copy_event
from joinedup.events.actions.publication import publish_event, withdraw_event
from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event, Stop
from joinedup.events.queries.events import events_to_agree_at, next_event
from joinedup.opportunities.models import Opportunity
from joinedup.registration.actions.cancellation import cancel_event, take_back_cancellation
from joinedup.registration.actions.invitations import add_invitation, send_invitations
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.models import Invitation
from joinedup.tables.actions.door import walk_in
from joinedup.voice.actions import open_conversation
from tests.world import World

OUTSIDE = ("nobody", "charlie", "bob", "admin")


def test_every_way_of_making_one_makes_a_draft(draft: Event, world: World, as_):
    alice, day = world.person("alice"), timezone.localdate() + datetime.timedelta(days=40)
    copy = copy_event(by=alice, event=draft, name="Copied", date=day)
    as_("alice").post("/start/north/event/", {"name": "First", "date": day.isoformat(), "venue": ""})
    form = {
        "footprint": world.north.pk, "name": "By form", "date": day.isoformat(), "starts": "09:30", "ends": "15:30",
        "capacity": 20, "rounds": 2,
    }  # fmt: skip
    as_("alice").post("/events/add/", form)
    made = Event.objects.filter(name__in=["Copied", "First", "By form", draft.name])
    assert copy in made
    assert sorted(made.values_list("name", flat=True)) == ["By form", "Copied", "First", "North meets"]
    assert all(made.values_list("is_draft", flat=True))


def test_nobody_else_finds_a_trace(draft: Event, world: World, as_):
    Stop.objects.create(
        programme=draft.programme, region="E12000007", month=draft.date.replace(day=1), event=draft
    )
    lists = [
        "/", "/events/", "/programmes/", "/voices/", "/search/?q=meets", "/agreements/",
        f"/programmes/{draft.programme.slug}/", f"/programmes/{draft.programme.slug}/results/",
        f"/programmes/{draft.programme.slug}/plan.csv", f"/programmes/{draft.programme.slug}/calendar.ics",
    ]  # fmt: skip
    own = [f"/events/{draft.slug}/{more}" for more in ("", "register/", "calendar.ics", "results/", "since/")]
    for who in OUTSIDE:
        browser = as_(who)
        for address in [*lists, *own]:
            page = browser.get(address)
            assert "North meets" not in page.text, (who, address)
            assert address in own or draft.slug not in page.text, (who, address)
        for address in own:
            assert browser.get(address).status_code == 404, (who, address)
        form = {"role": "Worker", "email": "p@example.org", "partner": world.lantern.pk, "part": "guest"}
        assert browser.post(own[1], form).status_code == 404, who
    for who in ("charlie", "bob", "admin"):
        for page in ("show", "propose", "plan", "edit", "people", "ask"):
            assert as_(who).get(f"/events/{draft.slug}/{page}/").status_code == 404, (who, page)
    assert not draft.attendees.exists()
    assert next_event(world.person("alice")) is None


def test_those_who_plan_find_it_and_see_that_it_is_a_draft(draft: Event, as_):
    for who in ("alice", "lead"):
        assert "Draft</strong>" in as_(who).get("/events/").text, who
        page = as_(who).get(f"/events/{draft.slug}/").text
        assert "Only those who plan this event see it." in page, who
        assert f"/events/{draft.slug}/register/" not in page, who
        assert "application/ld+json" not in page, who
    assert "It is a draft: nobody else finds it" in as_("alice").get(f"/events/{draft.slug}/plan/").text


def test_nothing_of_a_draft_reaches_anybody(draft: Event, world: World, opportunity: Opportunity, parts):
    alice = world.person("alice")
    add_invitation(by=alice, event=draft, partner=world.lantern, role="Manager", email="m@example.org")
    tries = [
        lambda: send_invitations(by=alice, event=draft),
        lambda: register(by=alice, event=draft, partner=world.lantern, role="Worker", email="p@example.org"),
        lambda: walk_in(by=alice, event=draft, partner=world.lantern, role="Worker"),
        lambda: record_agreement(by=alice, event=draft, **parts),
        lambda: open_conversation(
            by=alice,
            event=draft,
            question="What helps?",
            why="",
            opens=draft.date,
            closes=draft.date,
            hosts=[world.lantern],
        ),
    ]
    for each in tries:
        with pytest.raises(ValidationError, match=r"draft|not published"):
            each()
    assert not mail.outbox
    assert draft not in events_to_agree_at(opportunity, timezone.localdate())


def test_what_is_on_the_agenda_of_a_draft_says_so_once_it_is_published(
    draft: Event, world: World, opportunity: Opportunity, make_opportunity, as_
):
    alice = world.person("alice")
    public = make_opportunity(audience="public", marking="public")
    choose_opportunity(by=alice, event=draft, opportunity=opportunity)
    for who in OUTSIDE:
        assert "On the agenda" not in as_(who).get(f"/opportunities/{public.pk}/").text, who
    assert "North meets" not in as_("bob").get(f"/opportunities/{opportunity.pk}/").text
    for each in (opportunity, public):
        each.refresh_from_db()
        assert each.state == "suggested"
    publish_event(by=alice, event=draft)
    for each in (opportunity, public):
        each.refresh_from_db()
        assert each.state == "on_agenda"
    assert "North meets" in as_("bob").get(f"/opportunities/{opportunity.pk}/").text
    withdraw_event(by=alice, event=draft)
    public.refresh_from_db()
    assert public.state == "taken_up"


def test_publishing_shows_first_what_everybody_will_see(draft: Event, world: World, as_):
    alice, address = as_("alice"), f"/events/{draft.slug}/show/"
    page = alice.get(address).text
    for words in ("What everybody would see", "The Hall", "Agree what we do together.", "Publish this event"):
        assert words in page, words
    assert "Plan this event" not in page
    done = alice.post(address, {"do": "publish"}, follow=True).text
    assert "Published: everybody finds it now" in done
    assert "North meets" in as_("nobody").get("/events/").text
    assert as_("nobody").get(f"/events/{draft.slug}/register/").status_code == 200
    entry = AuditEntry.objects.get(action="event.announce")
    assert (entry.before["is_draft"], entry.after["is_draft"]) == (True, False)
    assert "This event is published already." in alice.post(address, {"do": "publish"}, follow=True).text
    assert "It is a draft again" in alice.post(address, {"do": "withdraw"}, follow=True).text
    assert as_("nobody").get(f"/events/{draft.slug}/").status_code == 404


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "admin"])
def test_nobody_else_publishes_or_withdraws(draft: Event, world: World, as_, who: str):
    person = world.person(who)
    with pytest.raises(PermissionDenied):
        publish_event(by=person, event=draft)
    as_(who).post(f"/events/{draft.slug}/show/", {"do": "publish"})
    assert Event.objects.get().is_draft
    publish_event(by=world.person("alice"), event=draft)
    with pytest.raises(PermissionDenied):
        withdraw_event(by=person, event=draft)
    as_(who).post(f"/events/{draft.slug}/show/", {"do": "withdraw"})
    assert not Event.objects.get().is_draft


def test_once_somebody_relies_on_it_it_is_cancelled_instead(event: Event, world: World, come, as_):
    alice = world.person("alice")
    add_invitation(by=alice, event=event, partner=world.lantern, role="Manager", email="m@example.org")
    Invitation.objects.update(sent_at=timezone.now())
    with pytest.raises(ValidationError, match="Invitations have been sent: cancel the event"):
        withdraw_event(by=alice, event=event)
    Invitation.objects.all().delete()
    attendee = come(event, world.lantern)
    with pytest.raises(ValidationError, match="Somebody has registered: cancel the event"):
        withdraw_event(by=alice, event=event)
    assert "Make it a draft again" not in as_("alice").get(f"/events/{event.slug}/show/").text
    cancel_registration(by=alice, attendee=attendee)
    assert withdraw_event(by=alice, event=event).is_draft


def test_what_is_over_or_cancelled_is_not_published(draft: Event, world: World):
    alice = world.person("alice")
    cancel_event(by=alice, event=draft, because="No hall")
    with pytest.raises(ValidationError, match="take the cancellation back"):
        publish_event(by=alice, event=draft)
    take_back_cancellation(by=alice, event=draft)
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(ValidationError, match="The day of this event has passed"):
        publish_event(by=alice, event=draft)


def test_an_event_that_waits_for_the_election_is_registered_for_by_invitation_only(
    event: Event, world: World, as_
):
    alice = world.person("alice")
    invited = add_invitation(
        by=alice, event=event, partner=world.lantern, role="Manager", email="m@example.org"
    )
    Event.objects.update(listed_from=datetime.date(2999, 1, 1))
    address = f"/events/{event.slug}/register/"
    for who in ("nobody", "charlie"):
        assert as_(who).get(address).status_code == 404, who
        assert as_(who).get(f"{address}?invitation=wrong").status_code == 404, who
    assert as_("nobody").get(f"{address}?invitation={invited.token}").status_code == 200
    assert as_("bob").get(address).status_code == 200
    for who in ("nobody", "charlie"):
        assert "North meets" not in as_(who).get("/search/?q=meets").text, who
    assert "North meets" in as_("bob").get("/search/?q=meets").text
