"""The page of somebody who was there, the mail that leads to it, and what those who planned the day see."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Preference
from joinedup.agreements.actions.agreement import Contributed, report_progress
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event, Session, Topic
from joinedup.registration.models import Attendee
from joinedup.results.actions.thanks import thank
from joinedup.results.worker import thank_attendees
from joinedup.support.models import Offer
from joinedup.tables.models import Seat, Sitting
from tests.world import World

As = Any


@pytest.fixture
def now(event: Event, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`now(16, days=1)`: it is that hour, so many days after the event."""

    def now(hour: int = 16, minute: int = 0, days: int = 0) -> datetime.datetime:
        assert event.date is not None
        day = datetime.datetime.combine(
            event.date + datetime.timedelta(days=days), datetime.time(hour, minute)
        )
        moment = timezone.make_aware(day)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        return moment

    return now


@pytest.fixture
def table(event: Event, come: Any, world: World, theme: Any) -> dict[str, Attendee]:
    """One table, one round: three adults who opted in, one who did not, a companion with a young person; another
    adult sits elsewhere."""
    opted = {"opted_in": True}
    here = {
        "lantern": come(event, world.lantern, "Worker", name="Lee", email="lee@example.org", **opted),
        "school": come(event, world.school, "Head", name="Sam", email="sam@example.org", **opted),
        "police": come(event, world.police, "Officer", name="Pat", email="pat@example.org"),
        "companion": come(
            event, world.lantern, "Leader", name="Kim", email="kim@example.org", young_names=["Sky"], **opted
        ),
        "elsewhere": come(event, world.police, "Inspector", name="Far", email="far@example.org", **opted),
    }
    here["young"] = event.attendees.get(name="Sky")
    topic = Topic.objects.create(event=event, title="Mentors", theme=theme)
    for number, who in ((1, ["lantern", "school", "police", "companion", "young"]), (2, ["elsewhere"])):
        at = Sitting.objects.create(event=event, table=event.tables.get(number=number), round=1, topic=topic)
        Seat.objects.bulk_create(Seat(sitting=at, attendee=here[each]) for each in who)
    return here


def page_of(attendee: Attendee, browser: Client | None = None) -> str:
    answer = (browser or Client()).get(f"/attending/{attendee.token}/after/")
    assert answer.status_code == 200
    return answer.content.decode()


class TestWhomTheyMet:
    def test_both_opted_in_or_only_counted(self, table: dict[str, Attendee], now: Any) -> None:
        now()
        page = page_of(table["lantern"])
        assert 'href="mailto:sam@example.org"' in page
        assert "Sam, Head" in page
        for hidden in ("Pat", "pat@example.org", "Sky", "Far", "far@example.org"):
            assert hidden not in page
        assert "police: a few" in page
        theirs = page_of(table["police"])
        for hidden in ("Lee", "Sam", "sam@example.org", "Kim"):
            assert hidden not in theirs
        assert "You did not ask to be introduced" in theirs

    def test_a_young_person_reads_no_names_and_is_named_to_nobody(
        self, table: dict[str, Attendee], now: Any
    ) -> None:
        now()
        page = page_of(table["young"])
        assert "Whom you met" not in page
        assert not any(each in page for each in ("mailto:", "Lee", "Sam", "Kim"))
        Attendee.objects.filter(pk=table["young"].pk).update(opted_in=True)
        assert "Sky" not in page_of(table["lantern"])

    def test_who_did_not_arrive_did_not_meet(self, table: dict[str, Attendee], now: Any) -> None:
        moment = now()
        Attendee.objects.filter(pk__in=[table["lantern"].pk, table["police"].pk]).update(arrived_at=moment)
        assert "sam@example.org" not in page_of(table["lantern"])
        assert "Nothing is here for you yet" in page_of(table["school"])

    def test_during_the_day_only_the_rounds_that_are_over(
        self, table: dict[str, Attendee], now: Any, event: Event
    ) -> None:
        Session.objects.create(
            event=event, title="Tables", kind="tables", round=1, starts=datetime.time(10, 0), minutes=45
        )
        now(10, 44)
        assert "sam@example.org" not in page_of(table["lantern"])
        now(10, 45)
        page = page_of(table["lantern"])
        assert "sam@example.org" in page
        assert "The day so far" in page
        now(14, 59, days=-1)
        assert "sam@example.org" not in page_of(table["lantern"])
        now(15, 0)
        assert "What came of the day" in page_of(table["lantern"])


