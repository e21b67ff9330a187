"""Random walks through everything that can happen to a place: never more than there are, nobody overtaken without a
reason that is said, and what each person was told last is true."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joinedup.events.actions.event import change_event
from joinedup.events.models import Event
from joinedup.registration import worker
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.moved_day import still_coming
from joinedup.registration.actions.registration import cancel_registration, register
from joinedup.registration.actions.reserved_places import reserve, take_away_reservation
from joinedup.registration.actions.waiting_list import choose_together, taken
from joinedup.registration.models import Attendee
from joinedup.registration.queries.waiting_list import Why, waiting_list
from tests.world import World

STRANGER, MEMBER, GROUP = "stranger", "member", "group"
ACTS = st.one_of(
    st.tuples(st.just("come"), st.sampled_from([STRANGER, MEMBER, GROUP]), st.integers(0, 2), st.booleans()),
    st.tuples(st.sampled_from(["confirm", "cancel", "still", "choose"]), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("lapse")),
    st.tuples(st.just("move"), st.integers(20, 40), st.booleans()),
    st.tuples(st.just("resize"), st.integers(1, 6)),
    st.tuples(st.just("reserve"), st.sampled_from(["young", "residents", "police"]), st.integers(1, 4)),
    st.tuples(st.just("release"), st.integers(0, 2)),
)
SAYS = {
    "You have a place": "placed",
    "You are on the waiting list": "waiting",
    "One more step": "held",
    "Your turn has passed": "lapsed",
    "Cancelled": "cancelled",
}


class Walk:
    """One event, and what each person, by their own link, was told last."""

    def __init__(self, world: World, event: Event) -> None:
        self.world, self.event, self.told = world, Event.objects.get(pk=event.pk), dict[int, str]()
        self.number, self.seen = 0, 0

    def act(self, name: str, *how: Any) -> None:
        self.event = Event.objects.get(pk=self.event.pk)
        try:
            # What is refused changes nothing, and sends nothing.
            with transaction.atomic(), TestCase.captureOnCommitCallbacks(execute=True):
                getattr(self, name)(*how)
        except ValidationError:
            pass
        self._read()

    def who(self, number: int) -> Attendee | None:
        everybody = list(self.event.attendees.select_related("event", "partner").order_by("number"))
        return everybody[number % len(everybody)] if everybody else None

    def come(self, how: str, home: int, together: bool) -> None:
        self.number += 1
        n = self.number
        partner = (self.world.lantern, self.world.police, None)[home]
        more: dict[str, Any] = (
            {"colleagues": [(f"Mate{n}", "Nurse"), (f"Pal{n}", "Nurse")]} if how == GROUP else {}
        )
        by = self.world.person("nobody" if how == STRANGER else "alice")
        register(by=by, event=self.event, partner=partner, role="W", name=f"Who{n}", email=f"p{n}@example.org",
                 together=together, **more)  # fmt: skip

    def confirm(self, number: int, _yes: bool) -> None:
        if (who := self.who(number)) is not None:
            self.page(confirm_place(by=self.world.person("nobody"), attendee=who))

    def page(self, who: Attendee) -> None:
        """The page that somebody reads after a button says what they have, and what their colleagues have."""
        for each in (who, *who.colleagues.all()):
            self.told[each.pk] = Attendee.objects.get(pk=each.pk).standing

    def cancel(self, number: int, _yes: bool) -> None:
        if (who := self.who(number)) is not None:
            cancel_registration(by=self.world.person("nobody"), attendee=who)

    def still(self, number: int, _yes: bool) -> None:
        if (who := self.who(number)) is not None:
            still_coming(by=self.world.person("nobody"), attendee=who)

    def choose(self, number: int, yes: bool) -> None:
        if (who := self.who(number)) is not None:
            choose_together(by=self.world.person("nobody"), attendee=who, together=yes)

    def lapse(self) -> None:
        worker.let_go_of_held(timezone.now() + datetime.timedelta(days=2))

    def move(self, days: int, tell: bool) -> None:
        day = timezone.localdate() + datetime.timedelta(days=days)
        change_event(by=self.world.person("alice"), event=self.event, date=day, tell=tell)

    def resize(self, capacity: int) -> None:
        change_event(by=self.world.person("alice"), event=self.event, capacity=capacity)

    def reserve(self, group: str, places: int) -> None:
        sector = self.world.police.sector if group == "police" else None
        until = timezone.localdate() + datetime.timedelta(days=3)
        reserve(by=self.world.person("alice"), event=self.event, group="sector" if sector else group, sector=sector,
                places=places, until=until)  # fmt: skip

    def release(self, number: int) -> None:
        kept = list(self.event.reservations.all())
        if number < len(kept):
            take_away_reservation(by=self.world.person("alice"), reservation=kept[number])

    def _read(self) -> None:
        known = {each.token: each for each in self.event.attendees.all()}
        for sent in mail.outbox[self.seen :]:
            said = SAYS.get(sent.subject.partition(":")[0])
            about = next((who for token, who in known.items() if token in sent.body), None)
            if said == "cancelled":
                about = next(who for who in known.values() if f"{who.name}, " in sent.body)
            if said is not None and about is not None:
                self.told[about.pk] = said
        self.seen = len(mail.outbox)

    def check(self) -> None:
        event = Event.objects.get(pk=self.event.pk)
        assert taken(event) <= event.capacity
        now = dict(event.attendees.values_list("pk", "standing"))
        # Colleagues who are held are named in the mail of the one who registered them.
        wrong = {pk: (self.told.get(pk), is_) for pk, is_ in now.items() if self.told.get(pk, is_) != is_}
        wrong = {pk: pair for pk, pair in wrong.items() if not self._follows(pk, pair[1])}
        assert wrong == {}
        assert all(self.told.get(pk) == "placed" for pk, is_ in now.items() if is_ == "placed")
        waits = waiting_list(event)
        for party, line in zip(waits.parties, _firsts(waits), strict=True):
            whole = waits.groups(party.members if party.together else party.members[:1])
            assert not waits.room.holds(whole), "somebody waits for whom there is room"
            if line.why == Why.RESERVED:
                assert waits.room.free <= waits.room.kept(), "reserved is the reason, and places are kept"
        order = [min(each.number for each in party.members) for party in waits.parties]
        assert order == sorted(order)

    def _follows(self, pk: int, standing: str) -> bool:
        """A colleague who was registered by another, and whom the other confirms or lets pass."""
        lead = Attendee.objects.get(pk=pk).registered_with
        return lead is not None and standing in {"held", "lapsed"}


def _firsts(waits: Any) -> list[Any]:
    """The first line of each party."""
    first: dict[int, Any] = {}
    by_member = {each.pk: party.root for party in waits.parties for each in party.members}
    for line in waits.lines():
        first.setdefault(by_member[line.attendee.pk], line)
    return list(first.values())


@pytest.mark.django_db
def test_what_each_was_told_last_is_true(world: World, event: Event) -> None:
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(1, 4), st.lists(ACTS, min_size=6, max_size=14))
    def walk(capacity: int, acts: list[tuple[Any, ...]]) -> None:
        mail.outbox.clear()
        cache.clear()
        sid = transaction.savepoint()
        try:
            Event.objects.filter(pk=event.pk).update(capacity=capacity)
            one = Walk(world, event)
            for act in acts:
                one.act(*act)
                one.check()
        finally:
            transaction.savepoint_rollback(sid)

    walk()
