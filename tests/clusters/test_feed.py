"""The feed of what is new where somebody follows: at a secret address, for as long as they may see it."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from joinedup.clusters.models import Follower
from tests.clusters.making import Ground, a_scan, a_wider, neighbourhoods
from tests.world import World

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def ground(world: World) -> Ground:
    return neighbourhoods(world)


def entries(answer: Any) -> list[dict[str, str]]:
    feed = etree.fromstring(answer.content)
    return [
        {each.tag.removeprefix(ATOM): each.text or each.get("href", "") for each in entry}
        for entry in feed.iterfind(f"{ATOM}entry")
    ]


def address(follower: Follower) -> str:
    return f"/clusters/feed/{follower.token}/"


def test_what_is_new_and_only_that(ground: Ground, world: World, client: Client, settings: Any):
    settings.SITE_URL = "https://joinedup.example"
    first = a_scan(world.north, clusters=[ground.northton[:3]], days_ago=40)
    head = first.clusters.get()
    a_scan(world.north, kind="yearly", clusters=[ground.northton[:2]])
    a_scan(
        world.north, clusters=[{"areas": ground.northton[:4], "first": head}, ground.eastton[:2]], days_ago=5
    )
    a_scan(world.north, clusters=[ground.northton[4:]], state="failed")
    follower = Follower.objects.create(user=world.bob, footprint=world.north)
    answer = client.get(address(follower))
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "private" in answer["Cache-Control"]
    found = entries(answer)
    assert [each["title"] for each in found] == [
        "New: 2 neighbourhoods in Eastton (Quay Ward), since January 2026",
        "New: 3 neighbourhoods in Northton (Mill Ward), since January 2026",
    ]
    assert found[1]["id"] == f"tag:joinedup.example,{first.ended_at:%Y-%m-%d}:/clusters/north/{head.pk}/"
    assert found[1]["link"] == f"https://joinedup.example/clusters/north/{head.pk}/"
    assert "46 violence, robbery and weapons offences were recorded" in found[1]["summary"]
    assert "not a finding about the people who live there" in found[1]["summary"]
    assert found[1]["updated"].startswith(f"{first.ended_at:%Y-%m-%dT}")


def test_old_figures_are_not_called_new(
    ground: Ground, world: World, client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("joinedup.clusters.looks.today", lambda: datetime.date(2026, 7, 1))
    scan = a_scan(world.north, clusters=[ground.eastton[:2]])
    follower = Follower.objects.create(user=world.bob, footprint=world.north)
    answer = client.get(address(follower))
    on = timezone.localdate(scan.ended_at)
    [entry] = entries(answer)
    assert entry["title"] == (
        f"Seen in figures to March 2026, the newest held on {on.day} {on:%B %Y}: "
        "2 neighbourhoods in Eastton (Quay Ward), January 2026 to March 2026"
    )
    assert not re.search(r"\b(new|now|lately|since)\b", answer.content.decode(), re.IGNORECASE)


def test_only_where_they_follow(ground: Ground, world: World, client: Client):
    a_scan(world.north, clusters=[ground.northton[:3], ground.eastton[:2]])
    here = Follower.objects.create(user=world.bob, footprint=world.north, place=world.eastton)
    ward = Follower.objects.create(user=world.bob, footprint=world.north, place=world.ward)
    assert ["Eastton" in each["title"] for each in entries(client.get(address(here)))] == [True]
    assert ["Northton" in each["title"] for each in entries(client.get(address(ward)))] == [True]


def test_it_does_not_change_while_nothing_does(ground: Ground, world: World, client: Client):
    follower = Follower.objects.create(user=world.bob, footprint=world.north)
    answer = client.get(address(follower))
    assert entries(answer) == []
    again = client.get(address(follower), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    a_scan(world.north, clusters=[ground.northton[:3]])
    assert client.get(address(follower), headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_a_dead_address(ground: Ground, world: World, client: Client):
    a_scan(world.north, clusters=[ground.northton[:3]])
    bob, lead = (
        Follower.objects.create(user=user, footprint=world.north) for user in (world.bob, world.lead)
    )
    charlie = Follower.objects.create(user=world.charlie, footprint=world.north)
    assert client.get("/clusters/feed/nobody-has-this/").status_code == 404
    assert client.get(address(charlie)).status_code == 404
    assert client.get(address(lead)).status_code == 200
    assert client.get(address(bob)).status_code == 200
    world.bob.grants.all().delete()
    assert client.get(address(bob)).status_code == 404
    world.lead.is_active = False
    world.lead.save()
    assert client.get(address(lead)).status_code == 404
    assert client.post(address(lead)).status_code == 405


@pytest.mark.parametrize("number", [1, 3])
def test_a_fixed_number_of_queries(
    ground: Ground, world: World, client: Client, django_assert_num_queries: Any, number: int
):
    scan = a_scan(world.north, clusters=[ground.north[at : at + 1] for at in range(number)])
    for rank, cluster in enumerate(scan.clusters.all(), 1):
        a_wider(scan, rank, areas=[world.ward], beside=[cluster])
    follower = Follower.objects.create(user=world.bob, footprint=world.north, place=world.northton)
    with django_assert_num_queries(10):
        assert len(entries(client.get(address(follower)))) == number
