"""Colleagues share a mailbox, and the same person posts twice (case 2). No page says who is registered."""

import pytest
from django.core import mail

from joinedup.events.models import Event
from joinedup.registration import mailbox
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.invitation_answers import answer_invitation
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.models import Attendee, Invitation
from joinedup.tables.actions.door import bring_back, check_in, release_absent
from tests.world import World

TEAM = "team@lantern.example"


@pytest.fixture
def post(event: Event, world: World, django_capture_on_commit_callbacks):
    """`post(name="Sam")` registers from the mailbox of the team, as anybody could."""

    def post(**fields) -> Attendee:
        whole = {
            "role": "Youth worker",
            "email": TEAM,
            "partner": world.lantern,
            "by": world.person("nobody"),
        }
        with django_capture_on_commit_callbacks(execute=True):
            return register(event=event, **whole | fields)

    return post


def people(event: Event) -> list[tuple[str, str]]:
    return list(event.attendees.order_by("number").values_list("name", "standing"))


def test_two_colleagues_at_one_mailbox_each_get_a_place_and_a_link_of_their_own(
    event: Event, world: World, post
):
    ro, sam = post(name="Ro"), post(name="Sam")
    for each in (ro, sam):
        confirm_place(by=world.person("nobody"), attendee=each)
    assert people(event) == [("Ro", "placed"), ("Sam", "placed")]
    first, second = mail.outbox
    assert (first.to, second.to) == ([TEAM], [TEAM])
    assert "Ro, Youth worker, Lantern Youth" in first.body
    assert "Sam, Youth worker, Lantern Youth" in second.body
    assert ro.token in first.body
    assert ro.token not in second.body
    assert sam.token in second.body


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("TEAM@Lantern.example", "Sam"),
        (TEAM, " sám "),
        (TEAM, "SAM"),
        (f" {TEAM} ", "Sam."),
    ],
)
def test_the_very_same_person_posts_again_and_gets_no_second_mail(
    event: Event, world: World, post, email, name
):
    sam = post(name="Sam")
    confirm_place(by=world.person("nobody"), attendee=sam)
    assert post(email=email, name=name, role="Manager").pk == sam.pk
    assert people(event) == [("Sam", "placed")]
    assert len(mail.outbox) == 1


def test_without_a_name_roles_tell_them_apart(event: Event, post):
    post(role="Youth worker"), post(role="Manager"), post(role="youth  worker")
    assert list(event.attendees.values_list("role", flat=True)) == ["Youth worker", "Manager"]


def test_where_nobody_can_tell_the_mail_says_that_nothing_changed_and_what_to_do(
    event: Event, world: World, post
):
    confirm_place(by=world.person("nobody"), attendee=post(name="Ro"))
    post(name=""), post(name="")
    assert people(event) == [("Ro", "placed")]
    assert [each.subject for each in mail.outbox] == [
        "One more step: North meets",
        "Nothing changed: North meets",
    ]
    said = mail.outbox[1].body
    assert "Nothing changed" in said
    assert "give the name that they want to be called" in said
    assert "Ro" not in said.split(), "whoever wrote it may not be at that address"


def test_one_of_two_cancels_and_the_other_stays(
    event: Event, world: World, post, django_capture_on_commit_callbacks
):
    nobody = world.person("nobody")
    ro, sam = (confirm_place(by=nobody, attendee=post(name=name)) for name in ("Ro", "Sam"))
    with django_capture_on_commit_callbacks(execute=True):
        cancel_registration(by=nobody, attendee=ro)
    assert people(event) == [("Ro", "cancelled"), ("Sam", "placed")]
    assert "Ro, Youth worker" in mail.outbox[-1].body
    assert post(name="Ro").pk != ro.pk
    sam.refresh_from_db()
    assert sam.standing == "placed"


