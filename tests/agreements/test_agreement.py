import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from joinedup.accounts.models import AuditEntry
from joinedup.agreements.actions.agreement import (
    Contributed,
    change_agreement,
    record_agreement,
    report_progress,
    start_agreement,
)
from joinedup.agreements.agreement_state import review_words
from joinedup.agreements.models import Agreement, Progress
from joinedup.agreements.queries.agreement import agreement_page
from joinedup.engines.days import months_after
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.strategy.models import Update
from joinedup.strategy.queries import standing
from tests.world import World


def test_somebody_at_the_table_writes_down_what_is_agreed(
    seated: Event, sitting, world: World, parts, make_opportunity, opportunity
):
    copy = make_opportunity(audience="public", marking="public")
    agreed = record_agreement(by=world.person("bob"), event=seated, sitting=sitting, **parts)
    today = timezone.localdate()
    assert (agreed.review_3, agreed.review_6, agreed.review_12) == tuple(
        months_after(today, n) for n in (3, 6, 12)
    )
    assert [(c.partner.slug, c.what) for c in agreed.contributions.all()] == [
        ("lantern-youth", "Two mentors"),
        ("hilltop-school", "A room"),
    ]
    assert (agreed.opportunity, agreed.recorded_by, agreed.state) == (opportunity, "Bob", "agreed")
    opportunity.refresh_from_db()
    copy.refresh_from_db()
    assert (opportunity.state, copy.state) == ("agreed", "agreed")
    assert {"agreement.record", "opportunity.agreed"} <= {e.action for e in AuditEntry.objects.all()}


def test_a_second_agreement_does_not_set_a_started_opportunity_back(agree, world: World, opportunity):
    as_read_before = opportunity.__class__.objects.get()
    start_agreement(by=world.person("alice"), agreement=agree(opportunity=opportunity))
    agree(opportunity=as_read_before)
    opportunity.refresh_from_db()
    assert opportunity.state == "started"


@pytest.mark.parametrize("who", ["charlie", "nobody", "admin"])
def test_outsiders_record_nothing(seated: Event, sitting, world: World, parts, who: str):
    for at in (sitting, None):
        with pytest.raises(PermissionDenied):
            record_agreement(by=world.person(who), event=seated, sitting=at, **parts)
    assert not Agreement.objects.exists()


def yesterday() -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("goal", " ", "reach together"),
        ("measure", "", "how you will know"),
        ("owner_role", "", "makes sure"),
        ("deputy_role", "", "takes over"),
        ("contributions", [], "puts in"),
        ("marking", "secret", "who may see"),
        ("due", datetime.date(2020, 1, 1), "has passed"),
    ],
)
def test_an_agreement_has_all_its_parts(agree, event, name: str, value: Any, sentence: str):
    with pytest.raises(ValidationError, match=sentence):
        agree(**{name: value})
    assert not Agreement.objects.exists()


def test_partners_of_other_partnerships_are_not_named(agree, world: World):
    with pytest.raises(ValidationError, match="this partnership"):
        agree(owner_partner=world.harbour)
    with pytest.raises(ValidationError, match="each once"):
        agree(contributions=[Contributed(world.lantern, "a"), Contributed(world.lantern, "b")])


def test_nothing_new_is_public_before_an_election(agree, event: Event, world: World):
    world.north.held_until = timezone.localdate() + datetime.timedelta(days=3)
    world.north.save()
    event.refresh_from_db()
    with pytest.raises(ValidationError, match="Nothing new is published"):
        agree(event=event)
    assert agree(event=event, marking="partnership").marking == "partnership"


def test_starting_makes_local_action_without_typing_again_and_moves_the_commitment(
    agree, world: World, commitment, opportunity
):
    today = timezone.localdate()
    assert standing(commitment, today).word == "not_known"
    agreed = agree(commitment=commitment, opportunity=opportunity)
    assert standing(commitment, today).word == "not_known", "an agreement is not yet progress"
    with pytest.raises(PermissionDenied):
        start_agreement(by=world.person("charlie"), agreement=agreed)
    initiative = start_agreement(by=world.person("bob"), agreement=agreed)
    assert (initiative.name, initiative.what) == (agreed.goal, agreed.action)
    assert (initiative.partner, list(initiative.co_partners.all())) == (world.lantern, [world.school])
    assert [p.pk for p in initiative.places.all()] == [world.northton.pk]
    assert [t.pk for t in initiative.themes.all()] == ["trusted-adult"]
    assert list(initiative.commitments.all()) == [commitment]
    assert (initiative.marking, initiative.confirmed_by, initiative.starts) == ("public", "Bob", today)
    commitment.refresh_from_db()
    assert standing(commitment, today).word == "on_the_way"
    update = Update.objects.get()
    assert update.initiative == initiative
    assert agreed.goal in update.text
    opportunity.refresh_from_db()
    assert (agreed.state, opportunity.state) == ("started", "started")
    with pytest.raises(ValidationError, match="already"):
        start_agreement(by=world.person("bob"), agreement=agreed)
    assert Initiative.objects.count() == 1
    assert AuditEntry.objects.filter(action="agreement.start").count() == 1


