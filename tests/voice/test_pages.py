"""The pages of voices: what shows, to whom, and that nothing unread shows through anything."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from joinedup.accounts.models import AuditEntry
from joinedup.events.models import Event, Topic
from joinedup.voice.limits import AN_HOUR
from joinedup.voice.models import Contribution, Conversation
from joinedup.voice.shown import shown
from tests.voice.conftest import TODAY, Asked
from tests.world import World

As = Callable[[str], Client]
OUTSIDERS = ["charlie", "nobody"]
EVERYBODY = ["alice", "bob", "charlie", "lead", "admin", "nobody"]


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def without_chance(page: str) -> str:
    """The page without what differs at every visit."""
    return re.sub(r'(nonce|name="csrfmiddlewaretoken" value)="[^"]*"', "", page)


# Everybody


@pytest.mark.parametrize("name", EVERYBODY[1:])
def test_the_page_shows_what_was_said_and_an_age_band_and_never_a_host(
    asked: Asked, as_: As, name: str
) -> None:
    """Band and host together, on one page or two, would say which of a few young people spoke."""
    for number in range(3):
        asked.answer(f"More lights {number}.", "shown", asked.school)
    asked.answer("Fewer cars.", "shown", asked.school, age_band="11-13")
    page = text(as_(name).get("/voices/safer/")).split("What young people said")[1].split("</main")[0]
    assert "Said by a young person aged 14 to 15" in page
    assert "Fewer cars." in page
    for words in ("11 to 13", "Hilltop School", "Lantern", "Education", "Vcs", "through"):
        assert words not in page, words


def test_other_pages_tell_no_more_of_who_spoke(asked: Asked, as_: As, world: World) -> None:
    """The same quote on every page that shows it, read by the public: at most a band, and no host beside it."""
    for number in range(3):
        asked.answer(f"More lights {number}.", "shown", asked.school)
    browser = as_("nobody")
    for address in (
        "/voices/safer/",
        "/events/day/",
        f"/places/{world.northton.pk}/",
        "/events/day/results/",
    ):
        page = browser.get(address).content.decode()
        for quote in page.split("<blockquote")[1:]:
            around = quote[:600]
            assert "Hilltop School" not in around, address
            assert "Education" not in around, address


def test_a_ward_shows_no_quote(asked: Asked, as_: As, world: World) -> None:
    for number in range(3):
        asked.answer(f"More lights {number}.", "shown", asked.school)
    assert "More lights" in text(as_("nobody").get(f"/places/{world.northton.pk}/"))
    assert "More lights" not in text(as_("nobody").get(f"/places/{world.ward.pk}/"))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_band_of_one_or_two_is_not_told(asked: Asked, count: int) -> None:
    given = [asked.answer(f"Lights {n}.", "shown", age_band="16-17") for n in range(count)]
    # What waits or was refused makes a band no larger; an adult is called one.
    asked.answer("Waits", age_band="16-17")
    asked.answer("Refused", "refused", reason="names", age_band="16-17")
    told = "a young person aged 16 to 17" if count == 3 else "a young person"
    assert [each.who for each in shown(given)] == [told] * count
    adult = asked.answer("Grown up", "shown", age_band=Contribution.ADULT)
    assert shown([adult])[0].who == "an adult at the event"


@pytest.mark.parametrize("name", [*OUTSIDERS, "bob", "lead", "admin"])
def test_nothing_unread_shows_not_even_that_it_is_there(asked: Asked, as_: As, name: str) -> None:
    asked.answer("More lights.", "shown")
    paths = ("/voices/", "/voices/safer/", "/voices/join/token-lantern-youth/", "/events/day/")
    browser = as_(name)
    before = [without_chance(browser.get(path).content.decode()) for path in paths]
    asked.answer("Secret one")
    asked.answer("Secret two", "refused", reason="safeguarding")
    asked.answer("", "withdrawn")
    assert [without_chance(browser.get(path).content.decode()) for path in paths] == before


@pytest.mark.parametrize("name", [*OUTSIDERS, "bob", "lead"])
def test_no_way_to_an_unread_answer_by_its_number(asked: Asked, as_: As, name: str) -> None:
    unread, refused = asked.answer("Secret"), asked.answer("Secret", "refused", reason="names")
    for each in (unread.pk, refused.pk, 99_999):
        response = as_(name).get(f"/voices/contribution/{each}/topic/")
        assert response.status_code == (302 if name == "nobody" else 404)


def test_the_list_counts_only_what_is_shown(asked: Asked, as_: As) -> None:
    assert "0 answers to read" in text(as_("nobody").get("/voices/"))
    asked.answer("More lights.", "shown")
    asked.answer("Secret")
    assert "1 answer to read" in text(as_("nobody").get("/voices/"))


def test_an_empty_list_says_how_one_begins(world: World, as_: As) -> None:
    assert "No question has been asked yet." in text(as_("nobody").get("/voices/"))


def test_what_became_of_an_answer_shows_beside_it(asked: Asked, as_: As) -> None:
    given = asked.answer("More lights.", "shown")
    Topic.objects.create(event=asked.event, title="Light on the way home").contributions.add(given)
    page = text(as_("nobody").get("/voices/safer/"))
    assert "This became a topic at" in page
    assert "Light on the way home" in page


# Hosts


def test_links_go_only_to_those_who_hand_them_out(asked: Asked, as_: As) -> None:
    pages = {name: text(as_(name).get("/voices/safer/")) for name in EVERYBODY}
    assert "http://testserver/voices/join/token-lantern-youth/" in pages["bob"]
    has_school = {name for name, page in pages.items() if "token-hilltop-school" in page}
    has_lantern = {name for name, page in pages.items() if "token-lantern-youth" in page}
    assert (has_school, has_lantern) == ({"alice", "lead"}, {"alice", "lead", "bob"})


def test_a_host_does_not_see_how_many_wait(asked: Asked, as_: As) -> None:
    asked.answer("Secret")
    assert "1 answer so far" in text(as_("alice").get("/voices/safer/"))
    for name in ("bob", "lead"):
        assert "so far" not in text(as_(name).get("/voices/safer/"))


# Young people


GOOD = {"text": "More lights.", "age_band": "14-15"}
JOIN = "/voices/join/token-hilltop-school/"


def test_a_young_person_answers_without_name_or_account(asked: Asked, as_: As) -> None:
    page = text(as_("nobody").get(JOIN))
    for words in ("What would make your way home safer?", "So that the council can act.", "no names", "999"):
        assert words in page
    assert "/worried/" in page
    assert (
        re.findall(r'name="(\w+)"', page[page.index("<main") :])
        == ["csrfmiddlewaretoken", "text"] + ["age_band"] * 4
    )
    browser = as_("nobody")
    response = browser.post(JOIN, GOOD)
    given = Contribution.objects.get()
    assert (given.text, given.host, given.state) == ("More lights.", asked.school, "waiting")
    assert response.url == f"/voices/thanks/{given.withdraw_code}/"
    assert "sessionid" not in browser.cookies
    thanks = text(browser.get(response.url))
    assert f"http://testserver/voices/withdraw/{given.withdraw_code}/" in thanks
    assert "More lights." not in thanks


def test_asking_never_writes(asked: Asked, as_: As) -> None:
    given = asked.answer("More lights.")
    for path in (JOIN, f"/voices/thanks/{given.withdraw_code}/", f"/voices/withdraw/{given.withdraw_code}/"):
        text(as_("nobody").get(path))
    assert (Contribution.objects.get().state, AuditEntry.objects.count()) == ("waiting", 0)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text": ""}, "Write your answer, however short."),
        ({"text": "x" * 401}, "400"),
        ({"age_band": ""}, "Choose how old you are."),
        ({"text": "ring 07700 900123"}, "a phone number"),
    ],
)
def test_what_is_wrong_is_said_kindly_and_the_text_stays(
    asked: Asked, as_: As, sent: dict[str, str], words: str
) -> None:
    page = text(as_("nobody").post(JOIN, GOOD | sent))
    assert words in page
    assert (GOOD | sent)["text"] in page
    assert "names_nobody" not in page
    assert not Contribution.objects.exists()


def test_four_hundred_characters_in_lines_are_four_hundred(asked: Asked, as_: As) -> None:
    as_("nobody").post(JOIN, GOOD | {"text": "\r\n".join(["x" * 99, "y" * 99, "z" * 100, "z" * 99])})
    assert len(Contribution.objects.get().text) == 400


def test_a_possible_name_is_asked_about_once(asked: Asked, as_: As) -> None:
    sent = GOOD | {"text": "a game called Tag"}
    page = text(as_("nobody").post(JOIN, sent))
    assert "a person’s name" in page
    assert 'name="names_nobody"' in page
    assert as_("nobody").post(JOIN, sent | {"names_nobody": "on"}).status_code == 302
    assert Contribution.objects.get().text == "a game called Tag"


@pytest.mark.parametrize(("first", "last"), [(1, 5), (-5, -1)])
def test_a_closed_question_has_no_form_and_takes_nothing(
    asked: Asked, as_: As, first: int, last: int
) -> None:
    days = [TODAY + datetime.timedelta(days=n) for n in (first, last)]
    Conversation.objects.update(opens=days[0], closes=days[1])
    assert "<textarea" not in text(as_("nobody").get(JOIN))
    text(as_("nobody").post(JOIN, GOOD))
    assert not Contribution.objects.exists()


def test_a_link_nobody_gave_leads_nowhere(asked: Asked, as_: As) -> None:
    for path in ("/voices/join/x/", "/voices/thanks/x/", "/voices/withdraw/x/"):
        assert as_("nobody").get(path).status_code == 404
        assert as_("nobody").post(path).status_code in (404, 405)


def test_a_flood_through_one_link_is_stopped_and_the_text_stays(asked: Asked, as_: As) -> None:
    browser = as_("nobody")
    for _ in range(AN_HOUR):
        assert browser.post(JOIN, GOOD).status_code == 302
    page = text(browser.post(JOIN, GOOD | {"text": "One more."}), status=429)
    assert "One more." in page
    assert "send it in an hour" in page
    assert Contribution.objects.count() == AN_HOUR
    assert browser.post("/voices/join/token-lantern-youth/", GOOD).status_code == 302


@pytest.mark.parametrize("state", ["waiting", "shown", "refused"])
def test_a_link_never_has_the_words_and_takes_them_back_at_any_time(
    asked: Asked, as_: As, state: str
) -> None:
    given = asked.answer("More lights.", state, reason="names" if state == "refused" else "")
    path = f"/voices/withdraw/{given.withdraw_code}/"
    assert "More lights." not in text(as_("nobody").get(path))
    assert "Your answer is gone" in text(as_("nobody").post(path))
    assert "Your answer is gone" in text(as_("nobody").get(path))
    assert "More lights." not in text(as_("alice").get("/voices/safer/read/"))
    assert "More lights." not in text(as_("nobody").get("/voices/safer/"))


def test_a_link_does_not_tell_what_is_refused_from_what_nobody_has_read(asked: Asked, as_: As) -> None:
    """Who finds the link in a browser's history must not learn that somebody asked for help."""
    given = [asked.answer("One"), asked.answer("Two", "refused", reason="safeguarding")]
    pages = [text(as_("nobody").get(f"/voices/withdraw/{each.withdraw_code}/")) for each in given]
    masked = [
        without_chance(page.replace(each.withdraw_code, "")) for page, each in zip(pages, given, strict=True)
    ]
    assert masked[0] == masked[1]
    assert "It is not on the page of the question." in masked[0]


