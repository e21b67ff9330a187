"""Two records become one, with all that hangs on either, and two again exactly as they were."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from joinedup.accounts.models import Grant
from joinedup.agreements.models import Agreement, Naming, PartnerContribution
from joinedup.merges.actions import merge, take_back_merge
from joinedup.merges.moving import move_all, relations, rows_of
from joinedup.merges.rules import RULES
from joinedup.opportunities.models import Answer, Enquiry, Priority
from joinedup.partners.models import Ask, Contact, Link, Partner, TwoBodies
from joinedup.spreadsheets.models import RememberedName
from joinedup.support.models import NotForUs
from joinedup.voice.models import Contradiction, Conversation, Host, PartnerReply
from joinedup.voice.models import Contribution as Said
from tests.trust.conftest import Everything
from tests.world import make_partner

# The trail only grows; the notes of what changed say what the worker has to look at again.
NEVER_BACK = {"accounts.AuditEntry", "opportunities.Touched"}
# What stays behind: what is known of people is kept once, and a link that was handed out goes on working.
STAYS = {"partners.Merge.gone", "partners.Contact.partner", "voice.Host.partner"}
# Which record another one became part of first.
IT_WAS = {"partners.Merge.kept"}


def database() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that people's records are in."""
    every = apps.get_models(include_auto_created=True)
    ours = [each for each in every if each.__module__.startswith("joinedup.")]
    return {
        each._meta.label: list(each._base_manager.order_by("pk").values())
        for each in ours
        if each._meta.label not in NEVER_BACK
    }


@pytest.fixture
def both(with_hidden: Everything) -> Everything:
    """Lantern Youth and Hilltop School, each with a row in every relation, and with some that the other has too."""
    world, event, today = with_hidden.world, with_hidden.event, timezone.localdate()
    lantern, school = world.lantern, world.school
    third = make_partner("Third", "vcs", world.north, [], [])
    for partner in (lantern, school):
        Contact.objects.create(partner=partner, role="Lead", email="both@example.org")
        Contact.objects.create(partner=partner, role="Own", email=f"{partner.slug}@example.org")
        Ask.objects.create(partner=partner, kind="need", text="The same room")
        Grant.objects.get_or_create(user=world.bob, role="partner_member", partner=partner)
        RememberedName.objects.create(
            footprint=world.north,
            upload=world.north.uploads.first(),
            name=f"old {partner.slug}",
            partner=partner,
        )
        NotForUs.objects.get_or_create(
            offer=with_hidden.fund,
            partner=partner,
            defaults={"on": today, "until": today + datetime.timedelta(days=9)},
        )
        Enquiry.objects.get_or_create(opportunity=with_hidden.chance, partner=partner, by="Alice")
        first, second = sorted((partner, third), key=lambda each: each.pk)
        Link.objects.create(first=first, second=second)
        TwoBodies.objects.create(first=first, second=second)
        hosted = Conversation.objects.create(
            event=event, slug=f"of-{partner.slug}", question="?", opens=today, closes=today
        )
        host = Host.objects.create(conversation=hosted, partner=partner)
        said = Said.objects.create(conversation=hosted, host=host, text="A room", age_band="14-15")
        PartnerReply.objects.create(
            contribution=said,
            partner=partner,
            word="no",
            text="Not now",
            recorded_by="Alice",
            recorded_on=today,
        )
        Contradiction.objects.create(contribution=said, partner=partner, on=today)
        Host.objects.get_or_create(conversation=with_hidden.conversation, partner=partner)
        made = Agreement.objects.create(
            event=event, goal="Both", action="A", place=world.northton, theme_id="trusted-adult", measure="M",
            owner_partner=partner, owner_role="R", deputy_role="D", due=today, review_3=today, review_6=today,
            review_12=today, recorded_by="Alice",
        )  # fmt: skip
        PartnerContribution.objects.create(agreement=made, partner=lantern, what="A worker")
        PartnerContribution.objects.create(agreement=made, partner=school, what="A room")
        Naming.objects.create(agreement=made, partner=lantern, answer="yes", answered_on=today, in_words=True)
        Naming.objects.create(agreement=made, partner=school)
        with_hidden.mentors.named.add(partner)
    with_hidden.mentors.co_partners.add(school)
    first, second = sorted((lantern, school), key=lambda each: each.pk)
    Link.objects.get_or_create(first=first, second=second)
    Answer.objects.create(opportunity=with_hidden.chance, partner=lantern, word="interested", by="Bob")
    Answer.objects.create(opportunity=with_hidden.chance, partner=school, word="not_us", by="Head")
    Priority.objects.create(
        footprint=world.north,
        opportunity=with_hidden.chance,
        quarter=today,
        chair=school,
        chosen_by="A",
        chosen_on=today,
    )
    Partner.objects.filter(pk=third.pk).update(succeeded_by=school, succeeded_on=today)
    return with_hidden


def test_every_relation_to_a_partner_has_its_rule() -> None:
    """A new relation needs a line in `merges/rules.py`: without it, nothing is merged."""
    assert relations().keys() == RULES.keys()


def test_without_a_rule_nothing_is_moved() -> None:
    some = {name: rule for name, rule in RULES.items() if name != "partners.Ask.partner"}
    with pytest.raises(LookupError, match=r"partners\.Ask\.partner"):
        move_all(Any, some)  # type: ignore[arg-type]


def test_what_does_not_fit_together_is_refused_and_nothing_is_lost(both: Everything) -> None:
    world = both.world
    PartnerContribution.objects.filter(agreement__goal="Both").update(what="x" * 250)
    PartnerContribution.objects.filter(agreement__goal="Both", partner=world.school).update(what="y" * 250)
    before = database()
    with pytest.raises(ValidationError, match="What both put into “Both” is too long"):
        merge(by=world.person("alice"), kept=world.lantern, gone=world.school)
    assert database() == before


def test_what_both_said_in_one_agreement_or_opportunity(both: Everything) -> None:
    world = both.world
    merge(by=world.person("alice"), kept=world.lantern, gone=world.school)
    for agreement in Agreement.objects.filter(goal="Both"):
        assert agreement.contributions.get().what == "A worker; A room"
        # Lantern Youth said yes, and Hilltop School nothing yet: the body they are is asked again.
        naming = agreement.namings.get()
        assert (naming.answer, naming.in_words) == ("", True)
    said = Answer.objects.get(opportunity=both.chance)
    assert (said.partner, said.word, said.by) == (world.lantern, "not_us", "Head")
    assert not both.mentors.co_partners.filter(pk=both.mentors.partner_id).exists()


@pytest.mark.postgresql
@pytest.mark.parametrize("keeps_lantern", [True, False])
def test_all_of_it_moves_and_comes_back(both: Everything, keeps_lantern: bool) -> None:
    world = both.world
    kept, gone = (world.lantern, world.school) if keeps_lantern else (world.school, world.lantern)
    before = database()
    said = merge(by=world.person("alice"), kept=kept, gone=gone)
    assert database() != before
    left = {name for name, (model, column) in relations().items() if rows_of(model, column, gone)}
    assert left - IT_WAS == STAYS
    # Nothing that is reached from elsewhere leads to the record that is gone, but the link of a host.
    assert not Partner.objects.filter(pk=gone.pk).exists()
    connection.check_constraints()
    take_back_merge(by=world.person("alice"), said=said)
    after = database()
    assert {name for name in before if before[name] != after[name]} == set()
    connection.check_constraints()
