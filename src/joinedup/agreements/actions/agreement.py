"""Agreements: write one, correct it, start its local action, and report on it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Came, Marking
from joinedup.accounts.slugs import fresh_slug
from joinedup.agreements.actions.named_bodies import agreed_on, helpers_of, renew_namings, say_yes_for_own
from joinedup.agreements.models import Agreement, Naming, PartnerContribution, Progress
from joinedup.agreements.naming import terms_of, without_first_step
from joinedup.engines.days import months_after
from joinedup.events.actions.topics import set_state
from joinedup.events.drafts import refuse_draft
from joinedup.events.models import Event
from joinedup.initiatives.models import Initiative
from joinedup.opportunities.models import Opportunity
from joinedup.partners.confirmation import came_now
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Partner
from joinedup.places.models import Place
from joinedup.privacy.detect import is_written_in, name_in
from joinedup.strategy.models import Commitment, Update
from joinedup.tables.models import Sitting
from joinedup.taxonomy.models import Theme

MOST_CONTRIBUTORS = 4
# "On the way" is not a separate state: the agreement stays agreed or started.
ON_THE_WAY = "on_the_way"
REPORTS = {
    ON_THE_WAY: "On the way",
    Agreement.State.KEPT.value: "Kept: it was done",
    Agreement.State.NOT_KEPT.value: "Not kept",
    Agreement.State.DROPPED.value: "Dropped, because we agreed to",
}


@dataclass(frozen=True)
class Contributed:
    """What one partner puts in."""

    partner: Partner
    what: str


class AgreementParts(TypedDict):
    """The parts of an agreement. Reviews default to 3, 6 and 12 months after the day it is made."""

    goal: str
    action: str
    place: Place
    theme: Theme
    measure: str
    owner_partner: Partner
    owner_role: str
    deputy_partner: Partner | None
    deputy_role: str
    due: datetime.date
    contributions: Sequence[Contributed]
    commitment: Commitment | None
    marking: str


def first_sentence(action: str) -> str:
    """What stands for a goal, or for what the owner puts in, if a table gave none: at most 250 characters."""
    line = " ".join(re.split(r"(?<=[.!?])\s+|\n", action.strip(), maxsplit=1)[0].split())
    return line if len(line) <= 250 else f"{line[:249]}…"


def _check(event: Event, parts: AgreementParts, made_on: datetime.date, was: str = "") -> None:
    for name, sentence in (
        ("goal", "Say what you want to reach together."),
        ("action", "Say what will be done."),
        ("measure", "Say how you will know that it worked."),
        ("owner_role", "Say who, by role, makes sure that it happens."),
        ("deputy_role", "Say who, by role, takes over when the owner is away."),
    ):
        if not str(parts[name]).strip():  # type: ignore[literal-required]
            raise ValidationError(sentence)
    _refuse_young_names(event, parts)
    if parts["due"] < made_on:
        raise ValidationError("The day by which it will be done has passed: choose a later one.")
    named = [each.partner.pk for each in parts["contributions"]]
    if not named or any(not each.what.strip() for each in parts["contributions"]):
        raise ValidationError("Say what at least one partner puts in.")
    if len(named) > MOST_CONTRIBUTORS or len(set(named)) < len(named):
        raise ValidationError("Name up to four partners, each once.")
    everyone = {parts["owner_partner"].pk, *named}
    if parts["deputy_partner"]:
        everyone.add(parts["deputy_partner"].pk)
    if Partner.objects.filter(pk__in=everyone, footprints=event.footprint_id).count() < len(everyone):
        raise ValidationError("Name partners of this partnership only.")
    if parts["marking"] not in Marking.values:
        raise ValidationError("Choose who may see it.")
    if parts["marking"] == Marking.PUBLIC and was != Marking.PUBLIC and event.footprint:
        refuse_while_held([event.footprint])


def _refuse_young_names(event: Event, parts: AgreementParts) -> None:
    """Many people read an agreement, so it names no young person who attended, not even by their chosen name."""
    words = [parts["goal"], parts["action"], parts["measure"], parts["owner_role"], parts["deputy_role"]]
    words += [each.what for each in parts["contributions"]]
    young = event.attendees.exclude(companion=None).exclude(name="")
    # Stricter than of others: also a name of one letter or in small ones, as it is written. But what is agreed is
    # about seasons and places too, so otherwise sparing.
    for name in {each.name for each in young if each.is_young}:
        if any(is_written_in(text, name) or name_in(text, [name], sparing=True) for text in words):
            raise ValidationError(
                "These words hold the name that a young person at this event wants to be called: write what will be "
                "done without naming young people."
            )


def _save(agreement: Agreement, parts: AgreementParts) -> None:
    for name in set(parts) - {"contributions"}:
        setattr(agreement, name, parts[name])  # type: ignore[literal-required]
    agreement.full_clean(exclude=["recorded_by"])
    agreement.save()
    agreement.contributions.all().delete()
    PartnerContribution.objects.bulk_create(
        PartnerContribution(agreement=agreement, partner=each.partner, what=" ".join(each.what.split())[:250])
        for each in parts["contributions"]
    )


@transaction.atomic
def record_agreement(
    *,
    by: Person,
    event: Event,
    sitting: Sitting | None = None,
    opportunity: Opportunity | None = None,
    reviews: tuple[datetime.date, datetime.date, datetime.date] | None = None,
    **parts: Unpack[AgreementParts],
) -> Agreement:
    """Write down what was agreed, at a table or outside one, and notify every body it names. Its opportunity
    becomes agreed; if written through a table's link, only once someone confirms it."""
    require(by, "agreement.record", on=sitting or event)
    refuse_draft(event, "This event is a draft: publish it before you write down what was agreed at it.")
    if sitting is not None and sitting.event_id != event.pk:
        raise ValidationError("This table belongs to another event.")
    if opportunity is None and sitting is not None and sitting.topic is not None:
        opportunity = sitting.topic.opportunity
    if opportunity is not None and opportunity.footprint_id != event.footprint_id:
        raise PermissionDenied("This opportunity belongs to another partnership.")
    if opportunity is not None:
        opportunity.refresh_from_db()
    today = timezone.localdate()
    _check(event, parts, today)
    first, second, third = reviews or (
        months_after(today, 3),
        months_after(today, 6),
        months_after(today, 12),
    )
    agreement = Agreement(
        event=event,
        sitting=sitting,
        opportunity=opportunity,
        review_3=first,
        review_6=second,
        review_12=third,
        recorded_by=by.name[:160],
        written_by_id=by.user_id,
        writer_id=by.attendee_id,
        is_by_link=by.attendee_id is not None,
        is_demonstration=event.is_demonstration,
    )
    _save(agreement, parts)
    audit.record(by=by, action="agreement.record", on=agreement)
    if not agreement.is_by_link:
        agreed_on(by, agreement)
    renew_namings(by, agreement, {})
    return agreement


