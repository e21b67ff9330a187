"""Notify the bodies that an agreement names, and record whether each says yes or no."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.links import address_of
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.models import Agreement, Naming
from joinedup.agreements.naming import Terms, is_in_words, named_bodies, terms_of
from joinedup.agreements.queries.named_bodies import (
    NamedBody,
    coordinators_and_writer,
    named_by_mail,
    named_for,
    naming_link,
    role_in,
    version_of,
    whole,
    whom_to_name,
)
from joinedup.events.actions.topics import set_state
from joinedup.mail.compose import compose
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo, send_on_commit
from joinedup.opportunities.models import Opportunity
from joinedup.partners.addressees import coordinator_addresses, coordinators
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Partner

Answer = Naming.Answer


def renew_namings(by: Person, agreement: Agreement, before: Mapping[int, Terms]) -> None:
    """Keep the named bodies in step with an agreement that was just saved, and notify those whose words
    changed; call it inside a transaction. `before`: the terms of each body until now.

    If a signed-in member of a body writes the agreement, that is its yes. An answer to other words is no
    longer valid.
    """
    fresh = whole(Agreement.objects.filter(pk=agreement.pk)).get()
    now, bodies = terms_of(fresh), named_bodies(fresh)
    held = {each.partner_id: each for each in fresh.namings.all()}
    Naming.objects.filter(agreement=fresh, partner__in=held.keys() - now.keys()).delete()
    for pk, partner in bodies.items():
        naming = held.get(pk) or Naming(agreement=fresh, partner=partner)
        is_new = naming.pk is None or before.get(pk) != now[pk]
        naming.in_words = is_in_words(fresh, partner)
        if is_new and pk in by.partner_ids and by.is_signed_in and naming.answer != Answer.NO:
            _say(naming, Answer.YES, by.name)
            naming.save()
            _settle(by, fresh, partner)
        elif is_new:
            _say(naming, Answer.NONE, "")
            naming.asked_on = None
            naming.save()
            _ask(fresh, naming, partner, is_changed=pk in before)
        else:
            naming.save(update_fields=["in_words"])


def _say(naming: Naming, answer: str, name: str) -> None:
    naming.answer = answer
    naming.answered_on = timezone.localdate() if answer else None
    naming.answered_by = name[:160]


def _ask(agreement: Agreement, naming: Naming, partner: Partner, *, is_changed: bool) -> int:
    """Send one mail with one link, on commit, to each person who speaks for the body; returns how many.

    If the mail server took none of them, it is as if nobody had been asked, and the page says so.
    """
    to = whom_to_name(agreement, partner, role_in(agreement, partner))
    if not to:
        return 0
    naming.asked_on = timezone.localdate()
    naming.save(update_fields=["asked_on"])
    replies = coordinator_addresses(agreement.event.footprint_id)
    words = {
        "agreement": agreement,
        "part": _part(agreement, partner),
        "due": date_format(agreement.due, "j F Y"),
        "is_public": agreement.marking == Marking.PUBLIC,
        "is_changed": is_changed,
    }
    mails = []
    for each in to:
        link = address_of("naming_by_mail", naming_link(agreement, partner, each))
        mails.append(
            compose("agreements/mails/naming", each.email, {**words, "link": link}, reply_to=replies)
        )
    undo = Undo(nobody_was_asked, {"naming": naming.pk, "on": naming.asked_on.isoformat()})
    footprint, is_for_named = agreement.event.footprint_id, agreement.marking == Marking.NAMED
    send_on_commit(mails, footprint=footprint, is_for_named=is_for_named, undo=undo)
    return len(to)


def nobody_was_asked(refused: Refused, *, naming: int, on: str) -> None:
    """The mail server took none of the mails of that day."""
    if refused.all_of_them:
        Naming.objects.filter(pk=naming, asked_on=on).update(asked_on=None)


def _part(agreement: Agreement, partner: Partner) -> str:
    """How an agreement names a body (owner, deputy, ...), for use in a sentence."""
    words = {"partner": partner.name, "role": role_in(agreement, partner)}
    if partner.pk == agreement.owner_partner_id:
        return _("%(partner)s (%(role)s) makes sure that it happens.") % words
    if partner.pk == agreement.deputy_partner_id:
        return _("%(partner)s (%(role)s) takes over when the owner is away.") % words
    given = next((each.what for each in agreement.contributions.all() if each.partner_id == partner.pk), "")
    return _("%(partner)s puts in: %(what)s.") % {**words, "what": given.rstrip(".")}


def say_yes_for_own(by: Person, agreement: Agreement, partner: Partner) -> None:
    """Acting on an agreement for one's own body counts as its yes; call it inside a transaction."""
    naming, _is_new = Naming.objects.get_or_create(agreement=agreement, partner=partner)
    before = {"partner": partner.pk, "answer": naming.answer}
    _say(naming, Answer.YES, by.name)
    naming.save()
    after = {"partner": partner.pk, "answer": naming.answer}
    audit.record(by=by, action="agreement.answer", on=agreement, before=before, after=after)
    _settle(by, agreement, partner)


