"""Who follows gets one mail when something new appears where they asked: not more, and nobody else."""

from __future__ import annotations

import datetime
import re
from smtplib import SMTPDataError
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from joinedup.accounts.models import Grant, Preference
from joinedup.clusters import alert_mail
from joinedup.clusters.models import Follower
from joinedup.places.models import Place
from tests.clusters.making import Ground, a_scan
from tests.world import World

Committing = Any


@pytest.fixture(autouse=True)
def _nothing_refused() -> None:
    cache.clear()


@pytest.fixture
def tell(django_capture_on_commit_callbacks: Committing) -> Any:
    def told() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return alert_mail.tell()

    return told


def following(world: World, who: str, place: Place | None = None) -> Follower:
    follower = Follower.objects.create(user=getattr(world, who), footprint=world.north, place=place)
    long_ago = timezone.now() - datetime.timedelta(days=365)
    Follower.objects.filter(pk=follower.pk).update(since=long_ago)
    follower.refresh_from_db()
    return follower


def test_one_mail_says_what_is_new_with_its_caveat(world: World, terrain: Ground, tell: Any) -> None:
    following(world, "bob")
    scan = a_scan(world.north, clusters=[terrain.northton[:3], terrain.eastton[:2]])
    assert tell() == 1
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == (["bob@example.org"], "2 new things in North partnership")
    body = " ".join(str(letter.body).split())
    on = timezone.localdate()
    assert "2 things are new in North partnership, in the figures to March 2026." in body
    assert f"Looked at on {on.day} {on:%B %Y}." in body
    assert "In 3 neighbourhoods in Northton (Mill Ward), 46 violence, robbery and weapons offences" in body
    assert "What is expected is worked out from the cases alone" in body
    for cluster in scan.clusters.all():
        assert f"http://testserver/clusters/north/{cluster.pk}/" in body
    assert "List-Unsubscribe" in letter.extra_headers
    assert "In 2 neighbourhoods in Eastton" in str(letter.alternatives[0][0])


def test_a_mail_of_old_figures_calls_nothing_new(
    world: World, terrain: Ground, tell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("joinedup.clusters.looks.today", lambda: datetime.date(2026, 12, 20))
    following(world, "bob")
    a_scan(world.north, clusters=[terrain.northton[:3], terrain.eastton[:2]])
    assert tell() == 1
    letter = mail.outbox[0]
    assert letter.subject == "Seen in figures to March 2026: 2 things in North partnership"
    body = " ".join(str(letter.body).split())
    on = timezone.localdate()
    held = f"in figures to March 2026, the newest held on {on.day} {on:%B %Y}."
    assert f"2 things are seen in North partnership, {held}" in body
    for part in (body, str(letter.alternatives[0][0])):
        assert not re.search(r"\b(new|now|lately|since)\b", part, re.IGNORECASE)


def test_nobody_is_told_twice(world: World, terrain: Ground, tell: Any) -> None:
    following(world, "bob")
    scan = a_scan(world.north, clusters=[terrain.northton[:3]])
    assert (tell(), tell()) == (1, 0)
    assert Follower.objects.get().told == scan
    head = scan.clusters.get()
    a_scan(world.north, clusters=[{"areas": terrain.northton[:3], "first": head}])
    assert tell() == 0, "what goes on is no news"
    assert len(mail.outbox) == 1


def test_only_the_monthly_scans_tell(world: World, terrain: Ground, tell: Any) -> None:
    following(world, "bob")
    a_scan(world.north, kind="yearly", clusters=[terrain.northton[:3]])
    a_scan(world.north)
    a_scan(world.south, clusters=[terrain.southton])
    assert tell() == 0
    assert mail.outbox == []


def test_a_place_hears_of_what_touches_it(world: World, terrain: Ground, tell: Any) -> None:
    following(world, "bob", world.northton)
    following(world, "alice", terrain.quay)
    a_scan(world.north, clusters=[terrain.northton[:3]])
    assert tell() == 1
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["bob@example.org"], "Something new in Northton")
    ]


def test_what_several_scans_found_comes_in_one_mail(world: World, terrain: Ground, tell: Any) -> None:
    follower = following(world, "bob")
    first = a_scan(world.north, clusters=[terrain.northton[:1]], days_ago=90)
    Follower.objects.filter(pk=follower.pk).update(told=first)
    a_scan(world.north, clusters=[terrain.northton[3:5]], days_ago=60)
    a_scan(world.north, clusters=[terrain.eastton[:2]], days_ago=30)
    assert tell() == 1
    assert mail.outbox[0].subject == "2 new things in North partnership"


def test_what_was_found_before_somebody_followed_is_no_news(world: World, terrain: Ground, tell: Any) -> None:
    a_scan(world.north, clusters=[terrain.northton[:3]], days_ago=1)
    Follower.objects.create(user=world.bob, footprint=world.north)
    assert tell() == 0


@pytest.mark.parametrize("why", ["left", "closed", "does not want them"])
def test_who_may_or_will_not_hear_gets_none(world: World, terrain: Ground, tell: Any, why: str) -> None:
    following(world, "bob")
    following(world, "charlie")
    if why == "left":
        Grant.objects.filter(user=world.bob).delete()
    elif why == "closed":
        world.bob.is_active = False
        world.bob.save()
    else:
        Preference.objects.create(user=world.bob, not_wanted=["clusters"])
    scan = a_scan(world.north, clusters=[terrain.northton[:3]])
    assert tell() == 0
    assert mail.outbox == []
    assert set(Follower.objects.values_list("told", flat=True)) == {scan.pk}


def test_a_mail_that_was_refused_is_tried_again_later(
    world: World, terrain: Ground, tell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    following(world, "bob")
    a_scan(world.north, clusters=[terrain.northton[:3]])

    def refuse(*_: Any, **__: Any) -> None:
        raise SMTPDataError(554, b"not from you")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        tell()
    assert Follower.objects.get().told is None
    assert tell() == 0, "not at once"
    cache.clear()
    assert tell() == 1
    assert len(mail.outbox) == 1


def test_the_worker_asks_little_when_nobody_waits(
    world: World, terrain: Ground, tell: Any, django_assert_num_queries: Any
) -> None:
    following(world, "bob")
    a_scan(world.north, clusters=[terrain.northton[:3]])
    tell()
    with django_assert_num_queries(2):
        alert_mail.tell()
