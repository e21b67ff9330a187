"""Which companions are vouched for, and which young people wait for one.

Nobody brings young people on their own word: a companion was invited to the event by name, is a member of the
host, or is known to a planner. They must also have confirmed from their address, since anybody can type
anybody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from joinedup.accounts.models import Grant
from joinedup.events.models import Event
from joinedup.registration.mailbox import of_invitation
from joinedup.registration.models import Attendee

MOST_A_COMPANION, MOST_A_HOST = 6, 24
INVITED, MEMBER, KNOWN = "invited", "member", "known"
Standing = Attendee.Standing


def vouched(event: Event, adults: Iterable[Attendee]) -> dict[int, str]:
    """Which of these are vouched for and how (INVITED, MEMBER or KNOWN), by key; 3 queries.

    An invitation that was passed on does not vouch for the person named.
    """
    coming = [each for each in adults if each.is_coming and not each.is_young]
    if not coming:
        return {}
    partners = {each.partner_id for each in coming}
    grants = Grant.objects.filter(partner__in=partners, user__is_active=True)
    held = list(grants.values_list("partner_id", "user_id", "user__email"))
    members = {(partner, user) for partner, user, _email in held}
    addresses = {(partner, email.lower()) for partner, _user, email in held}
    invited = _invited(event, coming)
    found = {}
    for each in coming:
        if (each.partner_id, each.user_id) in members or (each.partner_id, each.email) in addresses:
            found[each.pk] = MEMBER
        elif each.pk in invited:
            found[each.pk] = INVITED
        elif each.vouched_on is not None:
            found[each.pk] = KNOWN
    return found


def _invited(event: Event, adults: list[Attendee]) -> set[int]:
    emails = {each.email for each in adults if each.email}
    named = event.invitations.filter(email__in=emails, substitute_for=None)
    here = list(event.attendees.filter(email__in=emails, standing__in=Attendee.COMING))
    return {
        who.pk
        for each in named
        for who in of_invitation(each, here)
        if who.partner_id == each.partner_id and not who.is_young
    }


def is_vouched(adult: Attendee) -> bool:
    """Whether somebody may bring young people; 3 queries. Expects the attendee's event to be selected."""
    return adult.pk in vouched(adult.event, [adult])


def with_or_for(companion: Attendee) -> QuerySet[Attendee]:
    """The young people who come with somebody, or whom they are asked to bring."""
    own = Q(companion=companion.pk) | Q(wanted_companion=companion.pk)
    return Attendee.objects.filter(own, event=companion.event_id).exclude(standing=Standing.CANCELLED)


def room_for(event: Event, companion: Attendee, *, besides: Attendee | None = None) -> int:
    """How many more young people somebody may bring, given those they and their host bring already, not
    counting `besides`; 2 queries."""
    gone = besides.pk if besides else 0
    own = with_or_for(companion).exclude(pk=gone).count()
    if companion.partner_id is None:
        return max(0, MOST_A_COMPANION - own)
    of_host = event.attendees.filter(partner=companion.partner_id).exclude(standing__in=Attendee.GONE)
    young = sum(each.is_young for each in of_host.exclude(pk=gone))
    return max(0, min(MOST_A_COMPANION - own, MOST_A_HOST - young))


def is_of_host(adult: Attendee, young: Attendee) -> bool:
    """Whether somebody comes for the organisation that a young person comes with. Without one, nobody does."""
    return young.partner_id is not None and adult.partner_id == young.partner_id


@dataclass(frozen=True)
class Waits:
    """A young person without a companion; `could`: the vouched companions of their host with room."""

    young: Attendee
    could: list[Attendee] = field(default_factory=list)


@dataclass(frozen=True)
class Apart:
    """Those who do not count yet, for planners. `held`: not confirmed from their address; `alone`: wait for a
    companion; `unknown`: would bring young people, but nobody vouches for them."""

    held: list[Attendee]
    alone: list[Waits]
    unknown: list[Attendee]
    known: list[Attendee]


def apart(event: Event) -> Apart:
    """4 queries, whatever the number of people."""
    everybody = list(
        event.attendees.exclude(standing__in=Attendee.GONE).select_related("partner", "wanted_companion")
    )
    adults = [each for each in everybody if not each.is_young and each.is_coming]
    ways = vouched(event, adults)
    bringing = {each.companion_id for each in everybody} | {each.wanted_companion_id for each in everybody}
    mine = [each for each in adults if "companion" in each.parts or each.pk in bringing]
    alone = [each for each in everybody if each.standing == Standing.ALONE]
    return Apart(
        held=[each for each in everybody if each.standing == Standing.HELD and not each.is_young],
        alone=[Waits(each, [a for a in adults if a.pk in ways and is_of_host(a, each)]) for each in alone],
        unknown=[each for each in mine if each.pk not in ways],
        known=[each for each in mine if ways.get(each.pk) == KNOWN],
    )