def test_pages_with_a_code_are_not_kept_by_browsers_or_search_engines(asked: Asked, as_: As) -> None:
    code = asked.answer("More lights.").withdraw_code
    for path in (JOIN, f"/voices/thanks/{code}/", f"/voices/withdraw/{code}/"):
        response = as_("nobody").get(path)
        assert "no-store" in response["Cache-Control"]
        assert 'content="noindex"' in text(response)


# Those who read


def test_the_coordinator_reads_what_waits_first(asked: Asked, as_: As) -> None:
    for words, state in (("Read one", "shown"), ("Waits first", "waiting"), ("Waits second", "waiting")):
        asked.answer(words, state)
    page = text(as_("alice").get("/voices/safer/read/"))
    places = [page.index(f">{words}<") for words in ("Waits first", "Waits second", "Read one")]
    assert places == sorted(places)
    assert "2 answers wait." in page
    assert "2 answers wait to be read." in text(as_("alice").get("/voices/safer/"))


@pytest.mark.parametrize(("name", "status"), [("bob", 404), ("charlie", 404), ("lead", 404), ("nobody", 302)])
def test_others_cannot_read_or_decide(asked: Asked, as_: As, name: str, status: int) -> None:
    given = asked.answer("Secret")
    assert as_(name).get("/voices/safer/read/").status_code == status
    sent = {"contribution": given.pk, "state": "shown"}
    assert as_(name).post("/voices/safer/read/", sent).status_code == status
    assert Contribution.objects.get().state == "waiting"


