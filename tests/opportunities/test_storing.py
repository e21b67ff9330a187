"""The list moves gently, and says what moved and why; what the engine says of each is always stored as it is."""

import datetime
from typing import Any

import pytest
from joinedup.opportunities.storing import GENTLE, KEPT_A_PLACE_AND_KIND, LET_GO, Book, Changed

from joinedup.engines import matching
from joinedup.opportunities.models import Move, Opportunity
from joinedup.support.models import Offer
from tests.opportunities.making import TODAY
from tests.world import World

PARTS = {"gap": 0.5, "fit": 0.5, "effect": 0.5, "urgency": 0.5, "newness": 0.5}


def said(world: World, key: str, score: float = 50.0, **fields: Any) -> matching.Opportunity:
    """What the engine might say."""
    values: dict[str, Any] = {
        "id": key,
        "kind": "unmet_need",
        "score": score,
        "place": world.northton.pk,
        "theme": "trusted-adult",
        "parties": [world.lantern.slug],
        "initiatives": [],
        "offers": [],
        "sentence": f"Something to do together ({key}).",
        "because": [],
        "first_step": "Lantern Youth: ring the school.",
        "components": PARTS,
        "would_change": [],
        "ask": False,
        "marking": "partnership",
        "only_parties": False,
    }
    return matching.Opportunity(**{**values, **fields})


def keep(world: World, *every: matching.Opportunity, **fields: Any) -> int:
    values: dict[str, Any] = {
        "footprint": world.north,
        "audience": "partnership",
        "as_of": TODAY,
        "places": {world.northton.pk},
    }
    return Book(**{**values, **fields}).keep(list(every))


def moves(**fields: Any) -> list[tuple[str, str, list[str]]]:
    found = Move.objects.filter(**fields).order_by("pk")
    return [(move.opportunity.key, move.what, move.why) for move in found]


def test_what_is_new_says_so_once(world: World) -> None:
    assert keep(world, said(world, "a")) == 1
    keep(world, said(world, "a"))
    assert moves() == [("a", "new", [])]


def test_a_small_change_of_strength_moves_nothing(world: World) -> None:
    keep(world, said(world, "a", 50.0))
    keep(world, said(world, "a", 50.0 + GENTLE - 0.1))
    row = Opportunity.objects.get()
    assert (row.score, row.placed) == (52.9, 50.0)
    # Many small changes in one direction are a large one.
    keep(world, said(world, "a", 50.0 + GENTLE, components={**PARTS, "gap": 0.61}))
    row.refresh_from_db()
    assert (row.score, row.placed) == (53.0, 53.0)
    assert moves(what="up") == [
        ("a", "up", ["Need is higher there, or less is recorded (0.50 before, 0.61 now)."])
    ]


def test_a_move_names_the_record_that_changed(world: World) -> None:
    keep(world, said(world, "a", 60.0))
    changed = Changed({"partners": {world.lantern.slug}}, {"partners": {world.lantern.slug}})
    keep(world, said(world, "a", 40.0), changed=changed)
    assert moves(what="down") == [("a", "down", ["“Lantern Youth” is new or changed."])]


def test_a_reason_names_action_that_is_new_beside_it(world: World) -> None:
    keep(world, said(world, "a"))
    action = {(world.northton.pk, "trusted-adult"): ["One", "Two", "Three", "Four"]}
    keep(world, changed=Changed(action=action))
    ((_key, _what, why),) = moves(what="gone")
    assert why == [
        "“One” is new or changed.", "“Two” is new or changed.", "“Three” is new or changed.", "And 1 more there.",
    ]  # fmt: skip


def test_nothing_is_said_of_a_record_that_is_shared_no_longer(world: World) -> None:
    keep(world, said(world, "a", parties=[world.lantern.slug, world.school.slug]))
    changed = Changed({"partners": {world.lantern.slug}}, {"partners": {world.school.slug}})
    keep(world, said(world, "a", parties=[world.school.slug]), changed=changed)
    ((_key, what, why),) = moves(what="changed")
    assert what == "changed"
    assert "Lantern" not in " ".join(why)


def test_other_partners_named_is_a_change(world: World) -> None:
    keep(world, said(world, "a"))
    seen = Changed({}, {"partners": {world.lantern.slug, world.school.slug}})
    keep(world, said(world, "a", parties=[world.school.slug]), changed=seen)
    assert moves(what="changed") == [
        ("a", "changed", ["Lantern Youth is no longer named.", "Others are named."])
    ]
    assert list(Opportunity.objects.get().parties.all()) == [world.school]


