"""Who leads a table: whom a coordinator accepts, on the day, for those who are there. And what a stranger can do."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import Contributed, record_agreement, start_agreement
from joinedup.agreements.actions.named_bodies import confirm_agreement
from joinedup.agreements.actions.table_notes import agree_at_table, save_draft
from joinedup.agreements.models import Agreement, Draft
from joinedup.agreements.queries.table_notes import partners_at
from joinedup.events.models import Event
from joinedup.partners.models import Contact, Partner
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.registration import cancel_registration, register, set_parts
from joinedup.registration.models import Attendee
from joinedup.tables.actions.door import check_in
from joinedup.tables.actions.leaders import answer_offer
from joinedup.tables.models import Sitting
from joinedup.tables.queries import sittings
from tests.agreements.test_named_bodies import naming_pages, pages, read
from tests.agreements.test_table_notes import Fields, whole
from tests.world import World, make_partner

Capture = Callable[..., Any]
As = Callable[[str], Client]
DAY = datetime.timedelta(days=1)


def today(event: Event, days: int = 0) -> None:
    Event.objects.filter(pk=event.pk).update(date=timezone.localdate() + days * DAY)


@pytest.fixture
def offered(event: Event, world: World) -> Attendee:
    """Somebody registered for Lantern Youth, from nowhere, and can lead a table; their address has answered."""
    nobody = world.person("nobody")
    made = register(
        by=nobody,
        event=event,
        partner=world.lantern,
        role="Manager",
        email="x@example.org",
        part="facilitator",
    )
    with pytest.raises(ValidationError, match="not confirmed yet"):
        answer_offer(by=world.person("alice"), attendee=made, answer="accepted")
    return confirm_place(by=nobody, attendee=made)


class TestAnOffer:
    def test_it_is_an_offer_and_gives_nothing(self, offered: Attendee, event: Event) -> None:
        assert (offered.parts, offered.offer, offered.offer_answer) == (["guest"], "facilitator", "")
        today(event)
        browser = Client()
        page = read(browser, f"/attending/{offered.token}/")
        assert "Your tables" not in page
        assert "Whoever plans the event tells you whether you do." in page
        assert browser.get(f"/attending/{offered.token}/table/").status_code == 404

    def test_a_coordinator_accepts_declines_and_takes_back(
        self, offered: Attendee, event: Event, as_: As, django_capture_on_commit_callbacks: Capture
    ) -> None:
        page = f"/events/{event.slug}/offers/"
        for who, status in (("bob", 404), ("charlie", 404), ("nobody", 302)):
            assert as_(who).get(page).status_code == status
            assert as_(who).post(page, {"who": offered.pk, "do": "accept"}).status_code == status
        assert "x@example.org" in read(as_("alice"), page)
        assert "1 person offers to lead a table" in read(as_("alice"), f"/events/{event.slug}/plan/")
        with django_capture_on_commit_callbacks(execute=True):
            as_("alice").post(page, {"who": offered.pk, "do": "accept"})
        offered.refresh_from_db()
        assert offered.parts == ["facilitator"]
        assert [each.to for each in mail.outbox] == [["x@example.org"]]
        assert f"/attending/{offered.token}/" in mail.outbox[0].body
        as_("alice").post(page, {"who": offered.pk, "do": "undo"})
        offered.refresh_from_db()
        assert (offered.parts, offered.offer_answer) == (["guest"], "")
        with django_capture_on_commit_callbacks(execute=True):
            as_("alice").post(page, {"who": offered.pk, "do": "decline"})
        offered.refresh_from_db()
        assert (offered.parts, offered.offer_answer) == (["guest"], "declined")
        assert "not needed this time" in mail.outbox[-1].body
        assert "not needed this time" in read(Client(), f"/attending/{offered.token}/")
        assert AuditEntry.objects.filter(action="event.answer_offer").count() == 3

    def test_who_gave_no_name_is_headed_by_their_role_and_can_be_asked(
        self, offered: Attendee, event: Event, as_: As
    ) -> None:
        page = f"/events/{event.slug}/offers/"
        for change, words, unsaid in (
            ({"name": ""}, ["Manager", "Write to them to ask who they are."], "Ask Lantern Youth"),
            ({"name": "", "email": ""}, ["Manager", "Ask Lantern Youth who it is."], "Write to them"),
            ({"name": "Jo"}, ["Jo", "Manager"], "They gave no name."),
        ):
            Attendee.objects.filter(pk=offered.pk).update(**change)
            text = read(as_("alice"), page)
            head = text[text.index('<th scope="row"') :].partition("</th>")[0]
            for each in words:
                assert each in head
            assert unsaid not in head
            assert "No name given" not in text

    def test_a_companion_who_leads_stays_a_companion(self, event: Event, world: World) -> None:
        came = register(
            by=world.person("nobody"),
            event=event,
            partner=world.lantern,
            role="Youth worker",
            email="y@example.org",
            part="facilitator",
            young_names=["Sky"],
        )
        confirm_place(by=world.person("nobody"), attendee=came)
        assert came.parts == ["companion"]
        alice = world.person("alice")
        assert answer_offer(by=alice, attendee=came, answer="accepted").parts == [
            "facilitator",
            "companion",
        ]
        assert answer_offer(by=alice, attendee=came, answer="").parts == ["companion"]

    def test_giving_the_part_in_the_list_of_people_accepts_it(self, offered: Attendee, world: World) -> None:
        made = set_parts(by=world.person("alice"), attendee=offered, parts=["facilitator"])
        assert made.offer_answer == "accepted"
        made = set_parts(by=world.person("alice"), attendee=offered, parts=["guest"])
        assert made.offer_answer == ""

    def test_who_may_answer_and_what(self, offered: Attendee, world: World, event: Event) -> None:
        for who in ("bob", "charlie", "nobody"):
            with pytest.raises(PermissionDenied):
                answer_offer(by=world.person(who), attendee=offered, answer="accepted")
        guest = register(
            by=world.person("nobody"), event=event, partner=world.school, role="Head", email="h@example.org"
        )
        for attendee, answer, words in ((guest, "accepted", "not offered"), (offered, "perhaps", "Choose")):
            with pytest.raises(ValidationError, match=words):
                answer_offer(by=world.person("alice"), attendee=attendee, answer=answer)
        own = register(
            by=world.person("alice"),
            event=event,
            partner=world.school,
            role="Coordinator",
            email="alice@example.org",
            part="facilitator",
        )
        assert own.parts == ["facilitator"], "who plans the event needs nobody's yes"


@pytest.fixture
def leader(sitting: Sitting) -> Attendee:
    """Accepted, and at the table."""
    return next(s.attendee for s in sitting.seats.all() if "facilitator" in s.attendee.parts)


class TestTheDay:
    @pytest.mark.parametrize(
        ("days", "words"), [(1, "Open it again on"), (30, "Open it again on"), (-1, "The day was")]
    )
    def test_before_and_after_it_the_link_says_when_it_works(
        self, leader: Attendee, sitting: Sitting, seated: Event, days: int, words: str, parts: dict[str, Any]
    ) -> None:
        today(seated, days)
        browser, start = Client(), f"/attending/{leader.token}/table/"
        for path in (start, f"{start}{sitting.round}/", f"{start}{sitting.round}/1/"):
            got = browser.get(path)
            assert got.status_code == 403
            assert words in got.content.decode()
            assert sitting.topic is not None
            assert sitting.topic.title not in got.content.decode()
        assert browser.post(f"{start}{sitting.round}/", {"goal": "x"}).status_code == 403
        assert browser.post(f"{start}{sitting.round}/draft/", {"goal": "x"}).status_code == 404
        by = sittings.sitting(sitting.pk)
        assert by is not None
        from joinedup.agreements.queries.table_notes import as_participant

        for act, more in (
            (agree_at_table, parts),
            (save_draft, {"values": {"goal": "x"}}),
        ):
            with pytest.raises(PermissionDenied, match="on the day of the event only"):
                act(by=as_participant(leader), sitting=by, **more)
        assert not Agreement.objects.exists()
        assert not Draft.objects.exists()

    def test_the_day_is_that_of_london(
        self, leader: Attendee, seated: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In summer the day begins an hour before it does by the clock of the machine, and ends an hour before."""
        Event.objects.filter(pk=seated.pk).update(date=datetime.date(2027, 7, 1))
        path = f"/attending/{leader.token}/table/"
        for at, status in (
            ("2027-06-30T22:59:00+00:00", 403),
            ("2027-06-30T23:00:00+00:00", 200),
            ("2027-07-01T22:59:00+00:00", 200),
            ("2027-07-01T23:00:00+00:00", 403),
        ):
            now = datetime.datetime.fromisoformat(at)
            monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
            assert Client().get(path).status_code == status, at

    def test_not_when_it_is_called_off(self, leader: Attendee, seated: Event) -> None:
        today(seated)
        Event.objects.filter(pk=seated.pk).update(cancelled_on=timezone.localdate())
        assert Client().get(f"/attending/{leader.token}/table/").status_code == 404

    def test_those_who_are_there_by_seat_or_check_in(
        self, sitting: Sitting, seated: Event, world: World, come: Callable[..., Attendee]
    ) -> None:
        found = sittings.sitting(sitting.pk)
        assert found is not None
        before = {each.name for each in partners_at(found)}
        late = make_partner("Late Arrivals", "health", world.north, [], [])
        came = come(seated, late)
        assert {each.name for each in partners_at(found)} == before
        check_in(by=world.person("alice"), attendee=came)
        assert {each.name for each in partners_at(found)} == before | {"Late Arrivals"}

    def test_who_is_not_there_is_named_by_a_coordinator_only(
        self, sitting: Sitting, seated: Event, world: World, leader: Attendee, parts: dict[str, Any]
    ) -> None:
        from joinedup.agreements.queries.table_notes import as_participant

        today(seated)
        absent = make_partner("Absent Trust", "health", world.north, [], [])
        here = Sitting.objects.get(pk=sitting.pk)
        everyone = partners_at(sittings.sitting(sitting.pk) or here)
        fine = parts | {
            "owner_partner": everyone[0],
            "deputy_partner": None,
            "contributions": [Contributed(everyone[0], "A room")],
        }
        for wrong in (
            {"owner_partner": absent},
            {"deputy_partner": absent},
            {"contributions": [Contributed(absent, "A room")]},
        ):
            for by in (as_participant(leader), world.person("bob")):
                with pytest.raises(ValidationError, match="Absent Trust is not at this table"):
                    agree_at_table(by=by, sitting=here, **fine | wrong)
        made, _new = agree_at_table(
            by=world.person("alice"), sitting=here, **fine | {"owner_partner": absent}
        )
        assert made.owner_partner == absent


