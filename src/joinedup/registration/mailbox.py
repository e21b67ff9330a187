"""Identify people at one address: colleagues share a mailbox, and the same person posts twice.

People are told apart by the name they want to be called, however it is spelt, and if they gave none by their
role.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

from joinedup.events.models import Event
from joinedup.privacy.detect import plain
from joinedup.registration.models import Attendee, Invitation

# Colleagues at one address; planners may register more.
MOST_AN_ADDRESS = 6
# The most mails per day to one address that strangers can cause, whatever they type and for whichever event.
MOST_MAILS_A_DAY = 8
A_DAY = 24 * 3600


@dataclass(frozen=True)
class Mailbox:
    """Adults registered with one address. `same`: the person registering; `is_unclear`: it may be one of
    them."""

    here: list[Attendee]
    same: Attendee | None
    is_unclear: bool

    def is_full(self, *, proved: bool, more: int = 0) -> bool:
        """Whether the address has no room for one person and `more`. People who proved that the address is theirs
        are not kept out by what strangers typed."""
        counted = [each for each in self.here if each.is_coming or (not proved and each not in self.lapsed)]
        return len(counted) + more >= MOST_AN_ADDRESS

    @property
    def lapsed(self) -> list[Attendee]:
        return [each for each in self.here if each.standing == Attendee.Standing.LAPSED]


def look(event: Event, email: str, name: str, role: str) -> Mailbox:
    """Those registered with an address, including those who have not confirmed; 1 query."""
    found = event.attendees.filter(email=email).exclude(standing=Attendee.Standing.CANCELLED)
    here = [each for each in found.select_related("event", "partner").order_by("number") if email]
    same = next((each for each in here if is_same(each, name, role)), None)
    unclear = same is None and any(each.is_coming and _may_be(each, name, role) for each in here)
    return Mailbox(here, same, unclear)


def is_same(known: Attendee, name: str, role: str) -> bool:
    """Whether this is the person known at the address: by name, or by role if neither gave one."""
    one, other = plain(known.name), plain(name)
    if one or other:
        return one == other
    return plain(known.role) == plain(role)


def _may_be(known: Attendee, name: str, role: str) -> bool:
    """One of the two gave no name and their roles are equal, so nobody can tell."""
    return bool(plain(known.name)) != bool(plain(name)) and plain(known.role) == plain(role)


def of_invitation(invitation: Invitation, here: Iterable[Attendee]) -> list[Attendee]:
    """The attendee with this address whom the invitation is for; empty if that is not clear."""
    found = [each for each in here if each.email and each.email == invitation.email.lower()]
    if len(found) < 2:
        return found
    return [each for each in found if plain(each.name) and plain(each.name) == plain(invitation.name)]


def may_write(email: str, *, once: str = "") -> bool:
    """Whether a stranger may cause one more mail to this address today; counts it. With `once`, a mail of
    this kind is sent once a day. The address itself is not kept."""
    whose = salted_hmac("joinedup.registration.mailbox", email.lower(), algorithm="sha256").hexdigest()
    day = timezone.localdate().isoformat()
    if once and not cache.add(f"mail-{once}-{whose}-{day}", 1, A_DAY):
        return False
    key = f"mails-{whose}-{day}"
    if cache.add(key, 1, A_DAY):
        return True
    try:
        return cache.incr(key) <= MOST_MAILS_A_DAY
    except ValueError:
        return True
