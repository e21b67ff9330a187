import datetime
from pathlib import Path

import pytest

import joinedup
from joinedup.events.loading import load
from joinedup.events.models import Event, Programme
from joinedup.registration.models import Attendee

SAMPLE = """id,date,date_confidence,place,venue,region_covered,minister_or_host,attendance,notes,scope,source,confidence
E01,2018-10-08,exact,London,Coin Street,London,A minister,over 100,First of the series,series,https://example.org/a,high
E03,,"not shown (before Feb 2019)",Birmingham,not stated,Midlands,,not stated,Phones,series,https://b.org | https://c.org,high
E07,,not shown,East London,not stated,East,Three councils,250,A council series,"related, local",https://example.org/d,medium
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text(SAMPLE, encoding="utf-8")
    return tmp_path


def test_published_events_are_history_with_their_sources(db, folder: Path):
    assert load(folder) == 3
    london = Event.objects.get(slug="serious-violence-event-london-2018")
    assert (london.date, london.date_note, london.attendance) == (datetime.date(2018, 10, 8), "", "over 100")
    assert (london.is_history, london.source_url, london.confidence) == (
        True,
        "https://example.org/a",
        "high",
    )
    assert london.programme.name == "Serious violence events 2018 to 2019"
    birmingham = Event.objects.get(place_name="Birmingham")
    assert (birmingham.date, birmingham.venue, birmingham.attendance) == (None, "", "")
    assert birmingham.date_note == "day not published (before Feb 2019)"
    assert birmingham.reading == "https://c.org"
    assert Event.objects.get(place_name="East London").programme.name == "Related events"
    assert not Attendee.objects.exists()


def test_loading_again_changes_nothing(db, folder: Path):
    load(folder)
    before = list(Event.objects.order_by("pk").values())
    load(folder)
    assert list(Event.objects.order_by("pk").values()) == before
    assert Programme.objects.count() == 2


def test_what_ships_holds_five_events_of_the_series(db):
    load(Path(joinedup.__file__).parent / "data" / "reference")
    series = Event.objects.filter(programme__slug="serious-violence-events-2018-2019")
    assert series.count() == 5
    assert not Event.objects.filter(source_url="").exists()
    assert Event.objects.get(date=datetime.date(2019, 4, 1)).date_note == "1-4 April"
