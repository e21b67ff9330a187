"""Where more is recorded than chance explains is told with the needs that it speaks for, to the partnership; it leaves
no trace in the public list."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from joinedup.clusters.models import Cluster, Outcome, Scan
from joinedup.opportunities import alerts, engine
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Opportunity, Run, Touched
from joinedup.opportunities.queries.reasons import facts
from joinedup.opportunities.register import Read, read_for, read_for_each
from joinedup.partners.models import Partner
from tests.clusters.making import Ground, a_scan
from tests.opportunities.making import make_match, make_need
from tests.standing import layer
from tests.world import World

TODAY = datetime.date(2026, 4, 20)
THEME = "weapon-carrying"
FACT = (
    "In 3 neighbourhoods of Northton violence, robbery and weapons offences have been 2.3 times what was expected "
    "since January 2026, in the figures to March 2026 (chance alone: 1 in 1,000)."
)


@layer(on="terrain")
def needing(terrain: Ground) -> Ground:
    """Two themes of need in every place; only on one of them do such counts speak."""
    places = [place.parent for place in (terrain.northton[0], terrain.eastton[0])]
    for place in [*places, *(place.parent for place in places if place)]:
        for theme in (THEME, "school-exclusion"):
            make_need(place, theme, 0.6)
    return terrain


def read(world: World, on: datetime.date = TODAY) -> Read:
    return read_for(world.north, "partnership", on)


def flagged(world: World, on: datetime.date = TODAY) -> set[tuple[str, str]]:
    """The needs of which a cluster is told."""
    found = read(world, on)
    return {
        (row["place"], row["theme"])
        for row in found.inputs.rows("needs")
        if found.figures.get(row["fact"], "").startswith(alerts.NAMED)
    }


def told(world: World, place: str, theme: str = THEME) -> list[dict[str, str]]:
    found = read(world)
    return [
        {"text": row["fact"], "figure": found.figures[row["fact"]]}
        for row in found.inputs.rows("needs")
        if (row["place"], row["theme"]) == (place, theme) and row["fact"]
    ]


@pytest.mark.once
def test_the_counts_speak_for_the_themes_that_they_weigh_most_in() -> None:
    assert sorted(alerts.speaks_for()) == [
        "after-school-safety", "domestic-abuse", "girls-and-young-women", "group-conflict",
        "hospital-intervention", "night-time-economy", "safe-places", "weapon-carrying",
    ]  # fmt: skip


def test_it_is_urgent_where_it_lies_on_what_counts_speak_for(world: World, needing: Ground) -> None:
    cluster = a_scan(world.north, clusters=[needing.northton[:3]]).clusters.get()
    assert flagged(world) == {(world.northton.pk, THEME)}
    assert told(world, world.northton.pk) == [{"text": FACT, "figure": f"cluster@{cluster.pk}"}]
    assert told(world, world.northton.pk, "school-exclusion") == []
    assert told(world, world.eastton.pk) == []


def test_what_crosses_a_border_says_how_much_of_it_is_here(world: World, needing: Ground) -> None:
    a_scan(world.north, clusters=[[*needing.northton[:3], needing.eastton[0]]])
    assert told(world, world.eastton.pk)[0]["text"].startswith(
        "In 4 neighbourhoods, 1 of them in Eastton, violence, robbery and weapons offences have been 2.3 times"
    )


@pytest.mark.parametrize(
    ("day", "counts"), [(datetime.date(2026, 7, 29), True), (datetime.date(2026, 7, 30), False)]
)
def test_an_old_scan_says_nothing_of_now(
    world: World, needing: Ground, day: datetime.date, counts: bool
) -> None:
    a_scan(world.north, clusters=[needing.northton[:3]])
    assert bool(flagged(world, on=day)) is counts


def test_only_the_latest_monthly_scan_that_is_done_counts(world: World, needing: Ground) -> None:
    a_scan(world.north, clusters=[needing.northton[:3]], days_ago=31)
    a_scan(world.north, kind="yearly", clusters=[needing.eastton[:3]])
    Scan.objects.create(footprint=world.north, kind="monthly")
    assert flagged(world) == {(world.northton.pk, THEME)}
    a_scan(world.north, days_ago=1)
    assert flagged(world) == set()


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        (["looked_at"], True),
        (["acted_on"], True),
        (["explained"], False),
        (["false_alarm"], False),
        (["false_alarm", "looked_at"], True),
        (["looked_at", "false_alarm"], False),
    ],
)
def test_what_is_settled_is_not_urgent(world: World, needing: Ground, words: list[str], counts: bool) -> None:
    head = a_scan(world.north, clusters=[needing.northton[:3]], days_ago=31).clusters.get()
    a_scan(world.north, clusters=[{"areas": needing.northton[:3], "first": head}])
    for word in words:
        Outcome.objects.create(cluster=head, word=word, by="Bob")
    assert bool(flagged(world)) is counts


def test_the_public_run_is_the_same_with_and_without(world: World, needing: Ground) -> None:
    to_share(world)

    def both() -> dict[str, str]:
        every = read_for_each(world.north, Run.Audience.values, TODAY)
        return {
            audience: "".join(str(found.inputs.rows(name)) for name in found.inputs.__dataclass_fields__)
            for audience, found in every.items()
        } | {f"list {audience}": str(_listed(world, audience)) for audience in Run.Audience.values}

    without = both()
    a_scan(world.north, clusters=[needing.northton[:3], needing.eastton[:2]])
    with_them = both()
    assert with_them["public"] == without["public"]
    assert with_them["list public"] == without["list public"] != "[]"
    assert with_them["partnership"] != without["partnership"]
    assert with_them["list partnership"] != without["list partnership"]


def _listed(world: World, audience: str) -> list[dict[str, Any]]:
    return [each.as_dict() for each in engine.run(world.north, audience, TODAY).result.opportunities]


def to_share(world: World) -> None:
    """A move on the theme that such counts speak for."""
    Partner.objects.update(marking="public", confirmed_on=TODAY)
    make_match(world.lantern, world.school, THEME, "A hall for boxing on Friday evenings.", marking="public")


# On the stored list.


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def told_in_list(world: World) -> bool:
    (row,) = Opportunity.objects.filter(audience="partnership", place=world.northton, theme=THEME)
    return FACT in [fact["text"] for fact in row.stands_out]


def test_a_scan_and_its_outcome_are_followed_at_once(
    world: World, needing: Ground, today: None, django_capture_on_commit_callbacks: Any
) -> None:
    @contextmanager
    def committed() -> Iterator[None]:
        """As a request of its own: what an earlier one follows after its commit is not waited for."""
        connection.run_on_commit = []
        with django_capture_on_commit_callbacks(execute=True):
            yield

    to_share(world)
    refresh(by=world.person("alice"), footprint=world.north)
    Touched.objects.all().delete()
    assert not told_in_list(world)
    public = list(Opportunity.objects.filter(audience="public").values())
    assert public
    with committed():
        scan = Scan.objects.create(footprint=world.north, kind="monthly")
        scan.done = 0.5
        scan.save()
        assert not Touched.objects.exists(), "how far it is changes no list"
        scan.delete()
    with committed():
        cluster = a_scan(world.north, clusters=[needing.northton[:3]]).clusters.get()
    assert told_in_list(world)
    with committed():
        outcome = Outcome.objects.create(cluster=cluster, word="false_alarm", by="Bob")
    assert not told_in_list(world)
    with committed():
        outcome.delete()
    assert told_in_list(world)
    assert not Touched.objects.exists()
    assert list(Opportunity.objects.filter(audience="public").values()) == public


def test_the_fact_leads_to_the_cluster_for_its_partnership_alone(
    world: World, needing: Ground, today: None, as_: Any, django_assert_num_queries: Any
) -> None:
    to_share(world)
    cluster = a_scan(world.north, clusters=[needing.northton[:3]]).clusters.get()
    refresh(by=world.person("alice"), footprint=world.north)
    row = next(
        each
        for each in Opportunity.objects.filter(audience="partnership", place=world.northton, theme=THEME)
        if FACT in str(each.stands_out)
    )
    fact = next(each for each in facts(world.person("bob"), row) if each.text == FACT)
    assert fact.link == f"/clusters/north/{cluster.pk}/"
    assert fact.sources[0].note.startswith("looked at on ")
    assert FACT not in [each.text for each in facts(world.person("charlie"), row)]
    bob: Client = as_("bob")
    assert "3 neighbourhoods of Northton" in bob.get(f"/opportunities/{row.pk}/").content.decode()
    for who in ("charlie", "nobody"):
        page = as_(who).get(f"/opportunities/{row.pk}/")
        assert page.status_code != 200
    Cluster.objects.all().delete()
    assert FACT not in [each.text for each in facts(world.person("bob"), row)]