def test_showing_and_not_showing_by_form(asked: Asked, as_: As) -> None:
    one, two = asked.answer("More lights."), asked.answer("Secret")
    browser = as_("alice")
    browser.post("/voices/safer/read/", {"contribution": one.pk, "state": "shown", "reason": ""})
    page = text(
        browser.post(
            "/voices/safer/read/",
            {"contribution": two.pk, "state": "refused", "reason": "safeguarding"},
            follow=True,
        )
    )
    assert "Tell the safeguarding lead now: Head of safeguarding, Northton." in page
    public = text(as_("nobody").get("/voices/safer/"))
    assert "More lights." in public
    assert "Secret" not in public


def test_not_showing_needs_a_reason(asked: Asked, as_: As) -> None:
    given = asked.answer("Secret")
    sent = {"contribution": given.pk, "state": "refused", "reason": ""}
    assert "Choose why it is not shown." in text(as_("alice").post("/voices/safer/read/", sent, follow=True))
    assert Contribution.objects.get().state == "waiting"


def test_an_answer_to_another_question_cannot_be_decided_here(world: World, asked: Asked, as_: As) -> None:
    given = asked.answer("Secret")
    asked.event.footprint = world.south
    elsewhere = Event.objects.create(
        programme=asked.event.programme, footprint=world.south, slug="e", name="E"
    )
    other = Conversation.objects.create(
        event=elsewhere, slug="other", question="Q?", opens=TODAY, closes=TODAY
    )
    Contribution.objects.update(conversation=other)
    response = as_("alice").post("/voices/safer/read/", {"contribution": given.pk, "state": "shown"})
    assert response.status_code == 404
    assert Contribution.objects.get().state == "waiting"


