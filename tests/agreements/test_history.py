import pytest
from django.utils import timezone

from joinedup.agreements.actions.agreement import record_agreement, start_agreement
from joinedup.agreements.history import chain_of
from joinedup.voice.models import Contribution, Conversation, Host
from tests.world import World

KINDS = ["evidence", "opportunity", "event", "agreement", "initiative", "commitment"]


@pytest.fixture
def whole(seated, sitting, world: World, parts, commitment, opportunity):
    """Figures, opportunity, table, agreement, local action, commitment."""
    agreed = record_agreement(
        by=world.person("alice"), event=seated, sitting=sitting, **parts | {"commitment": commitment}
    )
    agreed.namings.update(answer="yes", answered_on=timezone.localdate())
    start_agreement(by=world.person("alice"), agreement=agreed)
    return {
        "opportunity": opportunity,
        "agreement": agreed,
        "initiative": agreed.initiative,
        "commitment": commitment,
        "figure": opportunity.figures.get(),
        "sitting": sitting,
        "event": seated,
    }


def links(steps) -> dict[str, list[str]]:
    return {step.kind: [item.link for item in step.items] for step in steps}


@pytest.mark.parametrize("start", ["opportunity", "agreement", "initiative", "commitment"])
def test_the_chain_is_whole_from_every_end(whole, world: World, start: str):
    steps = chain_of(whole[start], world.person("alice"))
    assert [step.kind for step in steps] == KINDS
    assert links(steps) == {
        "evidence": [f"/figures/{whole['figure'].pk}/"],
        "opportunity": [f"/opportunities/{whole['opportunity'].pk}/"],
        "event": [f"/events/{whole['event'].slug}/", f"/sittings/{whole['sitting'].pk}/"],
        "agreement": [f"/agreements/{whole['agreement'].pk}/"],
        "initiative": [f"/initiatives/{whole['initiative'].slug}/"],
        "commitment": ["/strategy/C01/"],
    }
    assert [step.kind for step in steps if any(i.is_here for i in step.items)] == [start]


@pytest.mark.parametrize("who", ["nobody", "charlie"])
@pytest.mark.parametrize("start", ["agreement", "commitment"])
def test_what_a_reader_may_not_see_is_left_out(whole, world: World, start: str, who: str):
    seen = links(chain_of(whole[start], world.person(who)))
    assert not seen.keys() & {"opportunity", "evidence"}, "nor that there is none: it would not be so"
    assert seen["agreement"] == [f"/agreements/{whole['agreement'].pk}/"]
    assert seen["event"] == [f"/events/{whole['event'].slug}/", ""], (
        "the table is named, its page is not open"
    )
    agreement = whole["agreement"]
    agreement.marking = agreement.initiative.marking = "partnership"
    agreement.save()
    agreement.initiative.save()
    seen = links(chain_of(whole["commitment"], world.person(who)))
    assert list(seen) == ["commitment"]


def test_the_public_walks_through_its_own_copy_of_an_opportunity(whole, world: World, make_opportunity):
    copy = make_opportunity(
        audience="public", marking="public", sentence="What everybody may know", parties=[]
    )
    copy.figures.add(whole["figure"])
    seen = links(chain_of(whole["agreement"], world.person("nobody")))
    assert seen["opportunity"] == [f"/opportunities/{copy.pk}/"]
    elsewhere = links(chain_of(whole["agreement"], world.person("charlie")))
    assert elsewhere["opportunity"] == [f"/opportunities/{copy.pk}/"]
    assert seen["evidence"] == [f"/figures/{whole['figure'].pk}/"]
    assert links(chain_of(copy, world.person("nobody")))["agreement"] == [
        f"/agreements/{whole['agreement'].pk}/"
    ]
    both = links(chain_of(whole["agreement"], world.person("alice")))
    assert both["opportunity"] == [f"/opportunities/{whole['opportunity'].pk}/"]


def test_what_young_people_said_is_evidence_once_it_is_shown(whole, world: World, seated) -> None:
    """Before the event, about the same theme in the same place; what waits to be read, or is about something else, is
    not."""
    agreed = whole["agreement"]
    asked = Conversation.objects.create(
        event=seated, question="What now?", slug="what-now", opens=seated.date, closes=seated.date
    )
    host = Host.objects.create(conversation=asked, partner=world.lantern, token="t")
    about = {"theme": agreed.theme, "place": agreed.place, "due": timezone.localdate()}
    for text, state, more in [
        ("Lights.", "shown", about),
        ("Not read yet.", "waiting", about),
        ("Elsewhere.", "shown", about | {"place": world.eastton}),
    ]:
        Contribution.objects.create(
            conversation=asked,
            host=host,
            text=text,
            age_band="14-15",
            state=state,
            read_by="Alice",
            read_on=timezone.localdate(),
            withdraw_code=text,
            **more,
        )
    for who in ("alice", "nobody"):
        evidence = next(step for step in chain_of(agreed, world.person(who)) if step.kind == "evidence")
        assert ("“Lights.”", "/voices/what-now/") in [(item.label, item.link) for item in evidence.items]
        assert len([item for item in evidence.items if item.link == "/voices/what-now/"]) == 1


def test_an_opportunity_is_called_by_what_stays_of_it(whole, world: World) -> None:
    """What it asks for today may be something else than what was agreed on."""
    whole["opportunity"].sentence = "Does anybody bid for a fund that opened since?"
    whole["opportunity"].save()
    step = next(s for s in chain_of(whole["agreement"], world.person("alice")) if s.kind == "opportunity")
    assert [item.label for item in step.items] == [whole["opportunity"].heading]


def test_an_end_that_is_not_reached_is_said_to_the_partnership(agree, world: World):
    agreed = agree()
    steps = {step.kind: step for step in chain_of(agreed, world.person("bob"))}
    assert steps["initiative"].items == []
    assert steps["initiative"].none == "No local action has started from it yet."
    for who in ("nobody", "charlie"):
        assert "initiative" not in links(chain_of(agreed, world.person(who)))


def test_many_agreements_cost_no_more_queries(whole, agree, world, commitment, django_assert_num_queries):
    person = world.person("alice")
    with django_assert_num_queries(9):
        chain_of(commitment, person)
    for n in range(12):
        agree(goal=f"Goal {n}", commitment=commitment)
    with django_assert_num_queries(9):
        steps = chain_of(commitment, person)
    agreements = next(s for s in steps if s.kind == "agreement")
    assert (len(agreements.items), agreements.more) == (10, 3)
