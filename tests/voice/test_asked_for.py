"""What young people asked for: who says so, who answers, what everybody reads, and that it is gone when taken back."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.accounts.person import PUBLIC, Person
from joinedup.events.models import Event
from joinedup.opportunities.actions.refreshing import refresh
from joinedup.opportunities.models import ListChange, Opportunity
from joinedup.places.models import Footprint
from joinedup.taxonomy.models import Theme
from joinedup.voice.actions import (
    ANSWER_WITHIN,
    moderate,
    reply,
    take_back_asking,
    take_back_reply,
    withdraw,
)
from joinedup.voice.models import Contribution, PartnerReply
from joinedup.voice.queries import asked_for, heard, waiting_for_a_reply
from tests.voice.conftest import TODAY, Asked
from tests.world import World

As = Callable[[str], Client]
WORDS = "Somebody to talk to after school"
READ = "/voices/safer/read/"
SOON = TODAY + datetime.timedelta(days=30)
LATE = TODAY - datetime.timedelta(days=40)


SAID = {"said_by": "Head of youth services", "said_how": "phone", "said_on": TODAY}


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def ask(world: World, given: Contribution, **changes: Any) -> Contribution:
    said = {"theme": Theme.objects.get(pk="trusted-adult"), "place": world.northton, "state": "shown"}
    return moderate(by=world.person("alice"), contribution=given, **(said | changes))


def answered(world: World, given: Contribution, **changes: Any) -> PartnerReply:
    world.lantern.marking = "public"
    world.lantern.save()
    said = {
        "by": world.person("alice"),
        "partner": world.lantern,
        "word": "yes",
        "text": "A youth worker is there on Tuesdays.",
        "by_when": SOON,
        **SAID,
    }
    return reply(contribution=given, **(said | changes))


# Saying what it asks for


def test_what_is_shown_may_ask_for_something_until_four_weeks_later(world: World, asked: Asked) -> None:
    given = ask(world, asked.answer(WORDS))
    given.refresh_from_db()
    assert (given.theme_id, given.place, given.due) == (
        "trusted-adult",
        world.northton,
        TODAY + ANSWER_WITHIN,
    )
    assert AuditEntry.objects.get().action == "contribution.moderate"
    ask(world, given, place=world.eastton, due=SOON)
    given.refresh_from_db()
    assert (given.place, given.due) == (world.eastton, SOON)
    take_back_asking(by=world.person("alice"), contribution=given)
    given.refresh_from_db()
    assert (given.state, given.theme, given.place, given.due) == ("shown", None, None, None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"theme": None}, "both what it is about and where"),
        ({"place": None}, "both what it is about and where"),
        ({"theme": None, "place": None, "due": SOON}, "both what it is about and where"),
        ({"place": "southton"}, "a place of the partnership"),
        ({"place": "ward"}, "a place of the partnership"),
        ({"due": LATE}, "still to come"),
    ],
)
def test_half_of_it_or_somewhere_else_changes_nothing(
    world: World, asked: Asked, wrong: dict[str, Any], words: str
) -> None:
    given = asked.answer(WORDS)
    if isinstance(wrong.get("place"), str):
        wrong = {"place": getattr(world, wrong["place"])}
    with pytest.raises(ValidationError, match=words):
        ask(world, given, **wrong)
    given.refresh_from_db()
    assert (given.state, given.due, AuditEntry.objects.count()) == ("waiting", None, 0)


def test_an_adult_asks_for_nothing(world: World, asked: Asked) -> None:
    given = asked.answer(WORDS, age_band=Contribution.ADULT)
    with pytest.raises(ValidationError, match="An adult said this"):
        ask(world, given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.update(theme="trusted-adult", place=world.northton, due=SOON)
    ask(world, given, theme=None, place=None)
    assert "It asks for something that" not in text_of_reading(world)


def text_of_reading(world: World) -> str:
    browser = Client()
    browser.force_login(world.alice)
    return text(browser.get(READ))


def test_a_moderator_says_so_while_showing_it_and_loses_nothing_by_a_mistake(
    world: World, asked: Asked, as_: As
) -> None:
    given, alice = asked.answer(WORDS), as_("alice")
    sent = {"contribution": given.pk, "state": "shown", "theme": "trusted-adult", "place": "", "due": ""}
    page = text(alice.post(READ, sent))
    assert "Say both what it is about and where" in page
    assert '<option value="trusted-adult" selected>' in page
    done = text(alice.post(READ, sent | {"place": world.northton.pk}, follow=True))
    assert "Somebody has to answer it by" in done
    assert waiting_for_a_reply(world.person("alice")) == 1
    done = text(alice.post(READ, {"contribution": given.pk, "state": "nothing"}, follow=True))
    assert "nobody has to answer it" in done
    assert waiting_for_a_reply(world.person("alice")) == 0


# Who answers


def test_a_partner_answers_and_it_can_be_changed_and_taken_back(world: World, asked: Asked) -> None:
    given = ask(world, asked.answer(WORDS))
    answered(world, given)
    answered(world, given, word="no", text="There is no room.", by_when=None)
    held = PartnerReply.objects.get()
    assert (held.word, held.by_when, held.recorded_by) == ("no", None, "Alice")
    with pytest.raises(ValidationError, match="take that answer back first"):
        take_back_asking(by=world.person("alice"), contribution=given)
    for _twice in range(2):
        take_back_reply(by=world.person("alice"), contribution=given)
    assert not PartnerReply.objects.exists()
    trail = AuditEntry.objects.exclude(action="contribution.moderate").order_by("pk")
    assert [each.action.partition(".")[2] for each in trail] == ["reply", "reply", "take_back_reply"]
    assert "Tuesdays" not in str([(each.label, each.before, each.after) for each in trail])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"by_when": None}, "Say by when"),
        ({"by_when": LATE}, "still to come"),
        ({"text": "Ring 07700 900123"}, "a phone number"),
        ({"text": "Ask Mr Smith on Tuesdays"}, "a person’s name"),
        ({"text": "We told Sam Green about it"}, "a person’s name"),
        ({"text": ""}, "blank"),
        ({"word": "maybe"}, "valid choice"),
        ({"said_by": "The manager Sam Green"}, "a person’s name"),
        ({"said_on": SOON}, "the day on which they said it"),
    ],
)
def test_a_reply_that_everybody_could_not_read_is_refused(
    world: World, asked: Asked, wrong: dict[str, Any], words: str
) -> None:
    given = ask(world, asked.answer(WORDS))
    with pytest.raises(ValidationError, match=words):
        answered(world, given, **wrong)
    assert not PartnerReply.objects.exists()


def test_a_reply_names_organisations_and_streets(world: World, asked: Asked) -> None:
    given = ask(world, asked.answer(WORDS))
    words = "We asked Lantern Youth Trust, and there are lights in Mill Road from March."
    assert answered(world, given, text=words).text == words


def test_only_who_everybody_may_know_of_answers(world: World, asked: Asked) -> None:
    given = ask(world, asked.answer(WORDS))
    for partner in (world.police, world.harbour):
        with pytest.raises(ValidationError, match="everybody may know of"):
            answered(world, given, partner=partner)


@pytest.mark.parametrize("state", ["waiting", "refused", "withdrawn"])
def test_what_is_not_shown_is_answered_by_nobody(world: World, asked: Asked, state: str) -> None:
    given = asked.answer(WORDS, state, reason="names" if state == "refused" else "")
    with pytest.raises(ValidationError, match="Nobody has to answer this"):
        answered(world, given)


@pytest.mark.parametrize("name", ["bob", "charlie", "lead", "admin", "nobody"])
def test_others_say_nothing_of_it(world: World, asked: Asked, as_: As, name: str) -> None:
    given = ask(world, asked.answer(WORDS))
    for act in (
        lambda: answered(world, given, by=world.person(name)),
        lambda: take_back_reply(by=world.person(name), contribution=given),
        lambda: take_back_asking(by=world.person(name), contribution=given),
    ):
        with pytest.raises(PermissionDenied):
            act()
    for path in ("/voices/asked-for/", f"/voices/contribution/{given.pk}/reply/"):
        assert as_(name).get(path).status_code == (302 if name == "nobody" else 404)
    assert not PartnerReply.objects.exists()
    given.refresh_from_db()
    assert given.asks


def test_the_page_lists_what_waits_the_late_first_and_takes_an_answer(
    world: World, asked: Asked, as_: As
) -> None:
    for number, due in ((1, SOON), (2, LATE)):
        ask(world, asked.answer(f"{WORDS} {number}"))
        Contribution.objects.filter(text=f"{WORDS} {number}").update(due=due)
    done = ask(world, asked.answer(f"{WORDS} 3"))
    answered(world, done)
    alice, page = as_("alice"), text(as_("alice").get("/voices/asked-for/"))
    places = [page.index(f"{WORDS} {number}") for number in (2, 1, 3)]
    assert places == sorted(places)
    assert "2 things young people asked for wait for an answer." in page
    assert "late: due" in page
    assert "2 things young people asked for wait for an answer" in text(alice.get("/work/"))
    assert "young people asked for" not in text(as_("bob").get("/work/"))
    first = asked_for(world.person("alice"))[0]
    path = f"/voices/contribution/{first.pk}/reply/"
    sent = {"partner": world.lantern.pk, "word": "partly", "text": "On Mondays.", "by_when": SOON.isoformat()}
    page = text(alice.post(path, sent))
    for words in ("Ask them first", "Say how they said it", "Say on which day"):
        assert words in page
    assert "On Mondays." in text(alice.post(path, sent))
    assert alice.post(path, sent | SAID | {"said_on": TODAY.isoformat()}).status_code == 302
    assert first.reply is None
    assert waiting_for_a_reply(world.person("alice")) == 1
    assert "On Mondays." in text(alice.get(path))
    alice.post(path, {"do": "take_back"})
    assert waiting_for_a_reply(world.person("alice")) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(
    world: World, asked: Asked, as_: As, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        answered(world, ask(world, asked.answer(f"{WORDS} {number}")))
    alice, nobody = as_("alice"), as_("nobody")
    with django_assert_num_queries(6):
        alice.get("/voices/asked-for/")
    with django_assert_num_queries(3):
        nobody.get("/voices/safer/")


# What everybody reads


@pytest.mark.parametrize("name", ["nobody", "charlie"])
def test_who_answers_stands_beside_the_words_and_behind_the_link_without_a_day_of_theirs(
    world: World, asked: Asked, as_: As, name: str
) -> None:
    given = ask(world, asked.answer(WORDS, host=asked.school))
    pages = ("/voices/safer/", f"/voices/withdraw/{given.withdraw_code}/")
    due = given.due
    assert due is not None
    for path in pages:
        page = text(as_(name).get(path))
        assert f"Somebody has to answer by the end of {due:%B %Y}" in page
        assert f"{due.day} {due:%B %Y}" not in page, "four weeks before it somebody was there"
    Contribution.objects.update(due=LATE)
    for path in pages:
        assert "Nobody has yet." in text(as_(name).get(path))
    answered(world, given)
    for path in pages:
        page = text(as_(name).get(path))
        assert "Lantern Youth answers: Yes, this can be done." in page
        assert "A youth worker is there on Tuesdays." in page
        assert "Hilltop School" not in page
        assert "Trusted" not in page
    world.lantern.marking = "partnership"
    world.lantern.save()
    for path in pages:
        page = text(as_(name).get(path))
        assert "Lantern" not in page
        assert "An organisation of the partnership answers" in page


@pytest.mark.parametrize("name", ["nobody", "charlie", "bob", "alice"])
def test_the_page_of_a_place_says_who_answered_beside_the_words(
    world: World, asked: Asked, as_: As, name: str
) -> None:
    given = ask(world, asked.answer(WORDS))
    answered(world, given)
    path = f"/places/{world.northton.pk}/"
    said = "Lantern Youth answers: Yes, this can be done."
    page = text(as_(name).get(path))
    assert page.index(WORDS) < page.index(said) < page.index("A youth worker is there on Tuesdays.")
    world.lantern.marking = "partnership"
    world.lantern.save()
    page = text(as_(name).get(path))
    assert "Lantern Youth answers" not in page
    assert "An organisation of the partnership answers: Yes, this can be done." in page
    take_back_reply(by=world.person("alice"), contribution=given)
    page = text(as_(name).get(path))
    assert "Somebody has to answer by the end of" in page
    assert "A youth worker is there" not in page
    answered(world, given)
    Event.objects.update(listed_from=datetime.date(2999, 1, 1))
    page = text(as_(name).get(path))
    assert WORDS not in page
    assert "A youth worker is there" not in page


def test_a_link_says_nothing_of_an_event_that_is_not_public(world: World, asked: Asked, as_: As) -> None:
    given = ask(world, asked.answer(WORDS))
    Event.objects.update(listed_from=datetime.date(2999, 1, 1))
    page = text(as_("nobody").get(f"/voices/withdraw/{given.withdraw_code}/"))
    assert "It is not on the page of the question." in page
    assert "Somebody has to answer" not in page


# Opportunities


def test_rows_hold_what_is_asked_and_nothing_of_who(world: World, asked: Asked) -> None:
    ask(world, asked.answer(WORDS, host=asked.school))
    assert heard(world.north) == [
        {
            "place": world.northton.pk,
            "theme": "trusted-adult",
            "text": WORDS,
            "said_on": asked.conversation.opens.replace(day=1),
            "moderator": "the moderator",
        }
    ]
    assert heard(world.south) == []


def test_only_what_is_shown_to_everybody_and_unanswered_is_heard(world: World, asked: Asked) -> None:
    given = ask(world, asked.answer(WORDS))
    asked.answer("Not asking", "shown")
    answered(world, given)
    assert heard(world.north) == []
    take_back_reply(by=world.person("alice"), contribution=given)
    Event.objects.update(listed_from=datetime.date(2999, 1, 1))
    assert heard(world.north) == []
    Event.objects.update(listed_from=None)
    world.north.places.remove(world.northton)
    assert heard(world.north) == []
    world.north.places.add(world.northton)
    assert len(heard(world.north)) == 1
    moderate(by=world.person("alice"), contribution=given, state="refused", reason="unkind")
    assert heard(world.north) == []


@pytest.fixture
def followed(world: World, django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """The partnership has a list, and what is done inside is followed as after a request."""
    refresh(by=Person.operator(), footprint=world.north)

    @contextmanager
    def inside() -> Iterator[None]:
        # The transaction around the test never ends: what was noted in it before would count as followed still to come.
        connection.run_on_commit = []
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return inside


def moves_of(footprint: Footprint, audience: str) -> list[str]:
    rows = Opportunity.objects.filter(footprint=footprint, audience=audience).exclude(state="gone")
    return [move["decision"] for row in rows.order_by("pk") for move in row.moves if move["kind"] == "heard"]


DECISION = f"Who answers young people in Northton, who asked for “{WORDS}”?"


def test_it_stands_among_the_opportunities_until_somebody_answers(
    world: World, asked: Asked, as_: As, followed: Callable[[], Any]
) -> None:
    with followed():
        given = ask(world, asked.answer(WORDS, host=asked.school))
    assert moves_of(world.north, "partnership") == [DECISION]
    found = Opportunity.objects.get(audience="partnership", heard=[f"“{WORDS}”"])
    assert 'href="/voices/asked-for/"' in text(as_("alice").get(f"/opportunities/{found.pk}/"))
    page = text(as_("bob").get(f"/opportunities/{found.pk}/"))
    main = page[page.index("<main") : page.index("</main")]
    for words in (
        "Young people asked for it", DECISION, "Lantern Youth</a>, answers", "What young people said",
        "and the moderator tells them.", f"({asked.conversation.opens:%B %Y})",
    ):  # fmt: skip
        assert words in main, words
    for words in ("Hilltop School", "14 to 15", "14-15", "/voices/asked-for/"):
        assert words not in main, words
    with followed():
        answered(world, given)
    assert moves_of(world.north, "partnership") == []
    with followed():
        take_back_reply(by=world.person("alice"), contribution=given)
    assert moves_of(world.north, "partnership") == [DECISION]
    with followed():
        take_back_asking(by=world.person("alice"), contribution=given)
    assert moves_of(world.north, "partnership") == []


@pytest.mark.parametrize("name", ["nobody", "charlie"])
def test_others_read_it_only_where_who_could_do_it_is_public(
    world: World, asked: Asked, as_: As, followed: Callable[[], Any], name: str
) -> None:
    with followed():
        ask(world, asked.answer(WORDS))
    shared = Opportunity.objects.get(audience="partnership", heard=[f"“{WORDS}”"])
    assert as_(name).get(f"/opportunities/{shared.pk}/").status_code == 404
    assert WORDS not in text(as_(name).get("/opportunities/"))
    with followed():
        world.lantern.marking = "public"
        world.lantern.save()
    assert moves_of(world.north, "public") == [DECISION]
    public = Opportunity.objects.get(audience="public", heard=[f"“{WORDS}”"])
    page = text(as_(name).get(f"/opportunities/{public.pk}/"))
    assert DECISION in page
    assert "tells them" not in page
    Event.objects.update(listed_from=datetime.date(2999, 1, 1))
    with followed():
        world.lantern.save()
    assert moves_of(world.north, "public") == []


@pytest.mark.parametrize("state", ["suggested", "taken_up", "dismissed"])
def test_what_is_taken_back_is_gone_from_every_opportunity(
    world: World, asked: Asked, followed: Callable[[], Any], state: str
) -> None:
    world.lantern.marking = "public"
    world.lantern.save()
    with followed():
        given = ask(world, asked.answer(WORDS))
    Opportunity.objects.update(state=state, reason="not_now", decided_on=TODAY)
    assert Opportunity.objects.filter(sentence__contains=WORDS).count() == 2
    # Nothing is followed here: it is gone at once, also where the worker comes later.
    withdraw(by=PUBLIC, contribution=given)
    kept = [(row.sentence, row.first_step, row.moves, row.heard) for row in Opportunity.objects.all()]
    told = [each.why for each in ListChange.objects.all()]
    trail = [(each.label, each.before, each.after) for each in AuditEntry.objects.all()]
    assert WORDS not in str((kept, told, trail))


def test_a_new_thing_asked_for_is_told_without_its_words(
    world: World, asked: Asked, followed: Callable[[], Any]
) -> None:
    """Two things asked of the same partner are one move; once the first is answered it is about the second."""
    with followed():
        for words in ("First", WORDS):
            ask(world, asked.answer(words))
    (decision,) = moves_of(world.north, "partnership")
    with followed():
        answered(world, Contribution.objects.get(text="First" if "First" in decision else WORDS))
    assert len(moves_of(world.north, "partnership")) == 1
    assert ListChange.objects.filter(what="changed").get().why == [
        "New: young people asked for something.",
        "An earlier suggestion is no longer made here (young people asked for it).",
    ]


def test_what_is_refused_later_is_quoted_nowhere(
    world: World, asked: Asked, followed: Callable[[], Any]
) -> None:
    with followed():
        given = ask(world, asked.answer(WORDS))
    with followed():
        moderate(by=world.person("alice"), contribution=given, state="refused", reason="names")
    rows = [(row.sentence, row.moves, row.heard) for row in Opportunity.objects.all()]
    assert WORDS not in str(rows)
