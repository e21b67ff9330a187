"""How far opportunities went: what is counted for whom, by hand, and that nothing shows through a number."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from joinedup.agreements.models import Agreement, Progress
from joinedup.events.models import Event, Programme, Topic
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Answer, Enquiry, Opportunity
from joinedup.partners.models import Partner
from joinedup.web.funnel import queries
from tests.opportunities.making import make_opportunity
from tests.trust.walking import without_what_always_differs
from tests.world import World

As = Callable[[str], Client]
TODAY = timezone.localdate()
PATHS = "/opportunities/paths/"


def days(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


def suggest(world: World, key: str, *parties: Partner, **fields: Any) -> Opportunity:
    return make_opportunity(world, key, *parties, **{"first_seen": days(-40), **fields})


def event_on(world: World, day: datetime.date, slug: str = "past") -> Event:
    programme, _ = Programme.objects.get_or_create(slug="days", defaults={"name": "Days"})
    return Event.objects.create(programme=programme, footprint=world.north, slug=slug, name=slug, date=day)


def agree(world: World, opportunity: Opportunity, after: int = 30, **fields: Any) -> Agreement:
    event = Event.objects.filter(slug="agreeing").first() or event_on(world, days(-1), "agreeing")
    values = {
        "event": event, "opportunity": opportunity, "goal": "A goal", "action": "Meet", "place": world.northton,
        "theme_id": "trusted-adult", "measure": "ten", "owner_partner": world.lantern, "owner_role": "manager",
        "deputy_role": "deputy", "due": days(90), "review_3": days(90), "review_6": days(180),
        "review_12": days(365), "recorded_by": "Alice", "marking": "partnership",
    }  # fmt: skip
    made = Agreement.objects.create(**(values | fields))
    at = timezone.now() - datetime.timedelta(days=40 - after)
    Agreement.objects.filter(pk=made.pk).update(recorded_at=at)
    return made


def counted(world: World, who: str) -> dict[str, int | None]:
    person = world.person(who)
    public = queries.is_public(person)
    every = queries.report(queries.paths(person, TODAY), public=public).every
    return dict(zip(queries.steps_for(public=public), every.cells, strict=True))


def numbers(*cells: int | None, public: bool = False) -> dict[str, int | None]:
    return dict(zip(queries.steps_for(public=public), cells, strict=True))


def groups(world: World, who: str, title: str) -> dict[str, list[int | None]]:
    person = world.person(who)
    report = queries.report(queries.paths(person, TODAY), public=queries.is_public(person))
    return {row.name: row.cells for table in report.tables if table.title == title for row in table.rows}


def test_each_step_by_hand(world: World) -> None:
    suggest(world, "only suggested")
    suggest(world, "set aside", state="dismissed", reason="no_fit")
    suggest(world, "taken up", state="taken_up")
    Enquiry.objects.create(opportunity=suggest(world, "asked"), partner=world.school, by="Alice")
    Answer.objects.create(opportunity=suggest(world, "answered"), partner=world.lantern, word="interested")
    for slug, day, chosen in (("past", -1, True), ("to come", 5, True), ("proposed", -2, False)):
        topic = suggest(world, slug, state="on_agenda")
        event = event_on(world, days(day), slug.replace(" ", "-"))
        Topic.objects.create(event=event, title=slug, opportunity=topic, is_chosen=chosen)
    agree(world, suggest(world, "agreed", state="agreed"))
    started = Initiative.objects.create(name="Started", slug="started", partner=world.lantern)
    agree(world, suggest(world, "started"), state="started", initiative=started)
    agree(world, suggest(world, "kept"), state="kept")
    agree(world, suggest(world, "not kept"), state="not_kept")
    both = suggest(world, "both")
    agree(world, both, state="dropped")
    agree(world, both, state="kept")
    agree(world, suggest(world, "dropped"), state="dropped")
    # On an agenda: one that was, one to come, and the six agreed; asked: these and two; started: one, and two kept.
    assert counted(world, "bob") == numbers(14, 10, 8, 6, 3, 2, 1, 1)


def test_the_share_and_the_days_in_the_middle(world: World) -> None:
    for n in range(9):
        row = suggest(world, f"n{n}")
        if n < 3:
            agree(world, row, after=[4, 10, 30][n])
    found = queries.report(queries.paths(world.person("bob"), TODAY), public=False).every
    assert (found.share, found.days) == (None, 10)
    suggest(world, "tenth")
    found = queries.report(queries.paths(world.person("bob"), TODAY), public=False).every
    assert (found.share, found.days) == (0.3, 10)


def test_by_kind_theme_sector_and_finder(world: World) -> None:
    suggest(world, "a", world.lantern, world.school)
    row = suggest(world, "b", world.lantern, kind="bid")
    Enquiry.objects.create(opportunity=row, partner=world.lantern, by="Alice")
    suggest(world, "c", theme_id=None, kind="spotted", is_spotted=True)
    first = {title: {name: cells[:2] for name, cells in groups(world, "bob", title).items()} for title in (
        "By kind", "By theme", "By sector of the partners named", "By who found it",
    )}  # fmt: skip
    assert first == {
        "By kind": {
            "One needs what another can give": [1, 0],
            "Money or help to apply for": [1, 1],
            "Spotted by a person": [1, 0],
        },
        "By theme": {"Mentoring and a trusted adult": [2, 1], "No theme": [1, 0]},
        "By sector of the partners named": {"Education": [1, 0], "Vcs": [2, 1], "Nobody named": [1, 0]},
        "By who found it": {"Found in the records": [2, 1], "A person": [1, 0]},
    }


def test_who_counts_what(world: World) -> None:
    """Members their own partnership's; the lead every one's; the public what is public. What is named, its two."""
    suggest(world, "north")
    suggest(world, "overlap", world.lantern, world.police, kind="join", marking="named")
    suggest(world, "south", world.harbour, footprint=world.south, place=world.southton)
    for n in range(5):
        suggest(world, f"open{n}", audience="public", marking="public")
    first = {
        who: counted(world, who)["suggested"]
        for who in ("nobody", "admin", "charlie", "bob", "alice", "lead")
    }
    assert first == {"nobody": 5, "admin": 5, "charlie": 1, "bob": 2, "alice": 2, "lead": 2}


def test_the_public_reads_of_agreements_through_its_own_copy(world: World) -> None:
    for n in range(5):
        shared = suggest(world, f"n{n}")
        suggest(world, f"n{n}", audience="public", marking="public")
        agree(world, shared, marking="public", after=n)
    agree(world, suggest(world, "only shared"), marking="public")
    assert counted(world, "nobody") == numbers(5, 5, 5, 0, 0, 0, 0, public=True)
    Agreement.objects.filter(opportunity__key="n0").update(marking="partnership")
    assert counted(world, "nobody") == numbers(5, None, None, 0, 0, 0, 0, public=True)


def test_small_numbers_are_not_told_to_the_public_nor_what_gives_them_away(world: World, as_: As) -> None:
    for n in range(12):
        shared = suggest(world, f"n{n}")
        suggest(world, f"n{n}", audience="public", marking="public")
        if n < 4:
            agree(world, shared, marking="public")
    report = queries.report(queries.paths(world.person("nobody"), TODAY), public=True)
    assert report.every == queries.FunnelRow("All", [12, None, None, 0, 0, 0, 0], None, None)
    assert [table.title for table in report.tables] == [
        "By kind", "By theme", "By sector of the partners named",
    ]  # fmt: skip
    page = as_("nobody").get(PATHS).content.decode()
    assert "fewer than 5" in page
    inside = queries.report(queries.paths(world.person("bob"), TODAY), public=False).every
    assert (inside.cells[3], inside.days) == (4, 30)
    assert inside.share == pytest.approx(4 / 12)
    assert "fewer than 5" not in as_("bob").get(PATHS).content.decode()


def test_nothing_critical_is_counted_publicly_before_it_could_be_answered(world: World) -> None:
    for n in range(5):
        shared = suggest(world, f"n{n}")
        suggest(world, f"n{n}", audience="public", marking="public")
        made = agree(world, shared, marking="public", state="not_kept")
        Progress.objects.create(agreement=made, on=days(-3), state="not_kept", by="Bob")
    assert counted(world, "nobody")["not_kept"] == 0
    assert counted(world, "bob")["not_kept"] == 5
    Progress.objects.update(on=days(-40))
    assert counted(world, "nobody")["not_kept"] == 5


@pytest.mark.parametrize("who", ["charlie", "nobody"])
def test_what_north_keeps_to_itself_changes_no_number(world: World, as_: As, who: str) -> None:
    """A pair of worlds that differ only in what North shares inside: page and file are the same."""
    suggest(world, "open", audience="public", marking="public")
    suggest(world, "south", world.harbour, footprint=world.south, place=world.southton)

    def seen() -> list[str]:
        browser = as_(who)
        return [
            without_what_always_differs(browser.get(address).content)
            for address in (PATHS, "/opportunities/paths.csv", f"{PATHS}?footprint={world.north.pk}")
        ]

    with transaction.atomic():
        quiet = suggest(world, "quiet", world.lantern, world.school, kind="bring_in")
        agree(world, quiet)
        shared = suggest(world, "open")
        agree(world, shared, marking="named")
        Enquiry.objects.create(opportunity=shared, partner=world.lantern, by="Alice")
        assert "Somebody to bring in" in as_("bob").get(PATHS).content.decode()
        whole = seen()
        transaction.set_rollback(True)
    assert seen() == whole


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        row = suggest(world, f"n{n}", world.lantern, world.school)
        made = agree(world, row, state="not_kept")
        Progress.objects.create(agreement=made, on=TODAY, state="not_kept", by="Bob")
    bob = as_("bob")
    with django_assert_num_queries(11):
        assert bob.get(PATHS).status_code == 200


def test_filters_by_year_and_for_the_lead_by_partnership(world: World, as_: As) -> None:
    suggest(world, "new", first_seen=datetime.date(2026, 3, 1))
    suggest(world, "old", kind="bid", first_seen=datetime.date(2024, 3, 1))
    suggest(world, "south", kind="learn", footprint=world.south, place=world.southton)
    pages = {
        query: as_("lead").get(f"{PATHS}?{query}").content.decode()
        for query in ("", "year=2024", f"footprint={world.south.pk}", "year=x&footprint=%00", "year=1999")
    }
    kinds = ("One needs what another can give", "Money or help to apply for", "Learn from elsewhere")
    shown = {query: [kind for kind in kinds if f">{kind}</th>" in page] for query, page in pages.items()}
    assert shown == {
        "": list(kinds),
        "year=2024": [kinds[1]],
        f"footprint={world.south.pk}": [kinds[2]],
        "year=x&footprint=%00": list(kinds),
        "year=1999": list(kinds),
    }
    assert "Partnership</label>" not in as_("bob").get(PATHS).content.decode().replace("\n", "")


def test_as_a_file(world: World, as_: As) -> None:
    agree(world, suggest(world, "a", world.lantern), state="kept")
    answer = as_("bob").get("/opportunities/paths.csv?year=")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Table", "Group", "Suggested"]
    assert rows[1] == ["All", "All", "1", "1", "1", "1", "1", "1", "0", "0", "", "30"]
    assert [row[:2] for row in rows[2:]] == [
        ["By kind", "One needs what another can give"],
        ["By theme", "Mentoring and a trusted adult"],
        ["By sector of the partners named", "Vcs"],
        ["By who found it", "Found in the records"],
    ]


def test_with_nothing_to_count_it_says_what_to_do(world: World, as_: As) -> None:
    for who in ("nobody", "bob"):
        page = as_(who).get(PATHS).content.decode()
        assert "Nothing to count here yet." in page
        assert 'href="/opportunities/"' in page
    assert as_("bob").post(PATHS).status_code == 405
