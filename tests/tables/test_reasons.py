"""Why people sit where they sit: on the plan, at a table, and nothing that is nobody else's business."""

from __future__ import annotations

from typing import Any

from joinedup.events.models import Event, Topic
from joinedup.registration.models import Attendee
from joinedup.tables.actions.plan import plan_event
from joinedup.tables.actions.votes import choose_topics
from joinedup.tables.models import Seat, Sitting
from joinedup.tables.queries.plan import plan_page
from joinedup.tables.queries.reasons import reasons
from joinedup.taxonomy.models import Theme
from tests.world import World, make_partner


def text(response: Any) -> str:
    return response.content.decode()


def said(event: Event, topic: Topic) -> dict[str, str]:
    """{partner: why its people sit at the topic, on the plan}."""
    return {
        each.partner.name: card.reasons.get(each.number, "")
        for round in plan_page(event).rounds
        for card in round.cards
        if card.sitting and card.sitting.topic_id == topic.pk
        for each in card.people
    }


def test_the_plan_says_why_and_what_about(seated: Event, world: World, as_):
    topic = Topic.objects.get()
    topic.parties.set([world.lantern])
    clubs = make_partner("Themed Club", "vcs", world.north, [world.southton], ["trusted-adult"])
    away = make_partner("Away Club", "vcs", world.north, [world.southton], [])
    Attendee.objects.filter(partner=world.school).update(partner=clubs)
    Attendee.objects.filter(partner=world.police, parts=["guest"]).update(partner=away)
    at = Sitting.objects.filter(topic=topic).first()
    Seat.objects.filter(sitting__round=at.round).update(sitting=at)
    told = said(seated, topic)
    assert told == {
        "Lantern Youth": "is needed for this topic",
        "Themed Club": "works on its theme",
        "Testland Police": "works in its place",
        "Away Club": "",
    }
    page = text(as_("alice").get(f"/events/{seated.slug}/plan/"))
    assert '<span class="ju-source ju-seat__why">works in its place</span>' in page
    assert "Mentoring and a trusted adult, Northton (" in page
    for outsider, status in (("charlie", 404), ("bob", 404), ("nobody", 302)):
        assert as_(outsider).get(f"/events/{seated.slug}/plan/").status_code == status


def test_what_a_young_person_chose_is_told_to_nobody_else(event: Event, world: World, come, as_):
    alice = world.person("alice")
    adult = come(event, world.lantern, "Youth worker", young_names=["Kit"], email="c@example.org")
    kit = adult.with_them.get()
    topic = Topic.objects.create(event=event, title="Fridays", theme=Theme.objects.get(pk="weapon-carrying"))
    choose_topics(by=world.person("nobody"), through=adult, young=kit, topics=[topic])
    plan_event(by=alice, event=event, iterations=2)
    assert reasons(event).of(kit.number, topic.pk) == "chosen"
    assert said(event, topic) == {"Lantern Youth": ""}
    assert "chose this" not in text(as_("alice").get(f"/events/{event.slug}/plan/"))


def test_it_asks_as_often_for_more_people_and_topics(
    seated: Event, world: World, come, django_assert_num_queries: Any
):
    with django_assert_num_queries(33):
        plan_page(seated)
    with django_assert_num_queries(10):
        reasons(seated)
    for n in range(3):
        come(seated, world.school)
        Topic.objects.create(event=seated, title=f"More {n}").places.add(world.northton)
    plan_event(by=world.person("alice"), event=seated, iterations=2)
    with django_assert_num_queries(33):
        plan_page(seated)
    with django_assert_num_queries(10):
        reasons(seated)