class TestYoungPeople:
    @pytest.fixture
    def young(self, sitting: Sitting, come: Callable[..., Attendee], world: World, seated: Event) -> Attendee:
        """Sky sits at the table, with Robin of Lantern Youth."""
        came = come(seated, world.lantern, "Youth worker", name="Robin", young_names=["Sky"])
        sky = came.with_them.get()
        for each in (came, sky):
            sitting.seats.create(attendee=each)
        return sky

    def test_the_page_and_the_files_of_a_table_name_none(
        self, young: Attendee, sitting: Sitting, seated: Event, leader: Attendee, as_: As
    ) -> None:
        today(seated)
        signed, link = f"/sittings/{sitting.pk}/", f"/attending/{leader.token}/table/{sitting.round}/"
        for text in (read(as_("bob"), signed), read(as_("alice"), signed), read(Client(), link)):
            assert "Sky" not in text
            assert "1 young person" in text
            assert "ompanion" not in text
        cards = read(as_("alice"), f"/events/{seated.slug}/plan/print/?only=cards")
        assert "Sky" not in cards
        assert "1 young person" in cards
        plan = read(as_("alice"), f"/events/{seated.slug}/plan.csv")
        assert "Sky" not in plan
        assert "companion" not in plan
        (row,) = [line for line in plan.splitlines() if "young person" in line]
        assert "Lantern" not in row

    def test_an_agreement_names_none(
        self, young: Attendee, seated: Event, parts: dict[str, Any], world: World
    ) -> None:
        for wrong in (
            {"goal": "A mentor for Sky"},
            {"action": "Sky's mentors meet."},
            {"measure": "How often (Sky) comes"},
            {"owner_role": "Companion of Sky"},
            {"contributions": [Contributed(world.lantern, "Sky, one evening")]},
        ):
            with pytest.raises(ValidationError, match="without naming young people"):
                record_agreement(by=world.person("alice"), event=seated, **parts | wrong)
        # However it is spelt, in small letters too where it was given so, and of one letter.
        for name, goal in (
            ("Zo\u00eb", "A mentor for Zoe"),
            ("Jay-Jay", "A mentor for jay jay"),
            ("kit", "A mentor for kit"),
            ("kit", "A mentor for Kit"),
            ("J", "A mentor for J"),
        ):
            Attendee.objects.filter(pk=young.pk).update(name=name)
            with pytest.raises(ValidationError, match="without naming young people"):
                record_agreement(by=world.person("alice"), event=seated, **parts | {"goal": goal})
        Attendee.objects.filter(pk=young.pk).update(name="Summer Green")
        fine = parts | {"goal": "Two mentors over the summer", "action": "Green spaces are lit."}
        assert record_agreement(by=world.person("alice"), event=seated, **fine).pk
        Attendee.objects.filter(pk=young.pk).update(name="Sky")
        fine = parts | {"goal": "Skylight for the youth club, under an open sky"}
        assert record_agreement(by=world.person("alice"), event=seated, **fine).pk


