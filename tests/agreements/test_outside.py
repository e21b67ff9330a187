"""What an agreement says outside its partnership: which bodies take part, and no more of each than it said itself."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.agreements.actions.agreement import start_agreement
from joinedup.agreements.models import Agreement, Progress
from joinedup.events.models import Event
from joinedup.partners.models import Partner
from tests.agreements.test_named_bodies import pages, read
from tests.world import World

As = Callable[[str], Client]
OUTSIDE, INSIDE = ("nobody", "charlie"), ("alice", "bob", "lead")
ROLES = ("Youth work manager", "Head of year")


@pytest.fixture
def made(agree: Callable[..., Agreement], commitment: Any) -> Agreement:
    """Public, and everybody whom it names has said yes."""
    Partner.objects.update(marking="public")
    return agree(commitment=commitment)


def test_no_page_or_file_names_a_role_beside_a_body(made: Agreement, as_: As) -> None:
    for who in OUTSIDE:
        for path in pages(made):
            text = read(as_(who), path)
            assert not any(role in text for role in ROLES), path
        assert "Lantern Youth" in read(as_(who), "/agreements.csv")
    for who in INSIDE:
        assert all(role in read(as_(who), f"/agreements/{made.pk}/") for role in ROLES)
        for path in ("/agreements/", "/agreements.csv", f"/events/{made.event.slug}/results/"):
            assert ROLES[0] in read(as_(who), path), path


def test_outside_it_says_who_takes_part_and_inside_what_each_puts_in(made: Agreement, as_: As) -> None:
    path = f"/agreements/{made.pk}/"
    for who in OUTSIDE:
        text = read(as_(who), path)
        assert "Take part, and have said so:" in text
        said = text.split("and have said so:")[1].split("</p>")[0]
        assert said.index("Lantern Youth") < said.index(" and ") < said.index("Hilltop School")
        for page in pages(made):
            other = read(as_(who), page)
            assert "Two mentors" not in other, page
            assert "A room" not in other, page
    for who in INSIDE:
        text = read(as_(who), path)
        assert "What each puts in" in text
        assert "Two mentors" in text
        assert "Take part, and have said so" not in text


def test_who_has_not_said_yes_is_not_among_those_who_take_part(
    made: Agreement, world: World, as_: As
) -> None:
    made.namings.filter(partner=world.school).update(answer="", answered_on=None)
    for who in OUTSIDE:
        text = read(as_(who), f"/agreements/{made.pk}/")
        said = text.split("Takes part, and has said so:")[1].split("</p>")[0]
        assert "Lantern Youth" in said
        assert "Hilltop School" not in text
        assert "Another partner has been asked." in text or "Another partner is still to be asked." in text


def test_the_first_step_of_an_opportunity_is_for_its_partnership(
    agree: Callable[..., Agreement], make_opportunity: Callable[..., Any], world: World, as_: As
) -> None:
    Partner.objects.update(marking="public")
    step = "Lantern Youth: say what is done already, and ask Hilltop School the same."
    from_one = make_opportunity(first_step=step)
    made = agree(action=f"{step} Train ten mentors.", opportunity=from_one)
    start_agreement(by=world.person("bob"), agreement=made)
    made.refresh_from_db()
    assert made.initiative is not None
    paths = [*pages(made), f"/initiatives/{made.initiative.slug}/"]
    for who in OUTSIDE:
        assert [path for path in paths if "say what is done already" in read(as_(who), path)] == []
        for path in (f"/agreements/{made.pk}/", "/agreements.csv"):
            assert "Train ten mentors." in read(as_(who), path)
        assert made.goal not in read(as_(who), "/agreements/?text=already"), "not found by words not shown"
        assert made.goal in read(as_(who), "/agreements/?text=mentor")
    for who in INSIDE:
        for path in (f"/agreements/{made.pk}/", "/agreements.csv"):
            assert step in read(as_(who), path)
        assert made.goal in read(as_(who), "/agreements/?text=already")


@pytest.fixture
def behind(made: Agreement, agree: Callable[..., Agreement]) -> list[Agreement]:
    """One that is past its day, and one that was not kept, both for long; their event is over."""
    today = timezone.localdate()
    Event.objects.filter(pk=made.event_id).update(date=today - datetime.timedelta(days=300))
    missed = agree(goal="Late buses home")
    for each, state in ((made, "agreed"), (missed, "not_kept")):
        day = today - datetime.timedelta(days=90)
        Agreement.objects.filter(pk=each.pk).update(due=day, state=state)
        each.refresh_from_db()
    Progress.objects.create(
        agreement=missed, on=today - datetime.timedelta(days=40), state="not_kept", text="No driver.", by="B"
    )
    return [made, missed]


def test_outside_no_body_stands_beside_what_is_late_or_not_kept(behind: list[Agreement], as_: As) -> None:
    event = behind[0].event.slug
    since = [f"/events/{event}/since/", f"/events/{event}/since.docx"]
    others = ["/agreements/", "/agreements.csv", f"/events/{event}/results/"]
    for who in OUTSIDE:
        for path in (*since, *others):
            text = read(as_(who), path)
            assert behind[0].goal in text, path
            assert behind[1].goal in text, path
            main = text.split("<main")[1] if "<main" in text else text
            main = main.split("<form")[0] + main.split("</form>")[-1] if "<form" in main else main
            assert "Lantern Youth" not in main, path
        for path in since:
            assert "What would help" not in read(as_(who), path)
    for who in INSIDE:
        for path in since:
            text = read(as_(who), path)
            assert ": was due " in text
            assert "What would help to get “" in text
            assert "with Lantern Youth." not in text
        for path in others:
            assert "Lantern Youth" in read(as_(who), path)


def test_outside_a_body_sees_to_what_is_on_its_way(made: Agreement, as_: As) -> None:
    Event.objects.filter(pk=made.event_id).update(date=timezone.localdate() - datetime.timedelta(days=9))
    for who in OUTSIDE:
        assert "Lantern Youth sees to it." in read(as_(who), f"/events/{made.event.slug}/since/")
    inside = read(as_("bob"), f"/events/{made.event.slug}/since/")
    assert "Lantern Youth (Youth work manager) sees to it." in inside