def test_a_claim_that_becomes_a_question_is_a_change(world: World) -> None:
    keep(world, said(world, "a"))
    keep(world, said(world, "a", ask=True))
    ((_key, _what, why),) = moves(what="changed")
    assert why[0].startswith("It is a question now")


def test_one_on_the_list_goes_only_when_it_falls_far(world: World) -> None:
    many = [said(world, f"n{n:02d}", 80.0 - n) for n in range(LET_GO + 1)]
    assert keep(world, *many) == KEPT_A_PLACE_AND_KIND
    last = many[KEPT_A_PLACE_AND_KIND - 1]
    # Five better ones arrive: it is now fifteenth, and stays; one that was never listed does not come in there.
    better = [said(world, f"better{n}", 90.0) for n in range(LET_GO - KEPT_A_PLACE_AND_KIND)]
    keep(world, *better, *many)
    assert Opportunity.objects.get(key=last.id).state == "suggested"
    assert not Opportunity.objects.filter(key=many[-1].id).exists()
    keep(world, said(world, "best", 95.0), *better, *many)
    assert Opportunity.objects.get(key=last.id).state == "gone"
    assert moves(what="gone") == [(last.id, "gone", ["It is no longer among the best of its kind there."])]


def test_one_offer_in_one_place_is_one_line_whatever_its_themes(world: World) -> None:
    def for_theme(theme: str, score: float) -> matching.Opportunity:
        return said(world, f"fund-{theme}", score, kind="untapped_support", theme=theme, offers=["fund"])

    keep(world, for_theme("trusted-adult", 70.0), for_theme("weapon-carrying", 65.0))
    row = Opportunity.objects.get()
    assert row.theme_id == "trusted-adult"
    assert row.because[-1]["text"] == "It is open there for other themes too: Weapon carrying."
    # Nearly as good: the one that is there stays. Clearly better: the other takes its place.
    keep(world, for_theme("weapon-carrying", 72.0), for_theme("trusted-adult", 70.0))
    assert Opportunity.objects.get().theme_id == "trusted-adult"
    keep(world, for_theme("weapon-carrying", 80.0), for_theme("trusted-adult", 70.0))
    assert dict(Opportunity.objects.values_list("theme", "state")) == {
        "trusted-adult": "gone",
        "weapon-carrying": "suggested",
    }


def test_where_as_many_are_found_as_were_asked_for_nobody_says_that_a_reason_is_gone(world: World) -> None:
    """It may well be found still, and rank lower than what the engine was asked for."""
    keep(world, said(world, "a"))
    keep(world, *[said(world, f"better{n}", 90.0) for n in range(LET_GO)])
    assert moves(what="gone") == [("a", "gone", ["It is no longer among the best of its kind there."])]
    keep(world)
    assert moves(what="gone")[-1][2] == ["What it rested on is no longer so."]


def test_what_is_gone_says_why_and_comes_back(world: World) -> None:
    fund = Offer.objects.create(
        name="Small fund",
        slug="small",
        provider="A trust",
        kind="fund",
        closes=TODAY - datetime.timedelta(days=1),
    )
    keep(world, said(world, "a", offers=["small"]))
    keep(world, changed=Changed({}, {"offers": {fund.slug}}))
    assert moves(what="gone") == [("a", "gone", ["“Small fund” closed on 22 November 2026."])]
    keep(world, said(world, "a"))
    assert [what for _, what, _why in moves()] == ["new", "gone", "back"]
    assert Opportunity.objects.get().state == "suggested"


def test_what_somebody_took_up_stays(world: World) -> None:
    keep(world, said(world, "a"))
    Opportunity.objects.update(state="taken_up")
    keep(world)
    assert Opportunity.objects.get().state == "taken_up"
    assert moves(what="gone") == []


def test_other_places_are_left_alone(world: World) -> None:
    keep(world, said(world, "a"))
    keep(world, places={world.eastton.pk})
    assert Opportunity.objects.get().state == "suggested"


def test_the_public_list_keeps_no_moves_and_lacks_what_is_for_the_partnership(world: World) -> None:
    missing = said(world, "b", kind="missing_partner")
    unmet, found = said(world, "c", kind="unmet_need"), said(world, "a", kind="ask_meets_offer")
    assert keep(world, found, missing, unmet, audience="public") == 1
    assert Opportunity.objects.get().key == "a"
    assert moves() == []


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_however_many(world: World, number: int, django_assert_num_queries: Any) -> None:
    rows = [said(world, f"n{n}") for n in range(number)]
    keep(world, *rows)
    with django_assert_num_queries(11):
        keep(world, *[said(world, f"n{n}", 90.0, parties=[world.school.slug]) for n in range(number)])
