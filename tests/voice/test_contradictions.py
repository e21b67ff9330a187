"""A partner did not say what was written down in its name: that waits for those who coordinate, until dealt with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.partners.models import Contact
from joinedup.voice.actions import moderate, take_back_asking, take_back_reply, withdraw
from joinedup.voice.contradictions import contradict_reply, settle_contradiction, take_back_settling
from joinedup.voice.models import Contradiction, Contribution
from joinedup.web.work.digest import sections_of
from joinedup.web.work.queries import waiting_for
from tests.voice.conftest import TODAY, Asked
from tests.voice.test_asked_for import WORDS, answered, ask, text
from tests.world import World

As = Callable[[str], Client]
HEADING, TO_DO = "A partner did not say so", "Ring them, then write down what they say"
LIST, WORK = "/voices/asked-for/", "/work/"


@pytest.fixture
def given(world: World, asked: Asked) -> Contribution:
    Contact.objects.create(partner=world.lantern, role="Manager", email="m@lantern.example")
    return ask(world, asked.answer(WORDS))


@pytest.fixture
def contradicted(
    world: World, given: Contribution, django_capture_on_commit_callbacks: Any
) -> Callable[[], Contradiction]:
    """Alice writes down what Lantern Youth said, and Lantern Youth says that it did not say so."""

    def contradict() -> Contradiction:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            answered(world, given, said_on=TODAY)
        found = re.search(r"/voices/reply-by-mail/(\S+)/", mail.outbox[0].body)
        assert found
        contradict_reply(token=found[1])
        return Contradiction.objects.get()

    return contradict


def told(world: World, who: str = "alice") -> list[str]:
    return [each.partner.name for each in waiting_for(world.person(who)).contradictions]


def test_it_waits_for_those_who_coordinate_and_for_nobody_else(
    world: World, given: Contribution, contradicted: Callable[[], Contradiction], as_: As
) -> None:
    assert HEADING not in text(as_("alice").get(WORK))
    contradicted()
    page = text(as_("alice").get(WORK))
    for words in (HEADING, TO_DO, f'href="/voices/contribution/{given.pk}/reply/"', "Lantern Youth, on what"):
        assert words in page, words
    assert WORDS not in page
    assert told(world) == ["Lantern Youth"]
    for who in ("bob", "charlie", "lead", "admin"):
        assert (told(world, who), HEADING in text(as_(who).get(WORK))) == ([], False), who
    sections = {each.heading: each.items for each in sections_of(waiting_for(world.person("alice")), [])}
    ((words, link),) = sections[HEADING]
    assert (words, link.endswith(f"/voices/contribution/{given.pk}/reply/")) == (
        f"Lantern Youth: {given.theme}, Northton",
        True,
    )


def test_each_is_told_in_as_many_queries_for_one_as_for_three(
    world: World,
    asked: Asked,
    contradicted: Callable[[], Contradiction],
    as_: As,
    django_assert_num_queries: Any,
) -> None:
    contradicted()
    alice = as_("alice")
    for number in (1, 3):
        while Contradiction.objects.count() < number:
            other = ask(world, asked.answer("A bus"))
            Contradiction.objects.create(contribution=other, partner=world.school, on=TODAY)
        with django_assert_num_queries(6):
            page = text(alice.get(LIST))
        assert page.count("did not say what was written down") == number
    assert len(told(world)) == 3


def test_it_is_dealt_with_by_one_button_and_that_is_undone_by_another(
    world: World, given: Contribution, contradicted: Callable[[], Contradiction], as_: As
) -> None:
    contradicted()
    alice, where = as_("alice"), f"/voices/contribution/{given.pk}/reply/"
    for page in (LIST, where):
        assert text(alice.get(page)).count('value="settle"') == 1, page
    after = text(alice.post(where, {"do": "settle"}, follow=True))
    assert "Dealt with: Alice, " in after
    assert told(world) == []
    assert HEADING not in text(alice.get(WORK))
    again = text(alice.post(where, {"do": "settle"}, follow=True))
    assert "This was dealt with already." in again
    text(alice.post(where, {"do": "unsettle"}, follow=True))
    assert told(world) == ["Lantern Youth"]
    assert "This waits already." in text(alice.post(where, {"do": "unsettle"}, follow=True))
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "by"))[-2:]
    assert actions == [
        ("contribution.settle_contradiction", "Alice"),
        ("contribution.take_back_settling", "Alice"),
    ]
    assert alice.post(where, {"do": "else"}).status_code == 404


def test_a_new_answer_deals_with_it_and_the_next_contradiction_waits_again(
    world: World, given: Contribution, contradicted: Callable[[], Contradiction]
) -> None:
    first = contradicted()
    answered(world, given, partner=world.school, text="The hall is open on Mondays.")
    assert told(world) == []
    with pytest.raises(ValidationError, match="Somebody answered since"):
        take_back_settling(by=world.person("alice"), contribution=given)
    take_back_reply(by=world.person("alice"), contribution=given)
    assert told(world) == [], "what was dealt with does not come back by itself"
    second = contradicted()
    assert (second.pk, second.settled_on, second.settled_by) == (first.pk, None, "")
    assert told(world) == ["Lantern Youth"]


def test_it_waits_no_longer_where_nobody_has_to_answer(
    world: World, given: Contribution, contradicted: Callable[[], Contradiction]
) -> None:
    contradicted()
    alice = world.person("alice")
    moderate(by=alice, contribution=given, state="refused", reason="off_topic")
    assert told(world) == []
    moderate(by=alice, contribution=given, state="shown")
    assert told(world) == ["Lantern Youth"]
    take_back_asking(by=alice, contribution=given)
    assert told(world) == []
    withdraw(by=alice, contribution=given)
    assert not Contradiction.objects.exists()


@pytest.mark.parametrize("who", ["bob", "charlie", "lead", "admin"])
@pytest.mark.parametrize("act", [settle_contradiction, take_back_settling])
def test_nobody_else_deals_with_it(
    world: World,
    given: Contribution,
    contradicted: Callable[[], Contradiction],
    as_: As,
    who: str,
    act: Callable[..., Contradiction],
) -> None:
    contradicted()
    with pytest.raises(PermissionDenied):
        act(by=world.person(who), contribution=given)
    for do in ("settle", "unsettle"):
        assert as_(who).post(f"/voices/contribution/{given.pk}/reply/", {"do": do}).status_code == 404
    assert Contradiction.objects.get().settled_on is None


def test_who_dealt_with_it_stands_with_when(world: World, contradicted: Callable[[], Contradiction]) -> None:
    made = contradicted()
    for fields in ({"settled_on": TODAY, "settled_by": ""}, {"settled_on": None, "settled_by": "Alice"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contradiction.objects.filter(pk=made.pk).update(**fields)