@transaction.atomic
def ask_named_again(*, by: Person, agreement: Agreement, partner: Partner) -> Naming:
    """Ask a body that has not answered, or that no mail has reached; once a day."""
    require(by, "agreement.chase", on=agreement)
    agreement = whole(Agreement.objects.select_for_update(of=("self",)).filter(pk=agreement.pk)).get()
    if partner.pk not in named_bodies(agreement):
        raise ValidationError(_("This agreement does not name them."))
    naming, _is_new = Naming.objects.get_or_create(agreement=agreement, partner=partner)
    if naming.answer:
        raise ValidationError(_("They have answered already."))
    if naming.asked_on == timezone.localdate():
        raise ValidationError(_("They were asked today already."))
    naming.in_words = is_in_words(agreement, partner)
    naming.save()
    if not _ask(agreement, naming, partner, is_changed=False):
        raise ValidationError(
            _("Nobody of %(partner)s has an e-mail address here: add a contact first.")
            % {"partner": partner.name}
        )
    audit.record(
        by=by,
        action="agreement.ask_named",
        on=agreement,
        before={},
        after={"partner": partner.pk, "asked": True},
    )
    return naming


def answer_naming(*, by: Person, agreement: Agreement, partner: Partner, answer: str, version: str) -> Naming:
    """Say for one's own body whether it is rightly named; the answer can be changed. `version` identifies the
    words that were read. The agreement's writer speaks for no body but their own."""
    named = next((each for each in named_for(by, agreement.pk) if each.partner.pk == partner.pk), None)
    if named is None:
        raise PermissionDenied(_("Only %(partner)s says this.") % {"partner": partner.name})
    require(named.by, "agreement.answer", on=Scope(frozenset({partner.pk})))
    return _answer(named, answer, version)


def answer_naming_by_mail(*, token: str, answer: str, version: str) -> Naming:
    """Like `answer_naming`, but through the link in a mail and without an account: the signed link replaces
    the permission. Raises PermissionDenied if it is no longer valid."""
    named = named_by_mail(token)
    if named is None:
        raise PermissionDenied(_("This link no longer works."))
    return _answer(named, answer, version)


@transaction.atomic
def _answer(named: NamedBody, answer: str, version: str) -> Naming:
    by, partner = named.by, named.partner
    agreement = Agreement.objects.select_for_update().get(pk=named.agreement.pk)
    agreement = whole(Agreement.objects.filter(pk=agreement.pk)).get()
    if answer not in (Answer.YES, Answer.NO):
        raise ValidationError(_("Choose yes or no."))
    if partner.pk not in named_bodies(agreement):
        raise ValidationError(_("This agreement no longer names you."))
    if version != version_of(agreement, partner):
        raise ValidationError(_("The agreement was changed meanwhile: read it again before you answer."))
    naming, _is_new = Naming.objects.get_or_create(agreement=agreement, partner=partner)
    was = naming.answer
    if was == answer:
        return naming
    _say(naming, answer, by.name)
    naming.in_words = is_in_words(agreement, partner)
    naming.save()
    before, after = ({"partner": partner.pk, "answer": each} for each in (was, answer))
    audit.record(by=by, action="agreement.answer", on=agreement, before=before, after=after)
    if answer == Answer.YES:
        _settle(by, agreement, partner)
    else:
        _leave(by, agreement, partner)
        _tell_of_no(agreement, partner)
    return naming


