"""An opportunity goes onto an agenda from its own page, and an accepted one becomes an agreement."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.agreements.forms.agreement_defaults import from_opportunity
from joinedup.agreements.models import Agreement
from joinedup.events.actions.topics import choose_opportunity
from joinedup.events.models import Event, Topic
from joinedup.events.queries.events import events_to_agree_at
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.partners.models import Ask, Partner
from tests.opportunities.making import make_opportunity
from tests.opportunities.records import make_ask
from tests.world import World, make_partner, published_event

As = Callable[[str], Client]
TODAY = timezone.localdate()


def make_event(world: World, name: str, day: int, **fields: Any) -> Event:
    event = published_event(
        by=world.person("alice"),
        footprint=world.north,
        name=name,
        date=TODAY + datetime.timedelta(days=max(day, 1)),
        starts=datetime.time(9, 30),
        ends=datetime.time(15, 0),
        safeguarding_lead="Lead",
        capacity=20,
        rounds=1,
    )
    Event.objects.filter(pk=event.pk).update(date=TODAY + datetime.timedelta(days=day), **fields)
    event.refresh_from_db()
    return event


def say(opportunity: Opportunity, *answers: tuple[Partner, str]) -> None:
    for number, (partner, word) in enumerate(answers):
        given = Answer.objects.create(opportunity=opportunity, partner=partner, word=word, by="x")
        at = timezone.now() + datetime.timedelta(seconds=number)
        Answer.objects.filter(pk=given.pk).update(at=at)


@pytest.fixture
def chance(world: World) -> Opportunity:
    return make_opportunity(world, "one", world.lantern, world.school, world.police)


# The agenda.


def test_onto_the_agenda_from_its_page_and_back(
    world: World, chance: Opportunity, event: Event, as_: As
) -> None:
    alice = as_("alice")
    assert (
        f'<option value="{event.slug}">North meets'
        in alice.get(f"/opportunities/{chance.pk}/").content.decode()
    )
    answer = alice.post(f"/opportunities/{chance.pk}/agenda/", {"event": event.slug}, follow=True)
    assert answer.redirect_chain == [(f"/opportunities/{chance.pk}/", 302)]
    page = answer.content.decode()
    assert "On the agenda of North meets: “Mentoring and a trusted adult in Northton”. No table talks" in page
    assert Topic.objects.get().opportunity == chance
    assert Opportunity.objects.get().state == "on_agenda"
    assert "Put it on an agenda" not in answer.content.decode()
    again = alice.post(f"/opportunities/{chance.pk}/agenda/", {"event": event.slug}, follow=True)
    assert "This opportunity is on the agenda already." in again.content.decode()


def test_only_who_plans_the_event_puts_it_there(
    world: World, chance: Opportunity, event: Event, as_: As
) -> None:
    sent = {"event": event.slug}
    codes = {
        who: as_(who).post(f"/opportunities/{chance.pk}/agenda/", sent).status_code
        for who in ("nobody", "charlie", "bob", "admin")
    }
    assert codes == {"nobody": 302, "charlie": 404, "bob": 404, "admin": 404}
    assert not Topic.objects.exists()
    assert "Put it on an agenda" in as_("lead").get(f"/opportunities/{chance.pk}/").content.decode()


def test_only_onto_agendas_of_its_partnership(
    world: World, chance: Opportunity, event: Event, as_: As
) -> None:
    event.footprint = world.south
    event.save()
    public = make_opportunity(world, "public", audience="public", marking="public")
    lead = as_("lead")
    assert lead.post(f"/opportunities/{chance.pk}/agenda/", {"event": event.slug}).status_code == 404
    for wrong in ("", "none", "\x00"):
        assert lead.post(f"/opportunities/{chance.pk}/agenda/", {"event": wrong}).status_code in (400, 404)
    assert lead.post(f"/opportunities/{public.pk}/agenda/", {"event": event.slug}).status_code == 404
    assert not Topic.objects.exists()


# The agreement.


def test_whose_agenda_has_it_then_the_next_then_the_last(world: World, chance: Opportunity) -> None:
    make_event(world, "Long ago", -90)
    make_event(world, "Lately", -5)
    later = make_event(world, "Later", 60)
    make_event(world, "Next", 20)
    make_event(world, "Published", -400, is_history=True)
    assert [e.name for e in events_to_agree_at(chance, TODAY)] == ["Next", "Later", "Lately", "Long ago"]
    choose_opportunity(by=world.person("alice"), event=later, opportunity=chance)
    assert events_to_agree_at(chance, TODAY)[0].name == "Later"
    other = make_opportunity(world, "two")
    assert events_to_agree_at(other, TODAY)[0].name == "Next"


def test_filled_in_from_the_opportunity_and_the_answers(world: World, chance: Opportunity) -> None:
    say(chance, (world.police, "interested"), (world.school, "interested"), (world.lantern, "already"))
    world.school.contacts.create(role="Deputy head", email="d@example.org")
    Ask.objects.create(partner=world.police, kind="offer", text="Officers on Fridays", marking="public")
    Ask.objects.create(partner=world.school, kind="offer", text="A hall", marking="public")
    Ask.objects.create(partner=world.school, kind="need", text="A van", marking="public")
    initial = from_opportunity(chance, world.person("alice"))
    assert initial == {
        "goal": "Mentoring and a trusted adult in Northton",
        "action": chance.first_step,
        "theme": "trusted-adult",
        "place": world.northton.pk,
        "due": TODAY + datetime.timedelta(weeks=8),
        "measure": "How many young people in Northton it reaches by then (mentoring and a trusted adult)",
        "marking": "partnership",
        "owner_partner": world.police.pk,
        "owner_role": "",
        "deputy_partner": world.school.pk,
        "deputy_role": "Deputy head",
        "partner_1": world.police.pk,
        "what_1": "Officers on Fridays",
        "partner_2": world.school.pk,
        "what_2": "A hall",
        "partner_3": world.lantern.pk,
        "what_3": "",
    }


def test_what_is_offered_for_something_else_or_elsewhere_is_not_put_in(
    world: World, chance: Opportunity
) -> None:
    for partner, text, theme, place in (
        (world.lantern, "A minibus", "weapon-carrying", world.northton),
        (world.school, "A hall", "trusted-adult", world.eastton),
        (world.police, "Officers on Fridays", "trusted-adult", world.northton),
    ):
        make_ask(partner, "offer", text, place, theme)
    initial = from_opportunity(chance, world.person("alice"))
    assert {initial[f"partner_{n}"]: initial[f"what_{n}"] for n in (1, 2, 3)} == {
        world.lantern.pk: "",
        world.school.pk: "",
        world.police.pk: "Officers on Fridays",
    }


def test_without_answers_the_strongest_move_says_who_comes_first(world: World, chance: Opportunity) -> None:
    weak = {"parties": [{"id": world.lantern.slug}, {"id": world.school.slug}]}
    Opportunity.objects.update(
        moves=[{"parties": [{"id": world.school.slug}, {"id": world.police.slug}]}, weak]
    )
    initial = from_opportunity(Opportunity.objects.get(), world.person("alice"))
    parties = [initial[f"partner_{number}"] for number in (1, 2, 3)]
    assert parties == [world.school.pk, world.police.pk, world.lantern.pk]
    assert (initial["owner_partner"], initial["deputy_partner"]) == (world.school.pk, world.police.pk)


def test_who_said_no_or_is_of_another_partnership_is_left_out(world: World) -> None:
    each = make_opportunity(world, "one", world.lantern, world.school, world.harbour)
    say(each, (world.lantern, "not_us"))
    initial = from_opportunity(each, world.person("alice"))
    assert initial["owner_partner"] == initial["deputy_partner"] == world.school.pk
    assert "partner_2" not in initial
    assert "owner_partner" not in from_opportunity(make_opportunity(world, "two"), world.person("alice"))


def test_it_never_starts_public(world: World, chance: Opportunity) -> None:
    def marking() -> str:
        return str(from_opportunity(Opportunity.objects.get(), world.person("alice"))["marking"])

    assert marking() == "partnership"
    Partner.objects.update(marking="public")
    assert marking() == "partnership"
    Opportunity.objects.update(marking="named")
    assert marking() == "named"


def test_contacts_are_for_their_partnership(world: World, chance: Opportunity) -> None:
    world.lantern.contacts.create(role="Manager")
    say(chance, (world.lantern, "interested"))
    assert from_opportunity(chance, world.person("alice"))["owner_role"] == "Manager"
    assert from_opportunity(chance, world.person("lead"))["owner_role"] == ""


SENT = {
    "goal": "Every pupil has a mentor",
    "action": "Train ten mentors.",
    "owner_role": "Manager",
    "deputy_role": "Deputy head",
    "due": (TODAY + datetime.timedelta(days=90)).isoformat(),
    "measure": "Ten mentors",
    "place": "E09000991",
    "theme": "trusted-adult",
    "marking": "partnership",
    "what_1": "Mentors",
}


def sent(world: World, at: Event, **changed: Any) -> dict[str, Any]:
    who = {
        "owner_partner": world.lantern.pk,
        "deputy_partner": world.school.pk,
        "partner_1": world.lantern.pk,
    }
    return {**SENT, **who, "event": at.slug, **changed}


def test_written_in_the_browser(world: World, chance: Opportunity, event: Event, as_: As) -> None:
    alice = as_("alice")
    assert (
        f'href="/opportunities/{chance.pk}/agree/"'
        in alice.get(f"/opportunities/{chance.pk}/").content.decode()
    )
    page = alice.get(f"/opportunities/{chance.pk}/agree/").content.decode()
    assert "North meets</option>" in page
    assert chance.first_step in page
    answer = alice.post(f"/opportunities/{chance.pk}/agree/", sent(world, event))
    agreed = Agreement.objects.get()
    assert answer["Location"] == f"/agreements/{agreed.pk}/"
    assert (agreed.opportunity, agreed.event, agreed.owner_partner) == (chance, event, world.lantern)
    assert Opportunity.objects.get().state == "agreed"


def test_one_press_suffices_for_an_opportunity(
    world: World, chance: Opportunity, event: Event, as_: As
) -> None:
    """Whom it names is offered first, and what nobody fills in has an answer."""
    make_partner("Able House", "health", world.north, [], [], marking="public")
    address = f"/opportunities/{chance.pk}/agree/"
    page = as_("alice").get(address).content.decode()
    owners = page[page.index('name="owner_partner"') :].split("</select>")[0]
    assert owners.index("Named already") < owners.index("Lantern Youth") < owners.index("Able House")
    initial = from_opportunity(chance, world.person("alice"))
    typed = {name: value for name, value in initial.items() if value is not None} | {"event": event.slug}
    assert as_("alice").post(address, typed).status_code == 302
    agreed = Agreement.objects.get()
    assert (agreed.action, agreed.owner_role) == (chance.first_step, "To be named")
    assert [(each.partner_id, each.what) for each in agreed.contributions.all()] == [
        (agreed.owner_partner_id, chance.first_step)
    ]


def test_what_is_wrong_is_said_and_nothing_is_lost(
    world: World, chance: Opportunity, event: Event, as_: As
) -> None:
    for changed, sentence in (
        ({"measure": ""}, "Say how you will know that it worked."),
        ({"event": "elsewhere"}, "Select a valid choice"),
        ({"due": "2020-01-01"}, "has passed: choose a later one."),
    ):
        page = as_("alice").post(f"/opportunities/{chance.pk}/agree/", sent(world, event, **changed))
        assert sentence in page.content.decode()
        assert "Every pupil has a mentor" in page.content.decode()
    assert not Agreement.objects.exists()
    assert Opportunity.objects.get().state == "suggested"


def test_a_partnership_without_an_event_is_told_what_to_do(
    world: World, chance: Opportunity, as_: As
) -> None:
    for answer in (
        as_("alice").get(f"/opportunities/{chance.pk}/agree/"),
        as_("alice").post(f"/opportunities/{chance.pk}/agree/", SENT),
    ):
        page = answer.content.decode()
        assert "this partnership has no event yet" in page
        assert 'href="/events/add/"' in page
        assert "We agree" not in page


def test_for_who_may_write_agreements_there(world: World, chance: Opportunity, event: Event, as_: As) -> None:
    link = f"/opportunities/{chance.pk}/agree/"
    codes = {
        who: as_(who).get(link).status_code for who in ("nobody", "charlie", "bob", "admin", "lead", "alice")
    }
    assert codes == {"nobody": 302, "charlie": 404, "bob": 404, "admin": 404, "lead": 200, "alice": 200}
    assert as_("charlie").post(link, sent(world, event)).status_code == 404
    assert link not in as_("bob").get(f"/opportunities/{chance.pk}/").content.decode()


@pytest.mark.parametrize("state", ["dismissed", "gone"])
def test_what_was_set_aside_or_went_is_not_agreed(
    world: World, chance: Opportunity, event: Event, as_: As, state: str
) -> None:
    Opportunity.objects.update(state=state, reason="not_now")
    link = f"/opportunities/{chance.pk}/agree/"
    assert as_("alice").post(link, sent(world, event)).status_code == 404
    assert link not in as_("alice").get(f"/opportunities/{chance.pk}/").content.decode()
    public = make_opportunity(world, "open", audience="public", marking="public")
    assert as_("alice").get(f"/opportunities/{public.pk}/agree/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_costs_the_same_however_many_answered(
    world: World, event: Event, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    parties = [world.lantern, world.school, world.police][:number]
    each = make_opportunity(world, "one", *parties)
    say(each, *[(partner, "interested") for partner in parties])
    for n in range(number):
        Ask.objects.create(partner=parties[n], kind="offer", text=f"Offer {n}")
        if n:
            make_event(world, f"Event {n}", 10 * n)
    alice = as_("alice")
    with django_assert_num_queries(22):
        alice.get(f"/opportunities/{each.pk}/agree/")
