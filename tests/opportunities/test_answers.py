"""What a partner answered counts at the next run, and at every run after it."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import Person
from joinedup.opportunities.actions.answering import answer, take_back
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Answer, ListChange, Opportunity
from joinedup.taxonomy.models import Approach
from tests.opportunities.making import make_need
from tests.opportunities.records import make_action, make_ask, make_fund, make_join, make_match
from tests.world import World, make_user

TODAY = timezone.localdate()
THEME = "trusted-adult"


@pytest.fixture
def north(world: World) -> World:
    """Lantern Youth needs a hall that the school has; a fund is open for what Lantern Youth does."""
    make_match(world.lantern, world.school, world.northton, confirmed_on=TODAY)
    make_action(
        world.lantern, "Boxing mentors", world.northton, what="A mentor for boxing", confirmed_on=TODAY
    )
    make_fund(closes=TODAY + datetime.timedelta(days=60), last_checked=TODAY)
    run(world)
    assert kinds(world) == ["match", "bid"]
    return world


def run(world: World, days: int = 0) -> None:
    refresh(by=world.person("alice"), footprint=world.north, as_of=TODAY + datetime.timedelta(days=days))


def the_row(world: World, theme: str | None = THEME) -> Opportunity:
    return Opportunity.objects.get(
        audience="partnership", theme=theme, place=world.northton, marking="partnership"
    )


def kinds(world: World, theme: str | None = THEME) -> list[str]:
    """The kinds of the moves on a theme in Northton, strongest first."""
    rows = Opportunity.objects.filter(
        audience="partnership", theme=theme, place=world.northton, marking="partnership", state="suggested"
    )
    return [move["kind"] for row in rows for move in row.moves]


def move_of(row: Opportunity, kind: str) -> str:
    (found,) = [move["id"] for move in row.moves if move["kind"] == kind]
    return str(found)


def bob_says(
    world: World, word: str, move: str = "", row: Opportunity | None = None, **more: object
) -> Answer:
    row = row or the_row(world)
    return answer(
        by=world.person("bob"), opportunity=row, partner=world.lantern, word=word, move=move, **more
    )  # type: ignore[arg-type]


def test_not_us_to_a_move_takes_that_one_away_and_keeps_it_away(north: World) -> None:
    given = bob_says(north, "not_us", move_of(the_row(north), "bid"))
    for _ in range(3):
        run(north)
        assert kinds(north) == ["match"]
    take_back(by=north.person("bob"), opportunity=the_row(north), partner=north.lantern, move=given.move)
    run(north)
    assert kinds(north) == ["match", "bid"]


def test_not_us_to_all_of_it_is_to_the_moves_that_it_had(north: World) -> None:
    bob_says(north, "not_us")
    for _ in range(3):
        run(north)
        assert not {"match", "bid"} & set(kinds(north))
    # What is new is another thing, and may be said.
    make_fund("other", closes=TODAY + datetime.timedelta(days=60), last_checked=TODAY)
    for _ in range(3):
        run(north)
        assert [each["support"] for each in the_row(north).moves if each["kind"] == "bid"] == [["other"]]


@pytest.mark.parametrize(
    ("scope", "northton", "eastton"),
    [("this", ["bid"], ["bid"]), ("theme_here", [], ["bid"]), ("theme_everywhere", [], [])],
)
def test_not_us_holds_as_far_as_it_was_meant(
    world: World, scope: str, northton: list[str], eastton: list[str]
) -> None:
    """Lantern Youth could bid for one fund in Northton; for another, made later, there and in Eastton."""
    closes = TODAY + datetime.timedelta(days=60)
    for place in (world.northton, world.eastton):
        name = f"{place.name} mentors"
        make_action(world.lantern, name, place, what="A mentor for boxing", confirmed_on=TODAY)
    here = make_fund("first", closes=closes, last_checked=TODAY)
    here.places.set([world.northton])
    run(world)
    bob_says(world, "not_us", move_of(the_row(world), "bid"), scope=scope)
    for slug, place in (("second", world.northton), ("third", world.eastton)):
        make_fund(slug, closes=closes, last_checked=TODAY).places.set([place])
    for _ in range(2):
        run(world)
        found = Opportunity.objects.filter(audience="partnership", state="suggested", marking="partnership")
        of = {
            place.pk: [
                move["kind"]
                for row in found.filter(place=place)
                for move in row.moves
                if "first" not in move["support"]
            ]
            for place in (world.northton, world.eastton)
        }
        assert (of[world.northton.pk], of[world.eastton.pk]) == (northton, eastton)
        assert not found.filter(offers=here).exists()


def test_not_us_holds_until_its_day_or_for_a_year(north: World) -> None:
    bid = move_of(the_row(north), "bid")
    # Open all the time, so that it is there in a year.
    make_fund("rolling", basis="rolling", closes=None, last_checked=TODAY)
    run(north)
    bid = next(move["id"] for move in the_row(north).moves if move["support"] == ["rolling"])
    bob_says(north, "not_us", bid, until=TODAY + datetime.timedelta(days=20))

    def is_there(days: int) -> bool:
        run(north, days)
        rows = Opportunity.objects.filter(audience="partnership", state="suggested")
        return any(move["id"] == bid for row in rows for move in row.moves)

    assert [is_there(days) for days in (20, 21)] == [False, True]
    Answer.objects.update(until=None)
    assert [is_there(days) for days in (300, 364)] == [False, False]


def test_interested_raises_what_it_is_about(north: World) -> None:
    before = {move["kind"]: move["strength"] for move in the_row(north).moves}
    bob_says(north, "interested", move_of(the_row(north), "bid"))
    for _ in range(2):
        run(north)
        after = {move["kind"]: move["strength"] for move in the_row(north).moves}
        assert after["bid"] > before["bid"]
        assert after["match"] == before["match"]
    assert not ListChange.objects.filter(what="changed").exists(), "that it is stronger is told to nobody"


def test_the_giver_is_interested_and_the_match_is_stronger(north: World) -> None:
    before = the_row(north).score
    match = move_of(the_row(north), "match")
    Answer.objects.create(
        opportunity=the_row(north), partner=north.school, word="interested", by="x", move=match
    )
    run(north)
    after = the_row(north).score
    assert before is not None
    assert after is not None
    assert after > before


def test_who_will_not_give_to_one_may_still_be_asked_by_another(world: World) -> None:
    """The school's own offer is no reason of its refusal: what Lantern Youth needs is."""
    need, _offer = make_match(world.lantern, world.school, world.northton, confirmed_on=TODAY)
    run(world)
    row = the_row(world)
    sam = Person.of(make_user("s@example.org", "Sam", "partner_member", partner=world.school))
    answer(by=sam, opportunity=row, partner=world.school, word="not_us", move=move_of(row, "match"))
    run(world)
    assert kinds(world) == []
    make_ask(world.police, "need", "A hall on Tuesday evenings", world.northton, confirmed_on=TODAY)
    for _ in range(2):
        run(world)
        (move,) = the_row(world).moves
        assert {party["id"] for party in move["parties"]} == {"testland-police", "hilltop-school"}
        assert f"ask-{need.pk}" not in move["asks"]


