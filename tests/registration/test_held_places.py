"""A stranger's place is held for a day and counts once the address has answered."""

import datetime

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.events.models import Event
from joinedup.partners.models import Ask
from joinedup.privacy.retention import HELD_PLACES
from joinedup.registration import worker
from joinedup.registration.actions.held_places import confirm_by_hand, confirm_place
from joinedup.registration.actions.invitations import add_invitation
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.models import Attendee
from joinedup.registration.queries.attendees import filtered, missing, people_rows, to_provide
from joinedup.registration.queries.reminders import reminders_due
from joinedup.tables.actions.wishes import add_wish
from joinedup.tables.queries.door import arrival_rows, door
from joinedup.tables.seating import coming
from joinedup.web.event.queries import event_page
from tests.world import World


@pytest.fixture
def post(event: Event, world: World, django_capture_on_commit_callbacks):
    """`post(email=…)` registers as a stranger would."""

    def post(**fields) -> Attendee:
        whole = {
            "by": world.person("nobody"),
            "event": event,
            "partner": world.lantern,
            "role": "Worker",
            "email": "ro@example.org",
        }
        with django_capture_on_commit_callbacks(execute=True):
            return register(**whole | fields)

    return post


def standings(event: Event) -> list[str]:
    return list(event.attendees.order_by("number").values_list("standing", flat=True))


def test_invented_addresses_fill_no_event(event: Event, world: World, post, come):
    Event.objects.update(capacity=20)
    for n in range(24):
        post(email=f"invented{n}@example.net")
    assert set(standings(event)) == {"held"}
    assert come(event, world.police, email="pat@example.org").standing == "placed"
    event.refresh_from_db()
    page = event_page(world.person("nobody"), event, timezone.localdate())
    assert (page.places.is_full, [each.words for each in page.coming]) == (False, ["a few"])


