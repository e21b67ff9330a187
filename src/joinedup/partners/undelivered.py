"""Mails that did not arrive, for those who can do something about it: who coordinates the partnership, or for mails of
no partnership an administrator. A code to sign in is theirs who look after the account: administrators, and who
coordinates a partnership of which its owner is a member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.links import written_for
from joinedup.accounts.models import Grant, User
from joinedup.accounts.permissions import Scope, may, require
from joinedup.accounts.person import Person
from joinedup.mail import background
from joinedup.mail.addresses import works_again
from joinedup.mail.codes import CODES, TO_ACCOUNT
from joinedup.mail.models import OutgoingMail
from joinedup.mail.outbox import store
from joinedup.mail.packing import unpacked

State = OutgoingMail.State
# Mails that follow from an invitation, from a registration, and from who hosts or speaks, by their templates; all
# others go to the contacts of a body.
OF_INVITATIONS = Q(kind__startswith="registration/mails/invitation") | Q(
    kind__in=[f"registration/mails/{each}" for each in ("withdrawn", "substituted", "substitute_declined")]
)
OF_REGISTRATION = (
    Q(kind__startswith="registration/") & ~OF_INVITATIONS & ~Q(kind="registration/mails/without_companion")
) | Q(kind__in=["tables/mails/offer", "results/mails/after"])
OF_SPEAKERS = Q(kind="results/mails/brief")
OF_CONTACTS = ~OF_INVITATIONS & ~OF_REGISTRATION & ~OF_SPEAKERS


def undelivered(person: Person) -> QuerySet[OutgoingMail]:
    """Those that did not arrive and that `person` may see, dealt with or not, newest first."""
    mine = Q(footprint__in=person.coordinated_ids)
    if person.is_administrator:
        mine |= Q(footprint=None)
    if person.is_operator:
        mine = Q()
    codes = Q(kind=TO_ACCOUNT, to__in=accounts_looked_after(person).values("email"))
    found = OutgoingMail.objects.filter(state__in=OutgoingMail.FAILED)
    return found.filter(mine & ~Q(kind__in=CODES) | codes).order_by("-ended_at", "-pk")


def accounts_looked_after(person: Person) -> QuerySet[User]:
    """The open accounts whose owner somebody helps to sign in. No query yet."""
    found = User.objects.filter(is_active=True).order_by()
    if person.is_administrator or person.is_operator:
        return found
    members = Grant.objects.filter(partner__footprints__in=person.coordinated_ids)
    return found.filter(pk__in=members.values("user"))


def to_deal_with(person: Person) -> QuerySet[OutgoingMail]:
    """Those of them that nobody has dealt with."""
    return undelivered(person).filter(settled_at=None)


def waits_for_new_address(person: Person, address: str) -> bool:
    """Whether a mail that `person` may deal with can still go to this corrected address; 1 query, or none for who
    sees no list."""
    if not address or not may(person, "mail.settle"):
        return False
    return undelivered(person).filter(corrected_to__iexact=address).exclude(mail={}).exists()


def failing_addresses(person: Person) -> set[str]:
    """The addresses of those, in small letters; empty without a query for who coordinates nothing."""
    if not (person.is_coordinator or person.is_administrator or person.is_operator):
        return set()
    return {each.lower() for each in to_deal_with(person).values_list("to", flat=True)}


def _held(by: Person, pk: int) -> OutgoingMail:
    """The mail, locked, for who may deal with it. Raises PermissionDenied; DoesNotExist if they may not see it."""
    mail = undelivered(by).select_for_update(of=("self",)).get(pk=pk)
    places = {mail.footprint_id}
    if mail.kind == TO_ACCOUNT:
        places = set(Grant.objects.filter(user__email=mail.to).values_list("partner__footprints", flat=True))
    require(by, "mail.settle", on=Scope(footprints=frozenset(each for each in places if each)))
    return mail


@transaction.atomic
def send_once_more(*, by: Person, pk: int) -> OutgoingMail:
    """Send a mail again as it was, and let its address be written to again. It keeps its Message-ID, so that a mail
    program that has it already shows it once."""
    mail = _held(by, pk)
    if not mail.mail:
        raise ValidationError(_("Its words are no longer kept: write again from the page that it came from."))
    if mail.corrected_to:
        # On a page that was opened before. Its links may be for the new address alone.
        raise ValidationError(_("Its address was corrected meanwhile: send it to the new one, below."))
    before = audit.snapshot(mail)
    works_again(mail.to)
    now = timezone.now()
    mail.state, mail.stored_at, mail.try_at, mail.attempts = State.WAITING, now, now, 0
    mail.claimed_at = mail.handed_at = mail.ended_at = mail.code = mail.settled_at = None
    mail.status = mail.settled_by = mail.corrected_to = ""
    mail.save()
    audit.record(by=by, action="mail.send_again", on=mail, before=before)
    transaction.on_commit(lambda: background.begin_without_worker(), robust=True)
    return mail


@transaction.atomic
def send_to_corrected(*, by: Person, pk: int) -> OutgoingMail:
    """Send a mail once to what its address was corrected to: a new mail with the same words, whose links are made for
    that address. The old one stays as it was settled, without its words."""
    mail = _held(by, pk)
    if not mail.corrected_to or not mail.mail:
        raise ValidationError(_("It was sent to the new address already, or its words are no longer kept."))
    before = audit.snapshot(mail)
    letter = unpacked(readdressed(mail.mail, mail.to, mail.corrected_to), mail.kind)
    if not store([letter], footprint=mail.footprint_id, is_for_named=not mail.subject, facts={}):
        raise ValidationError(_("Whoever has this address wants no such mails: ring them."))
    mail.mail = {}
    mail.save(update_fields=["mail"])
    audit.record(by=by, action="mail.send_to_corrected", on=mail, before=before)
    transaction.on_commit(lambda: background.begin_without_worker(), robust=True)
    return mail


def readdressed(data: dict[str, Any], was: str, now: str) -> dict[str, Any]:
    """A mail as plain data (`mail.packing`), for another address; it gets a Message-ID of its own."""
    headers = {name: text for name, text in data["headers"].items() if name not in {"Message-ID", "To"}}
    return data | {
        "to": [now],
        "body": written_for(data["body"], was, now),
        "headers": {name: written_for(text, was, now) for name, text in headers.items()},
        "alternatives": [[written_for(words, was, now), kind] for words, kind in data["alternatives"]],
    }


def settle_corrected(
    *, by: Person, was: str, now: str, footprints: Iterable[int | None], of: Q, goes_there: bool
) -> int:
    """An address was corrected: mails to the old one that did not arrive are dealt with; returns how many. Call it
    inside the transaction of the correction, which asked for its permission.

    `footprints`: of the partnerships whose lists they are in; None is the administrators' list. `of`: those that
    followed from what was corrected, since the old address may stand elsewhere too, and still be wrong there.
    `goes_there`: whether their words can go to the new address as they are.
    """
    if not was or was.strip().lower() == now.strip().lower():
        return 0
    every = set(footprints)
    theirs = Q(footprint__in=every - {None}) | (Q(footprint=None) if None in every else Q())
    found = OutgoingMail.objects.filter(of, theirs, to__iexact=was, settled_at=None)
    mails = list(found.filter(state__in=OutgoingMail.FAILED).select_for_update(of=("self",)))
    for mail in mails:
        before = audit.snapshot(mail)
        mail.settled_at, mail.settled_by = timezone.now(), by.name[:160]
        mail.corrected_to = now if goes_there else ""
        mail.save(update_fields=["settled_at", "settled_by", "corrected_to"])
        audit.record(by=by, action="mail.settle", on=mail, before=before)
    return len(mails)


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
    if mail.corrected_to and OutgoingMail.objects.filter(OF_REGISTRATION, pk=pk).exists():
        # Its links are the new ones: sent to the old address again, a stranger would have them.
        mail.mail = {}
    mail.settled_at, mail.settled_by, mail.corrected_to = None, "", ""
    mail.save(update_fields=["settled_at", "settled_by", "corrected_to", "mail"])
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
    if mail.kind == TO_ACCOUNT:
        return _to_do_about_a_code(mail)
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


def _to_do_about_a_code(mail: OutgoingMail) -> str:
    if mail.status.startswith(("4.", "5.2.2", "5.3.", "5.7.")):
        return _(
            "They cannot sign in meanwhile. Ring them, and tell whoever looks after this site if it stays so."
        )
    return _(
        "They cannot sign in. Ring them, and invite them with their new address on the page “People”. Then close this "
        "account there, or ask an administrator to."
    )


def _is_wrong(mail: OutgoingMail) -> bool:
    return mail.status.startswith("5.1.") or (not mail.status and mail.code in {550, 551, 553})
