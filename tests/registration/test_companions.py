"""Nobody acts for a child on their own word: who brings young people, and what happens when they go."""

import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.events.models import Event
from joinedup.registration import worker
from joinedup.registration.actions.companions import NobodyThere, answer_ask, ask_companion, vouch
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.invitation_answers import answer_invitation
from joinedup.registration.actions.invitations import add_invitation
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.models import Attendee
from joinedup.registration.queries.companions import MOST_A_HOST, is_vouched
from joinedup.tables.actions.door import check_in, walk_in
from joinedup.tables.actions.votes import choose_topics
from joinedup.tables.checklist import findings
from joinedup.tables.seating import problem_of
from tests.world import World


@pytest.fixture
def post(event: Event, world: World, django_capture_on_commit_callbacks):
    """`post(email=…)` registers, and the address answers."""

    def post(**fields) -> Attendee:
        whole = {
            "by": world.person("nobody"),
            "event": event,
            "partner": world.lantern,
            "role": "Youth worker",
            "email": "ro@example.org",
        }
        with django_capture_on_commit_callbacks(execute=True):
            who = register(**whole | fields)
            if not who.is_young:
                who = confirm_place(by=world.person("nobody"), attendee=who)
        return Attendee.objects.select_related("event", "partner").get(pk=who.pk)

    return post


def kit() -> Attendee:
    return Attendee.objects.select_related("event", "companion", "wanted_companion").get(name="Kit")


def test_a_stranger_brings_nobody_until_somebody_vouches_for_them(event: Event, world: World, post, client):
    adult = post(part="companion", young_names=["Kit"])
    young = kit()
    assert (adult.standing, young.standing, young.companion) == ("placed", "alone", None)
    page = client.get(f"/attending/{adult.token}/").content.decode()
    assert "Kit waits until those who plan the event have confirmed that they know you" in page
    vouch(by=world.person("alice"), attendee=adult)
    young = kit()
    assert (young.standing, young.companion) == ("placed", adult)


@pytest.mark.parametrize("how", ["invited", "member"])
def test_invited_by_name_or_a_member_of_the_host_brings_them_at_once(event: Event, world: World, post, how):
    if how == "invited":
        add_invitation(
            by=world.person("alice"),
            event=event,
            partner=world.lantern,
            role="Worker",
            email="ro@example.org",
        )
        adult = post(young_names=["Kit"])
    else:
        adult = post(by=world.person("bob"), email="bob@example.org", young_names=["Kit"])
    assert (kit().standing, kit().companion) == ("placed", adult)


def test_an_invitation_that_was_passed_on_or_is_another_partners_vouches_for_nobody(
    event: Event, world: World, post
):
    alice, nobody = world.person("alice"), world.person("nobody")
    first = add_invitation(
        by=alice, event=event, partner=world.lantern, role="Worker", email="first@example.org"
    )
    answer_invitation(by=nobody, invitation=first, answer="substitute", substitute_email="ro@example.org")
    assert not is_vouched(post())
    add_invitation(by=alice, event=event, partner=world.school, role="Head", email="head@example.org")
    assert not is_vouched(post(email="head@example.org", name="Pat"))
    add_invitation(by=alice, event=event, partner=world.school, role="Head", email="h2@example.org")
    assert is_vouched(post(email="h2@example.org", partner=world.school))
    assert not is_vouched(post(by=world.person("charlie"), email="charlie@example.org"))


def test_an_address_that_has_not_answered_vouches_for_nobody(event: Event, world: World):
    """Anybody can type the address of a member."""
    register(
        by=world.person("nobody"),
        event=event,
        partner=world.lantern,
        role="Worker",
        email="bob@example.org",
        young_names=["Kit"],
    )
    young = kit()
    assert (young.standing, young.companion) == ("held", None)
    assert young.wanted_companion is not None
    assert not is_vouched(young.wanted_companion)
    confirm_place(by=world.person("nobody"), attendee=young.wanted_companion)
    assert (kit().standing, kit().companion) == ("placed", young.wanted_companion)


