"""Young people who were there say whether it was done: through their host, without a name, never by mail to them."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.links import make_link
from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.verdicts import ask_young, mark_from_link
from joinedup.agreements.models import Agreement, Progress, YoungMark
from joinedup.agreements.worker import ask_young_people
from joinedup.events.models import Event
from joinedup.registration.actions.personal_details import delete_personal
from joinedup.registration.models import Attendee
from tests.world import World

DAY = datetime.timedelta(days=1)
TODAY = timezone.localdate()
Done = YoungMark.Done


@pytest.fixture
def held(event: Event, come: Any, world: World) -> Event:
    """A day with two young people of Lantern Youth and two of the school; it was yesterday."""
    come(event, world.lantern, "Leader", email="kim@example.org", young_names=["Sky", "Ash"])
    come(event, world.school, "Head", email="head@example.org", young_names=["Fern", "Reed"])
    world.lantern.contacts.create(role="Manager", email="manager@lantern.example")
    world.school.contacts.create(role="Head of year", email="year@school.example")
    return event


def over(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(date=TODAY - DAY)


@pytest.fixture
def agreed(agree: Any, held: Event) -> Agreement:
    made = agree(goal="Mentors for all")
    agree(goal="For members only", marking="partnership")
    over(held)
    return made


@pytest.fixture
def link(agreed: Agreement, world: World) -> str:
    token = make_link("young_marks", f"{agreed.event_id}:{world.lantern.pk}", "manager@lantern.example")
    return f"/agreements/young/{token}/"


class TestTheirPage:
    def test_it_says_which_young_person_and_only_what_everybody_may_read(
        self, link: str, agreed: Agreement, as_: Any
    ) -> None:
        browser = as_("nobody")
        first = browser.get(link).content.decode()
        assert "I am young person 2" in first
        assert "Mentors for all" not in first, "they choose who they are first"
        page = browser.get(f"{link}?who=2").content.decode()
        assert "You are young person 2 of 2." in page
        assert "Mentors for all" in page
        for hidden in ("For members only", "Sky", "Ash", "kim@example.org"):
            assert hidden not in page
        assert not YoungMark.objects.exists()

    def test_they_say_it_and_may_change_it_each_for_themselves(
        self, link: str, agreed: Agreement, as_: Any
    ) -> None:
        browser = as_("nobody")
        for who, done in ((1, "no"), (2, "yes"), (1, "partly")):
            answer = browser.post(link, {"who": who, "agreement": agreed.pk, "done": done})
            assert answer.headers["Location"] == f"{link}?who={who}"
        assert dict(YoungMark.objects.values_list("attendee__name", "done")) == {
            "Sky": "partly",
            "Ash": "yes",
        }
        assert "You said: Partly." in browser.get(f"{link}?who=1").content.decode()
        entries = AuditEntry.objects.filter(action="agreement.mark").order_by("pk")
        assert [(e.by, e.before, e.after) for e in entries][-1] == (
            "young people, through Lantern Youth", {"done": "no"}, {"done": "partly"},
        )  # fmt: skip

    def test_only_young_people_of_this_host_and_public_agreements_are_marked(
        self, link: str, agreed: Agreement, as_: Any, world: World
    ) -> None:
        hidden = Agreement.objects.get(goal="For members only")
        browser = as_("nobody")
        for sent in (
            {"who": 3, "agreement": agreed.pk, "done": "yes"},
            {"who": 1, "agreement": hidden.pk, "done": "yes"},
            {"who": 1, "agreement": 999, "done": "yes"},
            {"who": 1, "agreement": "x", "done": "yes"},
            {"who": 1, "agreement": agreed.pk, "done": "maybe"},
            {"who": 1, "agreement": agreed.pk},
        ):
            assert browser.post(link, sent).status_code == 302
        assert not YoungMark.objects.exists()
        token = link.split("/")[3]
        with pytest.raises(ValidationError, match="not shown here"):
            mark_from_link(token=token, who=1, agreement_pk=hidden.pk, done="yes")
        with pytest.raises(PermissionDenied):
            mark_from_link(token=f"{token}x", who=1, agreement_pk=agreed.pk, done="yes")

    def test_a_link_of_somebody_who_left_or_of_a_host_without_young_people_is_dead(
        self, link: str, agreed: Agreement, as_: Any, world: World
    ) -> None:
        world.police.contacts.create(role="Sergeant", email="s@police.example")
        browser = as_("nobody")
        for host, email in (
            (world.police, "s@police.example"),
            (world.harbour, "charlie@example.org"),
            (world.lantern, "somebody@example.org"),
        ):
            token = make_link("young_marks", f"{agreed.event_id}:{host.pk}", email)
            assert browser.get(f"/agreements/young/{token}/").status_code == 404
        world.lantern.contacts.all().delete()
        assert browser.get(link).status_code == 404
        assert browser.post(link, {"who": 1, "agreement": agreed.pk, "done": "yes"}).status_code == 404
        assert not YoungMark.objects.exists()

    def test_it_works_when_names_are_deleted(
        self, link: str, agreed: Agreement, as_: Any, world: World
    ) -> None:
        agreed.event.refresh_from_db()
        delete_personal(by=world.person("alice"), event=agreed.event)
        assert "You are young person 1 of 2." in as_("nobody").get(f"{link}?who=1").content.decode()


def marks(agreement: Agreement, *done: str) -> None:
    young = [each for each in Attendee.objects.all() if "young_person" in each.parts]
    for attendee, each in zip(young, done, strict=False):
        YoungMark.objects.create(agreement=agreement, attendee=attendee, done=each, on=TODAY)


class TestWhatOthersSee:
    def page(self, agreement: Agreement, browser: Any) -> str:
        return str(browser.get(f"/agreements/{agreement.pk}/").content.decode())

    def test_numbers_from_three_on_only(self, agreed: Agreement, as_: Any) -> None:
        browser = as_("nobody")
        assert "oung people who were there" not in self.page(agreed, browser)
        marks(agreed, "yes", "no")
        few = self.page(agreed, browser)
        assert "Young people who were there have said" in few
        assert "say it was done" not in few
        YoungMark.objects.all().delete()
        marks(agreed, "yes", "no", "yes")
        assert "2 of 3 young people who were there say it was done." in self.page(agreed, browser)

    def test_who_coordinates_hears_where_they_see_it_otherwise(self, agreed: Agreement, as_: Any) -> None:
        address = f"/events/{agreed.event.slug}/after/"
        marks(agreed, "no")
        assert "Young people see it otherwise" not in as_("alice").get(address).content.decode()
        Agreement.objects.filter(pk=agreed.pk).update(state="kept")
        assert "Young people see it otherwise" in as_("alice").get(address).content.decode()
        YoungMark.objects.update(done="cannot_tell")
        assert "Young people see it otherwise" not in as_("alice").get(address).content.decode()


class TestAskingHosts:
    @pytest.fixture
    def go(self, django_capture_on_commit_callbacks: Any) -> Any:
        def go(on: datetime.date) -> list[str]:
            mail.outbox.clear()
            with django_capture_on_commit_callbacks(execute=True):
                ask_young_people(on)
            return sorted(to for letter in mail.outbox for to in letter.to)

        return go

    BOTH = ["manager@lantern.example", "year@school.example"]

    def test_at_reviews_and_when_something_is_kept_but_once_a_month(
        self, agreed: Agreement, go: Any, as_: Any
    ) -> None:
        assert go(agreed.review_3 - DAY) == []
        assert go(agreed.review_3) == self.BOTH
        assert go(agreed.review_3) == []
        Progress.objects.create(agreement=agreed, on=agreed.review_3 + 5 * DAY, state="kept", by="Bob")
        assert go(agreed.review_3 + 5 * DAY) == []
        assert go(agreed.review_3 + 28 * DAY) == self.BOTH
        assert go(agreed.review_3 + 60 * DAY) == []
        assert go(agreed.review_6) == self.BOTH

    def test_the_link_leads_to_their_page_and_nothing_goes_to_a_young_person(
        self, agreed: Agreement, go: Any, as_: Any
    ) -> None:
        asked = {to for number in range(0, 400, 10) for to in go(TODAY + number * DAY)}
        assert asked == set(self.BOTH)
        Agreement.objects.filter(marking="public").update(review_12=TODAY + 420 * DAY)
        assert go(TODAY + 420 * DAY) == self.BOTH
        found = re.search(r"http://testserver(/agreements/young/\S+/)", str(mail.outbox[0].body))
        assert found is not None
        assert as_("nobody").get(found[1]).status_code == 200

    def test_nothing_to_ask_where_nothing_is_public_or_no_young_person_came(
        self, agreed: Agreement, go: Any
    ) -> None:
        Agreement.objects.filter(pk=agreed.pk).update(marking="partnership")
        assert go(agreed.review_3) == []
        Agreement.objects.filter(pk=agreed.pk).update(marking="public")
        Attendee.objects.update(standing="cancelled")
        assert go(agreed.review_3) == []

    def test_only_those_who_plan_ask(self, agreed: Agreement, world: World) -> None:
        for who in ("bob", "charlie", "nobody"):
            with pytest.raises(PermissionDenied):
                ask_young(by=world.person(who), event=agreed.event, on=agreed.review_3)