def test_a_topic_whose_answer_was_taken_back_is_pointed_out(asked: Asked, as_: As) -> None:
    given = asked.answer("", "withdrawn")
    Topic.objects.create(event=asked.event, title="Light on the way home").contributions.add(given)
    assert "Light on the way home" in text(as_("alice").get("/voices/safer/read/"))
    assert "Light on the way home" not in text(as_("nobody").get("/voices/safer/"))


def test_a_shown_answer_becomes_a_topic_by_form(asked: Asked, as_: As) -> None:
    given = asked.answer("More lights.", "shown")
    path = f"/voices/contribution/{given.pk}/topic/"
    assert path in text(as_("alice").get("/voices/safer/"))
    assert path not in text(as_("bob").get("/voices/safer/"))
    assert as_("bob").get(path).status_code == 403
    assert "More lights." in text(as_("alice").get(path))
    assert not Topic.objects.exists()
    answer = as_("alice").post(path, {"title": "Light", "theme": "trusted-adult"}, follow=True)
    assert answer.redirect_chain == [(f"/events/{asked.event.slug}/topics/", 302)]
    assert "It is on the agenda now. No table talks about it yet." in text(answer)
    assert "No topic has a table yet: the tables are not planned." in text(answer)
    assert Topic.objects.get().contributions.get() == given
    assert "It is a topic already." in text(as_("alice").post(path, {"title": "Again"}))


# Those who open


QUESTION = {"question": "What would help?", "why": "To act.", "opens": "2030-01-01", "closes": "2030-01-31"}


def test_opening_by_form(world: World, event: Event, as_: As) -> None:
    page = text(as_("alice").get("/events/day/ask/"))
    assert "Lantern Youth" in page
    assert "Far Harbour" not in page
    response = as_("alice").post("/events/day/ask/", QUESTION | {"hosts": [world.lantern.pk]})
    assert response.url == f"/voices/{Conversation.objects.get().slug}/"
    assert Conversation.objects.get().host_links.get().partner == world.lantern


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "This field is required."),
        ({"closes": "2029-01-01", "hosts": True}, "The last day cannot be before the first."),
    ],
)
def test_a_bad_question_opens_nothing(
    world: World, event: Event, as_: As, sent: dict[str, Any], words: str
) -> None:
    if "hosts" in sent:
        sent = sent | {"hosts": [world.lantern.pk]}
    assert words in text(as_("alice").post("/events/day/ask/", QUESTION | sent))
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("charlie", 403), ("nobody", 302)])
def test_others_open_no_question(event: Event, as_: As, name: str, status: int) -> None:
    for method in ("get", "post"):
        assert getattr(as_(name), method)("/events/day/ask/").status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_a_fixed_number_of_queries(
    world: World, asked: Asked, as_: As, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        Conversation.objects.create(
            event=asked.event, slug=f"q{number}", question="Q?", opens=TODAY, closes=TODAY
        )
        given = asked.answer(f"Shown {number}", "shown")
        Topic.objects.create(event=asked.event, title=f"T{number}").contributions.add(given)
        gone = asked.answer("", "withdrawn")
        Topic.objects.create(event=asked.event, title=f"G{number}").contributions.add(gone)
        asked.answer(f"Waits {number}")
    alice, nobody = as_("alice"), as_("nobody")
    for path, queries in (("/voices/", 2), ("/voices/safer/", 3), (JOIN, 1)):
        with django_assert_num_queries(queries):
            nobody.get(path)
    for path, queries in (("/voices/safer/", 8), ("/voices/safer/read/", 10)):
        with django_assert_num_queries(queries):
            alice.get(path)
