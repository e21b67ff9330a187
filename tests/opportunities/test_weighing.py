"""What counts in a partnership: who may say so, every run that follows it, the page, and what it would do."""

import datetime
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Grant
from joinedup.accounts.queries import history_of
from joinedup.engines.opportunities.strength import WEIGHTS, Weights, band
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine
from joinedup.opportunities.actions import spotting as spotting_actions
from joinedup.opportunities.actions import weighing as weighing_actions
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.actions.weighing import weigh_as_shipped
from joinedup.opportunities.models import COMPONENTS, ListChange, Opportunity, Run, Touched, Weighting
from joinedup.opportunities.queries import weighing, why_not
from joinedup.opportunities.queries.documents import document_for
from joinedup.opportunities.weights import weights_of
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.support.models import Offer
from tests.opportunities.making import HALL, make_opportunity
from tests.opportunities.records import make_match
from tests.world import World, make_partner

As = Callable[[str], Client]
PAGE = "/opportunities/weights/"
BACK = "/opportunities/weights/as-shipped/"
SOON = Weights(fit=5.0, near=0.5, fresh=0.5, deadline=1.0, parties=0.0, asked=0.0, answered=0.0, need=0.0)
MATCH, BID = "Does Lantern Youth take up the offer of Hilltop School", "Does East Club bid for “Fund”"
WHY = "Funds close before Christmas."


def today() -> datetime.date:
    return timezone.localdate()


@pytest.fixture
def north(world: World) -> World:
    """A need that an offer meets, without a date, and a fund that fits less well and closes soon; worked out."""
    club = make_partner("East Club", "vcs", world.north, [world.eastton], ["weapon-carrying"])
    made = Initiative.objects.create(
        name="Boxing", slug="boxing", partner=club, what="Boxing for young people who carry knives.",
        confirmed_on=today(), marking="public",
    )  # fmt: skip
    made.places.add(world.eastton)
    made.themes.add("weapon-carrying")
    fund = Offer.objects.create(
        name="Fund", slug="fund", provider="A trust", kind="fund", last_checked=today(), marking="public",
        basis="dated", closes=today() + datetime.timedelta(days=10), who_may_use="Charities",
        purpose="Sport that keeps young people from carrying knives.",
    )  # fmt: skip
    fund.themes.add("weapon-carrying")
    make_match(world.lantern, world.school, world.northton, text=HALL, marking="public")
    Partner.objects.update(marking="public")
    refresh(by=world.person("alice"), footprint=world.north)
    return world


def weigh(world: World, who: str = "alice", weights: Weights = SOON, reason: str = WHY) -> Weighting:
    return weighing_actions.weigh(by=world.person(who), footprint=world.north, weights=weights, reason=reason)


def order(world: World, audience: str = "partnership") -> list[str]:
    """The stored list, best first."""
    rows = Opportunity.objects.filter(footprint=world.north, audience=audience, state="suggested")
    return [row.sentence for row in rows]


def sent(weights: Weights = SOON, **more: str) -> dict[str, Any]:
    return {**asdict(weights), "reason": WHY, "do": "save", **more}


def body(client: Client, query: str = "") -> str:
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return main(answer.content.decode())


def main(page: str) -> str:
    return page.split("<main")[1].split("</main")[0]


# Who may, and what is kept of it.


