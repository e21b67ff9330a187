"""Young people who come choose topics, through their companion's link."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.topics import accept_topic, choose_opportunity, propose_topic, remove_topic
from joinedup.events.models import Event, Topic
from joinedup.registration.actions.registration import cancel_registration
from joinedup.registration.models import Attendee
from joinedup.tables.actions.votes import choose_topics
from joinedup.tables.checklist import findings
from joinedup.tables.models import Vote
from joinedup.voice.models import Contribution, Conversation, Host
from joinedup.web.agenda.queries import agenda_to_plan
from tests.world import World, published_event


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def topics(event: Event, world: World, make_opportunity) -> list[Topic]:
    """One from an opportunity of the partnership, one that a partner proposes."""
    shared = choose_opportunity(
        by=world.person("alice"), event=event, opportunity=make_opportunity(), title="Only for members"
    )
    proposed = propose_topic(by=world.person("bob"), event=event, partner=world.lantern, title="Fridays")
    return [shared, proposed]


@pytest.fixture
def companion(event: Event, world: World, come) -> Attendee:
    """With Kit, and with Ash who registered alone."""
    adult = come(event, world.lantern, "Youth worker", young_names=["Kit"], email="c@example.org")
    come(event, world.lantern, part="young_person", name="Ash", companion_email="c@example.org", email="")
    return adult


def kinds(event: Event) -> dict[str, bool]:
    return {each.kind: each.stops for each in findings(event)}


def test_topics_are_chosen_by_the_companions_link(event, topics, companion, as_):
    browser, path = as_("nobody"), f"/attending/{companion.token}/topics/"
    page = text(browser.get(path))
    for words in ("Kit wants to talk about", "Ash wants to talk about", "Fridays"):
        assert words in page
    assert "Only for members" not in page, "called by its theme: they know no more than the public"
    assert "Sentence for members only" not in page
    kit = companion.with_them.get(name="Kit")
    chosen = browser.post(path, {"who": kit.number, "topics": [each.pk for each in topics]})
    assert chosen["Location"] == f"{path}#young-{kit.number}"
    assert set(kit.votes.values_list("topic", flat=True)) == {each.pk for each in topics}
    assert text(browser.get(path)).count(" checked") == 2
    browser.post(path, {"who": kit.number, "topics": [topics[1].pk]})
    assert [vote.topic for vote in kit.votes.all()] == [topics[1]]
    assert AuditEntry.objects.filter(action="event.choose_topics").latest("pk").after == {"topics": 1}
    browser.post(path, {"who": kit.number})
    assert not Vote.objects.exists()
    assert f"{path}" in text(browser.get(f"/attending/{companion.token}/"))


def test_their_own_link_chooses_for_themselves_only(event, topics, companion, as_):
    browser, ash = as_("nobody"), companion.with_them.get(name="Ash")
    page = text(browser.get(f"/attending/{ash.token}/topics/"))
    assert "Ash wants to talk about" in page
    assert "Kit" not in page
    kit = companion.with_them.get(name="Kit")
    path = f"/attending/{ash.token}/topics/"
    assert browser.post(path, {"who": kit.number, "topics": [topics[0].pk]}).status_code == 404
    assert not Vote.objects.exists()


def test_nobody_chooses_for_others(event, topics, companion, come, world, as_):
    stranger = come(event, world.school, email="s@example.org")
    kit = companion.with_them.get(name="Kit")
    nobody = world.person("nobody")
    with pytest.raises(PermissionDenied):
        choose_topics(by=nobody, through=stranger, young=kit, topics=topics)
    with pytest.raises(PermissionDenied):
        choose_topics(by=nobody, through=companion, young=companion, topics=topics)
    page = text(as_("nobody").get(f"/attending/{stranger.token}/topics/"))
    assert "No young people come with you." in page
    for who in (kit.number, "x", ""):
        refused = as_("nobody").post(
            f"/attending/{stranger.token}/topics/", {"who": who, "topics": [topics[0].pk]}
        )
        assert refused.status_code == 404
    assert as_("nobody").get("/attending/wrong/topics/").status_code == 404
    assert not Vote.objects.exists()


def test_what_is_refused_is_said(event, topics, companion, world, as_):
    kit, nobody = companion.with_them.get(name="Kit"), world.person("nobody")
    elsewhere = published_event(
        by=world.person("alice"), footprint=world.north, name="Again", date=event.date
    )
    other = Topic.objects.create(event=elsewhere, title="Elsewhere")
    with pytest.raises(ValidationError, match="no longer there"):
        choose_topics(by=nobody, through=companion, young=kit, topics=[other])
    browser, path = as_("nobody"), f"/attending/{companion.token}/topics/"
    browser.post(path, {"who": kit.number, "topics": ["x", "-1", "9" * 30, other.pk]})
    assert not Vote.objects.exists()
    Event.objects.update(date=timezone.localdate() - datetime.timedelta(days=1))
    over = text(browser.post(path, {"who": kit.number, "topics": [topics[0].pk]}, follow=True))
    assert "This event is over: topics can no longer be chosen." in over
    assert "Save<" not in over
    assert not Vote.objects.exists()


def test_planners_see_how_many_not_who(event, topics, companion, world, as_, django_assert_num_queries):
    for each in companion.with_them.all():
        choose_topics(by=world.person("nobody"), through=companion, young=each, topics=[topics[1]])
    agenda = agenda_to_plan(world.person("alice"), event)
    assert [topic.wanted for topic in (*agenda.chosen, *agenda.proposed)] == [0, 2]
    page = text(as_("alice").get(f"/events/{event.slug}/topics/"))
    assert "chosen by 2 young people" in page
    assert "Kit" not in page
    cancel_registration(by=world.person("nobody"), attendee=companion.with_them.get(name="Ash"))
    assert agenda_to_plan(world.person("alice"), event).proposed[0].wanted == 1


def test_at_least_one_topic_is_theirs(event: Event, topics, companion, world: World):
    alice, nobody = world.person("alice"), world.person("nobody")
    assert kinds(event)["young_topic"] is True
    kit = companion.with_them.get(name="Kit")
    choose_topics(by=nobody, through=companion, young=kit, topics=[topics[1]])
    assert "young_topic" in kinds(event), "what they chose is not on the agenda yet"
    accept_topic(by=alice, topic=topics[1])
    assert "young_topic" not in kinds(event)
    remove_topic(by=alice, topic=topics[1])
    topics[1].refresh_from_db()
    assert not topics[1].is_chosen, "what young people chose stays among what is proposed"
    assert kit.votes.count() == 1
    assert "young_topic" in kinds(event)
    remove_topic(by=alice, topic=topics[1])
    assert not Vote.objects.exists()


def test_answers_that_are_shown_want_a_topic_too(event: Event, world: World, topics):
    assert "young_topic" not in kinds(event), "no young people yet, and nothing was asked"
    day = timezone.localdate()
    asked = Conversation.objects.create(event=event, slug="q", question="What helps?", opens=day, closes=day)
    host = Host.objects.create(conversation=asked, partner=world.lantern)
    said = Contribution.objects.create(
        conversation=asked, host=host, text="Someone", age_band="14-15", state="shown", read_by="Alice"
    )
    assert "young_topic" in kinds(event)
    Topic.objects.create(event=event, title="Someone who listens").contributions.add(said)
    assert "young_topic" not in kinds(event)


def test_an_opportunity_that_young_people_chose_is_open_again_and_back(event, topics, companion, world):
    alice, opportunity = world.person("alice"), topics[0].opportunity
    kit = companion.with_them.get(name="Kit")
    choose_topics(by=world.person("nobody"), through=companion, young=kit, topics=[topics[0]])
    remove_topic(by=alice, topic=topics[0])
    opportunity.refresh_from_db()
    assert opportunity.state == "taken_up"
    topics[0].refresh_from_db()
    accept_topic(by=alice, topic=topics[0])
    opportunity.refresh_from_db()
    assert opportunity.state == "on_agenda"


def test_who_looks_after_young_people_and_what_they_are_paid(event: Event, companion):
    assert {"safeguarding_contact", "young_pay"} <= {kind for kind, stops in kinds(event).items() if stops}
    event.safeguarding_contact, event.young_pay = "At the welcome desk", "The living wage, the same day"
    assert not {"safeguarding", "safeguarding_contact", "young_pay"} & kinds(event).keys()
    event.safeguarding_lead = ""
    assert kinds(event)["safeguarding"] is True