def test_a_companion_is_asked_and_says_yes(event: Event, world: World, post, client):
    adult = post(by=world.person("bob"), email="bob@example.org", name="Ro")
    mail.outbox.clear()
    post(part="young_person", name="Kit", email="", companion_email="bob@example.org")
    adult.refresh_from_db()
    assert (kit().standing, kit().companion, "companion" in adult.parts) == ("alone", None, False)
    (asked,) = mail.outbox
    assert (asked.to, asked.subject) == (["bob@example.org"], "Will you bring a young person? North meets")
    assert "Kit" not in asked.body, "a stranger's words reach nobody's mailbox"
    path = f"/attending/{adult.token}/"
    assert "Kit, a young person of Lantern Youth, asks to come with you" in client.get(path).content.decode()
    assert kit().companion is None, "opening the page says nothing"
    client.post(path, {"bring": "yes", "who": kit().number})
    adult.refresh_from_db()
    assert (kit().standing, kit().companion, "companion" in adult.parts) == ("placed", adult, True)


def test_a_companion_says_no(event: Event, world: World, post, client):
    adult = post(by=world.person("bob"), email="bob@example.org")
    post(part="young_person", name="Kit", email="", companion_email="bob@example.org")
    other = post(email="else@example.org")
    client.post(f"/attending/{other.token}/", {"bring": "yes", "who": kit().number})
    assert kit().wanted_companion == adult, "nobody answers by another's link"
    client.post(f"/attending/{adult.token}/", {"bring": "no", "who": kit().number})
    assert (kit().standing, kit().companion, kit().wanted_companion) == ("alone", None, None)


def test_asking_often_writes_one_mail(event: Event, world: World, post):
    post(by=world.person("bob"), email="bob@example.org")
    mail.outbox.clear()
    for name in ("Kit", "kit", "Sol", "Ash"):
        post(part="young_person", name=name, email="", companion_email="BOB@example.org")
    assert len(mail.outbox) == 1
    assert Attendee.objects.filter(standing="alone").count() == 3


def test_a_second_post_in_somebodys_name_asks_them_and_attaches_nobody(event: Event, world: World, post):
    adult = post(by=world.person("bob"), email="bob@example.org", name="Ro")
    register(
        by=world.person("charlie"),
        event=event,
        partner=world.lantern,
        role="Youth worker",
        name="Ro",
        email="bob@example.org",
        young_names=["Kit"],
    )
    assert (kit().standing, kit().companion, kit().agreed_at) == ("alone", None, None)
    assert kit().wanted_companion == adult


def test_when_a_companion_cancels_their_young_people_wait_and_a_person_decides(
    event: Event, world: World, post, django_capture_on_commit_callbacks
):
    """A stranger of the same organisation used to inherit them."""
    Event.objects.update(capacity=4, safeguarding_contact="lead@example.org or 020 7946 0000")
    world.lantern.contacts.create(role="Director", email="director@lantern.example")
    adult = post(by=world.person("bob"), email="bob@example.org", young_names=["Kit"])
    stranger = post(email="stranger@example.net", part="companion")
    known = post(email="known@example.org", part="companion", name="Known")
    vouch(by=world.person("alice"), attendee=known)
    queue = post(email="next@example.org", partner=world.police)
    assert queue.standing == "waiting"
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        cancel_registration(by=world.person("nobody"), attendee=adult)
    assert (kit().standing, kit().companion, kit().wanted_companion) == ("alone", None, None)
    told = {each.to[0] for each in mail.outbox if each.subject.startswith("Young people without")}
    assert told == {"lead@example.org", "director@lantern.example", "alice@example.org"}
    assert all("Kit" not in each.body for each in mail.outbox)
    queue.refresh_from_db()
    assert queue.standing == "placed", "the place of the companion is free"
    assert event.attendees.filter(standing="placed").count() == 3, "and that of the young person is kept"
    event.refresh_from_db()
    said = [each.sentence for each in findings(event)]
    assert "Young people who wait for a companion: 1. They sit at no table until then." in said

    alice = world.person("alice")
    with pytest.raises(ValidationError, match="vouched for"):
        ask_companion(by=alice, young=kit(), companion=stranger)
    with pytest.raises(PermissionDenied):
        ask_companion(by=world.person("charlie"), young=kit(), companion=known)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        ask_companion(by=alice, young=kit(), companion=known)
    assert kit().companion is None, "asked, not told"
    assert [each.to for each in mail.outbox] == [["known@example.org"]]
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer_ask(by=world.person("nobody"), through=known, young=kit(), yes=True)
    assert (kit().standing, kit().companion) == ("placed", known)
    assert [(each.to, each.subject) for each in mail.outbox] == [
        (["known@example.org"], "You have a place: North meets")
    ]


