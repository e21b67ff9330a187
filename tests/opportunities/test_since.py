"""New, changed and gone since a coordinator last looked."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Grant
from joinedup.accounts.person import Person
from joinedup.opportunities.actions.reading import have_read
from joinedup.opportunities.models import ListChange, Look, Opportunity
from joinedup.opportunities.queries.since import Unread, changes, last_changes, looked, unread
from tests.opportunities.making import make_opportunity
from tests.world import World

As = Callable[[str], Client]
CHANGES = "/opportunities/changes/"


def ago(**parts: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(**parts)


def move(opportunity: Opportunity, what: str, when: datetime.datetime | None = None, *why: str) -> ListChange:
    made = ListChange.objects.create(opportunity=opportunity, what=what, why=list(why))
    ListChange.objects.filter(pk=made.pk).update(at=when or ago(hours=1))
    made.refresh_from_db()
    return made


def not_read(person: Person) -> list[Unread]:
    now = timezone.now()
    return unread(person, looked(person, now), now)


def read(world: World, **options: Any) -> dict[str, list[tuple[str, str, list[str]]]]:
    found = changes(world.person("alice"), world.north, ago(days=7), timezone.now(), **options)
    return {
        group.name: [(line.opportunity.key, line.what, line.why) for line in group.moves]
        for group in found.groups
    }


def test_one_line_an_opportunity_in_its_latest_state_best_first(world: World) -> None:
    best = make_opportunity(world, "best", score=90.0)
    fresh = make_opportunity(world, "fresh", score=60.0)
    worse = make_opportunity(world, "worse", score=20.0)
    gone = make_opportunity(world, "went", state="gone")
    move(worse, "new", ago(days=2))
    move(worse, "changed", ago(days=1), "New: does the school visit?")
    move(fresh, "back")
    move(best, "changed", ago(days=3), "No longer: learn from elsewhere.")
    move(best, "changed", ago(days=2), "New: who bids?", "No longer: learn from elsewhere.")
    move(gone, "new", ago(days=3))
    move(gone, "gone", ago(days=1), "The offer closed.")
    assert read(world) == {
        "new": [("fresh", "back", []), ("worse", "changed", ["New: does the school visit?"])],
        "changed": [("best", "changed", ["New: who bids?", "No longer: learn from elsewhere."])],
        "gone": [("went", "gone", ["The offer closed."])],
    }


def test_what_moved_before_or_after_is_not_told(world: World) -> None:
    each = make_opportunity(world, "one")
    move(each, "new", ago(days=7, minutes=1))
    later = move(each, "changed", timezone.now() + datetime.timedelta(minutes=1))
    assert read(world) == {}
    assert changes(world.person("alice"), world.north, ago(days=8), ago(days=7)).newest is not None
    assert changes(world.person("alice"), world.north, ago(days=7), timezone.now()).newest is None
    assert later.at > timezone.now()


def test_what_was_set_aside_or_put_off_stays_away_and_that_it_went_is_told(world: World) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    for key, fields in {
        "aside": {"state": "dismissed", "reason": "no_fit"},
        "asleep": {"snoozed_until": tomorrow},
        "awake": {"snoozed_until": timezone.localdate()},
        "went": {"snoozed_until": tomorrow, "state": "gone"},
    }.items():
        each = make_opportunity(world, key, **fields)
        move(each, "gone" if key == "went" else "changed")
    assert read(world) == {"changed": [("awake", "changed", [])], "gone": [("went", "gone", [])]}


def test_what_moved_elsewhere_is_not_told(world: World, as_: As) -> None:
    theirs = make_opportunity(world, "theirs", world.harbour, footprint=world.south, sentence="ELSEWHERE")
    move(theirs, "new", None, "ELSEWHERE because")
    alice = world.person("alice")
    assert read(world) == {}
    assert not_read(alice) == []
    page = as_("alice").get(CHANGES).content.decode()
    assert "Nothing moved in this time." in page
    for word in ("ELSEWHERE", "New (", "I have read these"):
        assert word not in page


def test_that_two_do_alike_work_is_told_to_their_coordinator_alone(world: World, as_: As) -> None:
    alike = make_opportunity(
        world, "two", world.school, world.police, kind="join", marking="named", sentence="ALIKE"
    )
    move(alike, "new")
    Grant.objects.create(user=world.charlie, role="coordinator", footprint=world.south)
    assert read(world) == {"new": [("two", "new", [])]}
    assert not_read(world.person("alice")) == [Unread("north", "North partnership", 1)]
    assert "ALIKE" in as_("alice").get(CHANGES).content.decode()
    for who in ("bob", "charlie"):
        assert not_read(world.person(who)) == []
        assert last_changes(world.person(who), [alike], timezone.now()) == {}
    assert "ALIKE" not in as_("charlie").get(CHANGES).content.decode()


def test_for_coordinators_only(world: World, as_: As) -> None:
    codes = {who: as_(who).get(CHANGES).status_code for who in ("nobody", "charlie", "bob", "lead", "admin")}
    assert codes == {"nobody": 302, "charlie": 403, "bob": 403, "lead": 403, "admin": 403}
    sent = {"until": ago(hours=1).isoformat(), "footprint": "north"}
    for who, code in codes.items():
        assert as_(who).post(f"{CHANGES}read/", sent).status_code == code
    assert as_("alice").get(f"{CHANGES}read/").status_code == 405
    assert not Look.objects.exists()


def test_reading_starts_with_a_month_and_goes_on_from_there(world: World, as_: As) -> None:
    alice = as_("alice")
    old = make_opportunity(world, "old", sentence="OLD")
    move(old, "new", ago(days=31))
    first = make_opportunity(world, "first", sentence="FIRST")
    seen = move(first, "new", ago(days=29))
    page = alice.get(CHANGES).content.decode()
    assert "FIRST" in page
    assert "OLD" not in page
    hidden = dict(re.findall(r'name="(until|footprint)" value="([^"]*)"', page))
    # While Alice reads, something else moves.
    move(make_opportunity(world, "second", sentence="SECOND"), "new", timezone.now())
    after = alice.post(f"{CHANGES}read/", {k: html.unescape(v) for k, v in hidden.items()}, follow=True)
    assert "Marked as read." in after.content.decode()
    assert "SECOND" in after.content.decode()
    assert "FIRST" not in after.content.decode()
    assert Look.objects.get().at == seen.at
    assert AuditEntry.objects.get().action == "opportunity.read"
    # What was read is found again.
    assert "FIRST" not in alice.get(f"{CHANGES}?days=7").content.decode()
    assert "FIRST" in alice.get(f"{CHANGES}?days=30").content.decode()
    assert "FIRST" not in alice.get(f"{CHANGES}?days=365").content.decode()


def test_an_older_page_takes_nothing_back(world: World) -> None:
    alice = world.person("alice")
    newer, older = ago(hours=1), ago(hours=5)
    have_read(by=alice, footprint=world.north, until=newer)
    have_read(by=alice, footprint=world.north, until=older)
    assert Look.objects.get().at == newer
    with pytest.raises(ValidationError, match="has not come yet"):
        have_read(by=alice, footprint=world.north, until=ago(hours=-1))
    for who in ("bob", "charlie", "nobody"):
        with pytest.raises(PermissionDenied):
            have_read(by=world.person(who), footprint=world.north, until=older)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"until": "yesterday", "footprint": "north"},
        {"until": "2026-01-01T00:00:00", "footprint": "north"},
        {"until": "2026-01-01T00:00:00+00:00", "footprint": "south"},
        {"until": "2026-01-01T00:00:00+00:00", "footprint": "\x00"},
        {"until": "9999-12-31T23:59:59+00:00", "footprint": "north"},
        {"until": "2026-01-01T00:00:00+00:00"},
    ],
)
def test_odd_times_mark_nothing(world: World, as_: As, sent: dict[str, str]) -> None:
    page = as_("alice").post(f"{CHANGES}read/", sent, follow=True).content.decode()
    assert "Nothing is marked as read" in page or "This time has not come yet" in page
    assert not Look.objects.exists()


@pytest.mark.parametrize("query", ["days=x", "show=x", "show=new&page=99", "partnership=south", "page=%00"])
def test_odd_addresses_are_harmless(world: World, as_: As, query: str) -> None:
    move(make_opportunity(world, "one"), "new")
    page = as_("alice").get(f"{CHANGES}?{query}")
    assert page.status_code == 200
    assert "North partnership" in page.content.decode()


def test_each_partnership_is_read_by_itself(world: World, as_: As) -> None:
    Grant.objects.create(user=world.alice, role="coordinator", footprint=world.south)
    move(make_opportunity(world, "here", sentence="HERE"), "new")
    there = make_opportunity(world, "there", footprint=world.south, place=world.southton, sentence="THERE")
    move(there, "new", ago(days=20))
    alice = world.person("alice")
    numbers = [Unread("north", "North partnership", 1), Unread("south", "South partnership", 1)]
    assert not_read(alice) == numbers
    page = as_("alice").get(f"{CHANGES}?partnership=south").content.decode()
    assert "THERE" in page
    assert "HERE (" not in page
    assert 'href="?partnership=north"' in page
    have_read(by=alice, footprint=world.south, until=timezone.now())
    assert not_read(alice) == numbers[:1]
    assert last_changes(alice, Opportunity.objects.all(), timezone.now()) == {
        Opportunity.objects.get(key="here").pk: "new"
    }


def test_many_are_capped_and_all_of_a_kind_are_pages_away(world: World, as_: As) -> None:
    for number in range(30):
        move(make_opportunity(world, f"n{number:02}", score=float(number)), "new")
    alice = as_("alice")
    page = alice.get(CHANGES).content.decode()
    assert page.count('class="ju-card"') == 10
    assert "New (30)" in page
    assert "and 20 more" in page
    assert 'href="?show=new"' in page
    assert "(n29)" in page
    assert "(n19)" not in page
    second = alice.get(f"{CHANGES}?show=new&page=2").content.decode()
    assert second.count('class="ju-card"') == 5
    assert "(n00)" in second
    assert "I have read these" in second


def test_every_line_has_its_buttons(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    move(each, "new")
    alice = as_("alice")
    page = alice.get(f"{CHANGES}?days=7").content.decode()
    for verb in ("take-up", "snooze", "set-aside"):
        assert f'action="/opportunities/{each.pk}/{verb}/"' in page
    assert page.count(f'name="next" value="{CHANGES}?days=7"') == 3
    back = alice.post(f"/opportunities/{each.pk}/set-aside/", {"reason": "", "next": CHANGES}, follow=True)
    assert "Choose one of the reasons." in back.content.decode()
    back = alice.post(f"/opportunities/{each.pk}/snooze/", {"length": "30", "next": CHANGES}, follow=True)
    assert back.redirect_chain == [(CHANGES, 302)]
    assert "Nothing" not in back.content.decode().partition("Off the list until")[0]
    assert Opportunity.objects.get().snoozed_until is not None


def test_tags_in_the_list_are_for_the_coordinator(world: World, as_: As) -> None:
    fresh = make_opportunity(world, "fresh", score=90.0)
    other = make_opportunity(world, "other", score=80.0)
    move(fresh, "new", ago(days=3))
    move(fresh, "changed", ago(days=2))
    move(other, "changed")
    moved = {fresh.pk: "new", other.pk: "changed"}
    rows = list(Opportunity.objects.all())
    assert last_changes(world.person("alice"), rows, timezone.now()) == moved
    assert last_changes(world.person("bob"), rows, timezone.now()) == {}
    page = as_("alice").get("/opportunities/").content.decode()
    assert ">new</span>" in page
    assert ">changed</span>" in page
    assert ">new</span>" not in as_("bob").get("/opportunities/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [("", 11), ("?show=changed", 10), ("?show=said", 8)])
def test_the_page_costs_the_same_however_much_moved(
    world: World, as_: As, number: int, query: str, queries: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        for what in ("new", "changed", "gone"):
            each = make_opportunity(world, f"{what}{n}", world.lantern, world.school)
            move(each, "changed", ago(days=2), "Why.")
            move(each, what)
    alice = as_("alice")
    with django_assert_num_queries(queries):
        alice.get(f"{CHANGES}{query}")