@pytest.mark.parametrize("who", ["nobody", "bob", "charlie", "lead", "admin"])
def test_only_the_coordinator_of_the_partnership_may(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        weigh(world, who)
    Weighting.objects.create(
        footprint=world.north, **asdict(SOON), reason=WHY, changed_by="Alice", changed_on=today()
    )
    with pytest.raises(PermissionDenied):
        weigh_as_shipped(by=world.person(who), footprint=world.north)
    assert weights_of(world.north) == SOON


def test_a_coordinator_of_another_partnership_may_not(world: World) -> None:
    Grant.objects.create(user=world.charlie, role="coordinator", footprint=world.south)
    with pytest.raises(PermissionDenied):
        weigh(world, "charlie")
    assert not Weighting.objects.exists()


def test_it_is_kept_with_who_when_and_why_for_that_partnership_alone(
    world: World, django_assert_num_queries: Any
) -> None:
    held = weigh(world, reason=f"  {WHY}\n")
    assert (held.changed_by, held.changed_on, held.reason) == ("Alice", today(), WHY)
    for footprint, weights in ((world.north, SOON), (world.south, WEIGHTS)):
        with django_assert_num_queries(1):
            assert weights_of(footprint) == weights
    assert not Run.objects.filter(footprint=world.south).exists()


def test_the_history_says_what_changed_and_outlives_going_back(world: World) -> None:
    weigh(world)
    weigh_as_shipped(by=world.person("alice"), footprint=world.north)
    weigh(world, weights=replace(WEIGHTS, deadline=1.0), reason="A new year.")
    entries = AuditEntry.objects.filter(record="opportunities.weighting").order_by("pk")
    assert [each.action for each in entries] == [
        "opportunity.weigh",
        "opportunity.weigh_as_shipped",
        "opportunity.weigh",
    ]
    assert entries[0].before == {**asdict(WEIGHTS), "reason": ""}
    assert entries[0].after == entries[1].before == {**asdict(SOON), "reason": WHY}
    assert entries[1].after == {**asdict(WEIGHTS), "reason": ""}
    told = [(each.by, each.done, each.fields) for each in history_of(Weighting(footprint=world.north))]
    assert told[0] == ("Alice", "changed what counts", ["closing day", "reason"])
    assert told[1][1] == "went back to what counts as shipped"
    assert history_of(Weighting(footprint=world.south)) == []


def test_the_same_again_writes_nothing_and_another_reason_moves_nothing(world: World) -> None:
    weigh(world)
    written, runs = AuditEntry.objects.count(), Run.objects.count()
    weigh(world)
    assert (AuditEntry.objects.count(), Run.objects.count()) == (written, runs)
    assert weigh(world, reason="Said better.").reason == "Said better."
    assert (AuditEntry.objects.count(), Run.objects.count()) == (written + 1, runs)


def test_what_is_as_shipped_cannot_go_back(world: World) -> None:
    with pytest.raises(ValidationError, match="as shipped already"):
        weigh_as_shipped(by=world.person("alice"), footprint=world.north)
    assert not AuditEntry.objects.exists()


TOO_MUCH = "Each must be a number from 0 to the most that it may count."


@pytest.mark.parametrize(
    ("weights", "reason", "said"),
    [
        (replace(SOON, fit=-0.1), WHY, TOO_MUCH),
        (replace(SOON, fit=5.01), WHY, TOO_MUCH),
        (replace(SOON, asked=1.01), WHY, TOO_MUCH),
        (replace(SOON, near=float("nan")), WHY, TOO_MUCH),
        (replace(SOON, need=float("inf")), WHY, TOO_MUCH),
        (SOON, " \n", "Say why, so that the partnership can follow it."),
        (SOON, "x" * 251, "Keep the reason to 250 characters: this has 251."),
        (SOON, "Ask jo@example.org.", "Please take out an e-mail address"),
    ],
)
def test_what_cannot_be_weighed_by_is_refused(world: World, weights: Weights, reason: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        weigh(world, weights=weights, reason=reason)
    assert not Weighting.objects.exists()
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"fit": -1.0}, {"fit": 5.5}, {"asked": 1.5}, {"deadline": float("nan")}, {"reason": ""}],
)
def test_the_records_hold_no_nonsense_either(world: World, wrong: dict[str, Any]) -> None:
    values = {**asdict(SOON), "reason": WHY, "changed_by": "A", "changed_on": today(), **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Weighting.objects.create(footprint=world.north, **values)


# Every run follows it.


def test_the_stored_list_is_in_the_new_order_at_once_and_back(north: World) -> None:
    before = {audience: order(north, audience) for audience in Run.Audience.values}
    for first, second in before.values():
        assert first.startswith(MATCH)
        assert second.startswith(BID)
    weigh(north)
    for audience in Run.Audience.values:
        assert order(north, audience) == before[audience][::-1]
    weigh_as_shipped(by=north.person("alice"), footprint=north.north)
    assert {audience: order(north, audience) for audience in Run.Audience.values} == before


def test_other_weights_alone_are_no_change_of_the_list(north: World) -> None:
    """What the same moves weigh now is told by the list itself, not as news."""
    ListChange.objects.all().delete()
    weigh(north)
    assert not ListChange.objects.exists()


def scores(world: World) -> dict[tuple[str, str], tuple[float | None, str]]:
    rows = Opportunity.objects.filter(footprint=world.north)
    return {(row.audience, row.key): (row.score, row.state) for row in rows}


def test_following_a_change_weighs_as_the_whole_run_does(north: World) -> None:
    weigh(north)
    before = scores(north)
    Offer.objects.update(closes=today() + datetime.timedelta(days=100))
    Touched.objects.create(footprint=north.north, what="test")
    with transaction.atomic():
        assert engine.follow(north.north) == 2
        followed = scores(north)
        transaction.set_rollback(True)
    refresh(by=north.person("alice"), footprint=north.north)
    assert followed == scores(north) != before


def test_weights_that_changed_by_another_way_count_with_the_next_change(north: World) -> None:
    """As after a restored copy: every run is a whole one, by what is kept now."""
    Weighting.objects.create(
        footprint=north.north, **asdict(SOON), reason=WHY, changed_by="A", changed_on=today()
    )
    Touched.objects.create(footprint=north.north, what="test")
    assert engine.follow(north.north) == 2
    assert order(north)[0].startswith(BID)
    Touched.objects.create(footprint=north.north, what="test")
    before = scores(north)
    engine.follow(north.north)
    assert scores(north) == before


def test_the_document_for_programs_is_weighed_so(north: World) -> None:
    before = document_for("Eastton", None, None)["opportunities"]
    weigh(north)
    after = document_for("Eastton", None, None)["opportunities"]
    assert before[0]["score"] < after[0]["score"]
    assert before[0]["decision"] == after[0]["decision"]


def test_why_not_asks_by_the_same_weights(north: World, monkeypatch: pytest.MonkeyPatch) -> None:
    weigh(north)
    make_partner("Idle", "health", north.north, [], [])
    asked: list[Weights] = []
    run = engine.opportunities

    def told(inputs: Any, as_of: Any, settings: Any, **options: Any) -> Any:
        asked.append(settings.weights)
        return run(inputs, as_of, settings, **options)

    monkeypatch.setattr("joinedup.opportunities.engine.opportunities", told)
    why_not.reply(north.person("bob"), north.north, "partner", "idle", today())
    assert asked == [SOON]


def test_what_people_spot_is_weighed_so_when_it_comes_and_when_weights_change(north: World) -> None:
    def spot(sentence: str) -> Opportunity:
        return spotting_actions.spot(
            by=north.person("bob"), place=north.northton, theme=None, sentence=sentence, first_step="",
            parties=[north.lantern, north.school],
        )  # fmt: skip

    early = spot("Lantern Youth and Hilltop School could share a hall.")
    shipped = early.score
    weigh(north, weights=replace(SOON, asked=0.9))
    early.refresh_from_db()
    late = spot("Lantern Youth and Hilltop School could share a van.")
    assert early.score == late.score != shipped


# The page.


def test_who_is_signed_in_and_inside_reads_it(world: World, as_: As) -> None:
    answer = as_("nobody").get(PAGE)
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]
    for who in ("alice", "bob"):
        page = body(as_(who))
        assert "North partnership" in page
        assert all(str(words) in page for words in COMPONENTS.values())
        assert "What one needs and another has must be the same thing, or nothing follows." in page
        assert "Every part counts as shipped" in page
        assert ("Change what counts" in page) == (who == "alice")
        assert ("<form" in page) == (who == "alice")
    assert as_("admin").get(PAGE).status_code == 404