def test_not_us_to_what_is_about_no_record_is_about_the_theme_there(world: World) -> None:
    make_need(
        world.northton,
        "school-exclusion",
        0.9,
        measured="own",
        verdict="stands out",
        stands_out=0.9,
        pressure=1.0,
    )
    mentoring = Approach.objects.create(
        slug="mentoring", name="Mentoring", effect="moderate", evidence="good", cost="low", source="A fund"
    )
    mentoring.themes.set(["school-exclusion"])
    run(world)
    assert kinds(world, "school-exclusion") == ["start"]
    row = the_row(world, "school-exclusion")
    Answer.objects.create(
        opportunity=row, partner=world.school, word="not_us", by="x", move=move_of(row, "start")
    )
    for _ in range(2):
        run(world)
        assert kinds(world, "school-exclusion") == []


def test_not_us_to_comparing_notes_is_said_once(world: World) -> None:
    make_join(world, world.northton, confirmed_on=TODAY)
    run(world)
    row = Opportunity.objects.get(marking="named")
    bob_says(world, "not_us", move_of(row, "join"), row)
    for _ in range(3):
        run(world)
        assert Opportunity.objects.get(pk=row.pk).state == "gone"


def test_one_audit_row_an_answer_and_one_for_taking_it_back(north: World) -> None:
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    bid = move_of(the_row(north), "bid")
    bob_says(north, "interested", bid)
    bob_says(north, "not_us", bid, scope="theme_here")
    take_back(by=north.person("bob"), opportunity=the_row(north), partner=north.lantern, move=bid)
    assert list(AuditEntry.objects.exclude(pk__in=before).order_by("pk").values_list("action", flat=True)) == [
        "opportunity.answer", "opportunity.answer", "opportunity.answer_back",
    ]  # fmt: skip
    assert not Answer.objects.exists()
    with pytest.raises(ValidationError, match="no answer to take back"):
        take_back(by=north.person("bob"), opportunity=the_row(north), partner=north.lantern, move=bid)


def test_an_answer_to_a_move_that_went_meanwhile_is_not_taken(north: World) -> None:
    with pytest.raises(ValidationError, match="has changed meanwhile"):
        bob_says(north, "not_us", "bid-of-yesterday")
    with pytest.raises(ValidationError, match="still to come"):
        bob_says(north, "not_us", until=TODAY - datetime.timedelta(days=1))
    with pytest.raises(ValidationError, match="meant for"):
        bob_says(north, "not_us", scope="for good")
    assert not Answer.objects.exists()


def test_how_far_it_goes_is_kept_of_a_refusal_alone(north: World) -> None:
    until = TODAY + datetime.timedelta(days=30)
    given = bob_says(north, "not_us", scope="theme_everywhere", until=until)
    assert (given.scope, given.until) == ("theme_everywhere", until)
    given = bob_says(north, "interested", scope="theme_everywhere", until=until)
    assert (given.scope, given.until) == ("this", None)
