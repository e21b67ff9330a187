"""A partner says that it did not say what was written down in its name: the words are gone, and those who coordinate
deal with it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.opportunities.touching import touch
from joinedup.voice.models import Contradiction, Contribution, PartnerReply
from joinedup.voice.replies_by_mail import by_mail, tell_of_contradiction


@transaction.atomic
def contradict_reply(*, token: str) -> None:
    """The partner says, by the link of its mail, that it did not say so: nobody reads it any more, what was asked for
    waits again, and that it was contradicted waits for those who coordinate. Raises PermissionDenied for a link that
    does not work (any more)."""
    found = by_mail(token)
    if found is None:
        raise PermissionDenied(_("This link no longer works."))
    reply = found.reply
    current = Contribution.objects.select_for_update().get(pk=reply.contribution_id)
    if not PartnerReply.objects.filter(pk=reply.pk).exists():
        raise PermissionDenied(_("This link no longer works."))
    audit.record(
        by=found.by, action="contribution.contradict_reply", on=reply, before=audit.snapshot(reply), after={}
    )
    tell_of_contradiction(reply)
    reply.delete()
    Contradiction.objects.update_or_create(
        contribution=current,
        defaults={
            "partner": found.reply.partner,
            "on": timezone.localdate(),
            "settled_on": None,
            "settled_by": "",
        },
    )
    footprint = current.conversation.event.footprint_id
    if footprint is not None:
        touch([footprint], Contribution._meta.label_lower)


def settle_open(by: Person, contribution: Contribution) -> None:
    """The same as `settle_contradiction` where a new answer says so; call it in the transaction of that."""
    held = Contradiction.objects.filter(contribution=contribution, settled_on=None).first()
    if held is not None:
        _settle(by, held)


@transaction.atomic
def settle_contradiction(*, by: Person, contribution: Contribution) -> Contradiction:
    """Somebody has talked with the partner: it waits no longer. Raises ValidationError where nothing waits."""
    require(by, "contribution.reply", on=contribution)
    held = (
        Contradiction.objects.select_for_update().filter(contribution=contribution, settled_on=None).first()
    )
    if held is None:
        raise ValidationError(_("This was dealt with already."))
    return _settle(by, held)


@transaction.atomic
def take_back_settling(*, by: Person, contribution: Contribution) -> Contradiction:
    """It is not dealt with after all. Raises ValidationError where it waits already, or a newer answer is there."""
    require(by, "contribution.reply", on=contribution)
    held = Contradiction.objects.select_for_update().filter(contribution=contribution).first()
    if held is None or held.settled_on is None:
        raise ValidationError(_("This waits already."))
    if PartnerReply.objects.filter(contribution=contribution).exists():
        raise ValidationError(_("Somebody answered since: take that answer back first."))
    before = audit.snapshot(held)
    held.settled_on, held.settled_by = None, ""
    held.save(update_fields=["settled_on", "settled_by"])
    audit.record(by=by, action="contribution.take_back_settling", on=held, before=before)
    return held


def _settle(by: Person, held: Contradiction) -> Contradiction:
    before = audit.snapshot(held)
    held.settled_on, held.settled_by = timezone.localdate(), by.name[:160]
    held.save(update_fields=["settled_on", "settled_by"])
    audit.record(by=by, action="contribution.settle_contradiction", on=held, before=before)
    return held
