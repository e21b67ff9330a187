"""The looks over wards and over authorities: they say how wide something is, and raise no alert."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.core import mail
from django.test import Client

from joinedup.clusters import alert_mail, queries, scan_runs, wider
from joinedup.clusters.counts import ground_of
from joinedup.clusters.models import Cluster, Follower, Scan, WiderCluster
from joinedup.engines import scan as engine
from joinedup.places.models import Place
from tests.clusters.making import Ground, a_scan, a_wider, counts_of
from tests.world import World

AUTHORITY = WiderCluster.Level.AUTHORITY


@pytest.fixture
def wards(world: World, terrain: Ground) -> list[Place]:
    """Six wards of two neighbourhoods each, three in Northton and three in Eastton."""
    made = [
        Place.objects.create(
            code=f"E0509995{at}", name=f"Ward {at + 1}", kind="ward", vintage=2024,
            parent=world.northton if at < 3 else world.eastton,
        )
        for at in range(6)
    ]  # fmt: skip
    for at, place in enumerate(terrain.north):
        place.parent = made[at // 2]
        place.save()
    return made


def run(world: World) -> Scan:
    Scan.objects.create(footprint=world.north, kind="monthly")
    scan = scan_runs.run_next(replications=99)
    assert scan is not None
    return scan


def test_a_ward_has_the_counts_of_its_neighbourhoods_and_their_middle(
    world: World, terrain: Ground, wards: list[Place], home: None
) -> None:
    counts_of(terrain, more={(2, "2026-03"): 5}, missing=[(4, "2025-12")])
    ground = ground_of(world.north, by_residents=False)
    question = engine.Question(max_share=0.1, replications=0)
    look = wider.look_wider(ground, question, lambda _: None)[0]
    assert (look.places, look.inside) == (wards, [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11]])
    summed = wider.summed(ground.world, look)
    assert summed.areas == [ward.pk for ward in wards]
    assert summed.cases[:, -1].tolist() == [24, 29, 24, 24, 24, 24]
    assert summed.known is not None
    assert np.argwhere(~summed.known).tolist() == [[2, 20]], "a month is known where all of it is"
    assert summed.cases[2, 20] == 0
    assert summed.position[0] == pytest.approx(ground.world.position[:2].mean(axis=0))
    assert look.max_share == pytest.approx(1 / 3), "room for one ward of six"


def test_what_stands_out_is_kept_beside_the_neighbourhoods_that_it_overlaps(
    world: World, terrain: Ground, wards: list[Place], home: None
) -> None:
    counts_of(terrain, more={(2, "2026-03"): 25, (3, "2026-03"): 25})
    scan = run(world)
    clusters = list(scan.clusters.all())
    assert {place for each in clusters for place in each.areas.all()} == set(terrain.north[2:4])
    found = scan.wider.get()
    assert (found.level, found.rank, found.start, found.end) == ("ward", 1, "2026-03", "2026-03")
    assert (found.observed, found.p) == (74, 0.01)
    assert list(found.areas.all()) == [wards[1]]
    assert list(found.beside.all()) == clusters
    ward, authority = scan.wider_looks
    assert (ward["level"], ward["areas"], ward["replications"], ward["lowest_p"]) == ("ward", 6, 99, 0.01)
    assert authority == {
        "level": "local_authority",
        "areas": 2,
        "why": "There are fewer than 5: too few to compare.",
    }
    assert ([each.p for each in clusters], scan.lowest_p) == ([0.01, 0.01], 0.01), (
        "of the look over neighbourhoods alone"
    )


def test_kept_is_what_is_unusual_for_three_looks(
    world: World, terrain: Ground, wards: list[Place], home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts_of(terrain, more={(2, "2026-03"): 25, (3, "2026-03"): 25})
    real = engine.scan

    def less_sure(world: engine.ScanCounts, *asked: Any, **words: Any) -> engine.ScanResult:
        answer = real(world, *asked, **words)
        found = tuple(replace(each, adjusted_p=0.02) for each in answer.clusters[:1])
        return replace(answer, clusters=found)

    monkeypatch.setattr(engine, "scan", less_sure)
    scan = run(world)
    assert (scan.clusters.get().p, scan.wider.count()) == (0.02, 0), "1 look in 50, of three 1 in 17"
    assert [wider.chance(p) for p in (0.001, 0.02, 0.5)] == pytest.approx([0.003, 0.06, 1.0])


def test_what_no_engine_can_answer_leaves_the_neighbourhoods_as_they_are(
    world: World, terrain: Ground, wards: list[Place], home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts_of(terrain, more={(2, "2026-03"): 25})
    real = engine.scan

    def only_neighbourhoods(world: engine.ScanCounts, *asked: Any, **words: Any) -> engine.ScanResult:
        if len(world.areas) < 12:
            raise engine.Impossible("It cannot be said.")
        return real(world, *asked, **words)

    monkeypatch.setattr(engine, "scan", only_neighbourhoods)
    scan = run(world)
    assert (scan.state, scan.clusters.count(), scan.wider.count()) == ("done", 1, 0)
    assert scan.wider_looks[0]["why"] == "It cannot be said."


def test_the_yearly_look_is_over_neighbourhoods_alone(
    world: World, terrain: Ground, wards: list[Place], home: None
) -> None:
    counts_of(terrain)
    Scan.objects.create(footprint=world.north, kind="yearly")
    scan = scan_runs.run_next(replications=19)
    assert scan is not None
    assert (scan.state, scan.wider_looks) == ("done", [])


# On pages, in mails and feeds.

ALSO = (
    "Also seen for wards: Ward 2 and Ward 1, from February 2026 to March 2026; for the whole of Northton, "
    "from February 2026 to March 2026."
)


@pytest.fixture
def cluster(world: World, terrain: Ground, wards: list[Place]) -> Cluster:
    """In Ward 2, seen as well for two wards and for all of Northton; and for Ward 6 beside no neighbourhoods."""
    scan = a_scan(world.north, clusters=[terrain.north[2:4]])
    found = scan.clusters.get()
    a_wider(scan, 1, areas=wards[:2], beside=[found])
    a_wider(scan, 2, areas=[wards[5]])
    a_wider(scan, 1, areas=[world.northton], beside=[found], level=AUTHORITY)
    return found


def test_the_words_of_an_alert_name_places_that_people_know(
    world: World, cluster: Cluster, as_: Any, django_capture_on_commit_callbacks: Any
) -> None:
    bob = as_("bob")
    page = bob.get(f"/clusters/north/{cluster.pk}/").content.decode()
    assert ALSO in page
    assert page.count("1 in 167") == 2, "p = 0.002, and three looks"
    assert "Only the look over neighbourhoods raises an alert" in page
    follower = Follower.objects.create(user=world.bob, footprint=world.north)
    assert ALSO in Client().get(f"/clusters/feed/{follower.token}/").content.decode()
    Follower.objects.update(since=cluster.scan.ended_at.replace(year=2020) if cluster.scan.ended_at else None)
    with django_capture_on_commit_callbacks(execute=True):
        assert alert_mail.tell() == 1
    assert ALSO in " ".join(str(mail.outbox[0].body).split())


def test_what_only_the_wider_looks_saw_is_shown_and_is_no_alert(
    world: World, cluster: Cluster, as_: Any
) -> None:
    Scan.objects.update(
        wider_looks=[
            {"level": "ward", "areas": 6, "why": "", "replications": 999, "max_share": 0.333},
            {"level": "local_authority", "areas": 2, "why": "There are too few."},
        ]
    )
    page = as_("bob").get("/clusters/north/").content.decode()
    assert (
        "6 wards: looked at in the same way, and 999 times on counts that chance alone made; a circle" in page
    )
    assert "2 authorities: not looked at. There are too few." in page
    assert "1 thing is new in the figures to March 2026." in page
    row = page[page.index("The ward Ward 6") :]
    assert "none stands out" in row[: row.index("</tr>")]
    bob = world.person("bob")
    follower = Follower.objects.create(user=world.bob, footprint=world.north)
    assert list(queries.alerts_for(bob, follower)) == [cluster]
    assert "Ward 6" not in as_("charlie").get(f"/clusters/north/{cluster.pk}/").content.decode()
    assert list(WiderCluster.objects.visible_to(world.person("charlie"))) == []
