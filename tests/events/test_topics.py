import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import record_agreement
from joinedup.events.actions.event import set_tables
from joinedup.events.actions.topics import (
    accept_topic,
    change_topic,
    choose_opportunity,
    move_topic,
    propose_topic,
    remove_topic,
)
from joinedup.events.models import Event, Topic
from joinedup.opportunities.models import Opportunity
from joinedup.taxonomy.models import Theme
from joinedup.voice.models import Conversation
from joinedup.web.agenda.queries import agenda_to_plan
from tests.world import World


def test_an_opportunity_on_the_agenda_says_so_on_both_copies(event: Event, world: World, make_opportunity):
    opportunity, copy = make_opportunity(), make_opportunity(audience="public", marking="public", parties=[])
    topic = choose_opportunity(by=world.person("alice"), event=event, opportunity=opportunity)
    assert topic.title == "Mentoring and a trusted adult in Northton"
    assert {p.slug for p in topic.parties.all()} == {"lantern-youth", "hilltop-school"}
    copy.refresh_from_db()
    assert (opportunity.state, copy.state) == ("on_agenda", "on_agenda")
    assert {e.action for e in AuditEntry.objects.all()} >= {"topic.choose", "opportunity.on_agenda"}
    with pytest.raises(ValidationError, match="already"):
        choose_opportunity(by=world.person("alice"), event=event, opportunity=copy)


def test_opportunities_of_others_stay_theirs(event: Event, world: World, make_opportunity):
    theirs = make_opportunity(footprint=world.south, parties=[world.harbour])
    with pytest.raises(PermissionDenied):
        choose_opportunity(by=world.person("alice"), event=event, opportunity=theirs)
    with pytest.raises(PermissionDenied):
        choose_opportunity(by=world.person("charlie"), event=event, opportunity=theirs)
    assert not Topic.objects.exists()


def test_what_to_choose_from_has_taken_up_first(event: Event, world: World, make_opportunity, monkeypatch):
    make_opportunity("low", score=10)
    make_opportunity("high", score=90)
    make_opportunity("taken", score=5, state="taken_up")
    make_opportunity("aside", state="dismissed", reason="no_fit")
    on = make_opportunity("on")
    alice = world.person("alice")
    choose_opportunity(by=alice, event=event, opportunity=on)
    agenda = agenda_to_plan(alice, event)
    assert {o.key for o in agenda.short} == {"taken", "high", "low"}, "what the room has tables for"
    assert agenda.opportunities == []
    monkeypatch.setattr("joinedup.web.agenda.queries.SHORT", 0)
    assert [o.key for o in agenda_to_plan(alice, event).opportunities] == ["taken", "high", "low"]


def test_the_short_list_is_as_long_as_there_is_room_and_nobody_elses(
    event: Event, world: World, make_opportunity
):
    alice = world.person("alice")
    set_tables(by=alice, event=event, count=1, seats_min=3, seats_max=20)
    for key, theme in (("a", "trusted-adult"), ("b", "trusted-adult"), ("c", "school-exclusion")):
        make_opportunity(key, theme=Theme.objects.get(pk=theme))
    make_opportunity("theirs", footprint=world.south, parties=[world.harbour])
    make_opportunity("named", marking="named")
    agenda = agenda_to_plan(alice, event)
    assert agenda.places == 2
    assert len(agenda.short) == 2
    assert {o.theme_id for o in agenda.short} == {"trusted-adult", "school-exclusion"}
    keys = {o.key for o in (*agenda.short, *agenda.opportunities)}
    assert {"a", "b", "c"} <= keys
    assert "theirs" not in keys


def test_partners_propose_and_planners_decide(event: Event, world: World, theme):
    bob, alice = world.person("bob"), world.person("alice")
    topic = propose_topic(by=bob, event=event, partner=world.lantern, title="Fridays", theme=theme)
    assert (topic.is_chosen, topic.proposed_by) == (False, world.lantern)
    with pytest.raises(PermissionDenied):
        propose_topic(by=world.person("charlie"), event=event, partner=world.harbour, title="Ours")
    with pytest.raises(PermissionDenied):
        propose_topic(by=bob, event=event, partner=world.school, title="For others")
    with pytest.raises(ValidationError):
        propose_topic(by=bob, event=event, partner=world.lantern, title=" ")
    with pytest.raises(PermissionDenied):
        accept_topic(by=bob, topic=topic)
    accept_topic(by=alice, topic=topic)
    assert topic.is_chosen
    assert AuditEntry.objects.filter(action__startswith="topic.").count() == 2


def test_order_and_change(event: Event, world: World, make_opportunity):
    alice = world.person("alice")
    first, second = (
        choose_opportunity(by=alice, event=event, opportunity=make_opportunity(key), title=f"Title {key}")
        for key in ("a", "b")
    )
    move_topic(by=alice, topic=second, up=True)
    assert [t.title for t in event.topics.all()] == ["Title b", "Title a"]
    move_topic(by=alice, topic=second, up=True)
    assert [t.title for t in event.topics.all()] == ["Title b", "Title a"]
    change_topic(by=alice, topic=first, title="New", theme=None, weight=3, parties=[world.police], places=[])
    assert [p.slug for p in first.parties.all()] == ["testland-police"]
    with pytest.raises(ValidationError):
        change_topic(by=alice, topic=first, title="New", theme=None, weight=9, parties=[], places=[])
    with pytest.raises(PermissionDenied):
        change_topic(
            by=world.person("charlie"), topic=first, title="X", theme=None, weight=1, parties=[], places=[]
        )


