"""A quote at a table: with a yes, through a host, read before it shows, and taken back for good."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions import quotes as quotes_actions
from joinedup.agreements.models import Draft
from joinedup.agreements.queries.table_notes import as_participant
from joinedup.events.models import Event, Session, Table, Topic
from joinedup.registration.models import Attendee
from joinedup.tables.models import Seat, Sitting
from joinedup.voice.actions import make_topic, moderate
from joinedup.voice.models import Contribution, Conversation, Host
from tests.world import World

WORDS = "Nobody walks with us after dark"


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def sitting(event: Event, world: World) -> Sitting:
    """A table at which Hilltop School (led by somebody without an account) and Lantern Youth sit."""
    topic = Topic.objects.create(event=event, title="The way home")
    table = Table.objects.create(event=event, number=1)
    made = Sitting.objects.create(event=event, table=table, round=1, topic=topic)
    for number, (partner, parts) in enumerate(((world.school, ["scribe"]), (world.lantern, ["guest"])), 1):
        who = Attendee.objects.create(
            event=event, number=number, partner=partner, sector_id=partner.sector_id, role="Head", parts=parts
        )
        Seat.objects.create(sitting=made, attendee=who)
    return made


@pytest.fixture
def link(sitting: Sitting) -> str:
    """The link of the table, on the day of the event."""
    Event.objects.filter(pk=sitting.event_id).update(date=timezone.localdate())
    scribe = sitting.seats.get(attendee__number=1).attendee
    return f"/attending/{scribe.token}/table/1/quote/"


def sent(through: Host, **changes: Any) -> dict[str, Any]:
    return {"text": WORDS, "host": through.pk, "age_band": "14-15", "said_yes": "on"} | changes


def quote(world: World, sitting: Sitting, host: Host, **changes: Any) -> Contribution:
    given = {"text": WORDS, "age_band": "14-15", "said_yes": True, "by": world.person("bob")} | changes
    return quotes_actions.quote(sitting=Sitting.objects.get(pk=sitting.pk), host=host, **given)


def test_a_quote_waits_and_its_slip_is_shown_once(link: str, asked, sitting: Sitting):
    browser = Client()
    assert "Write down what somebody said" in text(browser.get(link.replace("quote/", "")))
    page = text(browser.get(link))
    assert "Hilltop School: What would make your way home safer?" in page
    answer = browser.post(link, sent(asked.lantern))
    given = Contribution.objects.get()
    assert (given.state, given.host, given.text) == ("waiting", asked.lantern, WORDS)
    slip = text(answer)
    assert f"http://testserver/voices/withdraw/{given.withdraw_code}/" in slip
    assert WORDS in slip
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    for address in (link, link.replace("quote/", ""), "/voices/safer/", "/events/day/"):
        assert given.withdraw_code not in text(browser.get(address))
        assert WORDS not in text(browser.get(address)), "nobody has read it yet"
    browser.post(link, sent(asked.lantern))
    assert Contribution.objects.count() == 1, "sent twice it is kept once"
    entry = AuditEntry.objects.get(action="contribution.quote")
    assert (entry.by, entry.user_id) == ("the public", None)
    assert WORDS not in str((entry.label, entry.after))
    assert not Draft.objects.exists()


def test_what_is_taken_back_is_gone_everywhere(world: World, sitting: Sitting, asked, as_):
    given = quote(world, sitting, asked.school)
    moderate(by=world.person("alice"), contribution=given, state="shown")
    public = ["/events/day/", "/voices/safer/", "/places/E09000991/"]
    assert [each for each in public if WORDS in text(Client().get(each))] == public
    browser = Client()
    page = text(browser.get(f"/voices/withdraw/{given.withdraw_code}/"))
    assert "Take your answer back?" in page
    browser.post(f"/voices/withdraw/{given.withdraw_code}/")
    for who in ("nobody", "alice", "bob", "charlie"):
        for each in (*public, "/agreements.csv", f"/sittings/{sitting.pk}/", "/events/day/topics/"):
            assert WORDS not in text(as_(who).get(each)), each
    assert not Contribution.objects.filter(text=WORDS).exists()
    assert WORDS not in str([(each.label, each.before, each.after) for each in AuditEntry.objects.all()])


def test_an_adults_quote_is_never_called_a_young_persons(world: World, sitting: Sitting, asked):
    given = quote(world, sitting, asked.school, age_band=Contribution.ADULT)
    given = moderate(by=world.person("alice"), contribution=given, state="shown")
    page = text(Client().get("/voices/safer/"))
    assert WORDS in page
    assert "Said by an adult at the event" in page
    for each in ("/events/day/", "/places/E09000991/"):
        assert WORDS not in text(Client().get(each))
    with pytest.raises(ValidationError, match="their partner can propose"):
        make_topic(by=world.person("alice"), contribution=given, title="The way home", theme=None)


@pytest.mark.parametrize("who", ["nobody", "charlie"])
def test_outsiders_write_down_nothing(world: World, sitting: Sitting, asked, as_, who: str):
    address = f"/sittings/{sitting.pk}/quote/"
    assert as_(who).get(address).status_code in (302, 404)
    assert as_(who).post(address, sent(asked.school)).status_code in (302, 404)
    with pytest.raises(PermissionDenied):
        quote(world, sitting, asked.school, by=world.person(who))
    guest = sitting.seats.get(attendee__number=2).attendee
    with pytest.raises(PermissionDenied):
        quote(world, sitting, asked.school, by=as_participant(guest))
    assert Client().get(f"/attending/{guest.token}/table/1/quote/").status_code == 404
    assert Client().get("/attending/wrong/table/1/quote/").status_code == 404
    assert not Contribution.objects.exists()


def test_off_the_record_no_quote_is_kept(world: World, sitting: Sitting, asked, link: str):
    Session.objects.create(
        event=sitting.event, starts=datetime.time(10), title="Families", round=1, off_record=True
    )
    with pytest.raises(ValidationError, match="off the record"):
        quote(world, sitting, asked.school)
    for answer in (Client().get(link), Client().post(link, sent(asked.school))):
        assert "Off the record" in text(answer)
        assert "<textarea" not in text(answer)
    assert not Contribution.objects.exists()


def test_without_a_host_at_the_table_no_quote_is_kept(world: World, sitting: Sitting, asked, link: str):
    other = Event.objects.create(
        programme=sitting.event.programme, footprint=world.north, slug="other", name="Other"
    )
    elsewhere = Conversation.objects.create(
        event=other, slug="else", question="Q?", opens=datetime.date.today(), closes=datetime.date.today()
    )
    stranger = Host.objects.create(conversation=elsewhere, partner=world.school)
    absent = Host.objects.create(conversation=asked.conversation, partner=world.police)
    for host in (stranger, absent):
        with pytest.raises(ValidationError, match="nobody of this host"):
            quote(world, sitting, host)
        assert "Select a valid choice" in text(Client().post(link, sent(host)))
    Host.objects.exclude(pk__in=[stranger.pk, absent.pk]).delete()
    assert "No quotes are kept at this table" in text(Client().get(link))
    assert "No quotes are kept at this table" in text(Client().get(link.replace("quote/", "")))
    assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"said_yes": ""}, "Without their yes"),
        ({"text": " "}, "Write down what they said"),
        ({"text": "Ring me on 07700 900123"}, "a phone number"),
        ({"text": "a" * 500}, "400"),
        ({"age_band": ""}, "how old they are"),
        ({"age_band": "90"}, "valid choice"),
        ({"host": "x"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_the_words_stay(asked, link: str, change: dict[str, str], sentence: str):
    page = text(Client().post(link, sent(asked.lantern, **change)))
    assert sentence in page
    assert change.get("text", WORDS).strip()[:20] in page
    assert not Contribution.objects.exists()


def test_a_possible_name_is_asked_about(asked, link: str):
    browser, words = Client(), "That is what my mate Kieran says"
    page = text(browser.post(link, sent(asked.lantern, text=words)))
    assert re.search(r"may be a person.s name", page)
    assert "names_nobody" in page
    browser.post(link, sent(asked.lantern, text=words, names_nobody="on"))
    assert Contribution.objects.get().text == words


def test_on_another_day_the_link_keeps_no_quote(link: str, asked, sitting: Sitting, world: World):
    for days in (1, -1):
        Event.objects.update(date=timezone.localdate() + days * datetime.timedelta(days=1))
        assert Client().get(link).status_code == 404
        assert Client().post(link, sent(asked.school)).status_code == 404
        scribe = sitting.seats.get(attendee__number=1).attendee
        with pytest.raises(PermissionDenied, match="on the day of the event only"):
            quote(world, sitting, asked.school, by=as_participant(scribe))
    assert not Contribution.objects.exists()