def test_the_public_update_of_a_shared_agreement_says_nothing_of_it(agree, world: World, commitment):
    agreed = agree(commitment=commitment, marking="partnership")
    start_agreement(by=world.person("alice"), agreement=agreed)
    report_progress(by=world.person("alice"), agreement=agreed, report="kept", text="Twelve mentors")
    for update in Update.objects.all():
        everything = " ".join([update.text, update.source, update.by])
        for secret in ("mentor", "Northton", "North meets", "Alice"):
            assert secret not in everything
    assert agreed.initiative.marking == "partnership"


def test_reporting(agree, world: World, commitment):
    agreed, bob = agree(commitment=commitment), world.person("bob")
    with pytest.raises(PermissionDenied):
        report_progress(by=world.person("charlie"), agreement=agreed, report="kept", text="x")
    with pytest.raises(ValidationError, match="what came of it"):
        report_progress(by=bob, agreement=agreed, report="kept")
    with pytest.raises(ValidationError, match="Choose"):
        report_progress(by=bob, agreement=agreed, report="started")
    assert not Progress.objects.exists()
    report_progress(by=bob, agreement=agreed, report="on_the_way")
    assert agreed.state == "agreed"
    start_agreement(by=bob, agreement=agreed)
    report_progress(by=bob, agreement=agreed, report="kept", text="Twelve mentors matched.")
    report_progress(by=bob, agreement=agreed, report="kept", text="Said twice.")
    assert agreed.state == "kept"
    assert [u.text.endswith("Twelve mentors matched.") for u in Update.objects.order_by("pk")] == [
        False,
        True,
    ]
    report_progress(by=bob, agreement=agreed, report="on_the_way", text="One left.")
    assert agreed.state == "started"
    assert AuditEntry.objects.filter(action="agreement.report").count() == 4


def test_correcting(agree, world: World, parts):
    agreed, bob = agree(), world.person("bob")
    change_agreement(
        by=bob,
        agreement=agreed,
        **parts | {"goal": "A better goal", "contributions": [Contributed(world.police, "A van")]},
    )
    agreed = Agreement.objects.get()
    assert (agreed.goal, [c.partner.slug for c in agreed.contributions.all()]) == (
        "A better goal",
        ["testland-police"],
    )
    with pytest.raises(PermissionDenied):
        change_agreement(by=world.person("charlie"), agreement=agreed, **parts)
    report_progress(by=bob, agreement=agreed, report="dropped", text="We agreed to.")
    with pytest.raises(ValidationError, match="no longer changed"):
        change_agreement(by=bob, agreement=agreed, **parts)


def test_the_deputy_sees_what_is_shared_with_named_partners_only(agree, world: World):
    agreed = agree(marking="named", deputy_partner=world.school)
    Agreement.objects.get().contributions.filter(partner=world.school).delete()
    for user, sees in (("bob", True), ("charlie", False), ("nobody", False), ("lead", False)):
        assert Agreement.objects.visible_to(world.person(user)).filter(pk=agreed.pk).exists() is sees
    member = world.person("charlie").__class__(user_id=9, partner_ids=frozenset({world.school.pk}))
    assert Agreement.objects.visible_to(member).exists()


def test_what_starts_from_its_leaders_yes_is_confirmed_by_that_yes(agree, world: World):
    agreed = agree(owner_partner=world.lantern)
    yes = timezone.localdate() - datetime.timedelta(days=3)
    agreed.namings.update(answered_on=yes)
    started = start_agreement(by=world.person("alice"), agreement=agreed)
    assert (started.confirmed_on, started.came) == (yes, "agreement")
    assert "not yet confirmed" not in started.told


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ((2026, 2, 1), "The first review is on 3 February 2026."),
        ((2026, 2, 3), "The first review is on 3 February 2026."),
        ((2026, 2, 4), "The first review was on 3 February 2026; the second is on 3 May 2026."),
        ((2026, 5, 4), "The second review was on 3 May 2026; the last is on 3 November 2026."),
        ((2026, 11, 4), "The last review was on 3 November 2026: no other is to come."),
    ],
)
def test_the_page_says_which_review_was_and_which_comes_next(
    agree, world: World, on: tuple[int, int, int], words: str
) -> None:
    days = [datetime.date(2026, month, 3) for month in (2, 5, 11)]
    made = agree(reviews=days)
    page = agreement_page(world.person("nobody"), made.pk, datetime.date(*on))
    assert page is not None
    assert page.review == words
    for state, said in (
        ("dropped", ""),
        ("kept", "On 3 November 2026 its owner is asked whether it has lasted."),
    ):
        expected = "" if datetime.date(*on) > days[-1] else said
        assert review_words(made, state, datetime.date(*on)) == expected


def test_a_page_past_its_first_review_says_what_comes_next(agree, world: World, as_) -> None:
    today = timezone.localdate()
    made = agree(reviews=[months_after(today, n) for n in (-1, 2, 8)])
    assert "The first review is" not in (page := as_("nobody").get(f"/agreements/{made.pk}/").text)
    assert "Nothing is reported yet. The first review was on" in page
