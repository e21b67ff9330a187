import datetime

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.event import change_event
from joinedup.events.models import Event
from joinedup.partners.models import Ask, Partner
from joinedup.registration.actions.registration import (
    NewPartner,
    cancel_registration,
    change_registration,
    register,
    set_parts,
)
from joinedup.registration.models import Attendee
from joinedup.taxonomy.models import Sector
from tests.world import World


def standings(event: Event) -> list[str]:
    return list(event.attendees.order_by("number").values_list("standing", flat=True))


def test_registering_keeps_what_was_said_and_sends_a_mail(
    event, world, come, theme, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        attendee = come(
            event,
            world.lantern,
            name="Ro",
            doing="Detached youth work",
            needing="A room on Fridays",
            themes=[theme],
            access=["quiet", "nonsense"],
            opted_in=True,
        )
    assert (attendee.standing, attendee.number, attendee.sector_id) == ("placed", 1, "vcs")
    assert (attendee.access, attendee.photo_consent, attendee.opted_in) == (["quiet"], False, True)
    asks = {ask.kind: ask for ask in Ask.objects.all()}
    assert {kind: ask.text for kind, ask in asks.items()} == {
        "offer": "Detached youth work",
        "need": "A room on Fridays",
    }
    assert [t.pk for t in asks["need"].themes.all()] == ["trusted-adult"]
    assert asks["need"].marking == "partnership"
    assert asks["need"].confirmed_on is None, "a stranger's word does not confirm"
    assert [each.subject.partition(":")[0] for each in mail.outbox] == ["One more step", "You have a place"]
    assert all(f"http://testserver/attending/{attendee.token}/" in each.body for each in mail.outbox)
    entry = AuditEntry.objects.get(action="event.register")
    assert entry.after["name"] == "(personal)"


def test_an_ask_of_a_member_counts_as_confirmed(event, world):
    register(
        by=world.person("bob"),
        event=event,
        partner=world.lantern,
        role="R",
        email="b@example.org",
        doing="Boxing",
    )
    assert Ask.objects.get().confirmed_by == "Bob"


def test_a_full_event_keeps_a_waiting_list_in_order_and_lets_the_first_in(
    event, world, come, django_capture_on_commit_callbacks
):
    Event.objects.update(capacity=2)
    first, _second, third, _fourth = (come(event, world.lantern) for _ in range(4))
    assert standings(event) == ["placed", "placed", "waiting", "waiting"]
    with django_capture_on_commit_callbacks(execute=True):
        moved = cancel_registration(by=world.person("nobody"), attendee=first)
    assert [a.pk for a in moved] == [third.pk]
    assert standings(event) == ["cancelled", "placed", "placed", "waiting"]
    assert sorted(m.to[0] for m in mail.outbox) == ["p0@example.org", "p2@example.org"]
    assert cancel_registration(by=world.person("nobody"), attendee=first) == []


def test_nobody_overtakes_the_waiting_list(event, world, come):
    Event.objects.update(capacity=1)
    come(event, world.lantern)
    come(event, world.lantern)
    Event.objects.update(capacity=2)
    come(event, world.lantern)
    assert standings(event) == ["placed", "placed", "waiting"]


def test_more_places_let_people_in(event, world, come):
    Event.objects.update(capacity=1)
    event.refresh_from_db()
    come(event, world.lantern)
    come(event, world.lantern)
    change_event(by=world.person("alice"), event=event, capacity=2)
    assert standings(event) == ["placed", "placed"]


def test_a_cancelled_address_may_register_again(event, world, come):
    first = come(event, world.lantern, email="same@example.org")
    cancel_registration(by=world.person("nobody"), attendee=first)
    assert come(event, world.lantern, email="same@example.org").pk != first.pk


def test_a_partner_that_is_not_listed_is_recorded_unconfirmed(event, world, come):
    sector = Sector.objects.get(pk="vcs")
    attendee = come(event, NewPartner("Bright  Corner", sector))
    made = Partner.objects.get(name="Bright Corner")
    assert attendee.partner == made
    assert (made.marking, made.confirmed_on, made.sector_id) == ("partnership", None, "vcs")
    assert list(made.footprints.all()) == [world.north]
    assert not Partner.objects.visible_to(world.person("charlie")).filter(pk=made.pk).exists()
    assert come(event, NewPartner("bright corner", sector)).partner == made


def test_a_young_person_comes_with_the_host_of_their_companion(
    event, world, come, django_capture_on_commit_callbacks
):
    with pytest.raises(ValidationError, match="Nobody is registered"):
        come(event, None, part="young_person", name="Kit", companion_email="p0@example.org")
    adult = come(event, world.lantern, email="adult@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        young = come(
            event,
            None,
            "",
            part="young_person",
            name="Kit",
            companion_email="adult@example.org",
            photo_consent=True,
            opted_in=True,
        )
    adult.refresh_from_db()
    assert (young.companion, young.email, young.role) == (adult, "", "Young person")
    assert (young.partner, young.sector) == (world.lantern, world.lantern.sector)
    assert (young.photo_consent, young.opted_in) == (False, False)
    assert "companion" in adult.parts
    assert mail.outbox[0].to == ["adult@example.org"]


def test_a_companion_registers_young_people_together(event, world, come):
    adult = come(event, world.lantern, young_names=["Kit", " ", "Sol"])
    young = list(adult.with_them.order_by("number"))
    assert [(y.name, y.email, y.parts) for y in young] == [
        ("Kit", "", ["young_person"]),
        ("Sol", "", ["young_person"]),
    ]
    assert adult.parts == ["companion"]


def test_a_young_person_waits_while_their_companion_waits(event, world, come):
    Event.objects.update(capacity=1)
    come(event, world.police)
    adult = come(event, world.lantern, young_names=["Kit"])
    Event.objects.update(capacity=2)
    cancel_registration(by=world.person("nobody"), attendee=event.attendees.get(number=1))
    adult.refresh_from_db()
    assert (adult.standing, adult.with_them.get().standing) == ("placed", "placed")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": ""}, "e-mail"),
        ({"role": " "}, "role"),
        ({"part": "boss"}, "how you come"),
        ({"part": "young_person", "name": ""}, "name"),
        ({"young_names": list("abcdefg")}, "six"),
    ],
)
def test_bad_input_changes_nothing(event, world, come, change, sentence):
    with pytest.raises(ValidationError, match=sentence):
        come(event, world.lantern, **{"role": "R", **change})
    assert not Attendee.objects.exists()