def test_an_outsider_learns_nothing_of_it(world: World, as_: As) -> None:
    Partner.objects.update(marking="public")
    weigh(world, reason="Quietly weighed.")
    charlie = as_("charlie")
    for page in (body(charlie), body(charlie, "?partnership=south")):
        assert "South partnership" in page
        assert "Every part counts as shipped" in page
        assert "North" not in page
        assert "Quietly" not in page
    for asked in ("north", "nowhere"):
        assert charlie.get(f"{PAGE}?partnership={asked}").status_code == 404
        assert charlie.post(f"{PAGE}?partnership={asked}", sent(WEIGHTS)).status_code == 404
        assert charlie.post(f"{BACK}?partnership={asked}").status_code == 404
    assert as_("nobody").post(PAGE, sent(WEIGHTS)).status_code == 302
    assert weights_of(world.north) == SOON


def test_members_read_who_set_it_and_why_and_cannot_change_it(world: World, as_: As) -> None:
    weigh(world)
    for who in ("bob", "lead"):
        page = body(as_(who), "?partnership=north")
        assert WHY in page
        assert "Alice set this on" in page
        assert "5.00" in page
        assert "The coordinator of the partnership can change this" in page
        assert as_(who).post(f"{PAGE}?partnership=north", sent(WEIGHTS)).status_code == 403
        assert as_(who).post(f"{PAGE}?partnership=north", sent(WEIGHTS, do="preview")).status_code == 403
        assert as_(who).post(f"{BACK}?partnership=north").status_code == 403
    assert weights_of(world.north) == SOON