def test_those_who_plan_attach_or_cancel_on_the_page(event: Event, world: World, post, as_):
    adult = post(by=world.person("bob"), email="bob@example.org", young_names=["Kit", "Sol"])
    known = post(email="known@example.org", part="companion", name="Known")
    cancel_registration(by=world.person("nobody"), attendee=adult)
    path = f"/events/{event.slug}/people/"
    page = as_("alice").get(path).content.decode()
    assert "Young people who wait for a companion" in page
    assert "Nobody of Lantern Youth who comes is vouched for yet" in page
    for other in ("nobody", "bob", "charlie"):
        for do, who in (("know", known), ("cancel", kit()), ("attach", kit())):
            as_(other).post(f"{path}apart/", {"do": do, "who": who.pk, "companion": known.pk})
        assert "Kit" not in as_(other).get(path).content.decode()
    assert (kit().standing, kit().wanted_companion) == ("alone", None)
    alice = as_("alice")
    alice.post(f"{path}apart/", {"do": "know", "who": known.pk})
    alice.post(f"{path}apart/", {"do": "attach", "who": kit().pk, "companion": known.pk})
    assert (kit().standing, kit().companion) == ("placed", known)
    sol = Attendee.objects.get(name="Sol")
    alice.post(f"{path}apart/", {"do": "cancel", "who": sol.pk})
    sol.refresh_from_db()
    assert (sol.standing, sol.keeps_place) == ("cancelled", False)
    alice.post(f"{path}apart/", {"do": "forget", "who": known.pk})
    assert (kit().standing, kit().companion) == ("alone", None)
    assert set(
        AuditEntry.objects.filter(record="registration.attendee").values_list("action", flat=True)
    ) >= {
        "event.vouch",
        "event.with_companion",
        "event.without_companion",
        "event.ask_companion",
    }


def test_whoever_stops_being_vouched_for_brings_nobody(event: Event, world: World, post):
    adult = post(by=world.person("bob"), email="bob@example.org", young_names=["Kit"])
    assert kit().companion == adult
    assert worker.look_after_young(timezone.localdate()) == 0
    Grant.objects.filter(user=world.bob).delete()
    assert worker.look_after_young(timezone.localdate()) == 1
    assert (kit().standing, kit().companion) == ("alone", None)


def test_whoever_becomes_a_member_brings_whom_they_said(event: Event, world: World, post):
    adult = post(young_names=["Kit"])
    user = User.objects.create_user("ro@example.org", name="Ro")
    Grant.objects.create(user=user, role="partner_member", partner=world.lantern)
    assert worker.look_after_young(timezone.localdate()) == 1
    assert (kit().standing, kit().companion) == ("placed", adult)


def test_six_young_people_a_companion_over_several_posts(event: Event, world: World, post):
    adult = post(by=world.person("bob"), email="bob@example.org", name="Ro", young_names=list("abcd"))
    for names in (["e", "f", "g"], ["h"]):
        post(by=world.person("bob"), email="bob@example.org", name="Ro", young_names=names)
    assert adult.with_them.count() == 6
    with pytest.raises(NobodyThere):
        post(part="young_person", name="Kit", email="", companion_email="bob@example.org")


def test_so_many_young_people_a_host(event: Event, world: World, post):
    for n in range(6):
        post(email=f"c{n}@example.org", young_names=[f"young {n} {m}" for m in range(6)])
    assert sum(each.is_young for each in event.attendees.all()) == MOST_A_HOST
    post(email="school@example.org", partner=world.school, young_names=["Kit"])
    assert kit().standing == "alone"


def test_a_young_person_without_a_companion_is_not_let_in_alone(event: Event, world: World, post):
    post(young_names=["Kit"])
    with pytest.raises(ValidationError, match="no companion"):
        check_in(by=world.person("alice"), attendee=kit())