@transaction.atomic
def change_agreement(*, by: Person, agreement: Agreement, **parts: Unpack[AgreementParts]) -> Agreement:
    """Correct an agreement, before it is kept or dropped."""
    require(by, "agreement.change", on=agreement)
    return correct(by, agreement, parts)


def correct(
    by: Person, agreement: Agreement, parts: AgreementParts, *, action: str = "agreement.change"
) -> Agreement:
    """The correction itself, for actions that have checked that `by` may do it; call it inside a transaction.
    `action`: how the history calls it."""
    if agreement.state not in {Agreement.State.AGREED, Agreement.State.STARTED}:
        raise ValidationError(
            f"This agreement is {agreement.get_state_display().lower()}: it is no longer changed."
        )
    stored = Agreement.objects.select_related("owner_partner", "deputy_partner").get(pk=agreement.pk)
    before, terms = audit.snapshot(stored), terms_of(stored)
    _check(agreement.event, parts, min(timezone.localdate(), parts["due"]), agreement.marking)
    _save(agreement, parts)
    if by.attendee_id is not None:
        # Anything confirmed, or written with an account, had other words.
        agreement.is_by_link, agreement.writer_id = True, by.attendee_id
        agreement.confirmed_on, agreement.confirmed_by = None, ""
        agreement.save(update_fields=["is_by_link", "writer", "confirmed_on", "confirmed_by"])
    audit.record(by=by, action=action, on=agreement, before=before)
    renew_namings(by, agreement, terms)
    return agreement


@transaction.atomic
def start_agreement(*, by: Person, agreement: Agreement) -> Initiative:
    """Start local action from an agreement, without typing anything again, and note on its commitment that it
    is on the way.

    The owner leads and has said yes: a member of theirs pressing the button counts as that yes. Everyone else
    who has said yes joins in. Everything keeps the agreement's marking, but while its partnership publishes
    nothing new, or the agreement is not ready for everyone, what would be public starts shared with the
    partnership.
    """
    require(by, "agreement.start", on=agreement)
    # Two people may press the button at once: the second waits here, then reads what the first did.
    agreement.refresh_from_db(from_queryset=Agreement.objects.select_for_update())
    if agreement.state != Agreement.State.AGREED or agreement.initiative_id:
        raise ValidationError(f"This agreement is {agreement.get_state_display().lower()} already.")
    before = audit.snapshot(agreement)
    _want_the_owners_yes(by, agreement)
    initiative = Initiative(
        name=agreement.goal[:200],
        slug=fresh_slug(Initiative, agreement.goal),
        # The action may become public, but the first step of an opportunity is for its partnership.
        what=without_first_step(agreement),
        partner=agreement.owner_partner,
        owner_id=by.user_id,
        marking=Marking.PARTNERSHIP if _is_held(agreement) else agreement.marking,
        starts=timezone.localdate(),
        source=f"Agreement at {agreement.event.name}",
        is_demonstration=agreement.is_demonstration,
    )
    came_now(initiative, by, Came.AGREEMENT)
    if initiative.confirmed_on is None:
        # The local action has the words that its leader said yes to.
        yes = agreement.namings.get(partner=agreement.owner_partner_id, answer=Naming.Answer.YES)
        initiative.confirmed_on, initiative.confirmed_by = yes.answered_on, "its yes to the agreement"
    initiative.save()
    initiative.co_partners.set(helpers_of(agreement))
    initiative.places.add(agreement.place)
    initiative.themes.add(agreement.theme)
    agreement.initiative = initiative
    agreement.state = Agreement.State.STARTED
    agreement.save(update_fields=["initiative", "state"])
    if agreement.commitment is not None:
        initiative.commitments.add(agreement.commitment)
        _tell(agreement.commitment, by, agreement, "has started")
    audit.record(by=by, action="agreement.start", on=agreement, before=before)
    audit.record(by=by, action="initiative.add", on=initiative)
    if agreement.opportunity is not None:
        set_state(by, agreement.opportunity, Opportunity.State.STARTED, "opportunity.started")
    return initiative


