"""What people do with a conversation: who may, what is refused, and a trail that holds no words of young people."""

import datetime
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import PUBLIC
from joinedup.events.models import Event, Topic
from joinedup.places.models import Place
from joinedup.taxonomy.models import Theme
from joinedup.voice.actions import give, make_topic, moderate, open_conversation, withdraw
from joinedup.voice.models import Contribution, Conversation
from tests.voice.conftest import TODAY, Asked
from tests.world import World

NEXT_WEEK = TODAY + datetime.timedelta(days=7)


def question(world: World, event: Event, **fields: Any) -> dict[str, Any]:
    return {
        "event": event,
        "question": "What would help?",
        "why": "To act.",
        "opens": TODAY,
        "closes": NEXT_WEEK,
        "hosts": [world.lantern, world.school],
    } | fields


@pytest.mark.parametrize("name", ["alice", "lead"])
def test_a_question_opens_with_a_link_for_each_host(world: World, event: Event, name: str) -> None:
    world.lantern.marking = world.school.marking = "public"
    world.lantern.save(), world.school.save()
    made = open_conversation(by=world.person(name), **question(world, event))
    assert re.fullmatch(r"what-would-help-[a-z0-9]{4}", made.slug)
    assert {h.partner for h in made.host_links.all()} == {world.lantern, world.school}
    assert len({h.token for h in made.host_links.all()}) == 2
    entry = AuditEntry.objects.get()
    assert (entry.action, len(entry.after["hosts"])) == ("conversation.open", 2)


@pytest.mark.parametrize(
    "title",
    [
        "a bridge in Camden Town",
        "buses between North London and the hospital",
        "seats in Old Market",
        "what closes in Victoria Square at night",
        "a youth club in Primrose Hill",
        "trees for Golders Green, please",
        "Camden Town after dark",
    ],
)
def test_a_topic_may_name_a_place(world: World, asked: Asked, title: str) -> None:
    for code, name in (("E05000001", "Camden Town with Primrose Hill"), ("E05000002", "Golders Green")):
        Place.objects.create(code=code, name=name, kind=Place.Kind.WARD, vintage=2024)
    given = asked.answer("A", "shown")
    assert make_topic(by=world.person("alice"), contribution=given, title=title, theme=None).title == title


@pytest.mark.parametrize(
    "title",
    [
        "what happened to Sam Jones",
        "a bridge for Sam Jones in Camden Town",
        "in Camden Town we miss Aisha Khan",
        "ask Mr Park about it",
        "the bus that Miss Street drives",
        "a boy called Camden",
        "my friend Victoria waits alone",
        "a room for Jordan Green",
        "the park that William Morris loved",
        "a place where Sam Bridge is safe",
        "Jordan Taylor wants a club",
    ],
)
def test_a_topic_with_somebodys_name_is_refused(world: World, asked: Asked, title: str) -> None:
    Place.objects.create(code="E05000003", name="William Morris", kind=Place.Kind.WARD, vintage=2024)
    with pytest.raises(ValidationError, match="a person’s name"):
        make_topic(by=world.person("alice"), contribution=asked.answer("A", "shown"), title=title, theme=None)


@pytest.mark.parametrize(
    "title",
    [
        "Safer stairs on the Aylesbury Estate",
        "more light in Mill Road",
        "a crossing near Hilltop School",
        "the walk from Finsbury Park Station",
    ],
)
def test_a_topic_names_no_place_where_its_writer_is_found(world: World, asked: Asked, title: str) -> None:
    with pytest.raises(ValidationError, match="where somebody can be found"):
        make_topic(by=world.person("alice"), contribution=asked.answer("A", "shown"), title=title, theme=None)


