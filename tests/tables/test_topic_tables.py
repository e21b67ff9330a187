"""A topic that no table talks about: it is said at once where it was put, with what to do, and can be undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import record_agreement
from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event, Topic
from joinedup.tables.actions.plan import set_topic
from joinedup.tables.models import Sitting
from joinedup.tables.queries.topic_tables import topic_tables
from joinedup.taxonomy.models import Theme
from tests.world import World, published_event


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def late(seated: Event, world: World, make_opportunity) -> Topic:
    """Put on the agenda after the tables were planned; it needs the police."""
    made = make_opportunity("late", theme=Theme.objects.get(pk="school-exclusion"), parties=[world.police])
    return choose_opportunity(by=world.person("alice"), event=seated, opportunity=made, title="Late topic")


def test_before_the_tables_are_planned_it_says_to_plan_them(
    event: Event, world: World, make_opportunity, as_
):
    made, alice, slug = make_opportunity(), as_("alice"), event.slug
    path = f"/opportunities/{made.pk}/"
    assert "No table talks about it yet" not in text(alice.get(path))
    page = text(alice.post(f"{path}agenda/", {"event": slug, "title": "Who lends a hand?"}, follow=True))
    assert page.count("No table talks about it yet.") == 2
    assert f'href="/events/{slug}/plan/#changes">Plan the tables</a>' in page
    agenda = text(alice.get(f"/events/{slug}/topics/"))
    assert "No topic has a table yet: the tables are not planned." in agenda
    assert "Which table talks about it?" not in agenda
    for reader in ("bob", "nobody"):
        assert "No table talks about it" not in text(as_(reader).get(path, follow=True))


def test_after_that_it_can_be_given_one_and_that_be_taken_back(seated: Event, late: Topic, as_):
    alice, path = as_("alice"), f"/events/{seated.slug}/topics/"
    opportunity = text(alice.get(f"/opportunities/{late.opportunity_id}/"))
    assert f'href="{path}#topic-{late.pk}">Give it a table</a>' in opportunity
    page = text(alice.get(path))
    assert f'<a class="govuk-link" href="#topic-{late.pk}">Late topic</a>' in page
    first = topic_tables(seated).free(late)[0]
    was, people = first.sitting.topic_id, first.sitting.seats.count()
    assert f'<option value="{first.sitting.pk}">' in page
    give = {"do": "table", "sitting": first.sitting.pk, "topic": late.pk}
    page = text(alice.post(path, give, follow=True))
    assert "now talks about “Late topic”. Everybody stays where they sit." in page
    assert "No table talks about this topic" not in page
    assert Sitting.objects.get(topic=late).seats.count() == people
    assert "No table talks about it" not in text(alice.get(f"/opportunities/{late.opportunity_id}/"))
    alice.post(path, give | {"topic": was or ""}, follow=True)
    assert Sitting.objects.get(pk=first.sitting.pk).topic_id == was
    assert AuditEntry.objects.filter(action="event.set_topic").count() == 2


def test_tables_that_cost_no_other_topic_and_hold_its_partners_come_first(
    seated: Event, late: Topic, world: World, django_assert_num_queries: Any
):
    shared = Topic.objects.exclude(pk=late.pk).get()
    at = list(Sitting.objects.filter(event=seated))
    Sitting.objects.filter(pk__in=[each.pk for each in at[:2]]).update(topic=shared)
    with django_assert_num_queries(2):
        tables = topic_tables(seated)
    assert tables.without([shared, late]) == [late]
    found = tables.free(late)
    assert [each.elsewhere for each in found if each.sitting.topic_id] == [1, 1]
    for each in found:
        there = each.sitting.seats.filter(attendee__partner=world.police).exists()
        assert each.needed == there
    assert [each.needed for each in found] == sorted((each.needed for each in found), reverse=True)
    Sitting.objects.filter(pk=at[0].pk).update(topic=None)
    assert topic_tables(seated).free(late)[-1].sitting.pk == at[1].pk, "the only table of its topic"


def test_who_may_not_and_what_cannot_be(
    seated: Event, late: Topic, sitting: Sitting, world: World, parts, as_
):
    alice, was = world.person("alice"), sitting.topic
    for who in ("bob", "charlie", "nobody"):
        with pytest.raises(PermissionDenied):
            set_topic(by=world.person(who), sitting=sitting, topic=late)
    other = published_event(by=alice, footprint=world.north, name="Again", date=seated.date)
    for topic in (
        Topic.objects.create(event=other, title="Elsewhere"),
        Topic.objects.create(event=seated, title="Proposed", is_chosen=False),
    ):
        with pytest.raises(ValidationError, match="not on the agenda"):
            set_topic(by=alice, sitting=sitting, topic=topic)
    path = f"/events/{seated.slug}/topics/"
    for wrong in ({"sitting": "x", "topic": late.pk}, {"sitting": sitting.pk, "topic": "9999"}):
        page = text(as_("alice").post(path, {"do": "table", **wrong}, follow=True))
        assert "This table or topic is not there any more." in page
    record_agreement(by=alice, event=seated, sitting=sitting, **parts)
    assert sitting.pk not in {each.pk for each in topic_tables(seated).open}
    with pytest.raises(ValidationError, match="keeps its topic"):
        set_topic(by=alice, sitting=sitting, topic=late)
    assert Sitting.objects.get(pk=sitting.pk).topic == was
    assert not AuditEntry.objects.filter(action="event.set_topic").exists()