class TestWhatWasAgreed:
    @pytest.fixture
    def agreed(self, table: dict[str, Attendee], agree: Any, world: World) -> dict[str, Agreement]:
        one, two = Sitting.objects.order_by("table__number")
        kept = {
            "public": agree(goal="Open here", sitting=one),
            "shared": agree(goal="Shared here", sitting=one, marking="partnership"),
            "theirs": agree(goal="Shared elsewhere", sitting=two, marking="partnership"),
            "other": agree(
                goal="Not theirs", sitting=two, owner_partner=world.police, deputy_partner=None,
                contributions=[Contributed(world.police, "A van")],
            ),
        }  # fmt: skip
        return kept

    def shown(self, page: str) -> set[str]:
        every = ("Open here", "Shared here", "Shared elsewhere", "Not theirs")
        return {goal for goal in every if goal in page}

    def test_their_tables_and_their_partners_as_far_as_somebody_vouches(
        self,
        agreed: dict[str, Agreement],
        table: dict[str, Attendee],
        now: Any,
        event: Event,
        world: World,
        as_: As,
    ) -> None:
        now()
        own_word = {"Open here", "Shared here"}
        assert self.shown(page_of(table["lantern"])) == own_word
        assert self.shown(page_of(table["lantern"], as_("charlie"))) == own_word
        assert self.shown(page_of(table["lantern"], as_("bob"))) == own_word | {"Shared elsewhere"}
        event.invitations.create(partner=world.lantern, email="Lee@example.org", answer="accepted")
        assert self.shown(page_of(table["lantern"])) == own_word | {"Shared elsewhere"}
        assert self.shown(page_of(table["young"])) == {"Open here"}
        assert self.shown(page_of(table["elsewhere"])) == {"Shared elsewhere", "Not theirs"}

    def test_only_what_opens_is_a_link(
        self, agreed: dict[str, Agreement], table: dict[str, Attendee], now: Any, as_: As
    ) -> None:
        now()
        page = page_of(table["lantern"])
        assert f'href="/agreements/{agreed["public"].pk}/"' in page
        assert f"/agreements/{agreed['shared'].pk}/" not in page
        assert f"/agreements/{agreed['public'].pk}/edit/" not in page
        assert f"/agreements/{agreed['public'].pk}/edit/" in page_of(table["lantern"], as_("bob"))
        assert f"/attending/{table['lantern'].token}/table/" not in page
        Attendee.objects.filter(pk=table["lantern"].pk).update(parts=["scribe"])
        assert f"/attending/{table['lantern'].token}/table/" in page_of(table["lantern"])

    def test_what_was_not_kept_waits_ten_days_for_who_is_not_vouched_for(
        self, agreed: dict[str, Agreement], table: dict[str, Attendee], now: Any, world: World, as_: As
    ) -> None:
        now()
        report_progress(
            by=world.person("bob"), agreement=agreed["public"], report="not_kept", text="No money"
        )
        assert "Not kept" not in page_of(table["lantern"])
        assert "Not kept" in page_of(table["lantern"], as_("bob"))

    def test_the_same_queries_for_one_and_for_three(
        self, agreed: dict[str, Agreement], table: dict[str, Attendee], now: Any, agree: Any,
        django_assert_num_queries: Any,
    ) -> None:  # fmt: skip
        now()
        Agreement.objects.exclude(goal="Open here").delete()
        with django_assert_num_queries(15):
            page_of(table["lantern"])
        for number in range(3):
            agree(goal=f"More {number}", sitting=agreed["public"].sitting)
        with django_assert_num_queries(15):
            page_of(table["lantern"])


def test_support_that_fits_is_open_of_their_sector_and_themes(
    table: dict[str, Attendee], now: Any, world: World, event: Event
) -> None:
    now()
    day = event.date
    assert day is not None
    later = day + datetime.timedelta(days=40)

    def offer(name: str, theme: str = "trusted-adult", sector: str = "vcs", **fields: Any) -> None:
        values = {
            "slug": name.lower().replace(" ", "-"),
            "provider": "The Trust",
            "kind": "fund",
            "marking": "public",
        }
        made = Offer.objects.create(name=name, **(values | fields))
        made.themes.add(theme)
        made.sectors.add(sector)

    offer("Fits well", closes=later)
    offer("Closed yesterday", closes=day - datetime.timedelta(days=1))
    offer("Not open yet", opens=later)
    offer("Other sector", sector="health")
    offer("Other theme", theme="weapon-carrying")
    offer("For members", marking="partnership", provider_partner=world.school)
    page = page_of(table["lantern"])
    assert "Fits well" in page
    assert f"Closes on {later.day} {later:%B %Y}." in page
    for absent in ("Closed yesterday", "Not open yet", "Other sector", "Other theme", "For members"):
        assert absent not in page


def test_the_registration_leads_there_from_the_day_on(table: dict[str, Attendee], now: Any, as_: As) -> None:
    link = f"/attending/{table['police'].token}/after/"
    now(days=-1)
    assert link not in as_("nobody").get(f"/attending/{table['police'].token}/").content.decode()
    now()
    assert link in as_("nobody").get(f"/attending/{table['police'].token}/").content.decode()
    assert as_("nobody").get("/attending/no-such-token/after/").status_code == 404