def _settle(by: Person, agreement: Agreement, partner: Partner) -> None:
    """The consequences of a yes: the owner's confirms what was written through a link, and a helper is named
    beside the leader."""
    is_owner = partner.pk == agreement.owner_partner_id
    if is_owner and agreement.is_by_link and agreement.confirmed_on is None and not _is_held(agreement):
        _confirm(by, agreement)
    if agreement.initiative is not None and not is_owner:
        agreement.initiative.co_partners.add(partner)


def _is_held(agreement: Agreement) -> bool:
    """Whether confirming it would publish something new while its partnership publishes nothing."""
    footprint = agreement.event.footprint
    is_public = agreement.marking == Marking.PUBLIC
    return is_public and footprint is not None and footprint.is_held(timezone.localdate())


def _leave(by: Person, agreement: Agreement, partner: Partner) -> None:
    """The consequences of a no: nothing public says any longer that the body leads or helps."""
    initiative = agreement.initiative
    if initiative is None:
        return
    if partner.pk != initiative.partner_id:
        initiative.co_partners.remove(partner)
    elif initiative.marking == Marking.PUBLIC:
        before = audit.snapshot(initiative)
        initiative.marking = Marking.PARTNERSHIP
        initiative.save(update_fields=["marking"])
        audit.record(by=by, action="initiative.change", on=initiative, before=before)


def _tell_of_no(agreement: Agreement, partner: Partner) -> None:
    told = coordinators(agreement.event.footprint_id) if agreement.marking != Marking.NAMED else []
    to = coordinators_and_writer(agreement, told)
    words = {
        "agreement": agreement,
        "partner": partner,
        "is_owner": partner.pk == agreement.owner_partner_id,
        "link": address_of("agreement", agreement.pk),
    }
    footprint = agreement.event.footprint_id
    replies = coordinator_addresses(footprint)
    mails = [compose("agreements/mails/said_no", each.email, words, reply_to=replies) for each in to]
    send_on_commit(mails, footprint=footprint, is_for_named=agreement.marking == Marking.NAMED)


@transaction.atomic
def confirm_agreement(*, by: Person, agreement: Agreement) -> Agreement:
    """Confirm that what was written through the link of a table was agreed there: from now on its marking
    applies."""
    require(by, "agreement.confirm", on=agreement)
    agreement.refresh_from_db(from_queryset=Agreement.objects.select_for_update())
    if not agreement.is_by_link or agreement.confirmed_on is not None:
        raise ValidationError(_("This agreement does not wait to be confirmed."))
    if agreement.marking == Marking.PUBLIC and agreement.event.footprint is not None:
        refuse_while_held([agreement.event.footprint])
    before = audit.snapshot(agreement)
    _confirm(by, agreement)
    audit.record(by=by, action="agreement.confirm_written", on=agreement, before=before)
    return agreement


def _confirm(by: Person, agreement: Agreement) -> None:
    agreement.confirmed_on, agreement.confirmed_by = timezone.localdate(), by.name[:160]
    agreement.save(update_fields=["confirmed_on", "confirmed_by"])
    agreed_on(by, agreement)


@transaction.atomic
def take_back_confirmation(*, by: Person, agreement: Agreement) -> Agreement:
    """Show it to the partnership only, until someone confirms it again."""
    require(by, "agreement.confirm", on=agreement)
    agreement.refresh_from_db(from_queryset=Agreement.objects.select_for_update())
    if not agreement.is_by_link or agreement.confirmed_on is None:
        raise ValidationError(_("This agreement was not confirmed."))
    before = audit.snapshot(agreement)
    agreement.confirmed_on, agreement.confirmed_by = None, ""
    agreement.save(update_fields=["confirmed_on", "confirmed_by"])
    audit.record(by=by, action="agreement.take_back_confirmation", on=agreement, before=before)
    return agreement


def agreed_on(by: Person, agreement: Agreement) -> None:
    """Mark its opportunity as agreed, for everyone; only an agreement that someone answers for does so."""
    done = {Opportunity.State.AGREED, Opportunity.State.STARTED}
    opportunity = agreement.opportunity
    if opportunity is not None and opportunity.state not in done:
        set_state(by, opportunity, Opportunity.State.AGREED, "opportunity.agreed")


def helpers_of(agreement: Agreement) -> set[int]:
    """The bodies besides the owner that have said yes to their contribution or to being deputy."""
    yes = agreement.namings.filter(answer=Answer.YES).values_list("partner", flat=True)
    return set(yes) - {agreement.owner_partner_id}
