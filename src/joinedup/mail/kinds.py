"""Which kind each mail is of: one that its reader can turn off, or one that has to be sent all the same, and why.

Who has an account turns off a kind for the account (`accounts/preferences.py`). Anybody else does it for their address,
by the link in the mail; of that only a keyed hash is kept.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from joinedup.mail.addresses import whose
from joinedup.mail.models import MailOff

INVITATIONS, EVENTS, OPPORTUNITIES, AGREEMENTS = "invitations", "events", "opportunities", "agreements"
# Those that an address can turn off; the last three have the names of Preference.Mail.
KINDS: dict[str, Promise] = {
    INVITATIONS: _("Invitations to events, and asking again whether you come"),
    EVENTS: _("Reminders of events that you come to, and what came of them"),
    OPPORTUNITIES: _("Opportunities that name your organisation"),
    AGREEMENTS: _("How agreements of your organisation stand"),
}
# By template. The second half goes to accounts alone, which have their own link.
OF: dict[str, str] = {
    "registration/mails/invitation": INVITATIONS,
    "registration/mails/invitation_reminder": INVITATIONS,
    "registration/mails/reminder": EVENTS,
    "results/mails/after": EVENTS,
    "opportunities/mails/ask": OPPORTUNITIES,
    "agreements/mails/chase": AGREEMENTS,
    "agreements/mails/young": AGREEMENTS,
}
OF_AN_ACCOUNT = frozenset({"web/mails/digest", "clusters/mails/new", "support/mails/check"})

_PLANS = _("We send this whatever you turned off, because your plans depend on it.")
_ASKED = _("We send this whatever you turned off, because it answers what was asked with this address.")
_NAMED = _("We send this whatever you turned off, because your organisation has to hear it.")
_WORK = _("We send this whatever you turned off, because it needs you.")
# Mails that nobody can turn off, with what they say of that; a code to sign in needs no reason.
ALL_THE_SAME: dict[str, Promise | str] = {
    "registration/mails/event_cancelled": _PLANS,
    "registration/mails/event_changed": _PLANS,
    "registration/mails/event_back": _PLANS,
    "registration/mails/withdrawn": _PLANS,
    "registration/mails/registration": _ASKED,
    "registration/mails/held": _ASKED,
    "registration/mails/lapsed": _ASKED,
    "registration/mails/cancelled": _ASKED,
    "registration/mails/unchanged": _ASKED,
    "registration/mails/substituted": _ASKED,
    "registration/mails/substitute_declined": _ASKED,
    "tables/mails/offer": _ASKED,
    "registration/mails/asked_to_bring": _WORK,
    "registration/mails/no_longer_with": _WORK,
    "registration/mails/without_companion": _WORK,
    "results/mails/brief": _WORK,
    "results/mails/untold": _WORK,
    "agreements/mails/said_no": _WORK,
    "support/mails/correction": _WORK,
    "agreements/mails/naming": _NAMED,
    "voice/mails/said_so": _NAMED,
    "voice/mails/not_said": _WORK,
    "results/mails/right_of_reply": _NAMED,
    "results/mails/answered": _NAMED,
    "accounts/mails/invited": "",
    "accounts/mails/linked": "",
    "accounts/mails/login_code": "",
    "accounts/mails/second_factor": "",
    "accounts/mails/unknown_account": "",
}

SALT, VALID = "joinedup.mail.off", datetime.timedelta(days=400)


@dataclass(frozen=True)
class OffLink:
    """What a link turns off: a kind, for the address with this keyed hash."""

    kind: str
    whose: str

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])

    @property
    def is_off(self) -> bool:
        return MailOff.objects.filter(whose=self.whose, kind=self.kind).exists()


def off_link(address: str, kind: str) -> str:
    """The URL that turns off a kind for an address; it contains the keyed hash, not the address."""
    token = signing.dumps([kind, whose(address)], salt=SALT)
    return f"{settings.SITE_URL}{reverse('address_mails_off', args=[token])}"


def read_off_link(token: str) -> OffLink | None:
    """None if the link is too old or was changed; no query."""
    try:
        kind, holder = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return OffLink(kind, holder) if kind in KINDS else None


def off_token_for(token: str, was: str, now: str) -> str:
    """The token of such a link to one address, made for another; as it is if it is none for the first; no query."""
    link = read_off_link(token)
    if link is None or link.whose != whose(was):
        return token
    return signing.dumps([link.kind, whose(now)], salt=SALT)


def unwilling(addresses: Iterable[str], kind: str) -> set[str]:
    """Those of them, in small letters, that turned this kind off; 1 query."""
    return {address for address, _kind in _off({(each.lower(), kind) for each in addresses})}


def unwanted(mails: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of pairs of an address and a template those that the address turned off; 1 query, or none where none can be."""
    those = {
        (address.lower(), OF[template]): (address, template) for address, template in mails if template in OF
    }
    return {those[each] for each in _off(those)} if those else set()


def _off(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    hashed = {(whose(address), kind): (address, kind) for address, kind in pairs}
    held = MailOff.objects.filter(whose__in={each for each, _kind in hashed}).values_list("whose", "kind")
    return {hashed[each] for each in held if each in hashed}
