"""What came of a series of events: who sees what, when, and how it is weighed."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.agreements.models import Agreement, Progress
from joinedup.events.models import Event
from joinedup.evidence.models import Need
from joinedup.partners.models import Partner
from joinedup.results.queries.programme_results import CSV_HEADER, ProgrammeResults, programme_results
from tests.world import World, published_event

DAY = datetime.timedelta(days=1)


@pytest.fixture
def over(event: Event) -> Event:
    Event.objects.filter(pk=event.pk).update(date=timezone.localdate() - 200 * DAY, regions=["E12000007"])
    event.refresh_from_db()
    return event


@pytest.fixture
def due(over: Event, agree) -> Any:
    """`due("goal", state="kept", **parts)`: an agreement whose day has passed."""

    def due(goal: str, state: str = "agreed", **parts: Any) -> Agreement:
        made = agree(goal=goal, event=over, **parts)
        Agreement.objects.filter(pk=made.pk).update(state=state, due=timezone.localdate() - 20 * DAY)
        if state != "agreed":
            on = timezone.localdate() - 40 * DAY
            Progress.objects.create(agreement=made, on=on, state=state, text=f"Report on {goal}", by="B")
        return made

    return due


def results(world: World, who: str, event: Event) -> ProgrammeResults:
    return programme_results(world.person(who), event.programme, timezone.localdate())


def need(world: World, theme: str, value: float | None) -> None:
    today = timezone.localdate()
    Need.objects.create(place=world.northton, theme_id=theme, need=value, certainty=0.7, worked_out_on=today)


def test_counts_and_shares(over, world: World, due, agree, theme):
    need(world, "trusted-adult", 0.9)
    need(world, "school-exclusion", 0.1)
    due("Hard")
    easy = due("Easy", "kept")
    Agreement.objects.filter(pk=easy.pk).update(theme="school-exclusion")
    easy.contributions.last().delete()
    due("Given up", "dropped")
    agree(goal="Later", event=over)
    total = results(world, "nobody", over).total
    assert (total.agreed, total.due, total.kept, total.not_kept, total.open) == (4, 2, 1, 0, 2)
    assert (total.dropped, total.reported) == (1, 1)
    assert total.share == pytest.approx(1 / 2)
    assert total.weighted == pytest.approx(0.1 / (0.1 + 0.9 * 2))


def test_cut_by_region_theme_and_sector(over, world: World, due):
    due("One", "kept")
    due("Two", "not_kept", owner_partner=world.school)
    tables = {table.kind: table.rows for table in results(world, "nobody", over).tables}
    assert [(row.name, row.agreed) for row in tables["theme"]] == [("Mentoring and a trusted adult", 2)]
    assert [(row.name, row.kept, row.not_kept) for row in tables["sector"]] == [
        ("Education", 0, 1),
        ("Vcs", 1, 0),
    ]
    regions = {row.name: (row.agreed, bool(row.note)) for row in tables["region"]}
    assert regions == {"Testland": (2, False), "London": (0, True)}
    (row,) = tables["event"]
    assert (row.event, row.share) == (over, 0.5)


def test_unknown_need_counts_as_the_middle_and_is_said(over, world: World, due, as_):
    due("One", "kept")
    found = results(world, "nobody", over)
    assert found.unknown == 1
    page = as_("nobody").get(f"/programmes/{over.programme.slug}/results/").content.decode()
    assert "For 1 agreement the need is not known" in page


def test_need_of_the_area_around_stands_in(over, world: World, due):
    need(world, "trusted-adult", 1.0)
    due("In the ward", place=world.ward)
    due("Elsewhere", "kept", place=world.eastton)
    found = results(world, "nobody", over)
    assert found.unknown == 1
    assert found.total.weighted == pytest.approx(1.0 / (2.0 + 1.0))


def test_what_was_not_kept_counts_as_open_until_it_was_told(over, world: World, due):
    due("Late", "not_kept")
    Progress.objects.update(on=timezone.localdate())
    for who, states in (("nobody", (0, 1)), ("charlie", (0, 1)), ("bob", (1, 0)), ("alice", (1, 0))):
        total = results(world, who, over).total
        assert (total.not_kept, total.open) == states, who
    assert results(world, "nobody", over).total.share == 0.0, "its day has passed"
    Progress.objects.update(on=timezone.localdate() - 40 * DAY)
    assert results(world, "nobody", over).total.not_kept == 1


def test_only_what_the_reader_may_see_counts(over, world: World, due, as_):
    due("Shared", "kept", marking="partnership")
    for who, number in (("nobody", 0), ("charlie", 0), ("bob", 1), ("lead", 1)):
        assert results(world, who, over).total.agreed == number
        page = as_(who).get(f"/programmes/{over.programme.slug}/results/").content.decode()
        assert ("No agreement that you may see is recorded for these events" in page) is (not number)


def test_history_is_no_row_of_noughts(over, world: World, due, as_):
    due("One", "kept")
    Event.objects.create(
        programme=over.programme, slug="past", name="A past event", is_history=True, regions=["W92000004"]
    )
    page = as_("nobody").get(f"/programmes/{over.programme.slug}/results/").content.decode()
    assert "Nothing public says what it produced." in page
    found = results(world, "nobody", over)
    notes = {row.name: row.note for table in found.tables for row in table.rows if row.note}
    assert set(notes) == {"A past event", "London", "Wales"}
    assert as_("nobody").get("/programmes/none/results/").status_code == 404


def test_the_spreadsheet(over, world: World, due, as_):
    due("One", "kept")
    due("Shared", "kept", marking="partnership")
    Event.objects.filter(pk=over.pk).update(name="=North meets")
    Event.objects.create(programme=over.programme, slug="past", name="A past event", is_history=True)
    answer = as_("nobody").get(f"/programmes/{over.programme.slug}/results.csv")
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert list(rows[0]) == CSV_HEADER
    by_name = {(row["Cut by"], row["Name"]): row for row in rows}
    assert by_name["all", "All events"]["Share kept (%)"] == "100.0"
    assert by_name["event", "'=North meets"]["Agreed"] == "1"
    history = by_name["event", "A past event"]
    assert (history["Agreed"], history["Note"]) == ("", "Nothing public says what it produced.")


def test_it_takes_a_fixed_number_of_queries(over, world: World, due, as_):
    address = f"/programmes/{over.programme.slug}/results/"

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_("nobody").get(address).status_code == 200
        return len(queries)

    due("One", "kept")
    assert cost() == 8
    Partner.objects.update(marking="public")
    for n in range(2):
        due(f"More {n}", "not_kept", place=world.ward)
        published_event(by=world.person("alice"), footprint=world.north, name=f"Event {n}")
    assert cost() == 8