def test_the_coordinator_changes_it_and_goes_back(north: World, as_: As) -> None:
    alice = as_("alice")
    answer = alice.post(PAGE, sent())
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?partnership=north")
    assert weights_of(north.north) == SOON
    page = body(alice)
    assert "Saved." in page
    assert 'value="5.0"' in page
    assert ">5</td>" in page
    assert f">{WHY}</textarea>" in page.replace("\n", "")
    assert "Who changed what, and when" in page
    assert alice.get(BACK).status_code == 405
    assert alice.post(BACK)["Location"] == f"{PAGE}?partnership=north"
    page = body(alice)
    assert "Every part counts as shipped again" in page
    assert WHY not in page
    assert "Alice</time>" not in page
    assert "went back to what counts as shipped" in page
    assert weights_of(north.north) == WEIGHTS
    alice.post(BACK)
    assert "Every part counts as shipped already." in body(alice)


def test_who_coordinates_several_chooses(world: World, as_: As) -> None:
    Grant.objects.create(user=world.alice, role="coordinator", footprint=world.south)
    alice = as_("alice")
    assert 'href="?partnership=south"' in body(alice, "?partnership=north")
    alice.post(f"{PAGE}?partnership=south", sent())
    assert (weights_of(world.north), weights_of(world.south)) == (WEIGHTS, SOON)
    alice.post(f"{BACK}?partnership=south")
    assert not Weighting.objects.exists()


FIT = "“How well it fits: what one needs and another has”"
NO_NUMBERS = ("-1", "much", "nan", "inf", "1e400", "9" * 5000)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        *(({"fit": typed}, f"{FIT} must be a number from 0 to 5.") for typed in NO_NUMBERS),
        ({"fit": "5.01"}, f"{FIT} must be a number from 0 to 5."),
        ({"deadline": ""}, "“How soon it closes” must be a number from 0 to 1."),
        ({"deadline": "1.5"}, "“How soon it closes” must be a number from 0 to 1."),
        ({"reason": " "}, "Say why, so that the partnership can follow it."),
        ({"reason": "y" * 251}, "Keep the reason to 250 characters: this has 251."),
    ],
)  # fmt: skip
def test_bad_input_is_said_once_and_loses_nothing(
    world: World, as_: As, wrong: dict[str, str], said: str
) -> None:
    answer = as_("alice").post(PAGE, sent(replace(SOON, near=3.25), **wrong))
    assert answer.status_code == 200
    page = main(answer.content.decode())
    assert page.split("There is a problem")[1].split("</ul>")[0].count("<li>") == 1
    assert said in page
    assert 'value="3.25"' in page
    assert not Weighting.objects.exists()


def test_what_is_missing_altogether_is_said(world: World, as_: As) -> None:
    for do in ("save", "preview", "dance"):
        assert as_("alice").post(PAGE, {"do": do}).status_code == 200
    assert not Weighting.objects.exists()


def test_the_list_leads_members_to_it(world: World, as_: As) -> None:
    assert [f'href="{PAGE}"' in as_(who).get("/opportunities/").content.decode() for who in ("bob", "nobody")] == [
        True,
        False,
    ]  # fmt: skip


def test_the_page_costs_the_same_whatever_there_is(
    world: World, as_: As, django_assert_num_queries: Any
) -> None:
    alice = as_("alice")
    with django_assert_num_queries(6):
        alice.get(PAGE)
    for n in range(3):
        Footprint.objects.create(slug=f"more-{n}", name=f"More {n}")
        weigh(world, weights=replace(SOON, near=n))
    with django_assert_num_queries(6):
        alice.get(PAGE)


# What it would do.


