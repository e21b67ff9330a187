"""Remind those who look after support that a check is due, and take “still true” from the mail."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.links import address_of
from joinedup.accounts.models import Preference, User
from joinedup.accounts.permissions import require
from joinedup.accounts.person import Person
from joinedup.accounts.preferences import off_link
from joinedup.mail.compose import compose
from joinedup.mail.outbox import Refused
from joinedup.mail.send import Undo, send_on_commit
from joinedup.support.actions import confirm_offer
from joinedup.support.keepers import by_mail, check_link, due, to_remind
from joinedup.support.models import Offer

# How many further ones a mail names.
NAMED = 10


@transaction.atomic
def remind(*, by: Person, on: datetime.date) -> int:
    """One mail with one button to each who looks after support whose check is due; returns how many mails. Running it
    again on that day, or in a second worker, sends nobody a second one."""
    # Locked, so that the second of two workers finds that it is done.
    list(due(on).select_for_update())
    found = to_remind(on)
    offers = {each.pk: each for those in found.values() for each in those}
    earlier = {pk: each.reminded_on and each.reminded_on.isoformat() for pk, each in offers.items()}
    for each in offers.values():
        require(by, "offer.change", on=each)
        audit.record(by=by, action="offer.remind", on=each, before={}, after={"on": on.isoformat()})
    Offer.objects.filter(pk__in=offers).update(reminded_on=on)
    for user, those in found.items():
        send_on_commit(
            [compose("support/mails/check", user.email, _words(user, those))],
            footprint=those[0].footprint_id,
            undo=Undo(not_reminded, {"earlier": [[each.pk, earlier[each.pk]] for each in those]}),
        )
    return len(found)


def _words(user: User, offers: list[Offer]) -> dict[str, Any]:
    first, *others = offers
    return {
        "offer": first,
        "by_when": date_format(first.closes, "j F Y") if first.closes else first.get_basis_display(),
        "checked": date_format(first.last_checked, "j F Y") if first.last_checked else "",
        "others": [each.name for each in others[:NAMED]],
        "link": address_of("offer_check_by_mail", check_link(user, first)),
        "off": off_link(user, Preference.Mail.SUPPORT),
    }


def not_reminded(_refused: Refused, *, earlier: list[tuple[int, str | None]]) -> None:
    """The mail server refused it: another look reminds of them again."""
    for pk, day in earlier:
        Offer.objects.filter(pk=pk).update(reminded_on=day)


@transaction.atomic
def confirm_from_mail(*, token: str, on: datetime.date) -> Offer:
    """Like `confirm_offer`, by whom a reminder was sent to: the signed link stands for signing in. PermissionDenied if
    the link no longer works or its reader no longer looks after it."""
    asked = by_mail(token, on)
    if asked is None:
        raise PermissionDenied(_("This link no longer works."))
    return confirm_offer(by=asked.by, offer=asked.offer)