@pytest.mark.parametrize("name", ["bob", "charlie", "admin", "nobody"])
def test_others_open_none(world: World, event: Event, name: str) -> None:
    with pytest.raises(PermissionDenied):
        open_conversation(by=world.person(name), **question(world, event))
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes": TODAY - datetime.timedelta(days=1)},
        {"hosts": []},
        {"question": ""},
        {"question": "x" * 251},
    ],
)
def test_a_question_without_what_it_needs_is_refused(
    world: World, event: Event, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        open_conversation(by=world.person("alice"), **question(world, event, **wrong))
    assert (Conversation.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_host_that_one_may_not_see_is_refused(world: World, event: Event) -> None:
    with pytest.raises(ValidationError, match="at least one partner"):
        open_conversation(
            by=world.person("alice"), **question(world, event, hosts=[world.lantern, world.harbour])
        )
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("fields", [{"safeguarding_lead": ""}, {"is_history": True}])
def test_no_question_without_a_safeguarding_lead_or_for_a_past_event(
    world: World, event: Event, fields: dict[str, Any]
) -> None:
    Event.objects.update(**fields)
    event.refresh_from_db()
    with pytest.raises(ValidationError):
        open_conversation(by=world.person("alice"), **question(world, event))


def test_an_address_of_the_room_is_never_the_address_of_a_question(world: World, event: Event) -> None:
    alice = world.person("alice")
    slugs = [
        open_conversation(by=alice, **question(world, event, question=q)).slug for q in ("Join?", "Join", "?")
    ]
    assert len(set(slugs)) == 3
    assert all(re.fullmatch(r"(join|conversation)-[a-z0-9]{4}", slug) for slug in slugs), slugs


def test_an_answer_waits_and_the_trail_holds_neither_words_nor_who(world: World, asked: Asked) -> None:
    given = give(by=world.person("bob"), host=asked.school, text=" More lights. ", age_band="16-17")
    given.refresh_from_db()
    assert (given.state, given.text, given.conversation) == ("waiting", "More lights.", asked.conversation)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.user_id) == ("contribution.give", "the public", None)
    assert "lights" not in f"{entry.label}{entry.before}{entry.after}"
    assert given.withdraw_code not in str(entry.after)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 401},
        {"text": "ring 07700 900123"},
        {"text": "ring 07700 900123", "names_nobody": True},
        {"text": "a boy called Jordan"},
        {"age_band": "25-99"},
    ],
)
def test_a_bad_answer_is_not_kept(asked: Asked, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        give(by=PUBLIC, host=asked.school, **{"text": "More lights.", "age_band": "14-15"} | wrong)
    assert (Contribution.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_what_was_asked_about_is_taken_when_it_names_nobody(asked: Asked) -> None:
    give(by=PUBLIC, host=asked.school, text="a game called Tag", age_band="11-13", names_nobody=True)
    assert Contribution.objects.get().state == "waiting"


@pytest.mark.parametrize(("opens", "closes"), [(1, 5), (-5, -1)])
def test_no_answer_before_the_first_day_or_after_the_last(asked: Asked, opens: int, closes: int) -> None:
    asked.conversation.opens = TODAY + datetime.timedelta(days=opens)
    asked.conversation.closes = TODAY + datetime.timedelta(days=closes)
    asked.conversation.save()
    asked.school.refresh_from_db()
    with pytest.raises(ValidationError, match="not open today"):
        give(by=PUBLIC, host=asked.school, text="More lights.", age_band="14-15")


def test_reading_shows_or_refuses_and_may_change_its_mind(world: World, asked: Asked) -> None:
    alice, given = world.person("alice"), asked.answer("More lights.")
    moderate(by=alice, contribution=given, state="shown")
    moderate(by=alice, contribution=given, state="refused", reason="names")
    read = Contribution.objects.get()
    assert (read.state, read.reason, read.read_by, read.read_on) == ("refused", "names", "Alice", TODAY)
    moderate(by=alice, contribution=given, state="shown")
    assert Contribution.objects.get().reason == ""
    entries = AuditEntry.objects.filter(action="contribution.moderate")
    assert entries.count() == 3
    assert not any("lights" in f"{e.label}{e.before}{e.after}" for e in entries)


@pytest.mark.parametrize("name", ["bob", "charlie", "lead", "admin", "nobody"])
def test_only_the_coordinator_reads(world: World, asked: Asked, name: str) -> None:
    given = asked.answer("More lights.")
    with pytest.raises(PermissionDenied):
        moderate(by=world.person(name), contribution=given, state="shown")
    assert Contribution.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("state", "reason"), [("refused", ""), ("refused", "dull"), ("waiting", ""), ("", "")]
)
def test_a_decision_without_a_fixed_reason_changes_nothing(
    world: World, asked: Asked, state: str, reason: str
) -> None:
    given = asked.answer("More lights.")
    with pytest.raises(ValidationError):
        moderate(by=world.person("alice"), contribution=given, state=state, reason=reason)
    assert (Contribution.objects.get().state, AuditEntry.objects.count()) == ("waiting", 0)


@pytest.mark.parametrize("state", ["waiting", "shown", "refused"])
def test_what_is_taken_back_is_gone_for_good(world: World, asked: Asked, state: str) -> None:
    given = asked.answer("More lights.", state, reason="names" if state == "refused" else "")
    withdraw(by=PUBLIC, contribution=given)
    withdraw(by=PUBLIC, contribution=given)
    kept = Contribution.objects.get()
    assert (kept.state, kept.text) == ("withdrawn", "")
    assert AuditEntry.objects.filter(action="contribution.withdraw").count() == 1
    with pytest.raises(ValidationError, match="withdrawn"):
        moderate(by=world.person("alice"), contribution=kept, state="shown")


def test_a_shown_answer_becomes_a_topic_once(world: World, asked: Asked) -> None:
    Topic.objects.create(event=asked.event, title="First", order=4)
    given, alice = asked.answer("More lights.", "shown"), world.person("alice")
    theme = Theme.objects.get(pk="trusted-adult")
    topic = make_topic(by=alice, contribution=given, title="Light on the way home", theme=theme)
    assert (topic.event, topic.contributions.get(), topic.order, topic.theme) == (
        asked.event,
        given,
        5,
        theme,
    )
    with pytest.raises(ValidationError, match="already"):
        make_topic(by=alice, contribution=given, title="Again", theme=None)
    assert AuditEntry.objects.get().action == "contribution.make_topic"


@pytest.mark.parametrize("state", ["waiting", "refused", "withdrawn"])
def test_what_is_not_shown_becomes_no_topic(world: World, asked: Asked, state: str) -> None:
    given = asked.answer("More lights.", state, reason="names" if state == "refused" else "")
    with pytest.raises(ValidationError):
        make_topic(by=world.person("alice"), contribution=given, title="Light", theme=None)
    assert not Topic.objects.exists()


@pytest.mark.parametrize("title", ["", "Ask Mr Smith", "ring 07700 900123"])
def test_a_topic_has_a_title_that_names_nobody(world: World, asked: Asked, title: str) -> None:
    with pytest.raises(ValidationError):
        make_topic(by=world.person("alice"), contribution=asked.answer("A", "shown"), title=title, theme=None)
    assert (Topic.objects.count(), AuditEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["bob", "charlie", "admin", "nobody"])
def test_others_make_no_topic(world: World, asked: Asked, name: str) -> None:
    with pytest.raises(PermissionDenied):
        make_topic(by=world.person(name), contribution=asked.answer("A", "shown"), title="Light", theme=None)
