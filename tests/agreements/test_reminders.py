"""Who is asked about an agreement when, by which mail, and what its button does."""

from __future__ import annotations

import datetime
import re
import smtplib
import threading
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.utils import timezone

from joinedup.accounts.links import make_link
from joinedup.accounts.models import AuditEntry, Grant, Preference
from joinedup.agreements.actions.reminders import ask_now, chase
from joinedup.agreements.models import Agreement, Chase, Progress
from joinedup.agreements.reminder_steps import due_chases, next_to_ask, to_come, waits
from joinedup.agreements.worker import chase_agreements
from joinedup.mail.outbox import send_due
from joinedup.partners.models import Contact
from tests.waiting import HANGS
from tests.world import World, make_user

DUE = datetime.date(2027, 6, 1)
MADE = datetime.date(2027, 1, 10)


def days(number: int) -> datetime.date:
    return DUE + datetime.timedelta(days=number)


def agreement(*reports: int, **fields: Any) -> Agreement:
    """An agreement that is due on DUE, with its reviews far from it and reports so many days after DUE."""
    far = {"review_3": days(-90), "review_6": days(100), "review_12": days(300)}
    made = Agreement(pk=1, **({"due": DUE, "state": "agreed"} | far | fields))
    made._prefetched_objects_cache = {"progress": [Progress(on=days(each)) for each in reports]}
    return made


class TestWhatIsDue:
    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            (-15, []),
            (-14, ["before"]),
            (0, ["before"]),
            (1, ["owner"]),
            (6, ["owner"]),
            (7, ["deputy", "owner"]),
            (14, ["coordinator", "deputy", "owner"]),
            (99, ["coordinator", "deputy", "owner"]),
            (100, ["coordinator", "deputy", "owner", "review_6"]),
        ],
    )
    def test_from_before_its_day_to_long_after(self, on: int, expected: list[str]) -> None:
        made = agreement(-80)
        assert [step for step, _day in due_chases(made, days(on))] == expected

    @pytest.mark.parametrize(
        ("reports", "on", "expected"),
        [
            ([-80, -20], -10, []),
            ([-80, -31], -10, ["before"]),
            ([-80, -1], 1, ["owner"]),
            ([-80, 0], 20, []),
            ([-80, 3], 20, []),
            ([-80, 3], 100, ["review_6"]),
            ([-80, 86], 100, []),
            ([-80, 85], 100, ["review_6"]),
            ([-80, 100], 100, []),
        ],
    )
    def test_a_report_answers_what_it_is_near(self, reports: list[int], on: int, expected: list[str]) -> None:
        assert [step for step, _day in due_chases(agreement(*reports), days(on))] == expected

    def test_a_review_beside_its_day_is_not_asked_separately(self) -> None:
        made = agreement(-80, review_6=DUE)
        assert due_chases(made, DUE) == [("before", DUE)]
        assert [step for step, _day in due_chases(made, days(1))] == ["owner"]

    @pytest.mark.parametrize("state", ["not_kept", "dropped"])
    def test_what_is_closed_is_left_alone(self, state: str) -> None:
        assert due_chases(agreement(state=state), days(300)) == []
        assert waits(agreement(state=state), days(300)) is None

    def test_what_was_kept_is_asked_once_more_whether_it_lasted(self) -> None:
        made = agreement(-5, state="kept")
        assert due_chases(made, days(299)) == []
        assert due_chases(made, days(300)) == [("review_12", days(300))]
        assert due_chases(made, days(361)) == []
        assert due_chases(agreement(290, state="kept"), days(300)) == []

    def test_after_a_pause_the_furthest_step_only(self) -> None:
        made = agreement(-80)
        assert next_to_ask(made, days(50), []) == ("coordinator", DUE)
        assert next_to_ask(made, days(50), [Chase(step="coordinator", about=DUE, on=days(50))]) is None
        asked = [Chase(step="coordinator", about=DUE, on=days(50))]
        assert next_to_ask(made, days(100), asked) == ("review_6", days(100))
        assert next_to_ask(made, days(3), [Chase(step="owner", about=DUE, on=days(1))]) is None
        # Asked since the day of the review, for whatever reason: not again about the review.
        asked = [Chase(step="coordinator", about=DUE, on=days(101))]
        assert next_to_ask(made, days(102), asked) is None

    def test_what_comes_next_is_foretold(self) -> None:
        assert to_come(agreement(-80), days(-30)) == ("before", days(-14))
        assert to_come(agreement(-80), days(2)) == ("deputy", days(7))
        assert to_come(agreement(state="kept"), days(2)) == ("review_12", days(300))
        assert to_come(agreement(state="dropped"), days(2)) is None

    @pytest.mark.parametrize(
        ("reports", "on", "expected"),
        [
            ([-80], -31, None),
            ([-80], -30, ("due", 0)),
            ([-80, -29], -10, None),
            ([-80], 1, ("overdue", 0)),
            ([-80, 1], 2, None),
            ([], -90, ("review", -90)),
        ],
    )
    def test_my_work_follows_the_same_rules(
        self, reports: list[int], on: int, expected: tuple[str, int] | None
    ) -> None:
        wait = waits(agreement(*reports), days(on))
        assert (wait and (wait.why, wait.on)) == (expected and (expected[0], days(expected[1])))


