"""The day: sessions in order, what does not fit, notes that are not kept, speakers who are not named."""

import datetime
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.events.actions.sessions import (
    NotesWouldGo,
    add_session,
    add_speaker,
    change_session,
    change_speaker,
    remove_session,
    remove_speaker,
)
from joinedup.events.models import Event, Session, Speaker
from joinedup.events.queries.sessions import day_of
from joinedup.partners.models import Partner
from tests.world import World, published_event


@pytest.fixture
def session(event: Event, world: World) -> Session:
    return add(event, world, "09:30", "Welcome", 30, kind="welcome")


def add(event: Event, world: World, at: str, title: str, minutes: int, **more: Any) -> Session:
    starts = datetime.time.fromisoformat(at)
    by = world.person("alice")
    return add_session(by=by, event=event, starts=starts, title=title, minutes=minutes, **more)


def speak(event: Event, world: World, **details: Any) -> Speaker:
    details = {"name": "Dana Whole", "job": "Head of year", "partner": world.school, **details}
    return add_speaker(by=world.person("alice"), event=event, **details)


@pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "admin"])
def test_only_those_who_plan_make_the_day(event: Event, session: Session, world: World, as_, who: str):
    by, speaker = world.person(who), speak(event, world)
    for act in (
        lambda: add_session(by=by, event=event, starts=datetime.time(10), title="Mine"),
        lambda: change_session(by=by, session=session, title="Mine"),
        lambda: remove_session(by=by, session=session),
        lambda: add_speaker(by=by, event=event, job="Mine"),
        lambda: change_speaker(by=by, speaker=speaker, job="Mine"),
        lambda: remove_speaker(by=by, speaker=speaker),
    ):
        with pytest.raises(PermissionDenied):
            act()
    start = f"/events/{event.slug}"
    for page in (f"{start}/day/", f"{start}/session/", f"{start}/speaker/", f"/sessions/{session.pk}/",
                 f"/speakers/{speaker.pk}/"):  # fmt: skip
        for answer in (as_(who).get(page), as_(who).post(page, {"do": "remove"})):
            assert answer.status_code == (302 if who == "nobody" else 404), page
    assert Session.objects.count() == Speaker.objects.count() == 1


def test_what_does_not_fit_is_said_in_words(event: Event, session: Session, world: World):
    add(event, world, "09:45", "Talk", 10)
    add(event, world, "09:50", "Panel", 20)
    add(event, world, "14:30", "Table talk", 60, kind="tables", round=1)
    add(event, world, "09:00", "Coffee", 10)
    assert day_of(event).warnings == [
        "“Welcome” ends at 10:00, and “Talk” starts at 09:45.",
        "“Welcome” ends at 10:00, and “Panel” starts at 09:50.",
        "“Coffee” starts at 09:00: the event starts at 09:30.",
        "“Table talk” ends at 15:30: the event ends at 15:00.",
        "Round 2 of table talk is not on the agenda.",
    ]
    Session.objects.filter(round=1).update(round=3)
    assert day_of(event).warnings[-2:] == [
        "Round 2 of table talk is not on the agenda.",
        "Round 3 of table talk is on the agenda, and this event has 2.",
    ]


def test_nothing_is_wrong_with_an_agenda_that_is_not_begun(event: Event):
    assert day_of(event).warnings == []


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"minutes": 0}, "how many minutes"),
        ({"minutes": 10_000}, "how many minutes"),
        ({"round": 1}, "Only table talk has a round"),
        ({"kind": "tables", "round": 3}, "1 to 2"),
        ({"kind": "tables", "round": 1}, "Round 1 is on the agenda already, at 11:00"),
        ({"title": " "}, "Title"),
        ({"off_record": True, "notes": "They said"}, "no notes are kept"),
    ],
)
def test_bad_sessions_are_refused(event: Event, session: Session, world: World, details, sentence: str):
    add(event, world, "11:00", "Tables", 45, kind="tables", round=1)
    with pytest.raises(ValidationError, match=sentence):
        change_session(by=world.person("alice"), session=session, **details)
    session.refresh_from_db()
    assert (session.title, session.minutes, session.round) == ("Welcome", 30, None)


def test_notes_go_when_a_session_goes_off_the_record(event: Event, session: Session, world: World, as_):
    alice = world.person("alice")
    change_session(by=alice, session=session, notes="A mother spoke.")
    with pytest.raises(NotesWouldGo):
        change_session(by=alice, session=Session.objects.get(), off_record=True)
    browser, page = as_("alice"), f"/sessions/{session.pk}/"
    assert "A mother spoke." in browser.get(page).text
    sent = {"starts": "09:30", "minutes": 30, "title": "Welcome", "kind": "welcome", "notes": "A mother spoke.",
            "off_record": "on"}  # fmt: skip
    asked = browser.post(page, sent)
    assert "the notes are deleted, for good" in asked.text
    assert Session.objects.get().notes == "A mother spoke."
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert hidden["forget"] == "yes"
    assert browser.post(page, hidden).status_code == 302
    kept = Session.objects.get()
    assert (kept.off_record, kept.notes) == (True, "")
    page = browser.get(page).text
    assert "no notes can be kept of it" in page
    assert 'name="notes"' not in page
    assert "A mother spoke" not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_the_public_page_says_what_is_off_the_record_and_holds_no_notes(
    event: Event, session: Session, world: World, as_
):
    change_session(by=world.person("alice"), session=session, notes="Secret note", about="Who we are")
    add(event, world, "10:00", "Round table", 40, off_record=True)
    for who in ("nobody", "charlie", "bob"):
        page = as_(who).get(f"/events/{event.slug}/").text
        assert "Who we are" in page
        assert "09:30 to 10:00" in page
        assert page.count("Nothing that is said in it is written down.") == 1
        assert "Secret note" not in page
    assert "has notes" in as_("alice").get(f"/events/{event.slug}/day/").text


