"""Responses to what was said: write them, notify the body criticised, take its answer, and publish."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from joinedup.accounts import audit
from joinedup.accounts.fields import check
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.records import Marking
from joinedup.agreements.models import Agreement
from joinedup.events.models import Event
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo
from joinedup.partners.addressees import coordinators
from joinedup.partners.election_hold import refuse_while_held
from joinedup.partners.models import Partner
from joinedup.results.models import Response
from joinedup.results.queries.responses import SHOWN, AskedByMail, addressees, asked_by_mail
from joinedup.results.queries.right_of_reply import addresses
from joinedup.results.reply_mails import send_answered, send_to_answer, send_untold
from joinedup.results.right_of_reply import answer_by, is_untold


class ResponseParts(TypedDict):
    """The parts of a response. `contribution`: a voice.Contribution of the event that is shown."""

    contribution: Any
    text: str
    agreement: Agreement | None
    about: Partner | None
    is_critical: bool
    marking: str


NOT_THEIRS = (
    "Whoever wrote this, or somebody on their side, put this address in: it cannot answer for the organisation. One of "
    "its members, or a contact that it named itself, can."
)
# A body that is named answers these words: if they change, it gets another ten working days.
TOLD = ("text", "about_id", "is_critical")


@transaction.atomic
def write_response(*, by: Person, event: Event, **parts: Unpack[ResponseParts]) -> Response:
    """Say what was done about something that was said. A response that criticises a named body is sent to it
    today. If nobody there may answer except people the criticising side added, it waits, and the coordinators
    are notified."""
    require(by, "response.write", on=event)
    response = Response(event=event, recorded_by=by.name[:160], is_demonstration=event.is_demonstration)
    _fill_in(response, parts)
    _save(response)
    _tell(by, response)
    audit.record(by=by, action="response.write", on=response)
    return response


@transaction.atomic
def change_response(*, by: Person, response: Response, **parts: Unpack[ResponseParts]) -> Response:
    """Change a response. If the words change, the body they criticise is notified again. Its answer stays,
    for it to edit, unless the response is now about another body."""
    require(by, "response.write", on=response.event)
    response.refresh_from_db(from_queryset=Response.objects.select_for_update())
    before = audit.snapshot(response)
    was = [getattr(response, name) for name in TOLD]
    about = response.about_id
    _fill_in(response, parts)
    is_other = was != [getattr(response, name) for name in TOLD]
    if response.about_id != about:
        response.answer, response.shown_early_on = "", None
    if not response.is_critical:
        response.told_on = None
    elif is_other:
        response.told_on, response.shown_early_on = None, None
    _save(response)
    if is_other:
        _tell(by, response)
    audit.record(by=by, action="response.change", on=response, before=before)
    return response


@transaction.atomic
def tell_again(*, by: Person, response: Response) -> Response:
    """Notify the named body when so far nobody who may answer could be reached. Its ten working days begin
    today."""
    require(by, "response.write", on=response.event)
    response.refresh_from_db(from_queryset=Response.objects.select_for_update())
    if not is_untold(response):
        raise ValidationError("They were told already.")
    before = audit.snapshot(response)
    _tell(by, response)
    if response.told_on is None:
        raise ValidationError(
            f"Still nobody at {response.about} may answer: those with an address here were added by whoever wrote "
            "this, or by those who coordinate. Ask the organisation to add a contact itself."
        )
    audit.record(by=by, action="response.tell", on=response, before=before)
    return response


@transaction.atomic
def remove_response(*, by: Person, response: Response) -> None:
    """Delete a response and the answer to it."""
    require(by, "response.write", on=response.event)
    audit.record(by=by, action="response.remove", on=response, before=audit.snapshot(response), after={})
    response.delete()


@transaction.atomic
def answer_response(*, by: Person, response: Response, text: str, show_now: bool = False) -> Response:
    """Save the named body's answer. `show_now`: it agrees to show both before the ten working days are over,
    which it can take back until then. Everyone else addressed is notified."""
    _want_their_own(by, response)
    return _answer(by, response, text, show_now)


def _want_their_own(by: Person, response: Response) -> None:
    require(by, "response.answer", on=response)
    if by.is_operator:
        return
    if response.about_id not in by.partner_ids:
        raise PermissionDenied("Only the organisation that this is about answers it.")
    if response.is_critical and not addresses(response).may_answer(by.user_id, ""):
        raise PermissionDenied(NOT_THEIRS)


@transaction.atomic
def answer_by_mail(*, token: str, text: str, show_now: bool = False) -> Response:
    """Like `answer_response`, but through the link in a mail and without an account: the link says who they
    are and for whom they speak. Raises ValidationError if it is no longer valid."""
    asked = _by_mail(token)
    return _answer(asked.by, asked.response, text, show_now, asked.email)


def _by_mail(token: str) -> AskedByMail:
    asked = asked_by_mail(token)
    if asked is None:
        raise ValidationError("This link does not work any more.")
    if not asked.may_answer:
        raise ValidationError(NOT_THEIRS)
    return asked


@transaction.atomic
def take_back_waiver(*, by: Person, response: Response) -> Response:
    """Make both wait for the ten working days again; anyone the body authorised may do this. Everyone else
    addressed is notified."""
    _want_their_own(by, response)
    return _wait_again(by, response)


@transaction.atomic
def take_back_waiver_by_mail(*, token: str) -> Response:
    """Like `take_back_waiver`, but through the link in a mail and without an account."""
    asked = _by_mail(token)
    return _wait_again(asked.by, asked.response, asked.email)


def _wait_again(by: Person, response: Response, email: str = "") -> Response:
    response.refresh_from_db(from_queryset=Response.objects.select_for_update())
    last = answer_by(response)
    if response.shown_early_on is None or last is None:
        raise ValidationError("It waits for the ten working days to end already.")
    if last <= timezone.localdate():
        raise ValidationError("The ten working days are over: both are shown now in any case.")
    before = audit.snapshot(response)
    response.shown_early_on = None
    response.save(update_fields=["shown_early_on"])
    audit.record(by=by, action="response.take_back_waiver", on=response, before=before)
    others = addresses(response).all_but(by.user_id, email)
    send_answered(response, others, who=by.name, is_waived=False, is_taken_back=True)
    return response


def _answer(by: Person, response: Response, text: str, show_now: bool, email: str = "") -> Response:
    response.refresh_from_db(from_queryset=Response.objects.select_for_update())
    text = " ".join(text.split())
    if not text:
        raise ValidationError("Write what you say to it.")
    if not response.is_critical:
        _refuse_new_words(response)
    before = audit.snapshot(response)
    response.answer = text
    # A second answer does not change this: waiting again has a button of its own.
    if show_now or not response.is_critical:
        response.shown_early_on = response.shown_early_on or timezone.localdate()
    check(response)
    response.save(update_fields=["answer", "shown_early_on"])
    audit.record(by=by, action="response.answer", on=response, before=before)
    if response.is_critical:
        others = addresses(response).all_but(by.user_id, email)
        send_answered(response, others, who=by.name, is_waived=response.shown_early_on is not None)
    return response


@transaction.atomic
def publish_results(*, by: Person, event: Event) -> Event:
    """Let everyone read the responses, as far as their marking and the right of reply allow. Refused while
    the partnership publishes nothing new."""
    require(by, "event.publish", on=event)
    event.refresh_from_db(from_queryset=Event.objects.select_for_update())
    today = timezone.localdate()
    if event.is_history or event.footprint is None:
        raise ValidationError("This event is known from publications: there is nothing to publish here.")
    if event.cancelled_on is not None:
        raise ValidationError("This event was cancelled: there are no results to publish.")
    if event.date is None or event.date > today:
        raise ValidationError("The results can be published from the day of the event.")
    if event.results_published_on is not None:
        raise ValidationError("The results are published already.")
    refuse_while_held([event.footprint])
    before = audit.snapshot(event)
    event.results_published_on, event.results_published_by = today, by.name[:160]
    event.save(update_fields=["results_published_on", "results_published_by"])
    audit.record(by=by, action="event.publish", on=event, before=before)
    return event


@transaction.atomic
def take_back_results(*, by: Person, event: Event) -> Event:
    """Hide the responses from everyone outside. Agreements stay as they are marked."""
    require(by, "event.publish", on=event)
    event.refresh_from_db(from_queryset=Event.objects.select_for_update())
    if event.results_published_on is None:
        raise ValidationError("The results are not published.")
    before = audit.snapshot(event)
    event.results_published_on, event.results_published_by = None, ""
    event.save(update_fields=["results_published_on", "results_published_by"])
    audit.record(by=by, action="event.take_back_results", on=event, before=before)
    return event


def _fill_in(response: Response, parts: ResponseParts) -> None:
    for name, value in parts.items():
        setattr(response, name, value)
    response.text = " ".join(response.text.split())


def _save(response: Response) -> None:
    event, said = response.event, response.contribution
    if not response.text:
        raise ValidationError("Say what was done, or why nothing was.")
    is_new = response.pk is None or said != Response.objects.get(pk=response.pk).contribution
    if is_new and (said is None or said.conversation.event_id != event.pk or said.state != SHOWN):
        raise ValidationError("Choose what was said at this event.")
    if response.agreement is not None and response.agreement.event_id != event.pk:
        raise ValidationError("Choose an agreement of this event.")
    if response.is_critical and response.about is None:
        raise ValidationError("Name the organisation that it is critical of, so that it can answer.")
    if response.about and not response.about.footprints.filter(events=event).exists():
        raise ValidationError("Name a partner of this partnership.")
    if response.is_critical and response.about and not addressees(response.about):
        raise ValidationError(
            f"Nobody at {response.about} has an e-mail address here: add a contact first, so that they can answer."
        )
    _refuse_new_words(response)
    check(response)
    response.save()


def _refuse_new_words(response: Response) -> None:
    """Once results are published, a public response is public the moment it is saved."""
    event = response.event
    if event.results_published_on and response.marking == Marking.PUBLIC and event.footprint:
        refuse_while_held([event.footprint])


def _tell(by: Person, response: Response) -> None:
    """The ten working days begin when someone who may answer is written to. Anyone the criticising side added
    is notified too, but cannot answer."""
    if not response.is_critical or response.about is None:
        return
    found = addresses(response, [by.user_id])
    if found.counting:
        response.told_on = timezone.localdate()
        response.save(update_fields=["told_on"])

    send_to_answer(response, found.counting, undo=Undo(nobody_told, {"response": response.pk}))
    send_to_answer(response, found.others, may_answer=False)
    if not found.counting:
        send_untold(response, coordinators(response.event.footprint_id))


def nobody_told(refused: Refused, *, response: int) -> None:
    """The mail server took none of the mails to those who may answer: the ten days have not begun."""
    if refused.all_of_them:
        Response.objects.filter(pk=response).update(told_on=None)
