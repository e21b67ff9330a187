"""A scan is run once, on what is held, and kept whole; and it is asked for when it is its time."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from joinedup.clusters import scan_runs, wording, worker
from joinedup.clusters.continuation import carried_on
from joinedup.clusters.counts import figures_version
from joinedup.clusters.models import Cluster, Scan
from joinedup.engines import scan as engine
from joinedup.evidence.models import Dataset
from joinedup.places.models import Place
from joinedup.site import health
from tests.clusters.making import Ground, a_scan, counts_of
from tests.world import World

NOW = datetime.datetime(2026, 4, 20, 12, tzinfo=datetime.UTC)
A_MONTH = datetime.timedelta(days=31)


def waiting(world: World, kind: str = "monthly") -> Scan:
    scan: Scan = Scan.objects.create(footprint=world.north, kind=kind)
    return scan


def run() -> Scan:
    scan = scan_runs.run_next(replications=99)
    assert scan is not None
    return scan


# Running.


def test_what_is_new_is_found_and_kept_whole(world: World, terrain: Ground, home: None) -> None:
    counts_of(terrain, more={(2, "2026-03"): 30})
    asked = waiting(world)
    said: list[str] = []
    scan = scan_runs.run_next(said.append, replications=99)
    assert scan == asked
    assert said == ["Where and when: looking at 12 neighbourhoods of North partnership"]
    assert (scan.state, scan.failure, scan.done) == ("done", "", 1)
    assert scan.ended_at is not None
    assert (scan.first, scan.last, scan.areas, scan.cases) == ("2024-04", "2026-03", 12, 12 * 12 * 24 + 30)
    assert scan.engine == engine.VERSION
    assert scan.figures_version == figures_version()
    assert len(scan.null_maxima) == 99
    assert scan.null_maxima == [round(each, 4) for each in scan.null_maxima]
    assert scan.settings == {
        "model": "permutation", "shape": "prospective", "high": True, "low": False, "max_share": 0.1,
        "max_km": None, "max_periods": 12, "min_periods": 1, "min_cases": 2, "replications": 99, "seed": scan.pk,
        "most": 50, "stop_after": None, "steps": [],
    }  # fmt: skip
    cluster = scan.clusters.get()
    assert (cluster.rank, cluster.first, cluster.start, cluster.end) == (1, None, "2026-03", "2026-03")
    assert (cluster.observed, cluster.p, scan.lowest_p) == (42, 0.01, 0.01)
    assert cluster.centre == terrain.north[2]
    assert list(cluster.areas.all()) == [terrain.north[2]]
    assert cluster.recurrence_days == pytest.approx(365 / 12 / 0.01)


def test_counts_that_vary_more_than_by_chance_are_allowed_for(
    world: World, terrain: Ground, home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts_of(terrain, more={(2, "2026-03"): 30.0})
    waiting(world)
    real = engine.scan

    def lumpy(*asked: Any, **words: Any) -> engine.ScanResult:
        answer = real(*asked, **words)
        found = tuple(replace(each, adjusted_p=each.p * n) for n, each in enumerate(answer.clusters, 4))
        return replace(answer, clusters=found, dispersion=1.5)

    monkeypatch.setattr(engine, "scan", lumpy)
    scan = run()
    cluster = scan.clusters.get()
    assert (scan.dispersion, cluster.p, cluster.bare_p, scan.lowest_p) == (1.5, 0.04, 0.01, 0.04)
    assert cluster.recurrence_days == pytest.approx(365 / 12 / 0.04)
    assert "Counts vary 1.5 times as much" in wording.asked(scan)


def test_the_next_month_carries_it_on(world: World, terrain: Ground, home: None) -> None:
    more = {(2, "2026-03"): 20.0}
    counts_of(terrain, more=more)
    waiting(world)
    first = run().clusters.get()
    for month in ("2026-04", "2026-05"):
        more[2, month] = 20.0
        counts_of(terrain, last=month, more=more)
        waiting(world)
        later = run().clusters.get()
        assert (later.start, later.end, later.first) == ("2026-03", month, first), (
            "the head, not the one before"
        )


def test_nothing_new_keeps_no_cluster_and_says_how_near_it_was(
    world: World, terrain: Ground, home: None
) -> None:
    counts_of(terrain, more={(2, "2026-03"): 3})
    waiting(world)
    scan = run()
    assert scan.state == "done"
    assert scan.lowest_p is not None
    assert scan.lowest_p > 0.05
    assert not Cluster.objects.exists()


def test_the_yearly_one_compares_with_residents(world: World, terrain: Ground, home: None) -> None:
    counts_of(terrain)
    Place.objects.filter(pk=terrain.north[0].pk).update(residents=300)
    waiting(world, "yearly")
    scan = run()
    assert (scan.settings["model"], scan.settings["shape"]) == ("poisson", "retrospective")
    cluster = scan.clusters.get()
    assert list(cluster.areas.all()) == [terrain.north[0]]
    assert cluster.relative_risk is not None
    assert cluster.relative_risk > 4
    assert cluster.recurrence_days is None


def test_the_oldest_runs_first_and_each_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(scan_runs, "_look", lambda scan, say, settings: looked.append(scan.pk))
    first, second = waiting(world), waiting(world, "yearly")
    for _ in range(3):
        scan_runs.run_next()
    assert looked == [first.pk, second.pk]
    first.refresh_from_db()
    assert (first.state, first.said_at is not None) == ("running", True)


def test_one_whose_worker_fell_silent_is_begun_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(scan_runs, "_look", lambda scan, say, settings: looked.append(scan.pk))
    now = timezone.now()
    Scan.objects.create(footprint=world.north, kind="monthly", state="running", said_at=now, done=0.5)
    assert scan_runs.run_next() is None
    Scan.objects.update(said_at=now - scan_runs.SILENT - datetime.timedelta(seconds=1))
    scan = scan_runs.run_next()
    assert scan is not None
    assert (looked, scan.done) == ([scan.pk], 0)


def test_one_whose_clock_was_ahead_does_not_wait_for_that_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_runs, "_look", lambda scan, say, settings: None)
    ahead = timezone.now() + datetime.timedelta(days=365)
    Scan.objects.create(footprint=world.north, kind="monthly", state="running", said_at=ahead)
    assert scan_runs.run_next() is not None


def test_what_cannot_be_looked_at_says_why(world: World, terrain: Ground, home: None) -> None:
    waiting(world)
    scan = run()
    assert (scan.state, scan.figures_version) == ("failed", figures_version())
    assert scan.failure.startswith("No counts of violence by neighbourhood are held")


def test_what_breaks_is_kept_as_a_sentence_and_logged(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("lost")

    monkeypatch.setattr(scan_runs, "_look", broken)
    waiting(world)
    scan = run()
    assert (scan.state, scan.failure) == ("failed", scan_runs.BROKE)
    assert "lost" in caplog.text


# Progress.


def running_scan(world: World) -> Scan:
    scan: Scan = Scan.objects.create(
        footprint=world.north, kind="monthly", state="running", said_at=timezone.now()
    )
    return scan


def test_progress_is_noted_about_once_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    clock = [100.0]
    monkeypatch.setattr(scan_runs, "monotonic", lambda: clock[0])
    scan = running_scan(world)
    progress = scan_runs._Progress(scan)
    with django_assert_num_queries(2):
        for step in range(30):
            clock[0] = 100 + step / 20
            progress(step / 30)
    assert Scan.objects.get(pk=scan.pk).done == pytest.approx(20 / 30)


def test_a_long_step_that_says_nothing_is_not_taken_for_a_worker_that_is_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(scan_runs, "monotonic", lambda: clock[0])
    scan = running_scan(world)
    progress = scan_runs._Progress(scan)
    progress(0.5)
    long_ago = timezone.now() - 2 * scan_runs.SILENT
    Scan.objects.update(said_at=long_ago)
    progress.said_at = scan.said_at = long_ago
    progress.beat()  # a moment after the progress
    assert Scan.objects.get(pk=scan.pk).said_at == long_ago
    clock[0] += scan_runs.BEAT
    progress.beat()
    now = Scan.objects.get(pk=scan.pk)
    assert now.said_at == scan.said_at
    assert now.said_at is not None
    assert now.said_at > long_ago
    assert now.done == 0.5


@pytest.mark.parametrize("how", ["stopped", "begun again"])
def test_a_scan_that_is_no_longer_ours_stops(world: World, how: str) -> None:
    scan = running_scan(world)
    progress = scan_runs._Progress(scan)
    if how == "stopped":
        Scan.objects.update(state="failed", ended_at=timezone.now(), failure="Stopped by Alice")
    else:
        Scan.objects.update(said_at=timezone.now())
    with pytest.raises(scan_runs.GivenUp):
        progress(0.5)


def test_one_stopped_while_it_runs_keeps_nothing(
    world: World, terrain: Ground, home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts_of(terrain, more={(2, "2026-03"): 30})
    scan = waiting(world)

    class Stopping(scan_runs._Progress):
        def __call__(self, share: float) -> None:
            if share == 1:
                Scan.objects.update(state="failed", ended_at=timezone.now(), failure="Stopped by Alice")

    monkeypatch.setattr(scan_runs, "_Progress", Stopping)
    run()
    scan.refresh_from_db()
    assert (scan.state, scan.failure, scan.first) == ("failed", "Stopped by Alice", "")
    assert not Cluster.objects.exists()


# The chain.


@pytest.mark.once
@pytest.mark.parametrize(
    ("now", "before", "which"),
    [
        ({"a", "b"}, {}, None),
        ({"a", "b"}, {7: {"c"}}, None),
        ({"a", "b"}, {7: {"b", "c", "d"}}, 7),
        ({"a", "b", "c"}, {7: {"c", "d", "e"}}, None),
        ({"a"}, {7: set("abcdefgh")}, 7),
        ({"a", "b", "c", "d"}, {7: {"a"}, 8: {"b", "c"}}, 8),
        ({"a", "b"}, {7: {"a"}, 8: {"b"}}, 7),
        (set(), {7: set()}, None),
    ],
)
def test_it_carries_on_what_shares_half_of_the_smaller(
    now: set[str], before: dict[int, set[str]], which: int | None
) -> None:
    assert carried_on([now], before) == [which]


def test_only_the_scan_before_of_its_kind_and_partnership_is_carried_on(
    world: World, terrain: Ground
) -> None:
    older = a_scan(world.north, clusters=[terrain.north[:2]], days_ago=60)
    a_scan(world.north, days_ago=30)
    a_scan(world.north, kind="yearly", clusters=[terrain.north[:2]], days_ago=10)
    a_scan(world.south, clusters=[terrain.southton], days_ago=5)
    assert scan_runs._before(waiting(world)) == {}
    Scan.objects.filter(pk=older.pk).update(ended_at=timezone.now() - datetime.timedelta(days=1))
    cluster = older.clusters.get()
    assert scan_runs._before(Scan.objects.get(state="waiting")) == {
        cluster.pk: (cluster.pk, {place.pk for place in terrain.north[:2]})
    }


# When it is time.


def done(ago: datetime.timedelta, version: str = "same") -> Scan:
    return Scan(state="done", ended_at=NOW - ago, figures_version=version)


def failed(ago: datetime.timedelta, version: str = "same") -> Scan:
    return Scan(state="failed", ended_at=NOW - ago, figures_version=version)


HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.mark.once
@pytest.mark.parametrize(
    ("kind", "last", "broke", "due"),
    [
        ("monthly", None, None, True),
        ("monthly", done(A_MONTH), None, False),
        ("monthly", done(A_MONTH, "older"), None, True),
        ("monthly", done(A_MONTH, "older"), failed(HOUR), False),
        ("monthly", done(A_MONTH, "older"), failed(HOUR, "older"), True),
        ("monthly", done(A_MONTH, "older"), failed(DAY), True),
        ("monthly", None, failed(HOUR, ""), False),
        ("monthly", done(HOUR, "older"), failed(2 * HOUR), True),
        ("yearly", None, None, True),
        ("yearly", done(364 * DAY, "older"), None, False),
        ("yearly", done(365 * DAY), None, True),
        ("yearly", done(365 * DAY), failed(HOUR), False),
    ],
)
def test_when_a_scan_is_due(kind: str, last: Scan | None, broke: Scan | None, due: bool) -> None:
    assert worker.is_time(kind, last, broke, "same", NOW) is due


def test_scans_are_asked_for_once_and_only_where_there_are_figures(
    world: World, terrain: Ground, home: None, django_assert_num_queries: Any
) -> None:
    assert worker.ask_in_time(timezone.now()) == []
    counts_of(terrain)
    asked = worker.ask_in_time(timezone.now())
    assert [(scan.footprint, scan.kind, scan.asked_by) for scan in asked] == [
        (world.north, "monthly", ""),
        (world.north, "yearly", ""),
    ]
    assert worker.ask_in_time(timezone.now()) == []
    Scan.objects.all().delete()
    for kind in ("monthly", "yearly"):
        a_scan(world.north, kind=kind, figures_version=figures_version())
        a_scan(world.south, kind=kind, figures_version=figures_version())
    with django_assert_num_queries(3):
        assert worker.ask_in_time(timezone.now()) == []
    counts_of(terrain, last="2026-04")
    assert [scan.kind for scan in worker.ask_in_time(timezone.now())] == ["monthly"]


def test_a_look_of_the_worker_runs_one(world: World, terrain: Ground, home: None) -> None:
    counts_of(terrain, 12)
    said: list[str] = []
    worker.look_where_and_when(said.append)
    assert said == [
        "Where and when, What is new, each month, North partnership: Counts by neighbourhood are held for 12 months: "
        "at least 13 are needed to tell what is new."
    ]
    assert Scan.objects.get(state="waiting").kind == "yearly"
    assert Dataset.objects.count() == 1


def test_scans_that_no_worker_begins_are_found(world: World) -> None:
    ago = timezone.now() - datetime.timedelta(hours=2)
    scan = waiting(world)
    assert health._looking() == []
    Scan.objects.filter(pk=scan.pk).update(asked_at=ago)
    Scan.objects.create(footprint=world.north, kind="yearly", state="running", said_at=ago)
    sentence = "2 scans of where and when wait since more than an hour: run “joinedup worker”."
    assert [each.sentence for each in health._looking()] == [sentence]
