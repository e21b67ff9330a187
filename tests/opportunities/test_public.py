"""What the public reads of opportunities: nothing before the partnership lets it and every body has spoken."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.engines.opportunities.move import Because, Move
from joinedup.engines.opportunities.strength import Parts
from joinedup.evidence.models import Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities import engine, silence
from joinedup.opportunities.actions.publishing import hide_from_public, show_to_public
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.opportunities.silence import in_public
from joinedup.partners.actions import change_partner, confirm_partner
from joinedup.partners.models import Ask, Link, Partner
from joinedup.places.models import Footprint
from joinedup.support.models import Offer
from joinedup.taxonomy.loading import rows
from tests.opportunities.making import make_figure, make_opportunity
from tests.opportunities.records import make_match
from tests.taxonomy.test_loading import SHIPPED
from tests.world import World

As = Callable[[str], Client]
TODAY = datetime.date.today()
OUTSIDERS = ["nobody", "charlie"]
WORDS = "could swap a hall for mentors"


@dataclass
class Scene:
    """One thing that Lantern Youth and Hilltop School could do, as the public's and the partnership's copy; both
    bodies confirmed their record, and the partnership lets the public read."""

    world: World
    public: Opportunity
    shared: Opportunity
    figure: Figure


@pytest.fixture
def scene(world: World) -> Scene:
    Partner.objects.update(marking="public")
    fields = {
        "sentence": f"Lantern Youth and Hilltop School {WORDS}.",
        "state": "taken_up",
        "decided_on": TODAY,
    }
    both = (world.lantern, world.school)
    public = make_opportunity(world, "one", *both, audience="public", marking="public", **fields)
    shared = make_opportunity(world, "one", *both, **fields)
    figure = make_figure(world.northton, "violence-with-injury", 12.0)
    for each in (public, shared):
        each.figures.add(figure)
    first, second = sorted(both, key=lambda each: each.pk)
    Link.objects.create(first=first, second=second)
    return Scene(world, public, shared, figure)


def addresses(scene: Scene) -> list[str]:
    """Every page and file on which an opportunity may stand."""
    return [
        "/",
        "/opportunities/?whose=all",
        "/opportunities.csv?whose=all",
        f"/opportunities/?place={scene.world.northton.pk}",
        f"/opportunities/{scene.public.pk}/",
        f"/places/{scene.world.northton.pk}/",
        "/partners/lantern-youth/",
        "/search/?q=mentors",
        f"/figures/{scene.figure.pk}/",
        "/opportunities/together/?footprint=north",
    ]


def where(scene: Scene, browser: Client) -> set[str]:
    return {each for each in addresses(scene) if WORDS in browser.get(each).content.decode()}


def paths(browser: Client) -> str:
    return browser.get("/opportunities/paths/").content.decode().split("<main")[1].split("</main")[0]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_outsiders_read_one_whose_bodies_have_spoken(scene: Scene, as_: As, who: str) -> None:
    assert where(scene, as_(who)) == set(addresses(scene))


def forget(scene: Scene) -> None:
    Partner.objects.filter(pk=scene.world.school.pk).update(confirmed_on=None)


def switch_off(scene: Scene) -> None:
    Footprint.objects.filter(pk=scene.world.north.pk).update(shows_opportunities=False)


def refuse(scene: Scene) -> None:
    Answer.objects.create(opportunity=scene.shared, partner=scene.world.school, word="not_us", by="x")


def lean_on_the_unspoken(scene: Scene) -> None:
    action = Initiative.objects.create(
        name="Clubs", slug="clubs", partner=scene.world.lantern, marking="public", confirmed_on=TODAY
    )
    Partner.objects.filter(pk=scene.world.police.pk).update(confirmed_on=None)
    action.co_partners.add(scene.world.police)
    scene.public.initiatives.add(action)


def lean_on_unconfirmed_action(scene: Scene) -> None:
    """The body confirmed what it is; what it runs a coordinator brought in."""
    action = Initiative.objects.create(
        name="Clubs", slug="clubs", partner=scene.world.lantern, marking="public"
    )
    scene.public.initiatives.add(action)


def lean_on_unconfirmed_action_and_answer(scene: Scene) -> None:
    """Their answer is about the opportunity: what somebody wrote down for them it does not confirm."""
    lean_on_unconfirmed_action(scene)
    Answer.objects.create(opportunity=scene.shared, partner=scene.world.lantern, word="interested", by="x")


def use_support_of_the_unspoken(scene: Scene) -> None:
    Partner.objects.filter(pk=scene.world.police.pk).update(confirmed_on=None)
    offer = Offer.objects.create(
        name="Fund",
        slug="fund",
        provider="Police",
        provider_partner=scene.world.police,
        kind="fund",
        marking="public",
    )
    scene.public.offers.add(offer)


HIDING = [
    forget, switch_off, refuse, lean_on_the_unspoken, lean_on_unconfirmed_action,
    lean_on_unconfirmed_action_and_answer, use_support_of_the_unspoken,
]  # fmt: skip


@pytest.mark.parametrize("hide", HIDING)
@pytest.mark.parametrize("who", OUTSIDERS)
def test_without_that_no_page_file_count_or_search_shows_it(
    scene: Scene, as_: As, who: str, hide: Callable[[Scene], None]
) -> None:
    browser = as_(who)
    hide(scene)
    assert where(scene, browser) == set()
    assert browser.get(f"/opportunities/{scene.public.pk}/").status_code == 404
    assert Opportunity.objects.visible_to(scene.world.person(who)).count() == 0
    # Members go on reading their own copy.
    assert WORDS in as_("bob").get(f"/opportunities/{scene.shared.pk}/").content.decode()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_what_is_not_shown_is_not_there_in_any_count(scene: Scene, as_: As, who: str) -> None:
    """Two worlds that differ only in an opportunity that is not shown: the same pages, byte for byte."""
    browser = as_(who)
    forget(scene)
    asked = [each for each in addresses(scene) if each != f"/opportunities/{scene.public.pk}/"]

    def read() -> dict[str, str]:
        pages = {each: browser.get(each).content.decode("utf-8-sig") for each in asked}
        pages["paths"] = paths(browser)
        return {
            each: re.sub(r'(nonce|name="csrfmiddlewaretoken" value)="[^"]*"', "", page)
            for each, page in pages.items()
        }

    with_it = read()
    scene.public.delete()
    assert read() == with_it


def test_an_answer_lets_the_body_be_named(scene: Scene, as_: As) -> None:
    forget(scene)
    given = Answer.objects.create(
        opportunity=scene.shared, partner=scene.world.school, word="interested", by="x"
    )
    for who in OUTSIDERS:
        assert where(scene, as_(who)) == set(addresses(scene)) - {"/opportunities/together/?footprint=north"}
    # To another opportunity it says nothing of this one.
    Answer.objects.filter(pk=given.pk).update(
        opportunity=make_opportunity(scene.world, "two", scene.world.school)
    )
    for who in OUTSIDERS:
        assert where(scene, as_(who)) == set()


def test_what_the_coordinator_did_for_a_body_shows_nothing(scene: Scene, as_: As) -> None:
    forget(scene)
    alice = scene.world.person("alice")
    confirm_partner(by=alice, partner=Partner.objects.get(pk=scene.world.school.pk))
    assert where(scene, as_("nobody")) == set()
    change_partner(by=alice, partner=Partner.objects.get(pk=scene.world.lantern.pk), does="Other work")
    Partner.objects.filter(pk=scene.world.school.pk).update(confirmed_on=TODAY)
    assert where(scene, as_("nobody")) == set()


# The switch


def test_a_new_partnership_shows_nothing() -> None:
    assert Footprint(slug="x", name="X").shows_opportunities is False


def test_the_coordinator_sees_what_becomes_visible_and_who_has_to_speak(scene: Scene, as_: As) -> None:
    switch_off(scene)
    waits = make_opportunity(
        scene.world,
        "two",
        scene.world.police,
        audience="public",
        marking="public",
        sentence="The police could join.",
    )
    Partner.objects.filter(pk=scene.world.police.pk).update(confirmed_on=None)
    page = as_("alice").get("/opportunities/public/").content.decode()
    assert "1 opportunity would become visible" in page
    assert WORDS in page
    assert "1 more waits until the bodies that it names have spoken." in page
    assert "1 body has not confirmed its own record" in page
    assert waits.sentence not in page
    assert "Let the public read them" in page


def test_it_is_switched_on_and_back_with_one_audit_row_each(scene: Scene, as_: As) -> None:
    switch_off(scene)
    browser, page = as_("alice"), "/opportunities/public/?partnership=north"
    for do, shown, action in (
        ("show", True, "opportunity.show_public"), ("hide", False, "opportunity.hide_public"),
    ):  # fmt: skip
        assert browser.post(page, {"do": do}).status_code == 302
        assert Footprint.objects.get(slug="north").shows_opportunities is shown
        entry = AuditEntry.objects.get(action=action)
        assert (entry.before["shows_opportunities"], entry.after["shows_opportunities"]) == (not shown, shown)
        assert browser.post(page, {"do": do}).status_code == 302
        assert AuditEntry.objects.filter(action=action).count() == 1


@pytest.mark.parametrize(("who", "status"), [("bob", 403), ("charlie", 404), ("admin", 404), ("lead", 403)])
def test_nobody_else_switches_it(scene: Scene, as_: As, who: str, status: int) -> None:
    switch_off(scene)
    page = "/opportunities/public/?partnership=north"
    assert as_(who).post(page, {"do": "show"}).status_code == status
    assert as_("nobody").get(page).status_code == 302
    for act in (show_to_public, hide_from_public):
        with pytest.raises(PermissionDenied):
            act(by=scene.world.person(who), footprint=scene.world.north)
    assert not Footprint.objects.get(slug="north").shows_opportunities
    assert not AuditEntry.objects.exists()


def hold(world: World, days: int = 5) -> None:
    until = TODAY + datetime.timedelta(days=days)
    Footprint.objects.filter(pk=world.north.pk).update(held_until=until)
    world.north.refresh_from_db()


def test_nothing_new_becomes_public_while_publication_is_held(scene: Scene, as_: As) -> None:
    browser = as_("nobody")
    new = make_opportunity(
        scene.world,
        "new",
        scene.world.police,
        audience="public",
        marking="public",
        sentence="Police have a van.",
    )
    Partner.objects.filter(pk=scene.world.police.pk).update(confirmed_on=None)
    engine.note_shown(scene.world.north, TODAY)
    hold(scene.world)
    Partner.objects.filter(pk=scene.world.police.pk).update(confirmed_on=TODAY)
    # A run in that time remembers nothing as shown.
    engine.note_shown(scene.world.north, TODAY)
    page = browser.get("/opportunities/").content.decode()
    assert WORDS in page
    assert new.sentence not in page
    hold(scene.world, days=0)
    assert new.sentence in browser.get("/opportunities/").content.decode()


def test_it_is_not_switched_on_while_held_but_off(scene: Scene) -> None:
    alice = scene.world.person("alice")
    hold(scene.world)
    hide_from_public(by=alice, footprint=scene.world.north)
    with pytest.raises(ValidationError, match="Nothing new is published before"):
        show_to_public(by=alice, footprint=scene.world.north)
    assert not Footprint.objects.get(slug="north").shows_opportunities


# Silence


def a_move(**fields: Any) -> Move:
    values: dict[str, Any] = {
        "kind": "learn",
        "places": ("E09000991",),
        "theme": "trusted-adult",
        "parties": (),
        "decision": "Does A ask B how “Clubs” got a good result?",
        "sentence": "In Northton, A could ask B.",
        "first_step": "A rings B.",
        "parts": Parts(fit=0.5),
        "because": (Because("“Clubs” is run by B.", "clubs"),),
        "checks": ("Ask again: it was said two years ago.",),
    }
    return Move(**{**values, **fields})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "In Northton, A could use “Fund” for work on mentoring: it is open until 3 May 2027, and no use of it "
            "there is recorded.",
            "In Northton, A could use “Fund” for work on mentoring: it is open until 3 May 2027.",
        ),
        (
            "In Northton, A could ask B how “Clubs” got a good result: Eastton is similar, nothing like it is recorded "
            "in Northton.",
            "In Northton, A could ask B how “Clubs” got a good result: Eastton is similar.",
        ),
        ("A needs “no more than a hall that nobody uses” and B can give one.", None),
    ],
)
def test_the_public_copy_leaves_silence_out(text: str, left: str | None) -> None:
    told = in_public(a_move(sentence=text))
    assert told is not None
    assert told.sentence == (left or text)


@pytest.mark.parametrize("field", ["sentence", "decision"])
@pytest.mark.parametrize(
    "text",
    [
        "Nothing is recorded for A.",
        "A and B: no action is recorded.",
        "A uses none of it: it is unused.",
        "Recorded here: nothing; tell us.",
        "Work on it is not on this list yet; that is not the same as nothing done.",
        "Nobody uses “Fund” yet.",
    ],
)
def test_what_still_says_that_nothing_is_recorded_is_not_kept_for_the_public(field: str, text: str) -> None:
    assert in_public(a_move(**{field: text})) is None


def test_the_public_copy_has_no_first_step_and_no_checks_and_says_what_is_recorded_only() -> None:
    every = [
        "“Clubs” is run by B for people aged 10 to 17. Ask how many people it reaches: that is not recorded.",
        "No action on mentoring in Northton is recorded here.",
        "A is named for its sector (police). Which themes does it work on? None is recorded.",
        "Does somebody in Northton do this already?",
    ]
    found = in_public(a_move(because=tuple(Because(each) for each in every)))
    assert found is not None
    assert (found.first_step, found.checks) == ("", ())
    assert [fact.text for fact in found.because] == [
        "“Clubs” is run by B for people aged 10 to 17.", "A is named for its sector (police).",
    ]  # fmt: skip


STEP = "Lantern Youth: ring Hilltop School"


def test_no_first_step_is_told_in_public(scene: Scene, as_: As) -> None:
    """It asks something of a body by its name: for the parties and their partnership."""
    for who in OUTSIDERS:
        for path in addresses(scene):
            page = as_(who).get(path).content.decode()
            assert STEP not in page, path
            assert "First step:" not in page, path
    for who in ("alice", "bob", "lead"):
        for path in (f"/opportunities/{scene.shared.pk}/", "/opportunities.csv"):
            assert STEP in as_(who).get(path).content.decode(), path


def test_what_a_run_stores_for_the_public_has_none_either(world: World, as_: As) -> None:
    """From the records to the page: a hall that one body needs and another has, both in their own words."""
    Partner.objects.update(marking="public", confirmed_on=TODAY)
    make_match(world.lantern, world.school, world.northton, marking="public", confirmed_on=TODAY)
    refresh(by=world.person("alice"), footprint=world.north)
    public, shared = (Opportunity.objects.get(audience=each) for each in ("public", "partnership"))
    assert public.key == shared.key
    assert (public.first_step, public.not_known, public.would_change, public.under_way) == ("", [], [], [])
    assert [(move["first_step"], move["checks"]) for move in public.moves] == [("", [])]
    assert shared.first_step
    for who in OUTSIDERS:
        page = as_(who).get(f"/opportunities/{public.pk}/").content.decode()
        assert "Our hall is free on Tuesday evenings" in page
        assert shared.first_step not in page
        assert as_(who).get(f"/opportunities/{shared.pk}/").status_code == 404
    # One that a body only shares with its partnership is not for the public, nor one that somebody put down for it.
    for fields in ({"marking": "partnership"}, {"marking": "public", "confirmed_on": None}):
        Ask.objects.filter(kind="need").update(**fields)
        refresh(by=world.person("alice"), footprint=world.north)
        assert Opportunity.objects.get(audience="public").state == "gone"
        for address in (f"/opportunities/{public.pk}/", "/opportunities/", "/opportunities.csv"):
            assert "Our hall" not in as_("nobody").get(address).content.decode(), address


def test_no_theme_or_support_is_silent_by_its_name() -> None:
    """“Unmet special educational needs” is a theme: what is said of it is not silence."""
    names = [row["name"] for row in rows(SHIPPED / "taxonomy.csv")]
    names += [row["name"] for row in rows(SHIPPED / "support.csv")]
    assert len(names) > 20
    assert [name for name in names if silence.is_silent(f"A could ask B about {name} in Northton.")] == []


@pytest.mark.parametrize("kind", ["join", "bring_in", "spotted", "start"])
def test_kinds_that_are_for_a_partnership_are_never_public(scene: Scene, as_: As, kind: str) -> None:
    """Whatever is stored."""
    Opportunity.objects.filter(pk=scene.public.pk).update(kind=kind)
    for who in OUTSIDERS:
        assert where(scene, as_(who)) == set()


def test_a_quotation_is_nobodys_silence() -> None:
    assert not silence.is_silent("“No action is recorded” is what A called its film, and B can show it.")


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_page_tells_the_public_that_nothing_is_recorded_of_a_body(scene: Scene, as_: As, who: str) -> None:
    switch_off(scene)
    for address in ("/partners/testland-police/", "/partners/", f"/places/{scene.world.northton.pk}/", "/"):
        page = as_(who).get(address).content.decode().split("<main")[1].split("</main")[0]
        assert not re.search(
            r"(?i)\bnone (is )?recorded here\b|nothing recorded|not recorded here yet", page
        ), address
    assert "None recorded here" in as_("bob").get("/partners/testland-police/").content.decode()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_a_place_without_opportunities_is_never_blank(scene: Scene, as_: As, who: str) -> None:
    switch_off(scene)
    page = as_(who).get(f"/places/{scene.world.northton.pk}/").content.decode()
    order = ['id="next-day"', 'id="trend"', 'id="agreed"', 'id="join-in"']
    assert [page.index(each) for each in order] == sorted(page.index(each) for each in order)
    for words in ("You live here", "You work for an organisation", "You are a young person"):
        assert words in page
    assert 'id="opportunities"' not in page
    home = as_(who).get("/").content.decode()
    order = ['id="map"', "Agreements kept this year", "Next event", 'id="join-in"']
    assert [home.index(each) for each in order] == sorted(home.index(each) for each in order)
