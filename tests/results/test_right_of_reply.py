"""The right of reply is that of the named body: nobody whom the criticising side put there answers or waives for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.actions import invite_person
from joinedup.accounts.links import make_link
from joinedup.accounts.models import AuditEntry, Grant
from joinedup.accounts.person import Person
from joinedup.events.models import Event
from joinedup.partners.actions import add_contact
from joinedup.partners.models import Contact
from joinedup.results.actions.responses import (
    answer_by_mail,
    answer_response,
    change_response,
    publish_results,
    take_back_waiver,
    tell_again,
    write_response,
)
from joinedup.results.models import Response
from joinedup.results.queries.right_of_reply import addresses
from joinedup.voice.models import Contribution, Conversation, Host
from tests.results.test_responses import DAY, in_days, page
from tests.world import World, make_user

Capture = Callable[..., Any]
As = Callable[[str], Client]
WORDS = "The front desk was shut all summer"


@pytest.fixture
def over(event: Event) -> Event:
    Event.objects.filter(pk=event.pk).update(date=timezone.localdate() - DAY)
    event.refresh_from_db()
    return event


@pytest.fixture
def write(over: Event, world: World, django_capture_on_commit_callbacks: Capture) -> Callable[..., Response]:
    """`write()`: Alice, who coordinates, writes something critical of Testland Police; and the mails go out."""
    today = timezone.localdate()
    asked = Conversation.objects.create(
        event=over, slug="q", question="What helps?", opens=today, closes=today
    )
    host = Host.objects.create(conversation=asked, partner=world.school)
    said = Contribution.objects.create(
        conversation=asked,
        host=host,
        text="A desk",
        state="shown",
        age_band="14-15",
        read_by="A",
        read_on=today,
    )

    def write(by: Person | None = None) -> Response:
        with django_capture_on_commit_callbacks(execute=True):
            return write_response(
                by=by or world.person("alice"),
                event=over,
                contribution=said,
                text=WORDS,
                agreement=None,
                about=world.police,
                is_critical=True,
                marking="public",
            )

    return write


def contact(world: World, email: str, by: Any = None) -> Contact:
    return Contact.objects.create(partner=world.police, role="Desk", email=email, added_by=by)


def link(response: Response, to: Any) -> str:
    return f"/responses/by-mail/{make_link('response-answer', response.pk, to)}/"


def told() -> dict[str, str]:
    """Who was written to, and the subject."""
    return {each.to[0]: each.subject for each in mail.outbox}


class TestWhoeverTheirSidePutThere:
    def test_a_contact_that_the_writer_added_neither_answers_nor_waives(
        self, write: Callable[..., Response], over: Event, world: World, as_: As
    ) -> None:
        add_contact(by=world.person("alice"), partner=world.police, role="Desk", email="mate@example.com")
        contact(world, "sergeant@police.example")
        response = write()
        assert told()["sergeant@police.example"].startswith("Please answer by")
        assert told()["mate@example.com"] == "For you to know: about Testland Police"
        publish_results(by=world.person("alice"), event=over)
        path = link(response, "mate@example.com")
        text = as_("nobody").get(path).content.decode()
        assert WORDS in text
        assert "You can read this and not answer it" in text
        assert "Save our answer" not in text
        as_("nobody").post(path, {"text": "We are sorry", "show_now": "on"})
        as_("nobody").post(path, {"do": "wait"})
        with pytest.raises(ValidationError, match="cannot answer for the organisation"):
            answer_by_mail(token=path.split("/")[3], text="We are sorry", show_now=True)
        response.refresh_from_db()
        assert (response.answer, response.shown_early_on) == ("", None)
        for who in ("nobody", "charlie", "bob"):
            assert WORDS not in page(as_, who, over)

    @pytest.mark.parametrize(
        "who", ["another coordinator", "a colleague of the writer", "whoever changed it"]
    )
    def test_nor_does_one_that_the_writers_people_added(
        self, who: str, write: Callable[..., Response], world: World
    ) -> None:
        ann = make_user("ann@example.org", "Ann", "programme_lead")
        if who == "another coordinator":
            Grant.objects.create(user=ann, role="coordinator", footprint=world.north)
        elif who == "a colleague of the writer":
            Grant.objects.create(user=ann, role="partner_member", partner=world.school)
            Grant.objects.create(user=world.alice, role="partner_member", partner=world.school)
        contact(world, "mate@example.com", by=ann)
        contact(world, "sergeant@police.example")
        response = write()
        if who == "whoever changed it":
            change_response(
                by=Person.of(ann),
                response=response,
                contribution=response.contribution,
                text="Shut all year",
                agreement=None,
                about=world.police,
                is_critical=True,
                marking="public",
            )
        found = addresses(response)
        assert (found.counting, found.others) == (["sergeant@police.example"], ["mate@example.com"])

    def test_what_their_own_people_and_others_added_counts(
        self, write: Callable[..., Response], world: World
    ) -> None:
        pat = make_user("pat@police.example", "Pat", "partner_member", partner=world.police)
        Grant.objects.create(user=pat, role="coordinator", footprint=world.north)
        contact(world, "desk@police.example", by=pat)
        contact(world, "old@police.example")
        contact(world, "charlie.added@police.example", by=world.charlie)
        found = addresses(write())
        assert [getattr(each, "email", each) for each in found.counting] == [
            "pat@police.example",
            "charlie.added@police.example",
            "desk@police.example",
            "old@police.example",
        ]
        assert found.others == []

    def test_the_writer_does_not_answer_as_a_member_nor_by_their_own_address(
        self, write: Callable[..., Response], world: World, as_: As
    ) -> None:
        Grant.objects.create(user=world.alice, role="partner_member", partner=world.police)
        contact(world, "sergeant@police.example")
        response = write()
        alice = Person.of(world.alice)
        for act in (
            lambda: answer_response(by=alice, response=response, text="Fine", show_now=True),
            lambda: take_back_waiver(by=alice, response=response),
        ):
            with pytest.raises(PermissionDenied, match="cannot answer for the organisation"):
                act()
        text = as_("alice").get(f"/responses/{response.pk}/answer/").content.decode()
        assert "Save our answer" not in text
        as_("alice").post(f"/responses/{response.pk}/answer/", {"text": "Fine", "show_now": "on"})
        response.refresh_from_db()
        assert (response.answer, response.shown_early_on) == ("", None)

    def test_nor_does_whom_they_made_a_member_for_it(
        self, write: Callable[..., Response], world: World, as_: As
    ) -> None:
        contact(world, "sergeant@police.example")
        before = invite_person(
            by=world.person("alice"), email="old@police.example", partner=world.police
        ).user
        response = write()
        late = invite_person(by=world.person("alice"), email="mate@example.com", partner=world.police).user
        with pytest.raises(PermissionDenied):
            answer_response(by=Person.of(late), response=response, text="Fine", show_now=True)
        assert (
            answer_response(by=Person.of(before), response=response, text="It was not").answer == "It was not"
        )


class TestNobodyCounts:
    @pytest.fixture
    def waiting(self, write: Callable[..., Response], world: World) -> Response:
        contact(world, "mate@example.com", by=world.alice)
        return write()

    def test_it_waits_however_long_and_who_coordinates_is_told(
        self, waiting: Response, over: Event, world: World, as_: As, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert waiting.told_on is None
        assert told() == {
            "mate@example.com": "For you to know: about Testland Police",
            "alice@example.org": "Nobody at Testland Police could be told",
        }
        publish_results(by=world.person("alice"), event=over)
        assert "Nobody could be told of something critical" in as_("alice").get("/work/").content.decode()
        assert "nobody there who may answer has been told" in page(as_, "alice", over, "publish")
        in_days(monkeypatch, 60)
        for who in ("nobody", "charlie", "bob"):
            assert WORDS not in page(as_, who, over)
        assert "9999" not in page(as_, "alice", over, "responses")

    def test_the_days_begin_when_somebody_who_counts_is_told(
        self,
        waiting: Response,
        over: Event,
        world: World,
        as_: As,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        path = f"/events/{over.slug}/responses/"
        tell = {"do": "tell", "response": waiting.pk}
        assert "Tell them now" in as_("alice").get(path).content.decode()
        assert "Still nobody at" in as_("alice").post(path, tell, follow=True).content.decode()
        for who, status in (("bob", 404), ("charlie", 404), ("nobody", 302)):
            assert as_(who).post(path, tell).status_code == status
        contact(world, "sergeant@police.example", by=world.charlie)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            as_("alice").post(path, tell)
        waiting.refresh_from_db()
        assert waiting.told_on == timezone.localdate()
        assert "sergeant@police.example" in told()
        assert AuditEntry.objects.filter(action="response.tell").exists()
        with pytest.raises(ValidationError, match="told already"):
            tell_again(by=world.person("alice"), response=waiting)

    def test_a_mail_server_that_takes_nothing_has_told_nobody(
        self, write: Callable[..., Response], world: World, settings: Any
    ) -> None:
        contact(world, "sergeant@police.example")
        settings.EMAIL_BACKEND = "tests.mail.refusing.Refusing"
        response = write()
        response.refresh_from_db()
        assert response.told_on is None


class TestAWaiver:
    @pytest.fixture
    def waived(
        self,
        write: Callable[..., Response],
        over: Event,
        world: World,
        django_capture_on_commit_callbacks: Capture,
    ) -> Response:
        """One of three who may answer lets both be shown at once."""
        for email in ("one@police.example", "two@police.example"):
            contact(world, email)
        make_user("pat@police.example", "Pat", "partner_member", partner=world.police)
        response = write()
        publish_results(by=world.person("alice"), event=over)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            Client().post(link(response, "one@police.example"), {"text": "Sorry", "show_now": "on"})
        response.refresh_from_db()
        return response

    def test_everybody_else_addressed_is_told(self, waived: Response, over: Event, as_: As) -> None:
        assert sorted(told()) == ["pat@police.example", "two@police.example"]
        letter = next(each for each in mail.outbox if each.to == ["two@police.example"])
        for words in (WORDS, "Sorry", "you can undo it"):
            assert words in letter.body
        assert WORDS in page(as_, "nobody", over)

    def test_any_of_them_takes_it_back_and_it_waits_again(
        self,
        waived: Response,
        over: Event,
        as_: As,
        world: World,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        path = link(waived, "two@police.example")
        assert "wait until the ten working days are over" in as_("nobody").get(path).content.decode()
        assert WORDS in page(as_, "nobody", over), "reading changes nothing"
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            as_("nobody").post(path, {"do": "wait"})
        waived.refresh_from_db()
        assert (waived.shown_early_on, waived.answer) == (None, "Sorry")
        for who in ("nobody", "charlie", "bob"):
            assert WORDS not in page(as_, who, over)
        assert sorted(told()) == ["one@police.example", "pat@police.example"]
        assert AuditEntry.objects.filter(action="response.take_back_waiver").count() == 1
        again = as_("nobody").post(path, {"do": "wait"}, follow=True).content.decode()
        assert "already" in again

    def test_signed_in_too_and_not_after_the_ten_days(
        self, waived: Response, world: World, as_: As, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pat = Person.of(Grant.objects.get(partner=world.police).user)
        for who in ("alice", "bob", "charlie", "lead"):
            with pytest.raises(PermissionDenied):
                take_back_waiver(by=world.person(who), response=waived)
            assert as_(who).post(f"/responses/{waived.pk}/answer/", {"do": "wait"}).status_code == 404
        in_days(monkeypatch, 30)
        with pytest.raises(ValidationError, match="ten working days are over"):
            take_back_waiver(by=pat, response=waived)
        monkeypatch.undo()
        assert take_back_waiver(by=pat, response=waived).shown_early_on is None


def test_who_added_a_contact_is_known(world: World, as_: As) -> None:
    as_("alice").post(
        f"/partners/{world.police.slug}/contacts/add/", {"role": "Desk", "name": "", "email": "d@example.org"}
    )
    assert Contact.objects.get(email="d@example.org").added_by == world.alice
    operator = add_contact(by=Person.operator(), partner=world.police, role="Other", email="o@example.org")
    assert operator.added_by is None