def test_the_waiting_list_takes_one_of_two(
    event: Event, world: World, post, django_capture_on_commit_callbacks
):
    nobody = world.person("nobody")
    Event.objects.update(capacity=1)
    ro, sam = (confirm_place(by=nobody, attendee=post(name=name)) for name in ("Ro", "Sam"))
    assert people(event) == [("Ro", "placed"), ("Sam", "waiting")]
    with django_capture_on_commit_callbacks(execute=True):
        cancel_registration(by=nobody, attendee=ro)
    assert people(event) == [("Ro", "cancelled"), ("Sam", "placed")]
    told = next(each for each in mail.outbox if each.subject.startswith("You have a place"))
    assert "Sam, Youth worker" in told.body
    assert sam.token in told.body


def test_whoever_is_invited_and_cannot_come_gives_back_no_colleagues_place(event: Event, world: World, post):
    nobody = world.person("nobody")
    for name in ("Ro", "Sam"):
        confirm_place(by=nobody, attendee=post(name=name))
    invitation = Invitation.objects.create(event=event, partner=world.lantern, name="Sam", email=TEAM)
    answer_invitation(by=nobody, invitation=invitation, answer="declined")
    assert people(event) == [("Ro", "placed"), ("Sam", "cancelled")]


def test_one_address_has_a_limit_over_several_posts(event: Event, world: World, post):
    for n in range(mailbox.MOST_AN_ADDRESS + 3):
        confirm_place(by=world.person("nobody"), attendee=post(name=f"Person {n}"))
    assert event.attendees.count() == mailbox.MOST_AN_ADDRESS
    assert [each.subject for each in mail.outbox].count("Nothing changed: North meets") == 1


def test_strangers_bring_about_so_many_mails_a_day_to_one_address(event: Event, world: World, post):
    """They cancel and register again, to write to somebody as often as they like."""
    for n in range(mailbox.MOST_MAILS_A_DAY + 4):
        who = post(name=f"Person {n}")
        Attendee.objects.filter(pk=who.pk).update(standing="cancelled")
    assert len(mail.outbox) == mailbox.MOST_MAILS_A_DAY
    post(email="other@lantern.example", name="Sam")
    assert len(mail.outbox) == mailbox.MOST_MAILS_A_DAY + 1


@pytest.mark.parametrize("who", ["nobody", "charlie"])
def test_the_page_says_the_same_whether_or_not_an_address_is_known(
    event: Event, world: World, come, as_, who
):
    come(event, world.lantern, name="Ro", email=TEAM)
    said = []
    # The same person, a colleague, and an address that nobody has.
    for email, name in ((TEAM, "Ro"), (TEAM, "Sam"), (TEAM, ""), ("new@lantern.example", "Ro")):
        fields = {
            "part": "guest",
            "new_partner": "Lantern Youth",
            "sector": "vcs",
            "role": "Worker",
            "name": name,
            "email": email,
        }
        answer = as_(who).post(f"/events/{event.slug}/register/", fields)
        page = as_(who).get(answer["Location"]).content.decode()
        said.append((answer.status_code, answer["Location"], TEAM in page, "Ro" in page.split()))
    assert len(set(said)) == 1
    assert said[0] == (302, f"/events/{event.slug}/", False, False)


def test_released_at_the_door_and_brought_back_though_a_colleague_is_here(event: Event, world: World, come):
    from django.utils import timezone

    alice = world.person("alice")
    ro, sam = (come(event, world.lantern, name=name, email=TEAM) for name in ("Ro", "Sam"))
    Event.objects.update(date=timezone.localdate())
    check_in(by=alice, attendee=ro)
    release_absent(by=alice, event=event)
    assert [each.pk for each in bring_back(by=alice, event=event)] == [sam.pk]


def test_whoever_plans_the_event_registers_more_at_one_address(event: Event, world: World, post):
    for n in range(mailbox.MOST_AN_ADDRESS + 2):
        post(by=world.person("alice"), name=f"Person {n}")
    assert event.attendees.filter(standing="placed").count() == mailbox.MOST_AN_ADDRESS + 2
