"""A world with something of everything: what everybody may see, and beside it what only North may see."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.models import Grant, User
from joinedup.agreements.models import Agreement, Naming, PartnerContribution, Progress
from joinedup.engines.opportunities.strength import WEIGHTS
from joinedup.events.actions.event import add_event
from joinedup.events.actions.publication import publish_event
from joinedup.events.actions.topics import propose_topic
from joinedup.events.models import Event
from joinedup.evidence.models import Dataset, Figure
from joinedup.initiatives.models import Initiative
from joinedup.merges.actions import merge
from joinedup.opportunities.models import Answer, Enquiry, ListChange, Opportunity, Run, Weighting
from joinedup.partners.models import Ask, Contact, Link, Partner, TwoBodies
from joinedup.registration.actions.held_places import confirm_place
from joinedup.registration.actions.registration import register
from joinedup.registration.models import Invitation
from joinedup.results.models import Response
from joinedup.spreadsheets.models import PlannedRow, Upload, UploadWork
from joinedup.strategy.models import Commitment, Strategy, Update
from joinedup.support.models import NotForUs, Offer, OfferList
from joinedup.tables.actions.plan import plan_event
from joinedup.taxonomy.models import Sector
from joinedup.voice.models import Contribution as Said
from joinedup.voice.models import Conversation, Host
from tests.opportunities.making import make_move
from tests.standing import layer
from tests.trust.around import hide_around, open_around
from tests.trust.walking import As, Walk, addresses, walk_as
from tests.world import World, make_partner, make_user

# In the name of everything that Charlie may not see.
HIDDEN = "Quietly"


class Everything:
    """`open` makes what everybody may see; `hide` adds what only North, or only those named, may see."""

    def __init__(self, world: World) -> None:
        self.world, self.today = world, timezone.localdate()

    def open(self) -> None:
        world, today = self.world, self.today
        for slug in ("probation", "fire"):
            Sector.objects.create(slug=slug, name=slug.capitalize(), order=90)
        Partner.objects.filter(pk__in=[world.lantern.pk, world.school.pk]).update(marking="public")
        self.event = add_event(
            by=world.person("alice"),
            footprint=world.north,
            name="North meets",
            date=today + datetime.timedelta(days=30),
            starts=datetime.time(9, 30),
            ends=datetime.time(15, 0),
            safeguarding_lead="Lead of the partnership",
            capacity=20,
            rounds=2,
        )
        self.event = publish_event(by=world.person("alice"), event=self.event)
        self.mentors = self._initiative("Open mentors", "public")
        self.fund = Offer.objects.create(
            name="Open fund", slug="open-fund", provider="The Trust", kind="fund", marking="public"
        )
        Ask.objects.create(partner=world.lantern, kind="need", text="An open room", marking="public")
        strategy = Strategy.objects.create(slug="svs", name="Strategy", publisher="Home Office")
        self.promise = Commitment.objects.create(
            strategy=strategy, ref="C01", text="More trusted adults", chapter="Prevention", lead="HO"
        )
        self.mentors.commitments.add(self.promise)
        self.mentors.offers.add(self.fund)
        self.figure = self._figure()
        # How much each part counts shows in a strength; who said so, and why, is for the partnership.
        Weighting.objects.create(
            footprint=world.north, **asdict(WEIGHTS), reason="As shipped", changed_by="Alice", changed_on=today,
        )  # fmt: skip
        self.chance = self._opportunity("open", "public", "public")
        self.agreement = self.agree("An open goal", "public", initiative=self.mentors, state="started")
        Update.objects.create(
            commitment=self.promise,
            on=today,
            standing="on_the_way",
            text="It began.",
            initiative=self.mentors,
        )
        self.conversation = Conversation.objects.create(
            event=self.event, slug="what-helps", question="What helps?", opens=today, closes=today
        )
        self.host = Host.objects.create(conversation=self.conversation, partner=world.school)
        spoken = self.say("Somebody who listens", "shown")
        Event.objects.filter(pk=self.event.pk).update(results_published_on=today)
        self._respond("We opened the hall", contribution=spoken, agreement=self.agreement)
        for number in range(9):
            partner = (world.lantern, world.school, world.police)[number % 3]
            who = register(
                by=world.person("nobody"),
                event=self.event,
                partner=partner,
                role="Worker",
                email=f"p{number}@example.org",
            )
            confirm_place(by=world.person("nobody"), attendee=who)

        open_around(self)

    def hide(self) -> None:
        world, today = self.world, self.today
        quiet = make_partner(
            f"{HIDDEN} House", "health", world.north, [world.northton], ["trusted-adult"], urn="123456",
            confirmed_on=None,
        )  # fmt: skip
        lantern = world.lantern
        member = make_user("quiet@example.org", f"{HIDDEN} Member", "partner_member", partner=quiet)
        Authenticator.objects.create(
            user=member, type="webauthn", data={"name": f"{HIDDEN} key", "credential": {}}
        )
        SocialAccount.objects.create(user=member, provider="council", uid=HIDDEN)
        Contact.objects.create(partner=lantern, role=f"{HIDDEN} lead", name=HIDDEN, email="q@example.org")
        low, high = sorted((lantern, quiet), key=lambda each: each.pk)
        Link.objects.create(first=low, second=high)
        low, high = sorted((world.school, quiet), key=lambda each: each.pk)
        TwoBodies.objects.create(first=low, second=high)
        # A record of Lantern Youth that became part of it; one that looks like another.
        twice = make_partner(f"{HIDDEN} Twice", "vcs", world.north, [], [])
        merge(by=world.person("alice"), kept=lantern, gone=twice, take=())
        make_partner(f"{HIDDEN} House Ltd", "health", world.north, [], [])
        Ask.objects.create(partner=quiet, kind="need", text=f"{HIDDEN} a van", marking="partnership")
        Ask.objects.create(partner=lantern, kind="offer", text=f"{HIDDEN} a hall", marking="partnership")
        self._initiative(f"{HIDDEN} shared", "partnership").commitments.add(self.promise)
        named = self._initiative(f"{HIDDEN} named", "named")
        named.offers.add(self.fund)
        self.mentors.co_partners.add(quiet)
        self.mentors.named.add(quiet)
        for marking in ("partnership", "named"):
            offer = Offer.objects.create(
                name=f"{HIDDEN} {marking} fund",
                slug=f"quiet-{marking}",
                provider=HIDDEN,
                provider_partner=quiet,
                kind="fund",
                marking=marking,
            )
            self.mentors.offers.add(offer)
        shared = self._opportunity("shared", "partnership", "partnership")
        self._opportunity("overlap", "partnership", "named", quiet)
        for word, each in (("not_us", shared), ("interested", shared)):
            partner = world.school if word == "not_us" else lantern
            Answer.objects.create(opportunity=each, partner=partner, word=word, by=f"{HIDDEN} Bob")
        Enquiry.objects.create(opportunity=shared, partner=quiet, by=f"{HIDDEN} Alice")
        ListChange.objects.create(opportunity=shared, what="new", why=[f"{HIDDEN} a reason"])
        Weighting.objects.filter(pk=world.north.pk).update(reason=f"{HIDDEN} weighed", changed_by=HIDDEN)
        shared.assigned_to, shared.assigned_on = User.objects.get(name=f"{HIDDEN} Member"), today
        shared.save()
        Run.objects.create(footprint=world.north, audience="partnership", as_of=today, found=2)
        for marking in ("partnership", "named"):
            made = self.agree(f"{HIDDEN} {marking} goal", marking, commitment=self.promise)
            made.opportunity = shared
            made.save()
        Agreement.objects.filter(pk=self.agreement.pk).update(state="not_kept")
        Progress.objects.create(
            agreement=self.agreement, on=today, state="not_kept", text=f"{HIDDEN} not done", by=HIDDEN
        )
        propose_topic(by=world.person("bob"), event=self.event, partner=lantern, title=f"{HIDDEN} proposed")
        Invitation.objects.create(event=self.event, partner=quiet, role=HIDDEN, email="in@example.org")
        self.event.attendees.update(name=f"{HIDDEN} Person", role=f"{HIDDEN} role", dietary=HIDDEN)
        # Whoever leads a table opens it by the link in their mail.
        self.event.attendees.filter(number__lte=2).update(parts=["facilitator"])
        plan_event(by=world.person("alice"), event=self.event, iterations=5)
        for state in ("waiting", "refused", "withdrawn"):
            self.say(f"{HIDDEN} {state}", state)
        self._respond(f"{HIDDEN} for members", marking="partnership")
        self._respond(f"{HIDDEN} untold", about=lantern, is_critical=True, told_on=today)
        upload = Upload.objects.create(
            footprint=world.north, kind="partners", file_name=f"{HIDDEN}.xlsx", header=["Name"],
            rows=[[f"{HIDDEN} House"]], mapping={"name": 0}, state="previewed", by=HIDDEN,
        )  # fmt: skip
        UploadWork.objects.create(
            upload=upload, by=HIDDEN, at=timezone.now(), said_at=timezone.now(), to_do=1, stopped=HIDDEN
        )
        PlannedRow.objects.create(upload=upload, number=2, plan={"name": HIDDEN}, refused=HIDDEN)
        OfferList.objects.create(
            footprint=world.north,
            file_name=f"{HIDDEN}.csv",
            header=["Name"],
            rows=[[f"{HIDDEN} fund"]],
            by=HIDDEN,
        )
        until = today + datetime.timedelta(days=365)
        NotForUs.objects.create(offer=self.fund, partner=quiet, on=today, until=until)
        Offer.objects.filter(pk=self.fund.pk).update(owner=User.objects.get(name=f"{HIDDEN} Member"))
        for record in (lantern, self.mentors, self.agreement, self.chance):
            audit.record(by=world.person("alice"), action="partner.change", on=record)
        Grant.objects.create(user=User.objects.get(name="Bob"), role="partner_member", partner=quiet)
        hide_around(self, HIDDEN, quiet)

    def _respond(self, text: str, **fields: Any) -> None:
        Response.objects.create(event=self.event, text=text, recorded_by=HIDDEN, **fields)

    def _initiative(self, name: str, marking: str) -> Initiative:
        made = Initiative.objects.create(
            name=name, slug=name.lower().replace(" ", "-"), partner=self.world.lantern, marking=marking,
            confirmed_on=self.today,
        )  # fmt: skip
        made.places.add(self.world.northton)
        made.themes.add("trusted-adult")
        return made

    def _figure(self) -> Figure:
        dataset = Dataset.objects.create(
            name="knife", title="Knife crime", source="test", publisher="Testland Police", licence="OGL",
            file_name="k.csv", content_hash="0" * 64, stored_as="k.parquet", rows_read=1, rows_kept=1,
            disclosure={"because": "Counts under 5 are held back."},
        )  # fmt: skip
        return Figure.objects.create(
            indicator="violence-with-injury", place=self.world.northton, period="2025", state="number",
            value=12.5, dataset=dataset,
        )  # fmt: skip

    def _opportunity(self, key: str, audience: str, marking: str, *more: Partner) -> Opportunity:
        hidden = "" if audience == "public" else HIDDEN
        sentence = f"{hidden} Lantern Youth and Hilltop School could plan together."
        parties = [(each, "takes part") for each in (self.world.lantern, self.world.school, *more)]
        move = make_move("m1", "match", parties=parties, decision=sentence, first_step="Ring each other.")
        made = Opportunity.objects.create(
            key=key, footprint=self.world.north, audience=audience, marking=marking, kind="match",
            place=self.world.northton, theme_id="trusted-adult", score=70.0,
            sentence=sentence, first_step="Ring each other.", moves=[move],
            first_seen=self.today, last_seen=self.today,
        )  # fmt: skip
        made.parties.set([self.world.lantern, self.world.school, *more])
        made.initiatives.add(self.mentors)
        made.figures.add(self.figure)
        return made

    def agree(self, goal: str, marking: str, **fields: Any) -> Agreement:
        world, later = self.world, self.today + datetime.timedelta(days=90)
        made = Agreement.objects.create(
            event=self.event, goal=goal, action="Train ten mentors.", place=world.northton,
            theme_id="trusted-adult", measure="Mentors", owner_partner=world.lantern, owner_role="Manager",
            deputy_partner=world.school, deputy_role="Head of year", due=later, review_3=later,
            review_6=later, review_12=later, marking=marking, recorded_by="Alice",
            **{"commitment": self.promise, **fields},
        )  # fmt: skip
        PartnerContribution.objects.create(agreement=made, partner=world.school, what="A room")
        for partner in (world.lantern, world.school):
            Naming.objects.create(agreement=made, partner=partner, answer="yes", answered_on=self.today)
        return made

    def say(self, text: str, state: str) -> Said:
        read = {"read_by": HIDDEN, "read_on": self.today} if state in ("shown", "refused") else {}
        reason = {"reason": "names"} if state == "refused" else {}
        return Said.objects.create(
            conversation=self.conversation, host=self.host, text=text, state=state, age_band="14-15",
            **read, **reason,
        )  # fmt: skip


@layer(on="world")
def everything(world: World) -> Everything:
    made = Everything(world)
    made.open()
    return made


@layer(on="everything")
def with_hidden(everything: Everything) -> Everything:
    """Everything, and what is hidden of it."""
    everything = copy.deepcopy(everything)
    everything.hide()
    return everything


@pytest.fixture
def event(everything: Everything) -> Event:
    return everything.event


@pytest.fixture(scope="session")
def walks() -> dict[str, Walk]:
    return {}


@pytest.fixture
def walked(with_hidden: Everything, as_: As, walks: dict[str, Walk]) -> Callable[..., Walk]:
    """`walked("bob")`: what Bob gets at every address, with everything that is hidden; looked at once in all.

    `walked("bob", still_there=True)`: at addresses that lead to the records of this test too.
    """

    def walk(name: str, *, still_there: bool = False) -> Walk:
        known = walks.get(name)
        if known is None or (still_there and list(known.answers) != list(addresses())):
            walks[name] = walk_as(as_(name))
        return walks[name]

    return walk
