"""The page of an opportunity: what stands on it for whom, in which order, and what those it names say to it."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Answer, Opportunity
from joinedup.partners.models import Partner
from joinedup.taxonomy.models import Approach, Mix
from tests.opportunities.making import HALL, make_figure, make_move, make_opportunity
from tests.opportunities.records import make_match
from tests.world import World, make_user

As = Callable[[str], Client]


def body(client: Client, opportunity: Opportunity) -> str:
    answer = client.get(f"/opportunities/{opportunity.pk}/")
    assert answer.status_code == 200
    return answer.content.decode().split("<main")[1].split("</main")[0]


def say(client: Client, opportunity: Opportunity, verb: str = "answer", **sent: Any) -> str:
    """The page after a button of it."""
    return client.post(f"/opportunities/{opportunity.pk}/{verb}/", sent, follow=True).content.decode()


def make_action(world: World, partner: Partner, name: str) -> Initiative:
    made = Initiative.objects.create(
        partner=partner, name=name, slug=name.lower().replace(" ", "-"), marking="partnership",
        confirmed_on=timezone.localdate(),
    )  # fmt: skip
    made.places.add(world.northton)
    made.themes.add("trusted-adult")
    return made


def test_members_see_their_partnerships_the_public_only_what_is_public(world: World, as_: As) -> None:
    make_opportunity(world, "shared", world.lantern, sentence="Shared with the partnership only.")
    make_opportunity(world, "open", audience="public", marking="public", sentence="Open to everybody.")
    make_opportunity(
        world, "overlap", world.school, world.police, kind="join", marking="named", sentence="Two overlap."
    )
    seen = {
        who: [
            text
            for text in ("Shared with the partnership only.", "Open to everybody.", "Two overlap.")
            if text in as_(who).get("/opportunities/?whose=all").content.decode()
        ]
        for who in ("nobody", "charlie", "bob", "alice", "lead")
    }
    assert seen == {
        "nobody": ["Open to everybody."],
        "charlie": ["Open to everybody."],
        "bob": ["Shared with the partnership only."],
        # That two do alike work is for these two and the coordinator.
        "alice": ["Shared with the partnership only.", "Two overlap."],
        "lead": ["Shared with the partnership only."],
    }


def test_that_two_do_alike_work_is_shown_to_them_and_the_coordinator(world: World, as_: As) -> None:
    make_user("coordinator@example.org", "Dora", "coordinator", footprint=world.south)
    each = make_opportunity(
        world,
        "alike",
        world.lantern,
        world.school,
        kind="join",
        marking="named",
        sentence="Two compare notes.",
    )
    people = ("nobody", "charlie", "bob", "alice", "lead", "admin")
    codes = {who: as_(who).get(f"/opportunities/{each.pk}/").status_code for who in people}
    assert codes == {"nobody": 404, "charlie": 404, "bob": 200, "alice": 200, "lead": 404, "admin": 404}
    assert (
        "doing alike work is nothing wrong" in as_("alice").get(f"/opportunities/{each.pk}/").content.decode()
    )
    dora = Client()
    dora.force_login(User.objects.get(name="Dora"))
    assert dora.get(f"/opportunities/{each.pk}/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_many_moves_and_parties(
    world: World, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    Mix.objects.create(theme_id="trusted-adult", sector_id="health", weight=0.8)
    parties = [world.lantern, world.school, world.police][:number]
    moves = [make_move(f"m{n}", "match", parties=[(each, "gives")]) for n, each in enumerate(parties)]
    club = make_action(world, world.police, "Friday club")
    under_way = [{"text": "It runs.", "record": club.slug} for _each in parties]
    each = make_opportunity(world, "one", *parties, moves=moves, under_way=under_way)
    bob = as_("bob")
    with django_assert_num_queries(23):
        bob.get(f"/opportunities/{each.pk}/")


def test_every_reason_leads_to_where_it_comes_from(world: World, as_: As) -> None:
    figure = make_figure(world.northton, "robbery-rate", 12.0)
    because = [{"text": "Lantern has a hall.", "record": "lantern-youth"}]
    move = make_move("m1", "match", parties=[(world.lantern, "gives")], because=because)
    each = make_opportunity(
        world,
        "one",
        world.lantern,
        moves=[move],
        stands_out=[
            {"text": "Robbery.", "figure": "robbery-rate@E09000991"},
            {"text": "Need.", "figure": "gone@x"},
        ],
    )
    each.figures.add(figure)
    page = body(as_("bob"), each)
    for link in (f"/figures/{figure.pk}/", "/partners/lantern-youth/", "/places/E09000991/#sources"):
        assert f'href="{link}"' in page


def test_the_page_is_in_the_order_in_which_it_is_read(world: World, as_: As) -> None:
    club = make_action(world, world.police, "Friday club")
    figure = make_figure(world.northton, "robbery-rate", 12.0)
    approach = Approach.objects.create(
        slug="mentoring", name="Mentoring", urls=["https://example.org/mentoring"]
    )
    moves = [
        make_move("m1", "match", parties=[(world.lantern, "gives")], decision="Do they share a hall?"),
        make_move("m2", "learn", parties=[(world.school, "learns")], decision="Does the school visit?"),
    ]
    each = make_opportunity(
        world,
        "one",
        world.lantern,
        world.school,
        sentence="Do they share a hall?",
        moves=moves,
        stands_out=[{"text": "Robbery is high.", "figure": "robbery-rate@E09000991"}],
        under_way=[{"text": "“Friday club” runs.", "record": club.slug}],
        helps=[{"text": "Mentoring: effect moderate.", "record": approach.pk}],
        heard=["“We want a place that is open late.”"],
        not_known=["Whether the hall is free is not known: ask Lantern Youth."],
        would_change=["If the hall is let, this goes."],
    )
    each.figures.add(figure)
    texts = [
        "Do they share a hall?", "2 things", "Does the school visit?", "Robbery is high.", "“Friday club” runs.",
        ">Who<", "A table with 1 × Education and 1 × Vcs.", "In it", "Could be asked",
        "Mentoring: effect moderate.", "“We want a place that is open late.”", "Whether the hall is free",
        "If the hall is let", "What happened with it", "Found 23 November 2026",
    ]  # fmt: skip
    page = body(as_("bob"), each)
    found = [page.index(text) for text in texts]
    assert found == sorted(found)
    # What is to be decided is said once, above; its own move says the rest.
    assert page.count("Do they share a hall?") == 1
    headings = re.findall(r'<h3[^>]*id="move-\d"[^>]*>([^<]*)</h3>', page)
    assert headings == ["One needs what another can give", "Does the school visit?"]


def test_who_is_missing_and_what_is_not_known_is_for_members(world: World, as_: As) -> None:
    said = {"not_known": ["NOT KNOWN"], "would_change": ["WOULD CHANGE"]}
    shared = make_opportunity(world, "one", world.lantern, world.school, **said)
    Partner.objects.update(marking="public")
    public = make_opportunity(
        world, "one", world.lantern, world.school, audience="public", marking="public", **said
    )
    members = body(as_("bob"), shared)
    for text in ("Could be asked", "Empty chairs, for whom one could ask: Police.", "Testland Police"):
        assert text in members
    for text in ("NOT KNOWN", "WOULD CHANGE", "First step:", "Need and action in Northton"):
        assert text in members
    for who in ("nobody", "charlie"):
        page = body(as_(who), public)
        assert "Lantern Youth" in page
        for text in (
            "Could be asked",
            "Empty chairs",
            "Testland Police",
            "NOT KNOWN",
            "WOULD CHANGE",
            "First step:",
        ):
            assert text not in page


def test_a_move_that_names_whom_the_reader_may_not_see_is_left_out_with_its_decision(
    world: World, as_: As
) -> None:
    moves = [
        make_move(
            "m1", "match", parties=[(world.school, "gives")], decision="Does Hilltop School open its hall?"
        ),
        make_move("m2", "learn", parties=[(world.lantern, "learns")], decision="Does Lantern Youth visit?"),
    ]
    each = make_opportunity(
        world, "one", world.lantern, world.school, sentence="Does Hilltop School open its hall?", moves=moves
    )
    assert body(as_("bob"), each).count("Hilltop School") > 1
    Partner.objects.filter(pk=world.school.pk).update(marking="named")
    page = body(as_("bob"), each)
    assert "Hilltop School" not in page
    assert '<p class="govuk-body-l ju-decision">Does Lantern Youth visit?</p>' in page
    Partner.objects.filter(pk=world.lantern.pk).update(marking="named")
    page = body(as_("lead"), each)
    assert "What it rested on has changed." in page
    assert "Lantern Youth" not in page


def test_each_move_has_the_buttons_of_those_it_names(world: World, as_: As) -> None:
    moves = [
        make_move("m1", "match", parties=[(world.lantern, "gives"), (world.school, "needs")]),
        make_move("m2", "learn", parties=[(world.school, "learns")]),
    ]
    each = make_opportunity(world, "one", world.lantern, world.school, moves=moves)
    page = body(as_("bob"), each)
    assert page.count('name="word" value="interested"') == 1
    assert page.count('<input type="hidden" name="move" value="m1">') == 1
    assert "Take back your answer" not in page
    for who in ("alice", "lead"):
        assert 'name="word"' not in body(as_(who), each)


def test_who_speaks_for_several_says_for_whom(world: World, as_: As) -> None:
    Grant.objects.create(user=world.bob, role="partner_member", partner=world.school)
    each = make_opportunity(world, "one", world.lantern, world.school)
    page = body(as_("bob"), each)
    assert f'<option value="{world.school.pk}">Hilltop School</option>' in page
    say(as_("bob"), each, word="interested", move="match-one", partner=world.school.pk)
    assert Answer.objects.get().partner == world.school


def test_not_us_has_a_scope_and_a_day_and_can_be_taken_back(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern, world.school)
    bob, day = as_("bob"), timezone.localdate() + datetime.timedelta(days=40)
    sent = {"partner": world.lantern.pk, "move": "match-one"}
    page = say(bob, each, **sent, word="not_us", scope="theme_here", until=day.isoformat())
    assert "your answer is recorded" in page
    given = Answer.objects.get()
    assert (given.word, given.move, given.scope, given.until) == ("not_us", "match-one", "theme_here", day)
    assert "1 said “not us”." in page
    assert page.count("Take back your answer") == 1
    # Said again in other words it is one answer, which holds as such: only a refusal has a scope.
    say(bob, each, **sent, word="interested", scope="theme_here", until=day.isoformat())
    given = Answer.objects.get()
    assert (given.word, given.scope, given.until) == ("interested", "this", None)
    page = say(bob, each, "answer-back", **sent)
    assert "Your answer is taken back." in page
    assert not Answer.objects.exists()
    assert "There is no answer to take back." in say(bob, each, "answer-back", **sent)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "opportunity.answer",
        "opportunity.answer",
        "opportunity.answer_back",
    ]


def test_an_answer_by_mail_to_all_of_it_is_taken_back_on_the_page(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern, world.school)
    for partner in (world.lantern, world.school):
        Answer.objects.create(opportunity=each, partner=partner, word="interested", by="Manager")
    page = body(as_("bob"), each)
    assert page.count("Take back your answer") == 1
    assert "Take back your answer" not in body(as_("alice"), each)
    say(as_("bob"), each, "answer-back", partner=world.lantern.pk, move="")
    assert [given.partner for given in Answer.objects.all()] == [world.school]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"move": "went"}, "What this answers has changed meanwhile: look at the page again."),
        ({"move": "m2"}, "What this answers has changed meanwhile: look at the page again."),
        ({"until": "2020-01-01"}, "Choose a day that is still to come."),
        ({"until": "31/31/2027"}, "Choose one of the answers, and a day like 31 March 2027."),
        ({"word": "perhaps"}, "Choose one of the answers, and a day like 31 March 2027."),
        ({"scope": "everything"}, "Choose one of the answers, and a day like 31 March 2027."),
    ],
)
def test_what_cannot_be_answered_gets_one_sentence(
    world: World, as_: As, sent: dict[str, str], sentence: str
) -> None:
    moves = [
        make_move("m1", "match", parties=[(world.lantern, "gives")]),
        make_move("m2", "learn", parties=[(world.school, "learns")], decision="Does the school visit?"),
    ]
    each = make_opportunity(world, "one", world.lantern, world.school, moves=moves)
    whole = {"partner": world.lantern.pk, "move": "m1", "word": "not_us", "scope": "this", **sent}
    assert say(as_("bob"), each, **whole).count(sentence) == 1
    assert not Answer.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("verb", ["answer", "answer-back"])
def test_nobody_answers_for_others(world: World, as_: As, verb: str) -> None:
    each = make_opportunity(world, "one", world.lantern, world.school)
    Answer.objects.create(opportunity=each, partner=world.school, move="match-one", word="already", by="Head")
    sent = {"partner": world.school.pk, "move": "match-one", "word": "not_us"}
    codes = {
        who: as_(who).post(f"/opportunities/{each.pk}/{verb}/", sent).status_code
        for who in ("nobody", "charlie", "bob", "alice", "lead", "admin")
    }
    assert codes == {"nobody": 302, "charlie": 404, "bob": 403, "alice": 403, "lead": 403, "admin": 404}
    assert Answer.objects.get().word == "already"
    assert not AuditEntry.objects.exists()


def test_answering_already_leads_to_the_draft(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    answer = as_("bob").post(
        f"/opportunities/{each.pk}/answer/", {"partner": world.lantern.pk, "word": "already"}
    )
    draft = Answer.objects.get().initiative
    assert draft is not None
    assert answer["Location"] == f"/initiatives/{draft.slug}/edit/"


def test_a_get_never_answers(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    for verb in ("answer", "answer-back", "take-up", "set-aside"):
        assert as_("alice").get(f"/opportunities/{each.pk}/{verb}/").status_code == 405
    assert Opportunity.objects.get().state == "suggested"
    assert not Answer.objects.exists()


def test_an_outsider_cannot_answer_or_decide(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    for verb in ("answer", "take-up", "set-aside"):
        assert as_("charlie").post(f"/opportunities/{each.pk}/{verb}/", {"word": "not_us"}).status_code == 404
        assert as_("nobody").post(f"/opportunities/{each.pk}/{verb}/").status_code == 302
    assert Opportunity.objects.get().state == "suggested"


def test_taking_up_and_setting_aside_in_the_browser(world: World, as_: As) -> None:
    each = make_opportunity(world, "one", world.lantern)
    alice = as_("alice")
    alice.post(f"/opportunities/{each.pk}/take-up/")
    assert Opportunity.objects.get().state == "taken_up"
    page = alice.post(f"/opportunities/{each.pk}/set-aside/", {"reason": "not_now"}, follow=True)
    assert "Not this year" in page.content.decode()
    refused = alice.post(f"/opportunities/{each.pk}/set-aside/", {"reason": "not_now"}, follow=True)
    assert "This is already set aside." in refused.content.decode()


@pytest.mark.parametrize("query", ["?place=nowhere", "?page=999", "?kind=x&theme=%00", "?state=suggested"])
def test_odd_filters_are_harmless(world: World, as_: As, query: str) -> None:
    assert as_("bob").get(f"/opportunities/{query}").status_code == 200


def test_only_coordinators_have_the_list_worked_out_again(world: World, as_: As) -> None:
    make_match(world.lantern, world.school, world.northton, text=HALL)
    for who in ("bob", "charlie"):
        assert as_(who).post("/opportunities/again/").status_code == 403
    assert as_("alice").get("/opportunities/again/").status_code == 405
    assert not Opportunity.objects.exists()
    page = as_("alice").post("/opportunities/again/", follow=True).content.decode()
    assert "1 found for North partnership." in page
    assert "people added or took up before" not in page
    assert "Mentoring and a trusted adult in Northton" in page
    assert AuditEntry.objects.filter(action="opportunity.refresh").count() == 1


def test_what_is_listed_and_was_not_found_today_is_accounted_for(world: World, as_: As) -> None:
    make_match(world.lantern, world.school, world.northton, text=HALL)
    make_opportunity(world, "kept", world.lantern, state="taken_up")
    page = as_("alice").post("/opportunities/again/", follow=True).content.decode()
    assert (
        "1 found for North partnership. The list holds 1 more, which people added or took up before." in page
    )
    assert "2 opportunities" in page