def test_one_cannot_register_for_an_event_that_is_over(event, world, come):
    Event.objects.update(date=datetime.date(2020, 1, 1))
    with pytest.raises(ValidationError, match="over"):
        come(event, world.lantern)


def test_changing_ones_details(event, world, come):
    attendee = come(event, world.lantern, name="Ro")
    nobody = world.person("nobody")
    change_registration(by=nobody, attendee=attendee, name="Robin", rounds=[2], photo_consent=True)
    attendee.refresh_from_db()
    assert (attendee.name, attendee.rounds, attendee.photo_consent) == ("Robin", [2], True)
    with pytest.raises(ValidationError, match="rounds are 1 to 2"):
        change_registration(by=nobody, attendee=attendee, rounds=[3])
    assert AuditEntry.objects.filter(action="event.change_registration").count() == 1


def test_who_leads_is_chosen_by_those_who_plan(event, world: World, come):
    young = come(event, world.lantern, young_names=["Kit"]).with_them.get()
    set_parts(by=world.person("alice"), attendee=young, parts=["speaker"])
    assert young.parts == ["young_person", "speaker"]
    with pytest.raises(ValidationError):
        set_parts(by=world.person("alice"), attendee=young, parts=["young_person"])
    with pytest.raises(PermissionDenied):
        set_parts(by=world.person("charlie"), attendee=young, parts=["scribe"])
    assert AuditEntry.objects.filter(action="event.set_parts").count() == 1