def test_who_did_not_agree_is_not_named(event: Event, session: Session, world: World, as_):
    speak(event, world, session=session, email="dana@example.org")
    speak(event, world, name="Eli", job="", is_young=True, is_named=True, partner=world.lantern)
    speak(event, world, name="Fay Open", job="Sergeant", is_named=True, partner=world.police, part="chair")
    Partner.objects.filter(pk=world.school.pk).update(marking="public")
    page = as_("nobody").get(f"/events/{event.slug}/").text
    for words in ("Head of year, Hilltop School", "Eli, Young person", "Fay Open, Sergeant", "(chair)"):
        assert words in page
    # Not named, not reachable, and no partner that this reader may not see.
    for words in ("Dana", "dana@example.org", "Lantern Youth", "Testland Police"):
        assert words not in page
    assert "Sergeant, Testland Police" in as_("bob").get(f"/events/{event.slug}/").text
    page = as_("alice").get(f"/events/{event.slug}/day/").text
    assert "Dana Whole" in page
    assert "not named in public" in page


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"is_young": True, "name": "Eli Whole"}, "without a surname"),
        ({"is_young": True, "name": "Eli", "email": "e@example.org"}, "No address of a young person"),
        ({"is_young": True, "name": "Eli", "partner": None}, "Choose the host"),
        ({"job": " "}, "Say what they do"),
        ({"name": "", "is_named": True}, "Give the name that they agreed"),
        ({"part": "singer"}, "Part"),
        ({"email": "nonsense"}, "Email"),
    ],
)
def test_bad_speakers_are_refused(event: Event, world: World, details, sentence: str):
    with pytest.raises(ValidationError, match=sentence):
        speak(event, world, **details)
    assert not Speaker.objects.exists()


def test_a_session_of_another_event_is_refused(event: Event, session: Session, world: World):
    other = published_event(
        by=world.person("alice"), footprint=world.north, name="Other", date=timezone.localdate()
    )
    with pytest.raises(ValidationError, match="of this event"):
        speak(other, world, session=session)


def test_the_day_is_made_in_the_browser(event: Event, world: World, as_):
    alice, start = as_("alice"), f"/events/{event.slug}"
    assert "Nothing is on the agenda yet" in alice.get(f"{start}/day/").text
    page = alice.post(f"{start}/session/", {"starts": "25:61", "title": "Kept words", "minutes": "x"}).text
    assert "Enter a valid time" in page
    assert "Kept words" in page
    sent = {"starts": "11:00", "minutes": "45", "title": "Tables", "kind": "tables", "round": "1"}
    assert alice.post(f"{start}/session/", sent).status_code == 302
    made = Session.objects.get()
    assert "Round 1 is on the agenda already" in alice.post(f"{start}/session/", sent).text
    sent = {"part": "host", "job": "Manager", "name": "Gil", "partner": world.lantern.pk, "session": made.pk}
    assert alice.post(f"{start}/speaker/", sent | {"is_young": "on", "name": "Gil Whole"}).status_code == 200
    assert alice.post(f"{start}/speaker/", sent).status_code == 302
    speaker = Speaker.objects.get()
    assert alice.post(f"/speakers/{speaker.pk}/", sent | {"is_named": "on"}).status_code == 302
    assert Speaker.objects.get().is_named
    assert alice.post(f"/sessions/{made.pk}/", {"do": "remove"}).status_code == 302
    speaker.refresh_from_db()
    assert speaker.session is None
    assert "Gil" in alice.get(f"{start}/day/").text
    alice.post(f"/speakers/{speaker.pk}/", {"do": "remove"})
    assert not Speaker.objects.exists()
    assert "Gil" not in str(list(AuditEntry.objects.values_list("label", "before", "after")))


def test_as_many_queries_for_three_as_for_one(
    event: Event, session: Session, world: World, as_, django_assert_num_queries
):
    speak(event, world, session=session)
    alice = as_("alice")
    with django_assert_num_queries(6):
        alice.get(f"/events/{event.slug}/day/")
    for hour in ("10:00", "11:00"):
        speak(event, world, session=add(event, world, hour, hour, 10), partner=world.lantern)
    with django_assert_num_queries(6):
        alice.get(f"/events/{event.slug}/day/")