def _want_the_owners_yes(by: Person, agreement: Agreement) -> None:
    """Nobody starts local action on another body's behalf."""
    owner = agreement.namings.filter(partner=agreement.owner_partner_id)
    if owner.filter(answer=Naming.Answer.YES).exists():
        return
    if agreement.owner_partner_id not in by.partner_ids or not by.is_signed_in:
        raise ValidationError(
            f"{agreement.owner_partner.name} has not said yes to this agreement: it can start once they have, or when "
            "they press this button themselves."
        )
    say_yes_for_own(by, agreement, agreement.owner_partner)


def _is_held(agreement: Agreement) -> bool:
    """Whether anything made from a public agreement must wait before it is public too."""
    footprint = agreement.event.footprint
    held = footprint is not None and footprint.is_held(timezone.localdate())
    is_unready = Agreement.objects.filter(Agreement.objects.unready(), pk=agreement.pk).exists()
    return (held or is_unready) and agreement.marking == Marking.PUBLIC


def _tell(commitment: Commitment, by: Person, agreement: Agreement, what: str, result: str = "") -> None:
    """Add a dated update to the commitment. It is public, so it says only what everyone may know about the
    agreement.

    Work in one place shows that a commitment is on the way; whether it is kept is for the programme to say.
    """
    text = f"A piece of local action that counts towards this {what}."
    public = agreement.marking == Marking.PUBLIC and not _is_held(agreement)
    if public:
        text = f"“{agreement.goal}” in {agreement.place.name} {what}, as agreed at {agreement.event.name}."
        if result:
            text = f"{text} {result}"
    Update.objects.create(
        commitment=commitment,
        on=timezone.localdate(),
        standing=Update.Standing.ON_THE_WAY,
        text=text,
        source=f"Agreement at {agreement.event.name}" if public else "Agreement of a partnership",
        initiative=agreement.initiative,
        footprint=agreement.event.footprint,
        is_demonstration=agreement.is_demonstration,
        by=by.name[:160] if public else "",
    )


@transaction.atomic
def report_progress(*, by: Person, agreement: Agreement, report: str, text: str = "") -> Progress:
    """Report how an agreement stands, as a key of REPORTS. One that was kept states its result, which also
    goes to its commitment; one that was not kept, or was dropped, states why."""
    require(by, "agreement.report", on=agreement)
    return note_progress(by, agreement, report, text)


def note_progress(
    by: Person, agreement: Agreement, report: str, text: str, action: str = "agreement.report"
) -> Progress:
    """The report itself, for actions that have checked that `by` may do it; call it inside a transaction."""
    agreement.refresh_from_db(from_queryset=Agreement.objects.select_for_update())
    text = text.strip()
    if report not in REPORTS:
        raise ValidationError("Choose how it stands.")
    if report != ON_THE_WAY and not text:
        question = "what came of it" if report == Agreement.State.KEPT else "why, in a sentence"
        raise ValidationError(f"Say {question}.")
    before = audit.snapshot(agreement)
    was = agreement.state
    open_state = Agreement.State.STARTED if agreement.initiative_id else Agreement.State.AGREED
    agreement.state = open_state if report == ON_THE_WAY else Agreement.State(report)
    agreement.save(update_fields=["state"])
    progress = Progress.objects.create(
        agreement=agreement, on=timezone.localdate(), state=agreement.state, text=text, by=by.name[:160]
    )
    if agreement.state == Agreement.State.KEPT and was != Agreement.State.KEPT and agreement.commitment:
        _tell(agreement.commitment, by, agreement, "was carried out", text)
    audit.record(by=by, action=action, on=agreement, before=before)
    return progress