class TestTheMail:
    @pytest.fixture
    def go(self, django_capture_on_commit_callbacks: Any) -> Any:
        def go(moment: datetime.datetime) -> list[str]:
            mail.outbox.clear()
            with django_capture_on_commit_callbacks(execute=True):
                thank_attendees(moment)
            return sorted(to for letter in mail.outbox for to in letter.to)

        return go

    def test_it_goes_out_once_when_the_day_has_ended(
        self, table: dict[str, Attendee], now: Any, go: Any
    ) -> None:
        assert go(now(14, 59)) == []
        assert go(now(15, 0)) == [f"{each}@example.org" for each in ("far", "kim", "lee", "pat", "sam")]
        letters = {letter.to[0]: str(letter.body) for letter in mail.outbox}
        assert f"http://testserver/attending/{table['lantern'].token}/after/" in letters["lee@example.org"]
        young = f"http://testserver/attending/{table['young'].token}/after/"
        assert [to for to, body in letters.items() if young in body] == ["kim@example.org"]
        assert mail.outbox[0].reply_to == ["alice@example.org"]
        assert go(now(16, 0)) == []
        assert AuditEntry.objects.filter(action="event.thank").count() == 1

    def test_it_goes_to_those_who_arrived_and_want_it(
        self, table: dict[str, Attendee], now: Any, go: Any, world: World
    ) -> None:
        moment = now()
        there = [table[each].pk for each in ("lantern", "police", "young")]
        Attendee.objects.filter(pk__in=there).update(arrived_at=moment)
        Attendee.objects.filter(pk=table["lantern"].pk).update(user=world.bob)
        Preference.objects.create(user=world.bob, not_wanted=["events"])
        assert go(moment) == ["kim@example.org", "pat@example.org"]
        assert table["companion"].token not in str(mail.outbox[0].body) + str(mail.outbox[1].body)

    def test_days_without_an_hour_called_off_or_long_past(
        self, table: dict[str, Attendee], now: Any, go: Any
    ) -> None:
        Event.objects.update(ends=None)
        assert go(now(16, 59)) == []
        assert go(now(12, 0, days=8)) == []
        Event.objects.update(cancelled_on=timezone.localdate())
        assert go(now(17, 0)) == []
        Event.objects.update(cancelled_on=None)
        assert len(go(now(17, 0))) == 5

    def test_a_mail_server_that_takes_nothing_leaves_it_to_be_sent(
        self, table: dict[str, Attendee], now: Any, go: Any, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "tests.agreements.test_reminders.Refusing"
        assert go(now()) == []
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert len(go(now())) == 5


class TestThoseWhoPlan:
    def test_they_send_it_themselves_once_the_day_has_come(
        self, table: dict[str, Attendee], now: Any, event: Event, as_: As, world: World,
        django_capture_on_commit_callbacks: Any,
    ) -> None:  # fmt: skip
        now(days=-1)
        with pytest.raises(ValidationError, match="the day has come"):
            thank(by=world.person("alice"), event=event)
        now(12, 0)
        address = f"/events/{event.slug}/after/"
        assert "5 mails wait" in as_("alice").get(address).content.decode()
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            page = as_("alice").post(address, {"do": "send"}, follow=True).content.decode()
        assert "5 mails are on their way" in page
        assert "6 people were told" in page
        assert len(mail.outbox) == 5

    def test_what_wants_a_word_who_was_asked_and_what_is_missing(
        self,
        agree: Any,
        event: Event,
        as_: As,
        world: World,
        now: Any,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        world.bob.grants.all().delete()
        made = agree(goal="Mentors for all", deputy_partner=None)
        now(days=400)
        address, browser = f"/events/{event.slug}/after/", as_("alice")
        page = browser.get(address).content.decode()
        assert "an organisation that takes over" in page
        assert "Nobody to ask" in page
        assert "was due" in page
        assert f"{timezone.localdate():%B %Y}: overdue: the coordinator" in page
        with django_capture_on_commit_callbacks(execute=True):
            assert (
                "Asked: Mentors for all"
                in browser.post(address, {"do": "ask", "agreement": made.pk}, follow=True).content.decode()
            )
        page = browser.get(address).content.decode()
        assert "nobody had an address" in page
        assert "overdue: the coordinator" in page
        for odd in ("", "x", "9" * 30, "-1", "0"):
            assert (
                "Choose an agreement of this event"
                in browser.post(address, {"do": "ask", "agreement": odd}, follow=True).content.decode()
            )

    @pytest.mark.parametrize("who", ["nobody", "charlie", "bob", "admin"])
    def test_nobody_else_sees_or_sends(
        self, table: dict[str, Attendee], agree: Any, event: Event, as_: As, now: Any, world: World, who: str
    ) -> None:
        made = agree(goal="Mentors for all")
        now()
        address = f"/events/{event.slug}/after/"
        expected = 302 if who == "nobody" else 404
        assert as_(who).get(address).status_code == expected
        for sent in ({"do": "send"}, {"do": "ask", "agreement": made.pk}):
            assert as_(who).post(address, sent).status_code == expected
        with pytest.raises(PermissionDenied):
            thank(by=world.person(who), event=event)
        assert not Attendee.objects.exclude(thanked_at=None).exists()

    def test_the_same_queries_for_one_and_for_three(
        self, agree: Any, event: Event, as_: As, django_assert_num_queries: Any
    ) -> None:
        browser, address = as_("alice"), f"/events/{event.slug}/after/"
        agree()
        with django_assert_num_queries(15):
            browser.get(address)
        agree(), agree()
        with django_assert_num_queries(15):
            browser.get(address)
