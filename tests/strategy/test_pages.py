"""The pages of strategy: counts that can be followed to their evidence, and chains that leak nothing."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Programme, Table
from joinedup.evidence.models import Dataset, Figure
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.tables.models import Sitting
from tests.world import World, all_say_yes

As = Callable[[str], Client]
TODAY = datetime.date.today()


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def strategy(world: World) -> Strategy:
    return Strategy.objects.create(
        published=datetime.date(2018, 4, 9),
        slug="s",
        name="Our strategy",
        publisher="Office",
        note="No targets (https://example.org/hac). So.",
    )


def promise(strategy: Strategy, number: int, word: str = "", **fields: Any) -> Commitment:
    made = Commitment.objects.create(
        strategy=strategy,
        ref=f"S-{number}",
        text=f"Promise number {number}.",
        **{"chapter": "Early help", "lead": "Office"} | fields,
    )
    if word:
        Update.objects.create(commitment=made, on=TODAY, standing=word, text="Heard.", source="Paper")
    return made


def chain(world: World, commitment: Commitment, number: int = 1, marking: str = "partnership") -> Agreement:
    """An agreement that counts towards it, back to a figure; each link of it with words of its own."""
    programme, _ = Programme.objects.get_or_create(slug="p", defaults={"name": "Programme"})
    event, _ = Event.objects.get_or_create(
        slug="day", defaults={"programme": programme, "footprint": world.north, "name": "The day"}
    )
    dataset, _ = Dataset.objects.get_or_create(
        name="d",
        defaults={
            "title": "Absence",
            "publisher": "Department",
            "licence": "OGL",
            "rows_read": 1,
            "rows_kept": 1,
        },
    )
    figure = Figure.objects.create(
        indicator=f"absence-{number}",
        place=world.northton,
        period="2025",
        state="number",
        value=1.0,
        dataset=dataset,
    )
    opportunity = Opportunity.objects.create(
        key=f"k{number}",
        footprint=world.north,
        audience="partnership",
        kind="gap",
        place=world.northton,
        sentence=f"Work together {number}.",
        first_seen=TODAY,
        last_seen=TODAY,
    )
    opportunity.figures.add(figure)
    table = Table.objects.create(event=event, number=number)
    sitting = Sitting.objects.create(event=event, table=table, round=2)
    started = Initiative.objects.create(
        name=f"Started {number}", slug=f"started-{number}", partner=world.lantern
    )
    made = Agreement.objects.create(
        event=event,
        sitting=sitting,
        opportunity=opportunity,
        goal=f"Shared goal {number}",
        action="Act",
        place=world.northton,
        theme_id="trusted-adult",
        measure="Count",
        owner_partner=world.lantern,
        owner_role="Head",
        deputy_role="Deputy",
        due=TODAY,
        review_3=TODAY,
        review_6=TODAY,
        review_12=TODAY,
        state="started",
        initiative=started,
        commitment=commitment,
        marking=marking,
        recorded_by="Bob",
    )
    return all_say_yes(made)


def test_how_far_in_words_and_numbers_by_theme_lead_and_money(as_: As, strategy: Strategy) -> None:
    promise(strategy, 1, "kept", money_gbp=2_000_000)
    promise(strategy, 2, "on_the_way", chapter="Streets", lead="Police")
    promise(strategy, 3, "late")
    promise(strategy, 4)
    old = promise(strategy, 5, "on_the_way")
    old.updates.update(on=TODAY - datetime.timedelta(days=400))
    page = text(as_("nobody").get("/strategy/"))
    for word, label in (("kept", "Kept"), ("late", "Late"), ("silent", "Silent"), ("not_known", "Not known")):
        assert (
            f'word={word}&amp;chapter=&amp;lead=#commitments"><span class="ju-standings__number">1</span> {label}'
            in page
        )
    assert "The 5 commitments that public text confirms" in page
    assert "of 61" not in page
    for name in ("Early help", "Streets", "Police", "£1 million or more", "No sum named", "£2,000,000"):
        assert name in page
    assert 'href="https://example.org/hac"' in page


def test_filters_choose_rows_and_leave_the_counts(as_: As, strategy: Strategy) -> None:
    promise(strategy, 1, "kept")
    promise(strategy, 2, chapter="Streets", lead="Police")
    for query in ({"word": "kept"}, {"chapter": "Early help"}, {"lead": "Office"}):
        page = text(as_("nobody").get("/strategy/", query))
        assert "Promise number 1." in page
        assert "Promise number 2." not in page
        assert "The 2 commitments" in page
    assert "No commitment stands like that." in text(as_("nobody").get("/strategy/", {"word": "<b>"}))


def test_what_was_announced_besides_and_the_money_stand_apart(as_: As, strategy: Strategy) -> None:
    promise(strategy, 1)
    promise(strategy, 2, kind="announced besides")
    promise(strategy, 3, kind="funding envelope, not a numbered commitment", money_gbp=40_000_000)
    page = text(as_("nobody").get("/strategy/"))
    assert "The 1 commitment that public text confirms" in page
    assert (
        page.index("Promise number 1.") < page.index("They are not counted above.") < page.index("number 2.")
    )
    assert "The money behind it:" in page


def test_without_a_strategy_the_page_says_so(world: World, as_: As) -> None:
    assert "No strategy is recorded here yet." in text(as_("nobody").get("/strategy/"))


def test_a_commitment_shows_its_facts_parts_and_evidence(as_: As, strategy: Strategy) -> None:
    whole = promise(
        strategy, 1, measure="Count them", deadline="2018 onwards", source="Paper https://example.org/x"
    )
    promise(strategy, 2, "kept", part_of=whole, kind="part of S-1")
    Update.objects.create(
        commitment=whole, on=datetime.date(2019, 5, 16), standing="kept", text="Assent.", source="Act"
    )
    page = text(as_("nobody").get("/strategy/S-1/"))
    for words in (
        "Count them",
        "2018 onwards",
        "As at 16 May 2019",
        "Assent.",
        "Promise number 2.",
        "none recorded here",
    ):
        assert words in page
    assert 'href="https://example.org/x"' in page
    assert "S-1" not in page.replace("/S-1/", "")
    assert as_("nobody").get("/strategy/S-99/").status_code == 404


def test_the_whole_chain_shows_to_the_partnership(world: World, as_: As, strategy: Strategy) -> None:
    agreement = chain(world, promise(strategy, 1))
    page = text(as_("bob").get("/strategy/S-1/"))
    found = [
        page.find(words)
        for words in (
            "Shared goal 1",
            "Started 1",
            "The day",
            "table 1, round 2",
            "Work together 1.",
            "absence 1",
        )
    ]
    assert -1 not in found
    assert found == sorted(found)
    assert f"/agreements/{agreement.pk}/" in page


@pytest.mark.parametrize("name", ["charlie", "nobody"])
def test_others_see_nothing_of_a_chain_they_may_not_see(
    world: World, as_: As, strategy: Strategy, name: str
) -> None:
    commitment = promise(strategy, 1)
    chain(world, commitment)
    shared = Initiative.objects.create(name="Shared club", slug="shared", partner=world.lantern)
    shared.commitments.add(commitment)
    Update.objects.create(commitment=commitment, on=TODAY, standing="kept", text="T", initiative=shared)
    page = text(as_(name).get("/strategy/S-1/"))
    for words in ("Shared goal", "Started", "The day", "Work together", "absence", "Shared club", "Lantern"):
        assert words not in page


def test_a_public_agreement_hides_the_links_that_are_not_public(
    world: World, as_: As, strategy: Strategy
) -> None:
    chain(world, promise(strategy, 1), marking="public")
    page = text(as_("nobody").get("/strategy/S-1/"))
    assert "Shared goal 1" in page
    for words in ("Started 1", "Work together", "absence"):
        assert words not in page


def test_adding_an_update_by_form(as_: As, strategy: Strategy) -> None:
    promise(strategy, 1)
    assert as_("admin").get("/strategy/S-1/update/").status_code == 200
    assert not Update.objects.exists()
    sent = {"on": "2024-05-03", "standing": "on_the_way", "text": "Begun.", "source": "Minutes"}
    assert as_("admin").post("/strategy/S-1/update/", sent).url == "/strategy/S-1/"
    assert "As at 3 May 2024" in text(as_("nobody").get("/strategy/S-1/"))


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(as_: As, strategy: Strategy) -> None:
    promise(strategy, 1)
    page = text(
        as_("admin").post("/strategy/S-1/update/", {"on": "2024-05-03", "standing": "kept", "text": "Begun."})
    )
    assert "Say where this can be read" in page
    assert "Begun." in page
    assert not Update.objects.exists()


def test_the_form_is_for_those_who_keep_it(as_: As, strategy: Strategy) -> None:
    promise(strategy, 1)
    assert as_("nobody").get("/strategy/S-1/update/").url.startswith("/account/login/")
    for method in ("get", "post"):
        assert getattr(as_("bob"), method)("/strategy/S-1/update/").status_code == 403
    assert not AuditEntry.objects.exists()
    assert "Add an update" not in text(as_("bob").get("/strategy/S-1/"))
    assert "Add an update" in text(as_("lead").get("/strategy/S-1/"))


def test_a_coordinator_adds_what_their_own_partnership_does(
    world: World, as_: As, strategy: Strategy
) -> None:
    promise(strategy, 1)
    for name, partner in (("Our club", world.lantern), ("Their club", world.harbour)):
        Initiative.objects.create(name=name, slug=name.split()[0].lower(), partner=partner, marking="public")
    page = text(as_("alice").get("/strategy/S-1/"))
    assert "Add what your partnership does for it" in page
    assert "tell one of them where it is wrong" in page
    assert "Add an update" not in page
    form = text(as_("alice").get("/strategy/S-1/update/"))
    assert "Our club" in form
    for words in ("Their club", "How does it stand?"):
        assert words not in form
    own = Initiative.objects.get(name="Our club").pk
    sent = {"on": "2024-05-03", "standing": "not_kept", "text": "Begun.", "initiative": own}
    assert as_("alice").post("/strategy/S-1/update/", sent).url == "/strategy/S-1/"
    assert Update.objects.get().standing == "on_the_way"
    seen = text(as_("nobody").get("/strategy/S-1/"))
    assert "Evidence of North partnership" in seen
    theirs = Initiative.objects.get(name="Their club").pk
    refused = as_("alice").post("/strategy/S-1/update/", sent | {"initiative": theirs})
    assert refused.status_code == 200
    assert Update.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_fixed_number_of_queries(
    world: World, as_: As, strategy: Strategy, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(1, count + 1):
        promise(strategy, number, "kept")
    first = Commitment.objects.get(ref="S-1")
    for number in range(1, count + 1):
        chain(world, first, number)
        promise(strategy, number + 50, "kept", part_of=first)
        made = Initiative.objects.create(name=f"I{number}", slug=f"i{number}", partner=world.lantern)
        made.commitments.add(first)
        Update.objects.create(commitment=first, on=TODAY, standing="kept", text="T", initiative=made)
    browser = as_("bob")
    with django_assert_num_queries(3):
        as_("nobody").get("/strategy/")
    with django_assert_num_queries(18):
        browser.get("/strategy/S-1/")


def test_a_plan_that_was_not_published_is_not_called_confirmed(world: World, as_: As) -> None:
    plan = Strategy.objects.create(slug="plan", name="Our plan", publisher="North partnership")
    Commitment.objects.create(strategy=plan, ref="P-1", text="Do it.", chapter="A", lead="Us")
    page = as_("nobody").get("/strategy/", {"strategy": "plan"}).content.decode()
    assert "The 1 commitment of this plan" in page
    assert "public text confirms" not in page