def test_a_young_person_who_waits_for_a_companion_chooses_nothing_through_them(
    event: Event, world: World, post
):
    adult = post(young_names=["Kit"])
    with pytest.raises(PermissionDenied):
        choose_topics(by=world.person("nobody"), through=adult, young=kit(), topics=[])


def test_the_page_says_the_same_whether_or_not_a_companion_is_known(event: Event, world: World, post, as_):
    post(by=world.person("bob"), email="bob@example.org")
    said = set()
    for email in ("bob@example.org", "nobody-has-it@example.net"):
        browser = as_("charlie")
        answer = browser.post(
            f"/events/{event.slug}/register/",
            {
                "part": "young_person",
                "new_partner": "Lantern Youth",
                "sector": "vcs",
                "name": "Kit",
                "companion_email": email,
            },
        )
        page = browser.get(answer["Location"]).content.decode()
        (told,) = re.findall(r'notification-banner__heading">(.*?)</p>', page, re.S)
        said.add((answer.status_code, answer["Location"], told.replace(email, "THEIRS")))
    ((status, to, words),) = said
    assert (status, to) == (302, f"/events/{event.slug}/")
    lines = words.split("\n")
    assert lines[:3] == ["Thank you. This is what you entered.", "Name: Kit", "Your adult: THEIRS"]
    assert lines[3].startswith("What happens next: your adult says yes to our mail.")
    assert lines[4].startswith("If your adult has no mail by tomorrow: ask them to register")
    assert len(lines) == 5


def test_what_a_young_person_entered_is_read_back_as_text(event: Event, as_):
    browser = as_("nobody")
    typed = {
        "part": "young_person",
        "name": "Kit <b>",
        "companion_email": "a@example.org",
        "dietary": "nuts",
        "access": ["quiet"],
        "language": "interpreter_somali",
    }
    page = browser.post(f"/events/{event.slug}/register/", typed, follow=True).text
    assert "Name: Kit &lt;b&gt;\n" in page
    assert "You need: A quieter table; An interpreter for Somali\n" in page
    assert "Food you do not eat: nuts\n" in page


def test_nobody_of_the_host_inherits_young_people_at_a_table(event: Event, world: World, post):
    """Whoever only says that they are a companion is nobody's at the tables; two companions keep their own."""
    first = post(by=world.person("bob"), email="bob@example.org", young_names=["Kit"])
    post(email="stranger@example.net", part="companion")
    problem = problem_of(event)
    assert {each.id: "companion" in each.roles for each in problem.people} == {
        str(first.number): True,
        str(kit().number): False,
        "3": False,
    }
    assert problem.rules == ()
    other = post(email="other@example.org", young_names=["Sol"])
    vouch(by=world.person("alice"), attendee=other)
    sol = Attendee.objects.get(name="Sol")
    rules = {(rule.kind, rule.people) for rule in problem_of(event).rules}
    assert rules == {
        ("together", (str(first.number), str(kit().number))),
        ("together", (str(other.number), str(sol.number))),
    }


def test_whoever_is_at_the_door_answers_for_a_companion_chosen_there(event: Event, world: World, post):
    adult, alice = post(), world.person("alice")
    check_in(by=alice, attendee=adult)
    walk_in(by=alice, event=event, partner=world.lantern, name="Kit", companion=adult)
    assert worker.look_after_young(timezone.localdate()) == 0
    assert (kit().standing, kit().companion) == ("placed", adult)


def test_let_in_at_the_door_nobody_brings_young_people_on_their_own_word(event: Event, world: World):
    """Their address has not answered, but they stand there."""
    alice = world.person("alice")
    adult = register(
        by=world.person("nobody"),
        event=event,
        partner=world.lantern,
        role="Worker",
        email="ro@example.org",
        young_names=["Kit"],
    )
    check_in(by=alice, attendee=adult)
    assert (kit().standing, kit().arrived_at) == ("alone", None)
    with pytest.raises(ValidationError, match="no companion"):
        check_in(by=alice, attendee=kit())
    vouch(by=alice, attendee=adult)
    check_in(by=alice, attendee=kit())
    assert kit().arrived_at is not None