@pytest.fixture
def agreed(agree: Any, world: World) -> Agreement:
    """Lantern Youth owns it (Bob is its member), the school is the deputy, with two contacts."""
    made = agree()
    far = {"review_3": days(-100), "review_6": days(100), "review_12": days(300)}
    Agreement.objects.filter(pk=made.pk).update(due=DUE, **far)
    Progress.objects.create(agreement=made, on=days(-100), state="agreed", by="Bob")
    world.school.contacts.create(role="Head of Year 9", email="year@school.example")
    world.school.contacts.create(role="Office", email="office@school.example")
    world.school.contacts.create(role="Chair")
    return Agreement.objects.get()


@pytest.fixture
def go(django_capture_on_commit_callbacks: Any) -> Any:
    """`go(on)`: the worker's morning of a day; returns to whom mails went."""

    def go(on: datetime.date) -> list[str]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            chase_agreements(on)
        return sorted(to for letter in mail.outbox for to in letter.to)

    return go


def link_in(letter: Any) -> str:
    found = re.findall(r"http://testserver(/agreements/\S+/)", str(letter.body))
    assert len(found) == 1
    return found[0]


class TestAsking:
    def test_the_owner_then_the_deputy_then_the_coordinator_each_once(
        self, agreed: Agreement, go: Any
    ) -> None:
        asked = {number: go(days(number)) for number in (-15, -14, -13, 0, 1, 2, 7, 8, 14, 15, 60)}
        assert {number: to for number, to in asked.items() if to} == {
            -14: ["bob@example.org"],
            1: ["bob@example.org"],
            7: ["year@school.example"],
            14: ["alice@example.org"],
        }
        steps = Chase.objects.order_by("on").values_list("step", "on", "addresses")
        assert [step for step, _on, _n in steps] == ["before", "owner", "deputy", "coordinator"]
        assert AuditEntry.objects.filter(action="agreement.chase").count() == 4

    def test_where_no_contact_is_of_the_role_all_are_asked(self, agreed: Agreement, go: Any) -> None:
        Agreement.objects.update(deputy_role="Caretaker")
        assert go(days(7)) == ["office@school.example", "year@school.example"]

    def test_a_pause_costs_one_mail_and_no_earlier_step_comes_later(self, agreed: Agreement, go: Any) -> None:
        assert go(days(40)) == ["alice@example.org"]
        assert [go(days(number)) for number in (41, 42, 60)] == [[], [], []]
        assert go(days(100)) == ["bob@example.org"]

    def test_a_report_ends_it_and_a_review_asks_again(self, agreed: Agreement, go: Any) -> None:
        assert go(days(1)) == ["bob@example.org"]
        Progress.objects.create(agreement=agreed, on=days(3), state="agreed", by="Bob")
        assert go(days(7)) == go(days(14)) == []
        assert go(days(100)) == ["bob@example.org"]
        assert mail.outbox[0].subject.startswith("Was it done?")

    def test_where_nobody_has_an_address_the_next_is_asked_at_once(
        self, agreed: Agreement, go: Any, world: World
    ) -> None:
        world.bob.grants.all().delete()
        Contact.objects.all().delete()
        assert go(days(1)) == ["alice@example.org"]
        assert list(Chase.objects.order_by("pk").values_list("step", "addresses")) == [
            ("owner", 0),
            ("deputy", 0),
            ("coordinator", 1),
        ]
        assert go(days(7)) == go(days(14)) == []

    def test_before_its_day_the_next_in_line_stands_in(
        self, agreed: Agreement, go: Any, world: World
    ) -> None:
        world.bob.grants.all().delete()
        assert go(days(-14)) == ["year@school.example"]
        assert Chase.objects.get().step == "before"

    def test_coordinators_hear_nothing_of_what_is_for_named_partners(
        self, agreed: Agreement, go: Any
    ) -> None:
        Agreement.objects.update(marking="named")
        assert go(days(14)) == []
        assert list(Chase.objects.values_list("step", "addresses")) == [("coordinator", 0)]

    def test_who_does_not_want_these_mails_gets_none_not_even_as_a_contact(
        self, agreed: Agreement, go: Any, world: World
    ) -> None:
        Preference.objects.create(user=world.bob, not_wanted=["agreements"])
        world.lantern.contacts.create(role="Youth work manager", email="Bob@example.org")
        world.lantern.contacts.create(role="Director", email="director@lantern.example")
        assert go(days(1)) == ["director@lantern.example"]
        world.bob.is_active = False
        world.bob.save()
        Chase.objects.all().delete()
        assert "bob@example.org" not in go(days(1))

    def test_young_people_and_outsiders_are_never_written_to(
        self, agreed: Agreement, go: Any, event: Any, come: Any, world: World
    ) -> None:
        come(event, world.lantern, "Leader", email="leader@example.org", young_names=["Sky"])
        everybody = {to for number in range(-20, 320, 7) for to in go(days(number))}
        assert everybody == {"bob@example.org", "year@school.example", "alice@example.org"}

    def test_a_mail_server_that_takes_nothing_leaves_it_for_another_day(
        self, agreed: Agreement, go: Any, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = f"{__name__}.Refusing"
        assert go(days(1)) == []
        assert not Chase.objects.exists()
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert go(days(2)) == ["bob@example.org"]

    def test_a_mail_server_that_is_away_costs_no_mail_and_nobody_is_asked_twice(
        self, agreed: Agreement, go: Any, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = f"{__name__}.Away"
        assert go(days(1)) == []
        assert Chase.objects.get().addresses == 1
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert go(days(2)) == []
        assert send_due(timezone.now() + datetime.timedelta(minutes=5)).accepted == 1
        assert [letter.to for letter in mail.outbox] == [["bob@example.org"]]

    def test_it_can_be_turned_off_from_the_mail_itself(self, agreed: Agreement, go: Any) -> None:
        go(days(1))
        (letter,) = mail.outbox
        assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
        assert letter.reply_to == ["alice@example.org"]
        assert (
            Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
        )
        assert go(days(7)) != []
        assert "bob@example.org" not in go(days(100))

    @pytest.mark.parametrize("who", ["bob", "charlie", "nobody", "admin"])
    def test_only_those_who_plan_the_event_ask(self, agreed: Agreement, world: World, who: str) -> None:
        for act in (chase, ask_now):
            with pytest.raises(PermissionDenied):
                act(by=world.person(who), agreement=agreed, on=days(1))
        assert not Chase.objects.exists()

    def test_asking_now_is_once_a_day(
        self, agreed: Agreement, world: World, django_capture_on_commit_callbacks: Any
    ) -> None:
        alice = world.person("alice")
        with django_capture_on_commit_callbacks(execute=True):
            ask_now(by=alice, agreement=agreed, on=days(-60))
        assert [letter.to for letter in mail.outbox] == [["bob@example.org"]]
        with pytest.raises(ValidationError, match="today already"):
            ask_now(by=alice, agreement=agreed, on=days(-60))
        Agreement.objects.update(state="dropped")
        agreed.refresh_from_db()
        with pytest.raises(ValidationError, match="closed"):
            ask_now(by=alice, agreement=agreed, on=days(-59))


class Refusing(EmailBackend):
    """Takes no mail, for good."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPDataError(554, b"not from you")


class Away(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError


class TestTwoWorkers:
    @pytest.mark.django_db(transaction=True)
    def test_two_at_the_same_moment_send_one_mail(self, agreed: Agreement) -> None:
        gate = threading.Barrier(2)
        failed: list[BaseException] = []

        def run() -> None:
            try:
                gate.wait(HANGS)
                chase_agreements(days(1))
            except BaseException as error:
                failed.append(error)
            finally:
                connection.close()

        mail.outbox.clear()
        both = [threading.Thread(target=run) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert failed == []
        assert [letter.to for letter in mail.outbox] == [["bob@example.org"]]
        assert Chase.objects.count() == 1


class TestReportingByMail:
    @pytest.fixture
    def link(self, agreed: Agreement, go: Any) -> str:
        go(days(1))
        return link_in(mail.outbox[0])

    def test_looking_changes_nothing_and_one_click_says_on_the_way(
        self, link: str, agreed: Agreement, as_: Any
    ) -> None:
        browser = as_("nobody")
        page = browser.get(link)
        assert agreed.goal in page.content.decode()
        assert Progress.objects.count() == 1
        Progress.objects.all().delete()
        assert "Last report" not in browser.get(link).content.decode()
        assert browser.post(link, {"report": "on_the_way"}).status_code == 302
        report = Progress.objects.latest("pk")
        assert (report.state, report.text, report.by) == ("agreed", "", "Bob, Lantern Youth (by mail)")
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.by) == ("agreement.report_by_mail", "Bob, Lantern Youth (by mail)")
        assert "Last report" in browser.get(link).content.decode()

    @pytest.mark.parametrize("report", ["kept", "not_kept", "dropped"])
    def test_what_closes_it_needs_a_sentence_and_loses_nothing(
        self, link: str, report: str, as_: Any
    ) -> None:
        browser = as_("nobody")
        refused = browser.post(link, {"report": report, "text": " "})
        assert refused.status_code == 400
        assert "There is a problem" in refused.content.decode()
        assert Agreement.objects.get().state == "agreed"
        odd = browser.post(link, {"report": "no-such", "text": "Twelve mentors"})
        assert "Twelve mentors" in odd.content.decode()
        assert browser.post(link, {"report": report, "text": "Twelve mentors"}).status_code == 302
        assert Agreement.objects.get().state == report

    def test_kept_still_holds_with_one_button(self, link: str, as_: Any) -> None:
        Agreement.objects.update(state="kept")
        browser = as_("nobody")
        page = browser.get(link).content.decode()
        assert "Yes, it still holds" in page
        assert "on_the_way" not in page
        browser.post(link, {"report": "kept"})
        assert Progress.objects.filter(state="kept", text="It still holds.").exists()

    def test_a_link_of_somebody_who_left_or_of_something_else_is_dead(
        self, link: str, agreed: Agreement, world: World, as_: Any
    ) -> None:
        browser = as_("nobody")
        dead = [
            make_link("report", f"{agreed.pk}.{world.harbour.pk}", world.charlie),
            make_link("report", f"{agreed.pk}.{world.lantern.pk}", world.charlie),
            make_link("report", f"{agreed.pk}.0", world.bob),
            make_link("report", "999.1", world.bob),
            make_link("report", "x", world.bob),
            make_link("welcome", f"{agreed.pk}.{world.lantern.pk}", world.bob),
            "no-token",
        ]
        for token in dead:
            address = f"/agreements/report-by-mail/{token}/"
            assert browser.get(address).status_code == 404
            assert browser.post(address, {"report": "dropped", "text": "x"}).status_code == 404
        Grant.objects.filter(user=world.bob).delete()
        assert browser.get(link).status_code == 404
        assert browser.post(link, {"report": "dropped", "text": "x"}).status_code == 404
        assert Agreement.objects.get().state == "agreed"

    def test_a_contact_and_a_coordinator_report_too(self, agreed: Agreement, world: World, as_: Any) -> None:
        browser = as_("nobody")
        for pk, who, name in (
            (world.school.pk, "office@school.example", "Office, Hilltop School (by mail)"),
            (0, world.alice, "Alice (by mail)"),
        ):
            token = make_link("report", f"{agreed.pk}.{pk}", who)
            assert (
                browser.post(f"/agreements/report-by-mail/{token}/", {"report": "on_the_way"}).status_code
                == 302
            )
            assert Progress.objects.latest("pk").by == name
        Agreement.objects.update(marking="named")
        assert browser.get(f"/agreements/report-by-mail/{token}/").status_code == 404


def test_a_deputy_finds_it_among_their_work(agreed: Agreement, world: World, as_: Any) -> None:
    make_user("head@school.example", "Head", "partner_member", partner=world.school)
    Agreement.objects.update(
        due=MADE.replace(year=2020), review_3=days(0), review_6=days(1), review_12=days(2)
    )
    Progress.objects.all().delete()
    browser = Client()
    head = Grant.objects.get(partner=world.school).user
    browser.force_login(head, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get("/work/").content.decode()
    assert f"/agreements/{agreed.pk}/report/" in page
    assert "your organisation is the deputy" in page
    assert "your organisation is the deputy" not in as_("bob").get("/work/").content.decode()
    assert f"/agreements/{agreed.pk}/report/" not in as_("charlie").get("/work/").content.decode()