def test_the_first_mail_has_one_link_and_only_its_button_counts(
    event: Event, world: World, post, client, django_capture_on_commit_callbacks
):
    who = post(name="Ro", doing="Detached youth work")
    (sent,) = mail.outbox
    assert sent.subject == "One more step: North meets"
    assert "You have a place" not in sent.body
    assert not sent.attachments, "nothing for a calendar that is not so yet"
    path = f"/attending/{who.token}/"
    assert path in sent.body
    page = client.get(path).content.decode()
    assert page.count("<button") - page.count('name="confirm"') <= 1, "besides that of the page around it"
    assert "Yes, I am coming" in page
    assert (standings(event), Ask.objects.count()) == (["held"], 0)
    with django_capture_on_commit_callbacks(execute=True):
        after = client.post(path, {"confirm": "1"}, follow=True).content.decode()
    assert "You have a place." in after
    who.refresh_from_db()
    assert (who.standing, who.held_until, who.said) == ("placed", None, {})
    assert [(each.text, each.confirmed_on) for each in Ask.objects.all()] == [("Detached youth work", None)]
    second = mail.outbox[1]
    assert (second.to, second.subject) == (["ro@example.org"], "You have a place: North meets")
    assert f"Your code at the door: {who.code}" in second.body
    assert f"{path}ticket/" in second.body
    assert 'class="ju-square"' in client.get(f"{path}ticket/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(path, {"confirm": "1"})
    assert (Ask.objects.count(), len(mail.outbox)) == (1, 2)


def test_each_colleague_who_was_registered_too_has_a_second_mail(
    event: Event, world: World, post, django_capture_on_commit_callbacks
):
    Event.objects.update(capacity=1)
    ro = post(name="Ro", colleagues=[("Sam", "Manager")], together=False)
    sam = ro.colleagues.get()
    assert [each.subject for each in mail.outbox] == ["One more step: North meets"]
    with django_capture_on_commit_callbacks(execute=True):
        confirm_place(by=world.person("nobody"), attendee=ro)
    placed, waits = mail.outbox[1:]
    assert (placed.subject, waits.subject) == (
        "You have a place: North meets",
        "You are on the waiting list: North meets",
    )
    assert ro.code in placed.body
    assert sam.code not in waits.body


@pytest.mark.parametrize("how", ["invitation", "signed in", "by hand"])
def test_whoever_has_proved_the_address_counts_at_once(event: Event, world: World, post, how):
    alice = world.person("alice")
    if how == "invitation":
        asked = add_invitation(
            by=alice, event=event, partner=world.lantern, role="Worker", email="ro@example.org"
        )
        who = post(invitation=asked)
    elif how == "signed in":
        who = post(by=world.person("bob"), email="BOB@example.org")
    else:
        who = post(by=alice)
    assert who.standing == "placed"
    assert [each.subject for each in mail.outbox] == ["You have a place: North meets"]


def test_an_invitation_or_an_account_proves_no_other_address(event: Event, world: World, post):
    asked = add_invitation(
        by=world.person("alice"), event=event, partner=world.lantern, role="Worker", email="ro@example.org"
    )
    assert post(invitation=asked, email="somebody@example.net").standing == "held"
    other = post(by=world.person("bob"), email="else@example.net")
    assert (other.standing, other.user) == ("held", None)
    assert post(by=world.person("charlie"), email="third@example.net").standing == "held"


def test_held_first_is_first_in_the_queue(event: Event, world: World, post):
    Event.objects.update(capacity=1)
    first, second = post(email="a@example.org"), post(email="b@example.org")
    nobody = world.person("nobody")
    confirm_place(by=nobody, attendee=second)
    confirm_place(by=nobody, attendee=first)
    third = confirm_place(by=nobody, attendee=post(email="c@example.org"))
    assert standings(event) == ["waiting", "placed", "waiting"]
    cancel_registration(by=nobody, attendee=second)
    first.refresh_from_db(), third.refresh_from_db()
    assert (first.standing, third.standing) == ("placed", "waiting")


def test_after_a_day_it_lapses_and_the_same_link_takes_it_up_behind_the_others(
    event: Event, world: World, post
):
    late, now = post(email="late@example.org", name="Late"), timezone.now()
    assert worker.let_go_of_held(now + HELD_PLACES.length - datetime.timedelta(minutes=5)) == 0
    assert worker.let_go_of_held(now + HELD_PLACES.length + datetime.timedelta(minutes=5)) == 1
    late.refresh_from_db()
    assert late.standing == "lapsed"
    confirm_place(by=world.person("nobody"), attendee=post(email="b@example.org"))
    late = confirm_place(by=world.person("nobody"), attendee=late)
    assert (late.standing, late.number) == ("placed", 3)


def test_registering_again_after_it_lapsed_holds_it_once_more(event: Event, world: World, post):
    who = post(name="Ro")
    worker.let_go_of_held(timezone.now() + 2 * HELD_PLACES.length)
    assert post(name="Ro").pk == who.pk
    who.refresh_from_db()
    assert who.standing == "held"
    assert who.held_until > timezone.now()
    assert len(mail.outbox) == 2


def test_one_mail_a_person_however_often_somebody_posts(event: Event, post):
    for _n in range(5):
        post(name="Ro")
    assert (event.attendees.count(), len(mail.outbox)) == (1, 1)


def test_only_those_who_count_are_anywhere(event: Event, world: World, post, opportunity):
    post(part="companion", name="Ro", young_names=["Kit"], dietary="vegan", access=["quiet"], opted_in=True)
    event.refresh_from_db()
    alice = world.person("alice")
    assert not coming(event).exists()
    assert door(event).expected == 0
    assert list(arrival_rows(event)) == []
    assert list(people_rows(event)) == []
    assert filtered(event) == []
    assert [each.name for each in filtered(event, standing="held")] == ["Ro", "Kit"]
    assert to_provide(event).people == 0
    gone = missing(event)
    assert "vcs" in {sector.pk for sector in gone.sectors}
    assert gone.young_people
    Event.objects.update(date=timezone.localdate() + datetime.timedelta(days=1))
    event.refresh_from_db()
    later = timezone.now() + datetime.timedelta(hours=1)
    assert reminders_due(event, later).coming == []
    with pytest.raises(ValidationError):
        add_wish(by=alice, event=event, kind="apart", attendees=event.attendees.all())


def test_those_who_plan_see_held_ones_apart_and_confirm_one_by_hand(
    event: Event, world: World, post, as_, django_capture_on_commit_callbacks
):
    who = post(name="Ro")
    path = f"/events/{event.slug}/people/"
    page = as_("alice").get(path).content.decode()
    assert "Held: they have not confirmed yet" in page
    for other in ("nobody", "bob", "charlie"):
        assert as_(other).post(f"{path}apart/", {"who": who.pk, "do": "confirm"}).status_code in {302, 404}
        assert "ro@example.org" not in as_(other).get(path).content.decode()
    assert standings(event) == ["held"]
    with pytest.raises(PermissionDenied):
        confirm_by_hand(by=world.person("bob"), attendee=who)
    with django_capture_on_commit_callbacks(execute=True):
        as_("alice").post(f"{path}apart/", {"who": who.pk, "do": "confirm"})
    assert standings(event) == ["placed"]
    assert mail.outbox[-1].subject == "You have a place: North meets"


@pytest.mark.parametrize(
    ("who", "email", "words"),
    [
        ("nobody", "ro@example.org", "press its button within a day"),
        ("bob", "bob@example.org", "Thank you. You have a place. Our mail says how to change or cancel."),
        ("charlie", "ro@example.org", "press its button within a day"),
    ],
)
def test_the_page_after_posting_says_plainly_what_to_do(event: Event, as_, who, email, words):
    fields = {
        "part": "guest",
        "new_partner": "Bright Corner",
        "sector": "vcs",
        "role": "Worker",
        "email": email,
    }
    browser = as_(who)
    browser.post(f"/events/{event.slug}/register/", fields)
    assert words in browser.get(f"/events/{event.slug}/").content.decode()


def test_too_late_is_said_and_nothing_happens(event: Event, world: World, post, client):
    who = post()
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=1))
    page = client.get(f"/attending/{who.token}/").content.decode()
    assert "too late" in page
    client.post(f"/attending/{who.token}/", {"confirm": "1"})
    assert standings(event) == ["held"]
