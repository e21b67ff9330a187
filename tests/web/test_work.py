"""My work: what waits for whom, that it is nobody else's to see, and that it costs the same for one and for three."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from joinedup.accounts.models import AuditEntry, Grant, User
from joinedup.agreements.models import Agreement, Progress
from joinedup.events.actions.topics import accept_topic, propose_topic
from joinedup.events.models import Event, Programme
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.actions.reading import have_read
from joinedup.opportunities.models import Answer, ListChange, Look, Opportunity
from joinedup.opportunities.queries.since import Unread
from joinedup.partners.models import Ask, Partner
from joinedup.registration.models import Attendee, Invitation
from joinedup.spreadsheets.models import Upload
from joinedup.tables.checklist import NotReady
from joinedup.voice.models import Contribution, Conversation, Host
from joinedup.web.work.next_day import next_day
from joinedup.web.work.people_did import PeopleDid
from joinedup.web.work.queries import Waiting, kept_by, waiting_for
from tests.world import World, all_say_yes

As = Callable[[str], Client]
TODAY = timezone.localdate()
WORK = "/work/"


def days(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


def make_event(world: World, number: int = 1, **fields: Any) -> Event:
    programme, _ = Programme.objects.get_or_create(slug="days", defaults={"name": "Days"})
    values = {
        "footprint": world.north,
        "slug": f"event-{number}",
        "name": f"Event {number}",
        "date": days(40),
    }
    return Event.objects.create(programme=programme, **(values | fields))


def make_opportunity(world: World, number: int = 1, *parties: Partner, **fields: Any) -> Opportunity:
    values = {
        "key": f"key-{number}",
        "footprint": world.north,
        "audience": "partnership",
        "kind": "match",
        "place": world.northton,
        "theme_id": "trusted-adult",
        "score": 50.0,
        "sentence": f"WAITING opportunity {number}.",
        "first_seen": TODAY,
        "last_seen": TODAY,
    }
    values |= fields
    made = Opportunity.objects.create(**values)
    made.parties.set(parties or [world.lantern])
    return made


def make_agreement(world: World, number: int = 1, **fields: Any) -> Agreement:
    event = Event.objects.filter(slug="event-1").first() or make_event(world)
    values = {
        "event": event,
        "goal": f"WAITING agreement {number}",
        "action": "Mentors meet the school",
        "place": world.northton,
        "theme_id": "trusted-adult",
        "measure": "ten pairs",
        "owner_partner": world.lantern,
        "owner_role": "manager",
        "deputy_role": "deputy",
        "due": days(200),
        "review_3": days(90),
        "review_6": days(180),
        "review_12": days(365),
        "recorded_by": "Alice",
    }
    return all_say_yes(Agreement.objects.create(**(values | fields)))


def make_answers_to_read(world: World, number: int = 1, waiting: int = 1) -> Conversation:
    event = Event.objects.filter(slug="event-1").first() or make_event(world)
    asked = Conversation.objects.create(
        event=event,
        slug=f"asked-{number}",
        question=f"WAITING question {number}",
        opens=TODAY,
        closes=days(9),
    )
    host = Host.objects.create(conversation=asked, partner=world.lantern)
    for each in range(waiting):
        Contribution.objects.create(
            conversation=asked, host=host, text=f"SECRET answer {each}", age_band="14-15"
        )
    return asked


def make_upload(world: World, number: int = 1, **fields: Any) -> Upload:
    values = {
        "footprint": world.north,
        "kind": "partners",
        "file_name": f"WAITING-{number}.xlsx",
        "by": "Alice",
    }
    return Upload.objects.create(**(values | {"state": "previewed"} | fields))


def make_one_of_everything(world: World, number: int) -> None:
    event = make_event(world, number)
    moved = make_opportunity(world, number, assigned_to=world.bob)
    ListChange.objects.create(opportunity=moved, what="new")
    make_opportunity(world, number + 10, assigned_to=world.alice)
    make_agreement(world, number, event=event, due=days(-number))
    Initiative.objects.create(
        name=f"WAITING initiative {number}",
        slug=f"waiting-{number}",
        partner=world.lantern,
        owner=world.bob,
    )
    Ask.objects.create(partner=world.lantern, kind="need", text=f"WAITING ask {number}", owner=world.bob)
    for user in (world.bob, world.alice):
        Invitation.objects.create(event=event, email=user.email.upper())
    Attendee.objects.create(
        event=event,
        number=1,
        partner=world.lantern,
        sector=world.lantern.sector,
        role="worker",
        user=world.bob,
    )
    make_answers_to_read(world, number)
    make_upload(world, number)


@pytest.mark.parametrize(("who", "queries"), [("bob", 28), ("alice", 41)])
@pytest.mark.parametrize("items", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_for_three(
    as_: As, world: World, who: str, queries: int, items: int, django_assert_num_queries: Any
) -> None:
    for number in range(1, items + 1):
        make_one_of_everything(world, number)
    browser = as_(who)
    with django_assert_num_queries(queries):
        page = browser.get(WORK)
    assert f"WAITING {'agreement' if who == 'bob' else 'question'} {items}" in page.content.decode()


@pytest.mark.parametrize("who", ["bob", "alice", "charlie", "lead", "admin"])
def test_reading_the_page_writes_nothing(as_: As, world: World, who: str) -> None:
    make_one_of_everything(world, 1)
    browser = as_(who)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(WORK).status_code == 200
    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)


@pytest.mark.parametrize("who", ["charlie", "lead", "admin"])
def test_what_waits_for_others_is_not_shown(as_: As, world: World, who: str) -> None:
    make_one_of_everything(world, 1)
    page = as_(who).get(WORK).content.decode()
    assert "WAITING" not in page
    assert "SECRET" not in page
    assert "Lantern Youth" not in page


def test_the_public_signs_in_first(as_: As) -> None:
    assert as_("nobody").get(WORK)["Location"] == "/account/login/?next=/work/"


def test_an_answer_of_a_young_person_is_never_quoted_here(as_: As, world: World) -> None:
    make_answers_to_read(world, waiting=2)
    page = as_("alice").get(WORK).content.decode()
    assert "2 wait" in page
    assert "SECRET" not in page


class TestOpportunities:
    def waiting(self, world: World, who: str = "bob") -> list[str]:
        return [each.key for each in waiting_for(world.person(who)).opportunities.items]

    def test_those_that_name_my_partner_wait_until_it_answers(self, world: World) -> None:
        made = make_opportunity(world, 1, world.lantern, world.school)
        assert self.waiting(world) == ["key-1"]
        Answer.objects.create(opportunity=made, partner=world.school, word="not_us", by="School")
        assert self.waiting(world) == ["key-1"]
        Answer.objects.create(opportunity=made, partner=world.lantern, word="interested", by="Bob")
        assert self.waiting(world) == []

    def test_who_belongs_to_two_partners_answers_for_each(self, world: World) -> None:
        Grant.objects.create(user=world.bob, role="partner_member", partner=world.school)
        made = make_opportunity(world, 1, world.lantern, world.school)
        Answer.objects.create(opportunity=made, partner=world.lantern, word="interested", by="Bob")
        assert self.waiting(world) == ["key-1"]

    def test_others_do_not_wait(self, world: World) -> None:
        make_opportunity(world, 1, world.school)
        make_opportunity(world, 2, audience="public", marking="public")
        make_opportunity(world, 3, state="gone")
        make_opportunity(world, 4, state="dismissed", reason="not_now")
        make_opportunity(world, 5, state="agreed")
        assert self.waiting(world) == []

    def test_the_best_come_first_and_the_rest_is_counted(self, as_: As, world: World) -> None:
        for number in range(12):
            make_opportunity(world, number, score=float(number))
        assert self.waiting(world)[0] == "key-11"
        waiting = waiting_for(world.person("bob")).opportunities
        assert (len(waiting.items), waiting.total, waiting.more) == (10, 12, 2)
        assert b"and 2 more" in as_("bob").get(WORK).content

    def test_a_coordinator_sees_how_many_moved(self, as_: As, world: World) -> None:
        for number, fields in enumerate(
            [
                {},
                {},
                {"state": "dismissed", "reason": "not_now"},
                {"marking": "named"},
                {"footprint": world.south},
            ]
        ):
            moved = make_opportunity(world, number, world.school, world.police, **fields)
            for what in ("new", "changed"):
                ListChange.objects.create(opportunity=moved, what=what)
        make_opportunity(world, 9, world.school)
        assert waiting_for(world.person("alice")).moved == [Unread("north", "North partnership", 3)]
        page = as_("alice").get(WORK).content.decode()
        assert (
            'href="/opportunities/changes/?partnership=north">3 new, changed or gone in North partnership'
            in page
        )
        assert "1 thing waits for you" in page
        Look.objects.create(user=world.alice, footprint=world.north, at=timezone.now())
        assert waiting_for(world.person("alice")).moved == []
        assert waiting_for(world.person("bob")).moved == []

    def test_what_was_put_off_does_not_wait(self, world: World) -> None:
        make_opportunity(world, 1, snoozed_until=days(1), assigned_to=world.bob)
        make_opportunity(world, 2, snoozed_until=days(0))
        assert self.waiting(world) == ["key-2"]
        assert waiting_for(world.person("bob")).assigned.items == []

    def test_what_was_given_to_me_waits_while_i_may_see_it(self, as_: As, world: World) -> None:
        made = make_opportunity(world, 1, world.school, assigned_to=world.bob, assigned_on=TODAY)
        make_opportunity(world, 2, world.school, assigned_to=world.bob, state="agreed")
        make_opportunity(world, 3, world.school, assigned_to=world.alice)
        make_opportunity(world, 4, world.school, assigned_to=world.charlie)
        make_opportunity(world, 5, world.school, world.police, assigned_to=world.bob, marking="named")
        assert [each.key for each in waiting_for(world.person("bob")).assigned.items] == ["key-1"]
        assert waiting_for(world.person("charlie")).assigned.items == []
        page = as_("bob").get(WORK).content.decode()
        assert "Opportunities given to you" in page
        assert f'href="/opportunities/{made.pk}/"' in page
        world.bob.grants.all().delete()
        assert waiting_for(world.person("bob")).assigned.items == []


class TestAgreements:
    def waiting(self, world: World, who: str = "bob") -> list[tuple[str, datetime.date]]:
        return [(each.why, each.on) for each in waiting_for(world.person(who)).agreements.items]

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"due": days(-1)}, [("overdue", -1)]),
            ({"due": days(0)}, [("due", 0)]),
            ({"due": days(30)}, [("due", 30)]),
            ({"due": days(31)}, []),
            ({"due": days(-1), "state": "kept"}, []),
            ({"due": days(-1), "state": "dropped"}, []),
            ({"review_3": days(0)}, [("review", 0)]),
            ({"review_3": days(-90), "review_6": days(-2)}, [("review", -2)]),
            ({"review_3": days(1)}, []),
        ],
    )
    def test_which_wait_and_why(
        self, world: World, fields: dict[str, Any], expected: list[tuple[str, int]]
    ) -> None:
        make_agreement(world, **fields)
        assert self.waiting(world) == [(why, days(number)) for why, number in expected]

    def test_a_report_closes_a_review_until_the_next_one(self, world: World) -> None:
        agreed = make_agreement(world, review_3=days(-90), review_6=days(-2))
        report = Progress.objects.create(agreement=agreed, on=days(-80), state="agreed", by="Bob")
        assert self.waiting(world) == [("review", days(-2))]
        Progress.objects.create(agreement=agreed, on=days(-1), state="agreed", by="Bob")
        assert self.waiting(world) == []
        report.delete()
        assert self.waiting(world) == []

    def test_those_of_other_owners_do_not_wait(self, world: World) -> None:
        make_agreement(world, due=days(-1), owner_partner=world.school)
        assert self.waiting(world) == []

    def test_each_leads_to_its_report(self, as_: As, world: World) -> None:
        agreed = make_agreement(world, due=days(-1))
        page = as_("bob").get(WORK).content.decode()
        assert f'href="/agreements/{agreed.pk}/report/"' in page
        assert "1 thing waits for you" in page


class TestConfirming:
    def test_stale_and_never_confirmed_records_have_a_button_each(self, as_: As, world: World) -> None:
        Partner.objects.filter(pk=world.lantern.pk).update(confirmed_on=days(-366))
        Initiative.objects.create(name="Draft", slug="draft", partner=world.lantern)
        page = as_("bob").get(WORK).content.decode()
        assert 'action="/partners/lantern-youth/confirm/"' in page
        assert 'action="/initiatives/draft/confirm/"' in page
        assert "not yet confirmed by the body" in page

    def test_fresh_ended_and_other_peoples_records_do_not_wait(self, world: World) -> None:
        Partner.objects.filter(pk=world.lantern.pk).update(confirmed_on=days(-365))
        Partner.objects.filter(pk=world.school.pk).update(confirmed_on=None)
        make = Initiative.objects.create
        make(name="Fresh", slug="fresh", partner=world.lantern, confirmed_on=TODAY)
        make(name="Ended", slug="ended", partner=world.lantern, ends=days(-1))
        make(name="Theirs", slug="theirs", partner=world.school)
        assert waiting_for(world.person("bob")) == Waiting()


class TestInvitations:
    def test_mine_wait_until_answered_or_over(self, as_: As, world: World) -> None:
        mine = Invitation.objects.create(event=make_event(world), email="BOB@example.org")
        Invitation.objects.create(event=mine.event, email="charlie@example.org")
        Invitation.objects.create(event=make_event(world, 2, date=days(-1)), email="bob@example.org")
        Invitation.objects.create(event=make_event(world, 3), email="bob@example.org", answer="declined")
        past = make_event(world, 4, date=None, is_history=True)
        Invitation.objects.create(event=past, email="bob@example.org")
        assert waiting_for(world.person("bob")).invitations == [mine]
        assert f'href="/invitation/{mine.token}/"' in as_("bob").get(WORK).content.decode()

    def test_an_invitation_without_an_address_is_nobodys(self, world: World) -> None:
        Invitation.objects.create(event=make_event(world), role="Head of year")
        assert waiting_for(world.person("bob")).invitations == []


class TestCoordinating:
    def test_answers_to_read_are_counted_by_conversation(self, world: World) -> None:
        make_answers_to_read(world, 1, waiting=2)
        read = make_answers_to_read(world, 2, waiting=1)
        read.contributions.update(state="shown", read_by="Alice")
        waiting = waiting_for(world.person("alice")).conversations
        assert [(each.slug, each.waiting) for each in waiting] == [("asked-1", 2)]
        assert waiting_for(world.person("bob")).conversations == []

    def test_spreadsheets_to_finish_lead_to_their_next_step(self, as_: As, world: World) -> None:
        preview = make_upload(world, 1)
        columns = make_upload(world, 2, state="mapping")
        make_upload(world, 3, state="accepted")
        make_upload(world, 4, footprint=world.south)
        page = as_("alice").get(WORK).content.decode()
        assert f'href="/bring/upload/{preview.pk}/preview/"' in page
        assert f'href="/bring/upload/{columns.pk}/columns/"' in page
        assert "WAITING-3" not in page
        assert "WAITING-4" not in page


class TestKept:
    def test_mine_my_partners_and_my_footprints(self, world: World) -> None:
        make_one_of_everything(world, 1)
        Initiative.objects.create(name="Theirs", slug="theirs", partner=world.school)
        kept = kept_by(world.person("bob"))
        assert [each.name for each in kept.initiatives.items] == ["WAITING initiative 1"]
        assert [each.text for each in kept.asks.items] == ["WAITING ask 1"]
        assert [each.event.slug for each, _words in kept.attending] == ["event-1"]
        (lantern,) = kept.partners
        assert (lantern.initiative_count, lantern.ask_count, lantern.agreement_count) == (1, 1, 1)
        (north,) = kept.footprints
        assert (north.partner_count, kept.open_agreements) == (3, {north.pk: (1, 1)})

    def test_what_i_own_and_may_no_longer_see_is_not_mine(self, world: World) -> None:
        make_one_of_everything(world, 1)
        world.bob.grants.all().delete()
        kept = kept_by(world.person("bob"))
        assert (kept.initiatives.items, kept.asks.items, kept.partners, kept.footprints) == ([], [], [], [])

    def test_an_agreement_due_today_is_not_late(self, world: World) -> None:
        make_agreement(world, due=TODAY)
        assert kept_by(world.person("alice")).open_agreements == {world.north.pk: (1, 0)}

    def test_agreements_for_named_partners_are_not_even_counted_for_others(self, world: World) -> None:
        make_agreement(world, owner_partner=world.school, marking="named", due=days(-1))
        assert kept_by(world.person("bob")).open_agreements == {world.north.pk: (0, 0)}

    def test_who_cancelled_is_not_coming(self, world: World) -> None:
        make_one_of_everything(world, 1)
        Attendee.objects.update(standing="cancelled")
        assert kept_by(world.person("bob")).attending == []

    def test_counts_do_not_multiply_each_other(self, world: World) -> None:
        for number in (1, 2, 3):
            make_one_of_everything(world, number)
        (lantern,) = kept_by(world.person("bob")).partners
        assert (lantern.initiative_count, lantern.ask_count, lantern.agreement_count) == (3, 3, 3)

    def test_a_coordinator_finds_the_tools_of_the_footprint(self, as_: As) -> None:
        page = as_("alice").get(WORK).content.decode()
        for link in ("/start/north/", "/bring/north/", "/people/", "/events/add/", "/places/E09000991/"):
            assert f'href="{link}"' in page
        assert "/start/north/" not in as_("bob").get(WORK).content.decode()


class TestPeopleDid:
    """Answered, spotted, asked, registered: read first, and closed by one button."""

    def did(self, world: World, who: str = "alice") -> PeopleDid:
        return waiting_for(world.person(who)).people

    def everything(self, world: World) -> Event:
        answered = make_opportunity(world, 1, world.school)
        Answer.objects.create(opportunity=answered, partner=world.school, word="interested", by="School")
        spotted = make_opportunity(world, 2, world.school, is_spotted=True, spotted_by=world.bob)
        ListChange.objects.create(opportunity=spotted, what="new")
        Ask.objects.create(partner=world.school, kind="need", text="WAITING hall", owner=world.bob)
        event = make_event(world)
        for number in (1, 2):
            attend(world, event, number)
        return event

    def test_the_newest_of_each(self, world: World) -> None:
        event = self.everything(world)
        did = self.did(world)
        assert [each.word for each in did.said] == ["interested"]
        assert [each.key for each in did.spotted] == ["key-2"]
        assert [each.text for each in did.asks] == ["WAITING hall"]
        assert [(each.slug, each.came) for each in did.registered] == [(event.slug, 2)]  # type: ignore[attr-defined]
        assert did.total == 4
        for who in ("bob", "charlie", "lead"):
            assert self.did(world, who) == PeopleDid()

    def test_what_i_did_myself_what_is_over_and_what_i_may_not_see_is_left_out(self, world: World) -> None:
        mine = make_opportunity(world, 1, world.school, is_spotted=True, spotted_by=world.alice)
        gone = make_opportunity(world, 2, world.school, is_spotted=True, spotted_by=world.bob, state="gone")
        elsewhere = make_opportunity(world, 4, is_spotted=True, footprint=world.south)
        for each in (mine, gone, elsewhere):
            ListChange.objects.create(opportunity=each, what="new")
        ask = {"partner": world.school, "kind": "need"}
        Ask.objects.create(**ask, text="Mine", owner=world.alice)
        Ask.objects.create(**ask, text="Closed", closed_on=TODAY)
        Ask.objects.create(partner=world.harbour, kind="need", text="Elsewhere")
        attend(world, make_event(world, 1, date=days(-1)), 1)
        attend(world, make_event(world, 2, cancelled_on=TODAY), 1)
        attend(world, make_event(world, 3, footprint=world.south), 1)
        attend(world, make_event(world, 4), 1, standing="held")
        assert self.did(world) == PeopleDid()

    def test_one_button_closes_all_of_it_and_nothing_else(self, as_: As, world: World) -> None:
        event = self.everything(world)
        alice = as_("alice")
        page = alice.get(WORK).content.decode()
        assert "2 more people have a place or are on the waiting list of Event 1" in page
        assert (
            page.index("What people did") < page.index("The next event") < page.index("What the list found")
        )
        until = re.search(r'name="until" value="([^"]+)"', page)
        assert until
        attend(world, event, 3)
        answer = alice.post("/work/read/", {"until": until[1]}, follow=True)
        assert answer.redirect_chain == [(WORK, 302)]
        assert "Marked as read" in answer.content.decode()
        did = self.did(world)
        # What came while they read is not lost; what the machine found still waits.
        assert (did.said, did.spotted, did.asks, [each.came for each in did.registered]) == ([], [], [], [1])  # type: ignore[attr-defined]
        assert [each.number for each in waiting_for(world.person("alice")).moved] == [1]
        assert AuditEntry.objects.filter(action="opportunity.read").count() == 1

    def test_answers_read_with_the_list_are_read_here_too(self, world: World) -> None:
        self.everything(world)
        have_read(by=world.person("alice"), footprint=world.north, until=timezone.now())
        did = self.did(world)
        assert (did.said, did.spotted, len(did.asks), len(did.registered)) == ([], [], 1, 1)

    @pytest.mark.parametrize("until", ["", "yesterday", "2999-01-01T00:00:00+00:00", "2026-01-01T00:00:00"])
    def test_what_is_no_time_marks_nothing(self, as_: As, world: World, until: str) -> None:
        page = as_("alice").post("/work/read/", {"until": until}, follow=True).content.decode()
        assert "open this page again" in page or "open the page again" in page
        assert not Look.objects.exists()

    def test_who_coordinates_nothing_marks_nothing(self, as_: As, world: World) -> None:
        for who in ("bob", "charlie", "admin"):
            as_(who).post("/work/read/", {"until": timezone.now().isoformat()})
        assert as_("nobody").post("/work/read/", {"until": "x"})["Location"].startswith("/account/login/")
        assert as_("alice").get("/work/read/").status_code == 405
        assert not Look.objects.exists()

    def test_the_rest_is_counted(self, as_: As, world: World) -> None:
        for number in range(12):
            Ask.objects.create(partner=world.school, kind="need", text=f"Ask {number}")
        did = self.did(world)
        assert (len(did.asks), did.more, did.total) == (10, {"asks": 2}, 12)
        assert "and 2 more" in as_("alice").get(WORK).content.decode()

    def test_no_list_is_cut_without_a_word(self, as_: As, world: World) -> None:
        for number in range(12):
            one = make_opportunity(world, number, world.school)
            Answer.objects.create(opportunity=one, partner=world.school, word="not_us", by="School")
            other = make_opportunity(
                world, 100 + number, is_spotted=True, spotted_by=world.bob, kind="spotted"
            )
            ListChange.objects.create(opportunity=other, what="new")
            attend(world, make_event(world, number), 1)
        did = self.did(world)
        assert did.more == {"said": 2, "spotted": 2, "registered": 2}
        assert did.total == 36
        page = as_("alice").get(WORK).content.decode()
        for words, link in (
            ("all answers", "/opportunities/changes/?show=said"),
            ("all that were spotted", "/opportunities/?kind=spotted&amp;sort=new"),
            ("all events", "/events/"),
        ):
            assert f'and 2 more: <a class="govuk-link" href="{link}">{words}</a>' in page
        assert page.count("(12)") == 3
        everything = as_("alice").get("/opportunities/changes/?show=said").content.decode()
        assert everything.count(": Not us</strong>") == 12

    def test_who_is_interested_is_not_cut_for_who_answered_later(self, world: World) -> None:
        for number in range(12):
            one = make_opportunity(world, number, world.school)
            word = "not_us" if number else "interested"
            Answer.objects.create(opportunity=one, partner=world.school, word=word, by="School")
        assert self.did(world).said[0].word == "interested"


def attend(world: World, event: Event, number: int, **fields: Any) -> Attendee:
    who = {"partner": world.school, "sector": world.school.sector, "role": "Head"}
    return Attendee.objects.create(event=event, number=number, **(who | fields))


class TestNextDay:
    def test_what_is_not_ready_with_the_page_to_mend_it(self, as_: As, world: World) -> None:
        make_event(world, 2, date=days(50))
        soon = make_event(world, 1, is_draft=True)
        make_event(world, 3, date=days(1), cancelled_on=TODAY)
        make_event(world, 4, date=days(1), footprint=world.south)
        found = next_day(world.person("alice"), TODAY)
        assert found is not None
        assert found.event == soon
        assert (found.findings[0].kind, found.findings[0].stops) == ("draft", True)
        assert len(found.shown) + found.more == len(found.findings)
        page = as_("alice").get(WORK).content.decode()
        for each in found.shown:
            assert f'href="{each.link}"' in page
        assert f'href="/events/{soon.slug}/plan/"' in page

    @pytest.mark.parametrize(
        ("today", "is_pressing"),
        [("2098-11-16", False), ("2098-11-17", True), ("2098-12-15", True)],
    )
    def test_what_stops_the_day_presses_from_four_weeks_before(
        self, world: World, today: str, is_pressing: bool
    ) -> None:
        make_event(world, 1, is_draft=True, date=datetime.date(2098, 12, 15))
        found = next_day(world.person("alice"), datetime.date.fromisoformat(today))
        assert found is not None
        assert (found.findings[0].stops, found.is_pressing) == (True, is_pressing)

    def test_what_could_only_be_better_never_presses(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        better = [NotReady("sectors_missing", False, "Sectors are missing.", "/", "Invite them")]
        monkeypatch.setattr("joinedup.web.work.next_day.findings", lambda _event: better)
        make_event(world, 1, date=TODAY)
        found = next_day(world.person("alice"), TODAY)
        assert found is not None
        assert (found.findings, found.is_pressing) == (better, False)

    @pytest.mark.parametrize(("weeks", "is_first"), [(3, True), (5, False)])
    def test_it_stands_before_what_people_did_where_it_presses(
        self, as_: As, world: World, weeks: int, is_first: bool
    ) -> None:
        make_event(world, 1, is_draft=True, date=days(7 * weeks))
        Ask.objects.create(partner=world.school, kind="need", text="A hall")
        page = as_("alice").get(WORK).content.decode()
        assert page.count("The next event") == 1
        assert (page.index("The next event") < page.index("What people did")) == is_first

    def test_it_is_worked_out_anew_after_any_write(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept: dict[str, Any] = {}
        memory = SimpleNamespace(get=kept.get, set=kept.__setitem__)
        monkeypatch.setattr("joinedup.web.work.next_day.caches", {"memory": memory})
        alice, event = world.person("alice"), make_event(world)

        def kinds() -> set[str]:
            found = next_day(alice, TODAY)
            assert found is not None
            return {each.kind for each in found.findings}

        assert "no_topics" in kinds()
        assert kinds() == kinds()
        assert len(kept) == 1
        proposed = propose_topic(by=alice, event=event, partner=world.lantern, title="Fridays")
        accept_topic(by=alice, topic=proposed)
        assert "no_topics" not in kinds()
        assert len(kept) == 2

    def test_for_who_plans_it_only(self, as_: As, world: World) -> None:
        make_event(world)
        for who in ("bob", "charlie", "admin"):
            assert next_day(world.person(who), TODAY) is None
            assert "The next event" not in as_(who).get(WORK).content.decode()
        assert next_day(world.person("lead"), TODAY) is not None
        assert "Nothing else waits for you" in as_("lead").get(WORK).content.decode()


class TestLateInThePartnership:
    def test_a_coordinator_finds_what_nobody_reported(self, as_: As, world: World) -> None:
        late = make_agreement(world, 1, due=days(-2), owner_partner=world.school)
        make_agreement(world, 2, due=TODAY, owner_partner=world.school)
        make_agreement(world, 3, due=days(-2), owner_partner=world.school, state="kept")
        make_agreement(world, 4, due=days(-2), owner_partner=world.school, marking="named")
        assert waiting_for(world.person("alice")).late.items == [late]
        page = as_("alice").get(WORK).content.decode()
        assert "What is late" in page
        assert f'href="/agreements/{late.pk}/report/"' in page
        assert as_("alice").get(f"/agreements/{late.pk}/report/").status_code == 200
        assert waiting_for(world.person("bob")).late.items == []


def test_the_order_is_people_then_event_then_late_then_the_list(as_: As, world: World) -> None:
    make_one_of_everything(world, 1)
    for who, headings in (
        (
            "bob",
            [
                "What people did",
                "What is late",
                "To look at again",
                "What the list found",
                "Mine",
                "My organisation",
            ],
        ),
        (
            "alice",
            ["What people did", "The next event", "What is late", "What the list found", "My partnership"],
        ),
    ):
        page = as_(who).get(WORK).content.decode()
        shown = re.findall(r'<h2 class="govuk-heading-l"[^>]*>([^<]+)</h2>', page)
        assert [each for each in shown if each in headings] == headings


class TestEmptyStates:
    def test_a_newcomer_without_a_role_is_told_what_to_do(self, world: World) -> None:
        newcomer = User.objects.create_user("new@example.org")
        browser = Client()
        browser.force_login(newcomer, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = browser.get(WORK).content.decode()
        assert "Ask the coordinator of your partnership to invite you" in page
        assert "new@example.org" in page
        assert "Nothing waits for you" not in page

    @pytest.mark.parametrize(
        ("who", "link"),
        [
            ("bob", "/initiatives/add/"),
            ("alice", "/people/invite/"),
            ("lead", "/events/add/"),
            ("admin", "/start/"),
        ],
    )
    def test_with_nothing_to_do_there_is_something_to_start(self, as_: As, who: str, link: str) -> None:
        page = as_(who).get(WORK).content.decode()
        assert "Nothing waits for you" in page
        assert f'href="{link}"' in page


def make_initiatives(world: World, number: int) -> None:
    for each in range(number):
        Initiative.objects.create(
            name=f"Mine {each:02}", slug=f"mine-{each}", partner=world.lantern, owner=world.bob
        )


def test_a_question_whether_something_is_still_true_stands_under_no_heading_of_blame(
    as_: As, world: World
) -> None:
    make_initiatives(world, 12)
    page = as_("bob").get(WORK).content.decode()
    assert page.index("To look at again") < page.index("Is this still true?")
    assert "What is late" not in page


def test_a_list_of_mine_that_is_cut_says_so(as_: As, world: World) -> None:
    make_initiatives(world, 12)
    page = as_("bob").get(WORK).content.decode()
    assert "10 of the 12 pieces of local action that are yours are shown:" in page
    Initiative.objects.exclude(slug__in=[f"mine-{number}" for number in range(10)]).delete()
    assert "that are yours are shown" not in as_("bob").get(WORK).content.decode()


def test_what_is_not_ready_for_the_next_event_is_counted(as_: As, world: World) -> None:
    make_event(world)
    found = len(next_day(world.person("alice"), TODAY).findings)
    assert found
    waits = waiting_for(world.person("alice")).total + found
    things = "thing waits" if waits == 1 else "things wait"
    assert f"{waits} {things} for you." in as_("alice").get(WORK).content.decode()
