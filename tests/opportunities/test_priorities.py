"""Our three for this quarter: who may choose, how many, who chairs, who reads it."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import PUBLIC
from joinedup.opportunities.actions.priorities import choose, unchoose
from joinedup.opportunities.models import Priority
from joinedup.opportunities.queries.priorities import chosen_for, quarter_in_words, quarter_of
from tests.opportunities.making import make_opportunity
from tests.world import World

pytestmark = pytest.mark.django_db


def test_quarters_begin_in_january_april_july_and_october() -> None:
    assert quarter_of(datetime.date(2026, 11, 30)) == datetime.date(2026, 10, 1)
    assert quarter_of(datetime.date(2026, 3, 31)) == datetime.date(2026, 1, 1)
    assert quarter_in_words(datetime.date(2026, 10, 1)) == "October to December 2026"


def test_a_coordinator_chooses_three_and_no_more(world: World) -> None:
    alice = world.person("alice")
    every = [make_opportunity(world, f"one-{n}", world.lantern) for n in range(4)]
    for each in every[:3]:
        choose(by=alice, opportunity=each, chair=world.lantern)
    with pytest.raises(ValidationError, match="Three are chosen"):
        choose(by=alice, opportunity=every[3], chair=None)
    unchoose(by=alice, opportunity=every[0])
    choose(by=alice, opportunity=every[3], chair=None)
    assert Priority.objects.count() == 3


def test_who_chairs_can_be_changed_with_one_line_in_the_history_each(world: World) -> None:
    alice = world.person("alice")
    one = make_opportunity(world, "one", world.lantern)
    before = AuditEntry.objects.count()
    choose(by=alice, opportunity=one, chair=None)
    choose(by=alice, opportunity=one, chair=world.lantern)
    choose(by=alice, opportunity=one, chair=world.lantern)
    assert Priority.objects.get().chair == world.lantern
    assert AuditEntry.objects.count() - before == 2
    with pytest.raises(ValidationError, match="body of this partnership"):
        choose(by=alice, opportunity=one, chair=world.harbour)


def test_what_only_those_it_names_see_is_not_chosen(world: World) -> None:
    one = make_opportunity(world, "one", world.lantern, marking="named", kind="join")
    with pytest.raises(ValidationError, match="Only those it names"):
        choose(by=world.person("alice"), opportunity=one, chair=None)


def test_members_read_it_and_charlie_and_the_public_do_not(world: World) -> None:
    one = make_opportunity(world, "one", world.lantern)
    choose(by=world.person("alice"), opportunity=one, chair=world.lantern)
    for user, is_told in ((world.alice, True), (world.bob, True), (world.charlie, False), (None, False)):
        client = Client()
        person = PUBLIC if user is None else world.person(user.name.lower())
        if user is not None:
            client.force_login(user)
        page = client.get(reverse("opportunities")).content.decode()
        assert ("chairs it" in page) is is_told
        assert bool(chosen_for(person)) is is_told


def test_only_the_coordinator_chooses(world: World) -> None:
    one = make_opportunity(world, "one", world.lantern)
    for user in (world.bob, world.charlie):
        with pytest.raises(PermissionDenied):
            choose(by=world.person(user.name.lower()), opportunity=one, chair=None)
    with pytest.raises(ValidationError, match="not among"):
        unchoose(by=world.person("alice"), opportunity=one)


def test_chosen_and_taken_out_in_the_browser(world: World) -> None:
    one = make_opportunity(world, "one", world.lantern)
    client = Client()
    client.force_login(world.alice)
    page = reverse("opportunity", args=[one.pk])
    assert "Choose it for this quarter" in client.get(page).content.decode()
    answer = client.post(
        reverse("opportunity_choose", args=[one.pk]), {"chair": world.lantern.pk}, follow=True
    )
    assert "one of your three" in answer.content.decode()
    assert "Take it out" in answer.content.decode()
    answer = client.post(reverse("opportunity_unchoose", args=[one.pk]), follow=True)
    assert "no longer one of your three" in answer.content.decode()
    answer = client.post(
        reverse("opportunity_choose", args=[one.pk]), {"chair": world.harbour.pk}, follow=True
    )
    assert "Choose a body of this partnership" in answer.content.decode()
    assert not Priority.objects.exists()
