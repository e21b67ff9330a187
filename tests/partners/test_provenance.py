"""Confirmed is what the body itself said; everything else says how it came, by whom and when."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.html import strip_tags

from joinedup.accounts.models import AuditEntry
from joinedup.initiatives.actions import add_initiative, change_initiative
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.register import read_for
from joinedup.partners import actions
from joinedup.partners.models import Ask, Partner
from joinedup.partners.queries import statutory_proposals
from joinedup.partners.statutory import accept_proposals
from joinedup.taxonomy.models import Sector
from tests.world import SECTORS, World, make_partner

As = Callable[[str], Client]
TODAY = datetime.date.today()
SAID = date_format(TODAY, "j F Y")


def flat(page: str) -> str:
    return " ".join(strip_tags(page).split())


@pytest.fixture
def proposed(world: World) -> Partner:
    """Northton Council, accepted by the coordinator from the look-ups."""
    chosen = [each for each in statutory_proposals(world.north) if each.name == "Northton Council"]
    Sector.objects.get_or_create(slug="local_authority", defaults={"name": "Local authority"})
    return accept_proposals(by=world.person("alice"), footprint=world.north, chosen=chosen)[0]


def test_what_look_ups_propose_is_never_confirmed(proposed: Partner) -> None:
    assert (proposed.confirmed_on, proposed.confirmed_by) == (None, "")
    assert (proposed.came, proposed.came_by, proposed.came_on) == ("lookups", "coordinator", TODAY)
    assert proposed.told == f"proposed from public look-ups on {SAID}, not yet confirmed by the body"


def test_the_public_reads_so_on_its_page_in_the_list_and_in_the_file(proposed: Partner, as_: As) -> None:
    sentence = f"proposed from public look-ups on {SAID}, not yet confirmed by the body"
    browser = as_("nobody")
    for page in (f"/partners/{proposed.slug}/", "/partners/", "/partners.csv"):
        told = flat(browser.get(page).content.decode("utf-8-sig").replace('"', ""))
        assert sentence in told, page


def test_what_a_coordinator_checked_is_not_confirmed(world: World, proposed: Partner) -> None:
    actions.confirm_partner(by=world.person("alice"), partner=proposed)
    proposed.refresh_from_db()
    assert (proposed.confirmed_on, proposed.checked_on, proposed.checked_by) == (None, TODAY, "coordinator")
    assert proposed.is_stale
    assert proposed.told == (
        f"proposed from public look-ups on {SAID}, checked by the coordinator on {SAID}, "
        "not yet confirmed by the body"
    )
    assert AuditEntry.objects.latest("pk").action == "partner.check"


def test_the_body_confirms_and_nobody_else(world: World) -> None:
    Partner.objects.update(confirmed_on=None)
    world.lantern.refresh_from_db()
    actions.confirm_partner(by=world.person("bob"), partner=world.lantern)
    world.lantern.refresh_from_db()
    assert (world.lantern.confirmed_on, world.lantern.confirmed_by) == (TODAY, "Bob")
    assert world.lantern.told == f"confirmed by the body on {SAID}"


def test_the_button_says_what_it_does(world: World, as_: As) -> None:
    page = "/partners/lantern-youth/confirm/"
    assert "This is still true" in as_("bob").get(page).text
    coordinator = as_("alice")
    assert "I checked this with them today" in coordinator.get(page).text
    answer = coordinator.post(page, follow=True).content.decode()
    assert "It counts as confirmed once they say so themselves." in answer
    assert as_("charlie").post(page).status_code == 404


def test_what_somebody_else_changes_the_body_has_not_confirmed(world: World) -> None:
    actions.confirm_partner(by=world.person("bob"), partner=world.lantern)
    actions.change_partner(
        by=world.person("alice"), partner=world.lantern, themes=["school-exclusion"], confirm=True
    )
    world.lantern.refresh_from_db()
    assert (world.lantern.confirmed_on, world.lantern.confirmed_by) == (None, "")
    assert world.lantern.told == (
        f"written down by the coordinator on {SAID}, checked by the coordinator on {SAID}, "
        "not yet confirmed by the body"
    )


def test_who_may_see_it_is_no_word_of_the_body(world: World) -> None:
    """A coordinator who marks a record, or says that the duty names the body, changes nothing that the body said."""
    actions.change_partner(
        by=world.person("alice"), partner=world.lantern, marking="public", is_statutory=True, source="Letter"
    )
    world.lantern.refresh_from_db()
    assert world.lantern.confirmed_on == TODAY


@pytest.mark.parametrize(("who", "confirmed"), [("alice", None), ("bob", TODAY)])
def test_local_action_and_asks_count_as_whose_they_are(
    world: World, who: str, confirmed: datetime.date | None
) -> None:
    by = world.person(who)
    action = add_initiative(by=by, partner=world.lantern, name="Night clubs")
    ask = actions.add_ask(by=by, partner=world.lantern, kind="need", text="A hall")
    assert (action.confirmed_on, ask.confirmed_on) == (confirmed, confirmed)
    assert (action.came, ask.came) == (("else", "else") if who == "alice" else ("body", "body"))


def test_a_change_by_the_coordinator_takes_the_word_of_the_body_from_local_action(world: World) -> None:
    action = add_initiative(by=world.person("bob"), partner=world.lantern, name="Night clubs")
    change_initiative(by=world.person("alice"), initiative=action, reach_per_year=900)
    held = Initiative.objects.get()
    assert (held.confirmed_on, held.came, held.came_by) == (None, "else", "coordinator")


def test_the_engine_takes_the_word_of_bodies_only(world: World) -> None:
    """What the coordinator checked for a body is not its own word."""
    Partner.objects.update(confirmed_on=None)
    coordinator = world.person("alice")
    bodies = [make_partner(f"Body {n}", SECTORS[n], world.north, [world.northton], []) for n in range(8)]
    Partner.objects.update(confirmed_on=None)
    for body in bodies:
        actions.confirm_partner(by=coordinator, partner=Partner.objects.get(pk=body.pk))

    def confirmed() -> int:
        rows = read_for(world.north, "partnership", TODAY).inputs.rows("partners")
        return sum(row["confirmed"] is not None for row in rows)

    assert confirmed() == 0
    Partner.objects.filter(pk__in=[body.pk for body in bodies]).update(confirmed_on=TODAY)
    assert confirmed() == 8


def test_the_public_reads_an_ask_only_in_the_words_of_the_body(world: World) -> None:
    for partner, who in ((world.lantern, "bob"), (world.school, "alice")):
        Partner.objects.filter(pk=partner.pk).update(marking="public")
        actions.add_ask(
            by=world.person(who), partner=partner, kind="need", text=f"A hall for {who}", marking="public"
        )
    assert Ask.objects.count() == 2
    for audience, expected in (
        ("public", ["A hall for bob"]),
        ("partnership", ["A hall for alice", "A hall for bob"]),
    ):
        rows = read_for(world.north, audience, TODAY).inputs.rows("asks")
        assert sorted(row["text"] for row in rows) == expected
