"""Answers that contradict each other: who reads of them, and how they are settled."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.opportunities.actions.deciding import reopen_answers, settle_answers
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.opportunities.queries.contradictions import contradiction, contradictions
from tests.web.test_work import make_opportunity
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]
TITLE = "Answers that contradict each other"


@pytest.fixture
def found(world: World) -> Opportunity:
    """Lantern Youth does it already, and Hilltop School says that it does not."""
    made = make_opportunity(world, 1, world.lantern, world.school)
    Answer.objects.create(opportunity=made, partner=world.lantern, word="already", by="Bob")
    Answer.objects.create(opportunity=made, partner=world.school, word="not_us", by="LEAK head")
    return made


def test_the_coordinator_reads_who_said_what_until_it_is_settled(
    found: Opportunity, world: World, as_: As
) -> None:
    alice, page = as_("alice"), f"/opportunities/{found.pk}/"
    day = f"{timezone.localdate():%-d %B %Y}"
    work = alice.get("/work/").content.decode()
    assert TITLE in work
    assert f"Lantern Youth: “We already do this” (Bob, {day})." in work
    assert f"Hilltop School: “Not us” (LEAK head, {day})." in work
    assert f'href="{page}#contradicting"' in work
    for who in ("bob", "charlie", "nobody", "admin", "lead"):
        assert TITLE not in as_(who).get("/work/").content.decode()
        assert "LEAK head" not in as_(who).get(page).content.decode()
    said = alice.post(f"{page}settle-answers/", {"how": "done"}, follow=True).content.decode()
    assert "Settled by Alice on" in said
    assert "It is done there already" in said
    assert TITLE not in alice.get("/work/").content.decode()
    alice.post(f"{page}settle-answers/", {"how": "undo"})
    assert TITLE in alice.get("/work/").content.decode()
    entries = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(entries) == ["opportunity.settle_answers", "opportunity.reopen_answers"]


def test_a_later_answer_that_contradicts_brings_it_back(found: Opportunity, world: World) -> None:
    alice = world.person("alice")
    settle_answers(by=alice, opportunity=found, how="both")
    assert contradictions(alice) == []
    Answer.objects.get(partner=world.school).save()
    assert [each.opportunity for each in contradictions(alice)] == [found]


def test_it_is_settled_where_one_answers_otherwise(found: Opportunity, world: World) -> None:
    alice = world.person("alice")
    assert [each.partner for each in contradictions(alice)[0].said] == [world.lantern, world.school]
    Answer.objects.filter(partner=world.school).update(word="interested")
    assert contradictions(alice) == []
    with pytest.raises(ValidationError, match="no longer contradict"):
        settle_answers(by=alice, opportunity=found, how="done")


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ({"move": "a"}, {"move": "a"}, True),
        ({"move": "a"}, {"move": ""}, True),
        ({"move": "a"}, {"move": "b"}, False),
        ({}, {"until": datetime.date(2020, 1, 1)}, False),
        ({"word": "interested"}, {}, False),
    ],
)
def test_only_answers_to_the_same_thing_that_hold_contradict(
    found: Opportunity, world: World, first: dict[str, object], second: dict[str, object], is_one: bool
) -> None:
    Answer.objects.filter(partner=world.lantern).update(**first)
    Answer.objects.filter(partner=world.school).update(**second)
    assert (contradiction(found, found.answers.all()) is not None) == is_one
    assert bool(contradictions(world.person("alice"))) == is_one


@pytest.mark.parametrize("state", ["agreed", "dismissed", "gone"])
def test_nothing_waits_where_nothing_is_left_to_decide(found: Opportunity, world: World, state: str) -> None:
    reason = "not_now" if state == "dismissed" else ""
    Opportunity.objects.update(state=state, reason=reason)
    assert contradictions(world.person("alice")) == []


@pytest.mark.parametrize("who", ["bob", "charlie", "admin", "lead", "nobody"])
def test_nobody_else_settles_it(found: Opportunity, world: World, who: str) -> None:
    for act in (lambda by: settle_answers(by=by, opportunity=found, how="done"),
                lambda by: reopen_answers(by=by, opportunity=found)):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act(world.person(who))
    with pytest.raises(ValidationError):
        settle_answers(by=world.person("alice"), opportunity=found, how="melt")
    found.refresh_from_db()
    assert (found.answers_settled, AuditEntry.objects.count()) == ("", 0)
