"""Mails that did not arrive, for those who can do something about it: who coordinates the partnership, or for mails of
no partnership an administrator."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.mail import background
from joinedup.mail.addresses import works_again
from joinedup.mail.models import OutgoingMail

State = OutgoingMail.State


def undelivered(person: Person) -> QuerySet[OutgoingMail]:
    """Those that did not arrive and that `person` may see, dealt with or not, newest first."""
    found = OutgoingMail.objects.filter(state__in=OutgoingMail.FAILED)
    if not person.is_operator:
        mine = Q(footprint__in=person.coordinated_ids)
        if person.is_administrator:
            mine |= Q(footprint=None)
        found = found.filter(mine)
    return found.order_by("-ended_at", "-pk")


def to_deal_with(person: Person) -> QuerySet[OutgoingMail]:
    """Those of them that nobody has dealt with."""
    return undelivered(person).filter(settled_at=None)


def failing_addresses(person: Person) -> set[str]:
    """The addresses of those, in small letters; empty without a query for who coordinates nothing."""
    if not (person.is_coordinator or person.is_administrator or person.is_operator):
        return set()
    return {each.lower() for each in to_deal_with(person).values_list("to", flat=True)}


def _held(by: Person, pk: int) -> OutgoingMail:
    """The mail, locked, for who may deal with it. Raises PermissionDenied; DoesNotExist if they may not see it."""
    mail = undelivered(by).select_for_update(of=("self",)).get(pk=pk)
    require(
        by, "mail.settle", on=Scope(footprints=frozenset([mail.footprint_id] if mail.footprint_id else []))
    )
    return mail


@transaction.atomic
def send_once_more(*, by: Person, pk: int) -> OutgoingMail:
    """Send a mail again as it was, and let its address be written to again. It keeps its Message-ID, so that a mail
    program that has it already shows it once."""
    mail = _held(by, pk)
    if not mail.mail:
        raise ValidationError(_("Its words are no longer kept: write again from the page that it came from."))
    before = audit.snapshot(mail)
    works_again(mail.to)
    now = timezone.now()
    mail.state, mail.stored_at, mail.try_at, mail.attempts = State.WAITING, now, now, 0
    mail.claimed_at = mail.handed_at = mail.ended_at = mail.code = mail.settled_at = None
    mail.status = mail.settled_by = ""
    mail.save()
    audit.record(by=by, action="mail.send_again", on=mail, before=before)
    transaction.on_commit(lambda: background.begin_without_worker(), robust=True)
    return mail


@transaction.atomic
def settle(*, by: Person, pk: int) -> OutgoingMail:
    """It is dealt with: out of the list, until somebody takes that back."""
    mail = _held(by, pk)
    before = audit.snapshot(mail)
    mail.settled_at, mail.settled_by = timezone.now(), by.name[:160]
    mail.save(update_fields=["settled_at", "settled_by"])
    audit.record(by=by, action="mail.settle", on=mail, before=before)
    return mail


@transaction.atomic
def take_back_settling(*, by: Person, pk: int) -> OutgoingMail:
    mail = _held(by, pk)
    before = audit.snapshot(mail)
    mail.settled_at, mail.settled_by = None, ""
    mail.save(update_fields=["settled_at", "settled_by"])
    audit.record(by=by, action="mail.take_back_settling", on=mail, before=before)
    return mail


def why(mail: OutgoingMail) -> str:
    """Why it did not arrive, in a sentence."""
    if mail.state == State.DOUBTFUL:
        return _("We were cut off while it was being sent. It may have arrived, or not.")
    if mail.state == State.GIVEN_UP:
        return _("The mail server did not take it for a day.")
    if mail.state == State.STOPPED:
        return _("Two mails to this address failed for good, so this one was not sent.")
    if mail.status in {"5.2.2", "4.2.2"}:
        return _("The mailbox is full.")
    if mail.status in {"5.3.4", "5.2.3"}:
        return _("The mail is too large for them.")
    if mail.status.startswith("5.7."):
        return _("Their mail server does not take mail from here.")
    if mail.state == State.RETURNED:
        return _("It came back: nobody has this address.") if _is_wrong(mail) else _("It came back.")
    return (
        _("The mail server knows no such address.") if _is_wrong(mail) else _("The mail server refused it.")
    )


def what_to_do(mail: OutgoingMail) -> str:
    """What to do about it, in a sentence."""
    if mail.state == State.DOUBTFUL:
        return _("Ask them whether they have it before you send it again.")
    if mail.state == State.GIVEN_UP or mail.status.startswith("4."):
        return _("Send it again, or ring them.")
    if mail.state == State.STOPPED:
        return _("Correct the address, or ask somebody else. If you know that it works again, send it.")
    if mail.status == "5.2.2":
        return _("Ring them, and send it again when there is room.")
    if mail.status.startswith("5.7."):
        return _("Ring them, and tell whoever looks after this site.")
    return _("Correct the address, or ask somebody else.")


def _is_wrong(mail: OutgoingMail) -> bool:
    return mail.status.startswith("5.1.") or (not mail.status and mail.code in {550, 551, 553})
