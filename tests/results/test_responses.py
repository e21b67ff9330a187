"""We asked, you said, we did: who reads what and when, the right of reply, publishing and holds."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import report_progress
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Topic
from joinedup.partners.models import Contact, Partner
from joinedup.registration.models import SurveyAnswer
from joinedup.registration.survey import STATEMENTS
from joinedup.results.actions.responses import (
    answer_response,
    change_response,
    publish_results,
    remove_response,
    take_back_results,
    write_response,
)
from joinedup.results.models import Response
from joinedup.results.queries.responses import to_answer
from joinedup.tables.models import Sitting
from joinedup.voice.models import Contribution, Conversation, Host
from tests.world import World

DAY = datetime.timedelta(days=1)


@pytest.fixture
def over(event: Event) -> Event:
    """It took place yesterday."""
    Event.objects.filter(pk=event.pk).update(date=timezone.localdate() - DAY)
    event.refresh_from_db()
    return event


@pytest.fixture
def said(over: Event, world: World) -> Callable[..., Contribution]:
    """`said("words", state="shown")`: an answer of a young person."""
    today = timezone.localdate()
    asked = Conversation.objects.create(
        event=over, slug="what-helps", question="What helps?", opens=today, closes=today
    )
    host = Host.objects.create(conversation=asked, partner=world.school)

    def said(text: str = "Somebody who listens", state: str = "shown") -> Contribution:
        return Contribution.objects.create(
            conversation=asked,
            host=host,
            text=text,
            state=state,
            age_band="14-15",
            read_by="A",
            read_on=today,
        )

    return said


@pytest.fixture
def write(over: Event, said, world: World) -> Callable[..., Response]:
    def write(text: str = "We opened the hall", **parts: Any) -> Response:
        whole = {"agreement": None, "about": None, "is_critical": False, "marking": "public", **parts}
        contribution = whole.pop("contribution", None) or said()
        return write_response(
            by=world.person("alice"), event=over, contribution=contribution, text=text, **whole
        )

    return write


@pytest.fixture
def critical(write, world: World) -> Response:
    return write("The youth club was shut all summer", about=world.lantern, is_critical=True)


def publish(world: World, event: Event) -> None:
    publish_results(by=world.person("alice"), event=event)


def page(as_, who: str, event: Event, name: str = "results") -> str:
    answer = as_(who).get(f"/events/{event.slug}/{name}/")
    assert answer.status_code == 200
    return answer.content.decode()


def in_days(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    later = timezone.now() + days * DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)


def test_what_was_said_led_to_an_agreement_by_its_table(over, world: World, said, agree, as_):
    spoken = said("Somebody who listens")
    topic = Topic.objects.create(event=over, title="Trusted adults")
    topic.contributions.add(spoken)
    table = over.tables.first()
    sitting = Sitting.objects.create(event=over, table=table, round=1, topic=topic)
    agreed = agree(goal="A mentor for everyone", event=over)
    Agreement.objects.filter(pk=agreed.pk).update(sitting=sitting)
    said("A place that is open late")
    text = page(as_, "nobody", over)
    for words in (
        "What helps?",
        "Somebody who listens",
        "Trusted adults",
        "A mentor for everyone",
        "Not yet:",
    ):
        assert words in text
    assert text.index("Nothing yet") < text.index("A place that is open late")
    report_progress(by=world.person("bob"), agreement=agreed, report="kept", text="Forty mentors")
    text = page(as_, "nobody", over)
    assert "We did:" in text
    assert "Forty mentors" in text


def test_nothing_of_the_responses_is_public_before_it_is_published(over, world: World, write, as_):
    write()
    for who in ("nobody", "charlie", "bob"):
        text = page(as_, who, over)
        assert "Somebody who listens" in text
        assert "We opened the hall" not in text
        assert "not published its answers yet" in text
    assert "We opened the hall" in page(as_, "alice", over)
    publish(world, over)
    for who in ("nobody", "charlie", "bob"):
        assert "We opened the hall" in page(as_, who, over)
    take_back_results(by=world.person("alice"), event=over)
    assert "We opened the hall" not in page(as_, "nobody", over)
    done = ["event.publish", "event.take_back_results"]
    entries = AuditEntry.objects.filter(action__in=done).order_by("pk")
    assert [entry.action for entry in entries] == done


def test_a_response_for_the_partnership_shows_to_its_members_only(over, world: World, write, as_):
    write("We asked the council quietly", marking="partnership")
    publish(world, over)
    assert "quietly" in page(as_, "bob", over)
    for who in ("nobody", "charlie"):
        assert "quietly" not in page(as_, who, over)


def test_what_is_taken_back_goes_at_once_and_its_answer_stays(over, world: World, write, as_):
    response = write()
    publish(world, over)
    Contribution.objects.filter(pk=response.contribution_id).update(state="withdrawn")
    for who in ("nobody", "alice"):
        text = page(as_, who, over)
        assert "Somebody who listens" not in text
        assert "What was said was taken back." in text
        assert "We opened the hall" in text
    text = page(as_, "alice", over, "responses")
    assert "Somebody who listens" not in text
    assert "Check that these words do not repeat it" in text
    Contribution.objects.all().delete()
    assert "What was said was taken back." in page(as_, "nobody", over)


def test_a_response_whose_contribution_is_gone_can_still_be_changed(over, world: World, write, as_):
    response = write()
    Contribution.objects.update(state="withdrawn")
    values = {"contribution": "", "text": "Better words", "marking": "public"}
    answer = as_("alice").post(f"/events/{over.slug}/responses/?change={response.pk}", values)
    assert answer.status_code == 302
    response.refresh_from_db()
    assert (response.text, response.contribution_id is None) == ("Better words", False)


def test_whoever_it_is_critical_of_reads_it_first(critical, over, world: World, as_):
    publish(world, over)
    assert critical.told_on == timezone.localdate()
    words = "shut all summer"
    assert words in page(as_, "bob", over), "Lantern Youth is told"
    assert words in page(as_, "alice", over)
    for who in ("nobody", "charlie"):
        assert words not in page(as_, who, over)
    assert words not in page(as_, "alice", over, "publish"), "the preview is what the public reads"
    assert "Lantern Youth, from" in page(as_, "alice", over, "publish")


def test_it_shows_after_ten_working_days_without_an_answer(
    critical, over, world: World, as_, monkeypatch: pytest.MonkeyPatch
):
    publish(world, over)
    Response.objects.update(told_on=datetime.date(2026, 3, 27))
    # Good Friday and Easter Monday 2026 are among the days that follow.
    for on, shown in ((datetime.date(2026, 4, 13), False), (datetime.date(2026, 4, 14), True)):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *a, on=on: on)
        text = page(as_, "nobody", over)
        assert ("shut all summer" in text) is shown
    assert "has not answered" in text
    assert "Lantern Youth" not in text, "a partner that is not public is called by its sector"
    Partner.objects.update(marking="public")
    assert "Lantern Youth" in page(as_, "nobody", over)


def test_an_answer_shows_beside_it_and_sooner_where_they_agree(
    critical, over, world: World, as_, monkeypatch
):
    publish(world, over)
    bob, path = as_("bob"), f"/responses/{critical.pk}/answer/"
    assert "shut all summer" in bob.get(path).content.decode()
    for who, status in (("alice", 404), ("charlie", 404), ("lead", 404), ("nobody", 302)):
        assert as_(who).get(path).status_code == status
        assert as_(who).post(path, {"text": "No"}).status_code == status
    assert "This field is required" in bob.post(path, {"text": " "}).content.decode()
    assert bob.post(path, {"text": "We had no caretaker"}).status_code == 302
    critical.refresh_from_db()
    assert (critical.answer, critical.shown_early_on) == ("We had no caretaker", None)
    assert "caretaker" not in page(as_, "nobody", over)
    bob.post(path, {"text": "We had no caretaker", "show_now": "on"})
    text = page(as_, "nobody", over)
    assert text.index("shut all summer") < text.index("We had no caretaker")
    assert AuditEntry.objects.filter(action="response.answer").count() == 2


def test_the_mail_lets_them_answer_without_an_account(
    write, over, world: World, as_, django_capture_on_commit_callbacks
):
    Contact.objects.create(partner=world.lantern, role="Manager", email="m@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        response = write("It was shut", about=world.lantern, is_critical=True)
    assert sorted(each.to[0] for each in mail.outbox) == ["bob@example.org", "m@example.org"]
    letter = next(each for each in mail.outbox if each.to == ["m@example.org"])
    assert "It was shut" in letter.body
    path = "/responses/by-mail/" + letter.body.split("/responses/by-mail/")[1].split()[0]
    nobody = as_("nobody")
    assert "It was shut" in nobody.get(path).content.decode()
    response.refresh_from_db()
    assert response.answer == "", "reading changes nothing"
    nobody.post(path, {"text": "It is open again"})
    response.refresh_from_db()
    assert response.answer == "It is open again"
    assert AuditEntry.objects.get(action="response.answer").by == "Manager"
    Contact.objects.all().delete()
    assert nobody.get(path).status_code == 404, "they do not speak for it any more"
    assert nobody.get("/responses/by-mail/wrong/").status_code == 404


def test_other_words_give_ten_working_days_again(
    critical, world: World, django_capture_on_commit_callbacks, monkeypatch
):
    answer_response(by=world.person("bob"), response=critical, text="We were ill", show_now=True)
    Response.objects.update(told_on=timezone.localdate() - 30 * DAY)
    critical.refresh_from_db()
    parts = {
        "contribution": critical.contribution,
        "agreement": None,
        "about": world.lantern,
        "is_critical": True,
    }
    with django_capture_on_commit_callbacks(execute=True):
        change_response(
            by=world.person("alice"), response=critical, text=critical.text, marking="partnership", **parts
        )
    assert not mail.outbox
    assert critical.told_on < timezone.localdate()
    with django_capture_on_commit_callbacks(execute=True):
        change_response(
            by=world.person("alice"), response=critical, text="Shut in July", marking="public", **parts
        )
    assert mail.outbox
    assert (critical.told_on, critical.shown_early_on) == (timezone.localdate(), None)
    assert critical.answer == "We were ill"
    other = parts | {"about": world.police}
    Contact.objects.create(partner=world.police, role="Desk", email="d@example.org")
    change_response(
        by=world.person("alice"), response=critical, text="Shut in July", marking="public", **other
    )
    assert critical.answer == "", "it was another's"


def test_what_is_refused(write, said, over, world: World, agree):
    alice = world.person("alice")
    with pytest.raises(ValidationError, match="Name the organisation"):
        write(is_critical=True)
    with pytest.raises(ValidationError, match="add a contact first"):
        write(is_critical=True, about=world.police)
    with pytest.raises(ValidationError, match="partner of this partnership"):
        write(about=world.harbour)
    with pytest.raises(ValidationError, match="Say what was done"):
        write("  ")
    with pytest.raises(ValidationError, match="Choose what was said"):
        write(contribution=said(state="waiting"))
    assert not Response.objects.exists()
    assert not AuditEntry.objects.filter(action="response.write").exists()
    for who in ("bob", "charlie", "nobody"):
        with pytest.raises(PermissionDenied):
            write_response(
                by=world.person(who),
                event=over,
                contribution=said(),
                text="x",
                agreement=None,
                about=None,
                is_critical=False,
                marking="public",
            )
        with pytest.raises(PermissionDenied):
            publish_results(by=world.person(who), event=over)
    response = write(about=world.lantern, is_critical=True)
    with pytest.raises(PermissionDenied):
        answer_response(by=world.person("charlie"), response=response, text="x")
    remove_response(by=alice, response=response)
    assert AuditEntry.objects.get(action="response.remove").before["text"] == "We opened the hall"


def test_nothing_is_published_while_it_is_held(over, world: World, write, critical, as_):
    alice, until = world.person("alice"), timezone.localdate() + 40 * DAY
    world.north.held_until = until
    world.north.save()
    over.refresh_from_db()
    assert "Nothing new is published before" in page(as_, "alice", over, "publish")
    answer = as_("alice").post(f"/events/{over.slug}/publish/", {"do": "publish"}, follow=True)
    assert f"{until.day} {until:%B %Y}" in answer.content.decode()
    over.refresh_from_db()
    assert over.results_published_on is None
    Event.objects.update(results_published_on=timezone.localdate())
    Response.objects.filter(pk=critical.pk).update(told_on=timezone.localdate() - 60 * DAY)
    assert "shut all summer" not in page(as_, "nobody", over), "nothing critical comes out before an election"
    over.refresh_from_db()
    with pytest.raises(ValidationError, match="Nothing new is published"):
        write()
    assert write(marking="partnership").pk
    take_back_results(by=alice, event=over)


def test_publishing_waits_for_the_day(event: Event, world: World, as_):
    with pytest.raises(ValidationError, match="from the day of the event"):
        publish(world, event)
    Event.objects.update(date=timezone.localdate() - DAY, cancelled_on=timezone.localdate())
    with pytest.raises(ValidationError, match="cancelled"):
        publish(world, Event.objects.get(pk=event.pk))


def test_the_pages_of_writers(over, world: World, said, as_, agree):
    spoken, path = said("A place that is open late"), f"/events/{over.slug}/responses/"
    for name in ("responses", "publish"):
        for who, status in (("bob", 404), ("charlie", 404), ("nobody", 302), ("lead", 200), ("alice", 200)):
            assert as_(who).get(f"/events/{over.slug}/{name}/").status_code == status
    alice = as_("alice")
    assert "1 answer waits for yours" in alice.get(path).content.decode()
    agreed = agree(event=over)
    values = {"contribution": spoken.pk, "text": "Open till ten", "agreement": agreed.pk, "marking": "public"}
    wrong = alice.post(path, values | {"is_critical": "on"}).content.decode()
    assert "Name the organisation" in wrong
    assert "Open till ten" in wrong, "nothing typed is lost"
    assert alice.post(path, values).status_code == 302
    assert alice.post(path, values | {"contribution": "99999"}).status_code == 200
    response = Response.objects.get()
    assert (response.agreement, response.recorded_by) == (agreed, "Alice")
    text = page(as_, "alice", over)
    assert text.index("A place that is open late") < text.index("Open till ten")
    assert alice.post(path, {"do": "remove", "response": response.pk}).status_code == 302
    assert not Response.objects.exists()
    assert alice.get(f"{path}?change=x&to=y").status_code == 200


def test_my_work_lists_what_to_answer(critical, world: World, as_):
    assert [each.response for each in to_answer(world.person("bob"))] == [critical]
    assert to_answer(world.person("charlie")) == []
    assert f"/responses/{critical.pk}/answer/" in as_("bob").get("/work/").content.decode()
    answer_response(by=world.person("bob"), response=critical, text="We were ill")
    assert to_answer(world.person("bob")) == []


def test_history_and_events_of_others_say_nothing(event: Event, as_):
    Event.objects.create(programme=event.programme, slug="past", name="A past event", is_history=True)
    assert "Nothing public says" in as_("nobody").get("/events/past/results/").content.decode()
    assert as_("nobody").get("/events/none/results/").status_code == 404
    assert as_("alice").get("/events/past/responses/").status_code == 404
    Event.objects.filter(pk=event.pk).update(listed_from=timezone.localdate() + DAY)
    assert as_("charlie").get(f"/events/{event.slug}/results/").status_code == 404
    assert as_("bob").get(f"/events/{event.slug}/results/").status_code == 200


def test_the_page_takes_a_fixed_number_of_queries(over, world: World, said, write, agree, as_):
    def cost(who: str) -> int:
        browser = as_(who)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/events/{over.slug}/results/").status_code == 200
        return len(queries)

    def more() -> None:
        response = write(about=world.lantern, agreement=agree(event=over))
        Topic.objects.create(event=over, title="T").contributions.add(response.contribution)
        said()

    publish(world, over)
    more()
    one = cost("nobody"), cost("bob")
    more()
    more()
    assert (cost("nobody"), cost("bob")) == one
    assert one[0] <= 12


def test_the_page_of_the_event_leads_to_what_came_of_it(over, world: World, agree, as_):
    agree(goal="Open goal", event=over)
    shared = f"/agreements.csv?event={over.slug}"
    text = as_("nobody").get(f"/events/{over.slug}/").content.decode()
    for name in ("results", "since"):
        assert f'href="/events/{over.slug}/{name}/"' in text
    assert f'href="{shared}"' in text
    assert "Open goal" in as_("nobody").get(shared).content.decode()
    assert "Who agrees, before and after" not in text
    for number in range(5):
        SurveyAnswer.objects.create(
            event=over, moment="after", pair=str(number), answers={next(iter(STATEMENTS)): 5}, on=over.date
        )
    unpublished = as_("nobody").get(f"/events/{over.slug}/").content.decode()
    assert "Who agrees, before and after" not in unpublished
    Event.objects.update(results_published_on=timezone.localdate())
    text = as_("nobody").get(f"/events/{over.slug}/").content.decode()
    assert "Who agrees, before and after" in text
    Event.objects.update(date=timezone.localdate() + 9 * DAY)
    text = as_("nobody").get(f"/events/{over.slug}/").content.decode()
    assert "/since/" not in text
    assert "Who agrees" not in text