def test_a_topic_goes_unless_something_was_agreed(seated: Event, sitting, world: World, parts, opportunity):
    alice, topic = world.person("alice"), sitting.topic
    with pytest.raises(PermissionDenied):
        remove_topic(by=world.person("charlie"), topic=topic)
    agreed = record_agreement(by=alice, event=seated, sitting=sitting, **parts)
    with pytest.raises(ValidationError, match="agreed"):
        remove_topic(by=alice, topic=topic)
    agreed.delete()
    Opportunity.objects.update(state="on_agenda")
    topic.refresh_from_db()
    remove_topic(by=alice, topic=topic)
    opportunity.refresh_from_db()
    assert opportunity.state == "taken_up"
    assert not Topic.objects.exists()


def test_a_title_is_proposed_can_be_worded_and_is_not_lost(event: Event, world: World, make_opportunity, as_):
    made, alice, path = make_opportunity("k", kind="bid"), as_("alice"), f"/events/{event.slug}/topics/"
    proposed = "Mentoring and a trusted adult in Northton: who applies for money or help, and with whom?"
    assert made.proposed_topic == proposed
    assert make_opportunity("s", kind="spotted").proposed_topic.endswith("Northton: what can we do together?")
    assert f">{proposed}</textarea>" in alice.get(path).content.decode()
    assert f">{proposed}</textarea>" in alice.get(f"/opportunities/{made.pk}/").content.decode()
    for where, sent in (
        (path, {"do": "choose", "pk": made.pk}),
        (f"/opportunities/{made.pk}/agenda/", {"event": event.slug}),
    ):
        page = alice.post(where, sent | {"title": "ab"}).content.decode()
        assert "Give the topic a title of 3 to 250 characters." in page
        assert ">ab</textarea>" in page
    assert not Topic.objects.exists()
    alice.post(path, {"do": "choose", "pk": made.pk, "title": "Who  lends a van?"})
    assert Topic.objects.get().title == "Who lends a van?"


def test_a_changed_title_is_kept_in_the_history_and_can_be_taken_back(
    event: Event, world: World, make_opportunity, as_
):
    topic = choose_opportunity(
        by=world.person("alice"), event=event, opportunity=make_opportunity(), title="Old words"
    )
    alice, path = as_("alice"), f"/events/{event.slug}/topics/"
    sent = {"title": "New words", "theme": topic.theme_id, "weight": "2", "parties": [world.police.pk]}
    page = alice.post(f"{path}{topic.pk}/", sent, follow=True).content.decode()
    assert "Now called “New words”, before: “Old words”." in page
    entry = AuditEntry.objects.filter(action="topic.change").get()
    assert (entry.before["title"], entry.after["title"]) == ("Old words", "New words")
    assert "changed it (places, title, weight)" in alice.get(f"{path}{topic.pk}/").content.decode()
    undo = page.split('class="ju-undo"')[1].split("</form>")[0]
    names = ("do", "pk", "title", "theme", "weight", "parties", "places")
    alice.post(path, {name: re.findall(f'name="{name}" value="([^"]*)"', undo) for name in names})
    topic.refresh_from_db()
    assert (topic.title, topic.weight, topic.theme_id) == ("Old words", 1.7, "trusted-adult")
    assert {each.name for each in topic.parties.all()} == {"Lantern Youth", "Hilltop School"}
    assert [each.name for each in topic.places.all()] == ["Northton"]
    spoken = Topic.objects.create(event=event, title="Of no opportunity")
    alice.post(
        path, {"do": "change", "pk": spoken.pk, "title": "Mine", "weight": 1, "parties": [world.harbour.pk]}
    )
    assert list(spoken.parties.all()) == [], "a partner of another partnership"
    for outsider in ("bob", "charlie"):
        assert as_(outsider).get(f"{path}{topic.pk}/").status_code == 404


def test_what_a_young_person_said_does_not_stay_in_the_history(event: Event, world: World, theme):
    topic = Topic.objects.create(event=event, title="Light on the way home", theme=theme)
    asked = Conversation.objects.create(
        event=event, slug="q", question="What?", opens=event.date, closes=event.date
    )
    host = asked.host_links.create(partner=world.lantern)
    asked.contributions.create(host=host, text="More light", state="waiting", topic=topic)
    change_topic(
        by=world.person("alice"), topic=topic, title="Lamps", theme=theme, weight=1, parties=[], places=[]
    )
    entry = AuditEntry.objects.get(action="topic.change")
    assert (entry.before["title"], entry.after["title"]) == ("(personal)", "(personal)")