class TestAStranger:
    """A stranger registered for a police team, led a table by their own word, and published in its name."""

    @pytest.fixture
    def police(self, world: World) -> Partner:
        team = make_partner("Quiet Constabulary", "police", world.north, [], [], marking="public")
        Contact.objects.create(partner=team, role="Inspector", email="inspector@quiet.example")
        return team

    @pytest.fixture
    def stranger(self, seated: Event, police: Partner, world: World) -> Attendee:
        """As anybody registers, from the page."""
        Partner.objects.filter(pk__in=[world.lantern.pk, world.school.pk]).update(marking="public")
        sent = {
            "part": "guest",
            "offer": "facilitator",
            "partner": police.pk,
            "role": "Chief inspector",
            "name": "A Stranger",
            "email": "stranger@example.com",
        }
        got = Client().post(f"/events/{seated.slug}/register/", sent)
        assert got.status_code == 302
        made = seated.attendees.get(email="stranger@example.com")
        assert "confirm" in read(Client(), f"/attending/{made.token}/")
        Client().post(f"/attending/{made.token}/", {"confirm": "1"})
        return seated.attendees.get(pk=made.pk)

    def at_the_table(self, stranger: Attendee, sitting: Sitting) -> str:
        sitting.seats.create(attendee=stranger)
        return f"/attending/{stranger.token}/table/{sitting.round}/"

    def test_from_registration_to_page(
        self,
        stranger: Attendee,
        sitting: Sitting,
        seated: Event,
        police: Partner,
        world: World,
        as_: As,
        django_capture_on_commit_callbacks: Capture,
    ) -> None:
        link = self.at_the_table(stranger, sitting)
        today(seated)
        browser = Client()
        assert browser.get(link).status_code == 404, "nobody accepted the offer"
        assert browser.post(link, {"goal": "x"}).status_code == 404
        # Somebody accepts it all the same, not knowing them.
        answer_offer(by=world.person("alice"), attendee=stranger, answer="accepted")
        page = read(browser, link)
        assert Fields(page).values["marking"] == "partnership"
        who = {f"{name}_1": value for name, value in (("partner", str(police.pk)), ("what", "Two officers"))}
        rest = {f"{name}_{n}": "" for n in (2, 3, 4) for name in ("partner", "what")}
        sent = (
            whole(page)
            | who
            | rest
            | {
                "goal": "Stop and search at every school gate",
                "action": "Officers at every gate.",
                "measure": "How many are searched",
                "owner_partner": str(police.pk),
                "owner_role": "Chief inspector",
                "deputy_partner": str(police.pk),
                "deputy_role": "Chief inspector",
                "marking": "public",
            }
        )
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert browser.post(link, sent).status_code == 302
        agreed = Agreement.objects.get()
        assert [each.to for each in mail.outbox] == [["inspector@quiet.example"]], (
            "the team is told, not the stranger"
        )
        secret = ("Stop and search", "Quiet Constab", "Chief inspector")
        for reader in ("nobody", "charlie"):
            assert as_(reader).get(f"/agreements/{agreed.pk}/").status_code == 404
            assert naming_pages(as_(reader), agreed, *secret) == []
        assert "For the partnership only." in read(as_("bob"), f"/agreements/{agreed.pk}/")
        assert "no answer yet" in read(as_("bob"), f"/agreements/{agreed.pk}/")
        # Even when a coordinator confirms that it was agreed, nobody's name is public on it.
        confirm_agreement(by=world.person("alice"), agreement=agreed)
        for reader in ("nobody", "charlie"):
            assert naming_pages(as_(reader), agreed, *secret[1:]) == []
            assert "an owner has been asked" in read(as_(reader), f"/agreements/{agreed.pk}/")
        with pytest.raises(ValidationError, match="has not said yes"):
            start_agreement(by=world.person("alice"), agreement=agreed)
        path = "/agreements/named/" + mail.outbox[0].body.split("/agreements/named/")[1].split()[0]
        version = read(browser, path).split('name="version" value="')[1].split('"')[0]
        browser.post(path, {"answer": "no", "version": version})
        assert "an owner is being looked for" in read(as_("nobody"), f"/agreements/{agreed.pk}/")
        assert len(pages(agreed)) > 10

    def test_with_a_link_that_was_passed_on(
        self, leader: Attendee, sitting: Sitting, seated: Event, as_: As, world: World
    ) -> None:
        """Whoever has it writes in the leader's place that day, for the partnership only; and later not at all."""
        today(seated)
        link = f"/attending/{leader.token}/table/{sitting.round}/"
        browser = Client()
        page = read(browser, link)
        assert browser.post(link, whole(page) | {"marking": "public"}).status_code == 302
        agreed = Agreement.objects.get()
        assert as_("nobody").get(f"/agreements/{agreed.pk}/").status_code == 404
        today(seated, -1)
        assert browser.post(link, whole(page) | {"goal": "Another"}).status_code == 403
        assert Agreement.objects.count() == 1

    def test_for_another_table_and_with_somebody_elses_link(
        self, leader: Attendee, stranger: Attendee, sitting: Sitting, seated: Event, world: World
    ) -> None:
        today(seated)
        answer_offer(by=world.person("alice"), attendee=stranger, answer="accepted")
        other = Sitting.objects.filter(event=seated, round=sitting.round).exclude(pk=sitting.pk).get()
        other.seats.create(attendee=stranger)
        own = Sitting.objects.get(pk=sitting.pk)
        browser = Client()
        mine = read(browser, f"/attending/{stranger.token}/table/{own.round}/")
        assert f"Table {other.table.number}, round {other.round}" in mine, (
            "their own table, whatever they type"
        )
        assert browser.get(f"/sittings/{own.pk}/").status_code == 302, "the page of an account"
        assert browser.get(f"/attending/{stranger.token}/table/9/").status_code == 404
        cancel_registration(by=world.person("nobody"), attendee=leader)
        assert browser.get(f"/attending/{leader.token}/table/{own.round}/").status_code == 404
