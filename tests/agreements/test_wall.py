"""The wall: what the whole room may read, as it comes in."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.agreements.actions.table_notes import agree_at_table
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Session
from joinedup.partners.models import Partner
from tests.world import World, make_partner, published_event


def text(response: Any) -> str:
    return response.content.decode()


def pages(event: Event) -> list[str]:
    return [f"/events/{event.slug}/wall/", f"/events/{event.slug}/wall/new/"]


def test_the_wall_is_hung_by_who_plans(event: Event, agree, as_):
    agree(goal="A goal of ours", marking="partnership")
    for page in pages(event):
        for who, status in (("alice", 200), ("lead", 200), ("bob", 404), ("charlie", 404), ("nobody", 302)):
            answer = as_(who).get(page)
            assert answer.status_code == status
            assert ("A goal of ours" in text(answer)) is (status == 200)


def test_the_newest_come_first_with_partners_day_and_table(sitting, world: World, parts, as_, agree):
    agree(goal="The first")
    agree_at_table(by=world.person("bob"), sitting=sitting, **parts | {"goal": "The second"})
    for page in pages(sitting.event):
        shown = text(as_("alice").get(page))
        assert shown.index("The second") < shown.index("The first")
        assert "Lantern Youth · Hilltop School" in shown
        assert f"table {sitting.table.number}" in shown
        day = parts["due"]
        assert f"by {day.day} {day:%B %Y}" in shown
        assert "<strong>2</strong> agreements so far" in shown


def test_what_is_for_those_named_is_neither_shown_nor_counted(event: Event, world: World, agree, as_):
    agree(goal="Shared with the room", marking="partnership")
    agree(goal="Quietly named", marking="named")
    quiet = make_partner("Quietly House", "health", world.north, [], [], marking="named")
    agree(goal="With a quiet one", deputy_partner=quiet)
    shown = text(as_("alice").get(pages(event)[0]))
    assert "Shared with the room" in shown
    assert "With a quiet one" in shown
    assert "A partner (health)" in shown
    assert "<strong>2</strong>" in shown
    assert "Quietly" not in shown


def test_other_events_hang_elsewhere(event: Event, world: World, agree, as_):
    other = published_event(by=world.person("alice"), footprint=world.north, name="Other", date=event.date)
    agree(goal="Of another day", event=other)
    assert "Of another day" not in text(as_("alice").get(pages(event)[0]))
    assert "The first agreement will hang here" in text(as_("alice").get(pages(event)[0]))


def test_what_is_agreed_off_the_record_is_agreed(sitting, world: World, parts, as_):
    Session.objects.create(
        event=sitting.event, starts=datetime.time(10), title="Families", round=sitting.round, off_record=True
    )
    agree_at_table(by=world.person("bob"), sitting=sitting, **parts)
    assert parts["goal"] in text(as_("alice").get(pages(sitting.event)[0]))


def test_the_page_is_whole_without_a_script_and_without_a_menu(event: Event, agree, as_):
    whole, part = (text(as_("alice").get(page)) for page in pages(event))
    assert '<noscript><meta http-equiv="refresh"' in whole
    assert "My work" not in whole
    assert "Sign out" not in whole
    assert "<html" not in part


def test_what_hangs_has_a_version(event: Event, agree, as_):
    def version() -> str:
        shown = text(as_("alice").get(pages(event)[1]))
        return shown.split('data-version="')[1].split('"')[0]

    first = version()
    made = agree()
    second = version()
    assert first != second == version()
    Agreement.objects.filter(pk=made.pk).update(goal="Corrected")
    assert version() != second


@pytest.mark.parametrize("page", [0, 1])
def test_the_wall_takes_a_fixed_number_of_queries(event: Event, world: World, agree, as_, page: int):
    alice = as_("alice")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(pages(event)[page]).status_code == 200
        return len(queries)

    agree()
    before = cost()
    for n in range(2):
        agree(goal=f"Goal {n}", owner_partner=make_partner(f"P {n}", "health", world.north, [], []))
    assert cost() == before
    assert before <= 9


def test_a_long_day_says_how_many_hung_before(event: Event, agree, as_, monkeypatch):
    monkeypatch.setattr("joinedup.agreements.queries.wall.SHOWN", 2)
    for n in range(4):
        agree(goal=f"Goal {n}")
    Partner.objects.update(confirmed_on=timezone.localdate())
    shown = text(as_("alice").get(pages(event)[0]))
    assert "and 2 more before" in shown
    assert "Goal 1" not in shown
