"""Where a programme goes when: what is planned, what is due, and who may say so."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.engines.days import months_after
from joinedup.events.actions.programmes import (
    add_programme,
    add_stop,
    change_programme,
    move_stop,
    remove_stop,
)
from joinedup.events.models import Event, Programme, Stop
from joinedup.events.queries import programmes as queries
from joinedup.places.models import Place
from joinedup.places.regions import REGIONS
from joinedup.registration.actions.cancellation import cancel_event
from tests.world import World

LONDON, WALES = "E12000007", "W92000004"
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture
def series(db: None) -> Programme:
    return Programme.objects.create(slug="series", name="The series", summary="Goes round.")


def event_in(series: Programme, region: str, date: datetime.date | None, **fields: Any) -> Event:
    number = Event.objects.count()
    fields = {"is_history": True, "name": f"Day {number}", **fields}
    return Event.objects.create(programme=series, slug=f"day-{number}", date=date, regions=[region], **fields)


def standing(series: Programme, world: World, who: str = "nobody") -> dict[str, str]:
    plan = queries.plan_of(world.person(who), series, TODAY)
    return {row.code: row.standing for row in plan.rows}


def sentence(series: Programme, world: World, region: str) -> str:
    plan = queries.plan_of(world.person("nobody"), series, TODAY)
    return next(row.sentence for row in plan.rows if row.code == region)


def test_every_region_is_due_until_something_is_held_or_planned(series: Programme, world: World):
    assert set(standing(series, world).values()) == {"due"}
    event_in(series, LONDON, datetime.date(2018, 10, 8))
    assert standing(series, world)[LONDON] == "due"
    assert sentence(series, world, LONDON) == "The last one was on 8 October 2018. None is planned."
    event_in(series, LONDON, datetime.date(2025, 11, 25))
    assert standing(series, world)[LONDON] == "had"
    Stop.objects.create(programme=series, region=WALES, month=datetime.date(2027, 3, 1))
    assert standing(series, world)[WALES] == "ahead"
    assert sentence(series, world, WALES) == (
        "No event is known to have been here. The next is planned for March 2027."
    )
    plan = queries.plan_of(world.person("nobody"), series, TODAY)
    assert len(plan.due) == len(REGIONS) - 2
    assert "London" not in plan.due


def test_twelve_months_to_the_day(series: Programme, world: World):
    event_in(series, LONDON, datetime.date(2025, 11, 24))
    assert standing(series, world)[LONDON] == "due"


def test_a_stop_counts_through_its_month_and_not_after(series: Programme, world: World):
    stop = Stop.objects.create(programme=series, region=WALES, month=datetime.date(2026, 11, 1))
    assert standing(series, world)[WALES] == "ahead"
    Stop.objects.filter(pk=stop.pk).update(month=datetime.date(2026, 10, 1))
    assert standing(series, world)[WALES] == "due"
    marks = [mark.kind for row in queries.plan_of(world.person("nobody"), series, TODAY).rows
             for _month, mark in row.every]  # fmt: skip
    assert marks == ["missed"]


def test_what_is_cancelled_is_neither_held_nor_planned(series: Programme, world: World):
    made = event_in(
        series, WALES, datetime.date(2027, 1, 5), is_history=False, footprint=world.north, cancelled_on=TODAY
    )
    Stop.objects.create(programme=series, region=WALES, month=datetime.date(2027, 1, 1), event=made)
    assert standing(series, world)[WALES] == "due"


def test_a_day_that_was_not_published_is_said_so(series: Programme, world: World):
    event_in(series, WALES, None)
    assert sentence(series, world, WALES) == "One was here, on a day that was not published. None is planned."
    assert standing(series, world)[WALES] == "due"


def test_what_is_not_listed_yet_counts_for_its_partnership_only(series: Programme, world: World):
    made = event_in(
        series, WALES, datetime.date(2027, 1, 5), is_history=False, footprint=world.north, name="Quiet day",
        listed_from=datetime.date(2027, 1, 1),
    )  # fmt: skip
    assert standing(series, world, "charlie")[WALES] == "due"
    assert standing(series, world, "bob")[WALES] == "ahead"
    Stop.objects.create(programme=series, region=WALES, month=datetime.date(2027, 1, 1), event=made)
    plan = queries.plan_of(world.person("charlie"), series, TODAY)
    assert [mark.event for row in plan.rows for cell in row.cells for mark in cell] == [None]


def test_a_partnerships_own_programme_speaks_of_its_regions_only(event: Event, world: World):
    own = event.programme
    assert standing(own, world) == {}
    Event.objects.filter(pk=event.pk).update(regions=[LONDON], date=datetime.date(2020, 1, 1))
    assert standing(own, world) == {LONDON: "had"}
    Event.objects.filter(pk=event.pk).update(listed_from=datetime.date(2030, 1, 1))
    assert own not in queries.seen_by(world.person("charlie"), TODAY)
    assert own in queries.seen_by(world.person("bob"), TODAY)
    assert own not in queries.to_choose()


def test_the_months_shown(series: Programme, world: World):
    nobody = world.person("nobody")
    assert queries.plan_of(nobody, series, TODAY).months[0] == datetime.date(2026, 8, 1)
    event_in(series, LONDON, datetime.date(2018, 10, 8))
    event_in(series, WALES, datetime.date(2019, 7, 8))
    plan = queries.plan_of(nobody, series, TODAY)
    assert (plan.months[0], plan.months[-1]) == (datetime.date(2018, 10, 1), datetime.date(2019, 9, 1))
    assert (plan.earlier, plan.later) == (None, None)
    Stop.objects.create(programme=series, region=WALES, month=datetime.date(2027, 3, 1))
    plan = queries.plan_of(nobody, series, TODAY)
    assert (plan.months[0], plan.earlier) == (datetime.date(2026, 8, 1), datetime.date(2025, 8, 1))


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "alice", "admin"])
def test_only_a_programme_lead_plans(series: Programme, world: World, as_, who: str):
    stop = Stop.objects.create(programme=series, region=WALES, month=datetime.date(2027, 3, 1))
    by, month = world.person(who), datetime.date(2027, 4, 1)
    for act in (
        lambda: add_programme(by=by, name="Mine"),
        lambda: change_programme(by=by, programme=series, name="Mine"),
        lambda: add_stop(by=by, programme=series, region=LONDON, month=month),
        lambda: move_stop(by=by, stop=stop, region=LONDON, month=month),
        lambda: remove_stop(by=by, stop=stop),
    ):
        with pytest.raises(PermissionDenied):
            act()
    browser = as_(who)
    for page in ("/programmes/add/", "/programmes/series/plan/", "/programmes/series/edit/",
                 f"/stops/{stop.pk}/", f"/events/add/?stop={stop.pk}"):  # fmt: skip
        assert browser.get(page).status_code == (302 if who == "nobody" else 404), page
    assert "Plan where it goes" not in browser.get("/programmes/series/").text


def test_bad_plans_are_refused_in_a_sentence(series: Programme, world: World):
    lead, month = world.person("lead"), datetime.date(2027, 3, 17)
    stop = add_stop(by=lead, programme=series, region=WALES, month=month, note="  With  the city ")
    assert (stop.month, stop.note) == (datetime.date(2027, 3, 1), "With the city")
    with pytest.raises(ValidationError, match="Wales, March 2027 is in the plan already"):
        add_stop(by=lead, programme=series, region=WALES, month=month)
    with pytest.raises(ValidationError, match="Choose a region"):
        add_stop(by=lead, programme=series, region="E09000001", month=month)
    with pytest.raises(ValidationError, match="of this name already"):
        add_programme(by=lead, name=" the  SERIES")
    with pytest.raises(ValidationError, match="a name"):
        add_programme(by=lead, name=" ")
    assert add_programme(by=lead, name="Add").slug == "add-2"
    assert AuditEntry.objects.filter(action="stop.add").count() == 1


def test_the_lead_plans_in_the_browser_and_undoes_it(series: Programme, as_):
    lead, month = as_("lead"), f"{months_after(timezone.localdate(), 4):%Y-%m}"
    page = lead.post("/programmes/add/", {"name": "A new one", "summary": "For all."}, follow=True).text
    assert "No stop is planned" in page
    plan = "/programmes/series/plan/"
    assert "Choose a region." in lead.post(plan, {"do": "add", "month": month}).text
    page = lead.post(plan, {"do": "add", "region": WALES, "month": month, "note": "Hall"}, follow=True).text
    stop = Stop.objects.get()
    assert "In the plan: Wales" in page
    assert "Undo what was just done" in page
    assert "Undo what was just done" not in lead.get(plan).text
    page = lead.post(f"/stops/{stop.pk}/", {"region": LONDON, "month": month}, follow=True).text
    stop.refresh_from_db()
    assert stop.region == LONDON
    assert f'action="/stops/{stop.pk}/"' in page
    assert f'name="region" value="{WALES}"' in page
    page = lead.post(plan, {"do": "remove", "pk": stop.pk}, follow=True).text
    assert not Stop.objects.exists()
    assert "Out of the plan: London" in page
    lead.post(plan, {"do": "add", "region": LONDON, "month": month, "note": ""})
    assert Stop.objects.get().region == LONDON
    assert lead.post(plan, {"do": "remove", "pk": "x"}).status_code == 404


def test_an_event_is_made_for_a_stop(series: Programme, world: World, as_):
    wales = Place.objects.create(code=WALES, name="Wales", kind="region", vintage=2024)
    Place.objects.filter(pk="E09000993").update(parent=wales)
    month = months_after(timezone.localdate().replace(day=1), 3)
    stop = Stop.objects.create(programme=series, region=WALES, month=month)
    lead = as_("lead")
    page = lead.get(f"/events/add/?stop={stop.pk}").text
    assert "The series: Wales" in page
    assert f'<option value="{world.south.pk}" selected>' in page
    details = {
        "footprint": world.north.pk, "name": "In Wales", "date": f"{month:%Y-%m}-15", "starts": "09:30",
        "ends": "15:00", "capacity": 20, "rounds": 2,
    }  # fmt: skip
    made = lead.post(f"/events/add/?stop={stop.pk}", details)
    event = Event.objects.get()
    assert made["Location"] == f"/events/{event.slug}/plan/"
    stop.refresh_from_db()
    assert (stop.event, event.programme, event.regions) == (event, series, [WALES])
    assert "made for this stop already" in lead.post(f"/events/add/?stop={stop.pk}", details).text
    assert Event.objects.count() == 1
    by = world.person("lead")
    with pytest.raises(ValidationError, match="change the day of the event"):
        remove_stop(by=by, stop=stop)
    cancel_event(by=by, event=event, because="No room.")
    stop.refresh_from_db()
    remove_stop(by=by, stop=Stop.objects.get())
    assert lead.get("/events/add/?stop=99999").status_code == 404


def test_pages_and_csv_for_everybody_in_as_many_queries_for_three_as_for_one(
    series: Programme, world: World, as_, django_assert_num_queries
):
    def more(n: int) -> None:
        event_in(series, LONDON, datetime.date(2018, n + 1, 8))
        Stop.objects.create(programme=series, region=WALES, month=datetime.date(2030, n + 1, 1), note="=A1")

    nobody = as_("nobody")
    assert "There is no programme yet" not in nobody.get("/programmes/").text
    more(0)
    with django_assert_num_queries(4):
        nobody.get("/programmes/")
    with django_assert_num_queries(5):
        page = nobody.get("/programmes/series/").text
    assert "9 regions are due" in page
    assert "The last one was on 8 January 2018" in page
    more(1)
    more(2)
    with django_assert_num_queries(4):
        page = nobody.get("/programmes/").text
    assert "3 events held. Next: Wales, January 2030." in page
    with django_assert_num_queries(5):
        nobody.get("/programmes/series/")
    told = nobody.get("/programmes/series/plan.csv").content.decode("utf-8-sig").splitlines()
    assert told[0].startswith("Region,Region code")
    assert "Wales,W92000004,planned,2030-01,planned,,,'=A1,no" in told
    assert "London,E12000007,due,2018-01,event held,Day 0,2018-01-08,,no" in told
    assert nobody.get("/programmes/series/?from=nonsense").status_code == 200
    assert nobody.get("/programmes/none/").status_code == 404


def test_an_empty_installation_says_what_to_do(db: None, client):
    assert "There is no programme yet" in client.get("/programmes/").text