def test_the_preview_is_what_the_list_then_begins_with(north: World, as_: As) -> None:
    alice = north.person("alice")
    before, kept = order(north), scores(north)
    found = weighing.preview(alice, north.north, SOON, today())
    assert scores(north) == kept
    assert not Weighting.objects.exists()
    weigh(north)
    after = order(north)
    assert before[:10] != after[:10]
    assert [each.opportunity.sentence for each in found.first] == after
    stored = Opportunity.objects.filter(footprint=north.north, audience="partnership")
    assert [round(each.score, 1) for each in found.first] == [row.score for row in stored]
    assert [each.was for each in found.first] == [2, 1]
    assert found.leaving == []


def test_what_would_make_room_is_told(north: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("joinedup.opportunities.queries.weighing.FIRST", 1)
    found = weighing.preview(north.person("alice"), north.north, SOON, today())
    assert [(each.opportunity.sentence, each.was) for each in found.first] == [(order(north)[1], 2)]
    assert [(each.opportunity.sentence, each.was) for each in found.leaving] == [(order(north)[0], 1)]


def test_what_is_not_stored_yet_is_in_the_preview(north: World) -> None:
    Opportunity.objects.filter(theme="weapon-carrying").delete()
    found = weighing.preview(north.person("alice"), north.north, SOON, today())
    assert [(each.opportunity.pk is None, each.was) for each in found.first] == [(True, None), (False, 1)]
    assert found.first[0].opportunity.heading == "Weapon carrying in Eastton"


def test_the_preview_is_shown_beside_what_was_typed_and_stores_nothing(north: World, as_: As) -> None:
    kept = scores(north)
    answer = as_("alice").post(PAGE, sent(do="preview", reason=""))
    page = main(answer.content.decode())
    assert "There is a problem" not in page
    assert "(optional)" not in page
    assert 'value="5.0"' in page
    assert "would come first" in page
    first = page.split("<ol")[1].split("</li>")[0]
    assert "Weapon carrying in Eastton" in first
    assert BID in first
    assert band(100.0) in first
    assert "Now number 2." in first
    assert scores(north) == kept
    assert not AuditEntry.objects.filter(action="opportunity.weigh").exists()
    wrong = as_("alice").post(PAGE, sent(do="preview", fit="x", reason="z" * 300))
    assert main(wrong.content.decode()).count("must be a number from 0 to 5") == 2


def test_a_preview_of_nothing_says_what_to_do(world: World, as_: As) -> None:
    page = main(as_("alice").post(PAGE, sent(do="preview")).content.decode())
    assert "No opportunity is found from today’s records." in page


def test_the_preview_leaves_out_what_was_decided_against_and_what_others_alone_may_see(north: World) -> None:
    for partner in (north.lantern, north.police):
        made = Initiative.objects.create(
            name=f"Work of {partner.name}", slug=f"work-{partner.pk}", partner=partner, confirmed_on=today(),
            what="Mentors meet pupils weekly after school.", age_from=11, age_to=16,
        )  # fmt: skip
        made.places.add(north.northton)
        made.themes.add("trusted-adult")
    refresh(by=north.person("alice"), footprint=north.north)
    assert Opportunity.objects.filter(kind="join", marking="named").count() == 1
    best, second = (each.opportunity for each in seen(north, "lead")[:2])
    for each in seen(north, "lead"):
        assert "join" not in {move["kind"] for move in each.opportunity.moves}
    best.state, best.reason = "dismissed", "not_now"
    best.save()
    second.snoozed_until = today() + datetime.timedelta(days=9)
    second.save()
    assert not {best.key, second.key} & {each.opportunity.key for each in seen(north, "alice")}


def seen(world: World, who: str) -> list[weighing.Line]:
    return weighing.preview(world.person(who), world.north, WEIGHTS, today()).first


def test_what_people_spotted_has_its_place_in_the_preview(north: World) -> None:
    made = spotting_actions.spot(
        by=north.person("bob"), place=north.northton, theme=None, first_step="",
        sentence="Lantern Youth and Hilltop School could share a van.", parties=[north.lantern, north.school],
    )  # fmt: skip
    found = {each.opportunity.key: each for each in seen(north, "alice")}
    assert found[made.key].opportunity == made
    assert round(found[made.key].score, 1) == made.score


@pytest.mark.parametrize("number", [1, 3])
def test_a_preview_costs_the_same_however_much_there_is(
    north: World, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        make_opportunity(north, f"more-{n}", north.lantern)
    alice = north.person("alice")
    with django_assert_num_queries(41):
        weighing.preview(alice, north.north, SOON, today())
