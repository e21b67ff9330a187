"""The permission table: every action, the roles that may do it, and their scope.

`tests/accounts/test_permissions.py` checks every action × every role against this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.core.exceptions import PermissionDenied

from joinedup.accounts.person import Person


class Over(StrEnum):
    """How far a permission reaches."""

    ANYTHING = "anything"
    OWN_PARTNER = "records of their own partner"
    OWN_FOOTPRINT = "records of the partnership they coordinate"
    OWN_TABLE = "the table that they lead or write for"
    OWN_RECORD = "records that they keep themselves"


class Role(StrEnum):
    """Who may be granted an action. `public` is everybody; `signed_in` is anyone with an account; a
    participant comes to one event and has a link instead of an account."""

    PUBLIC = "public"
    PARTICIPANT = "participant"
    SIGNED_IN = "signed_in"
    PARTNER_MEMBER = "partner_member"
    COORDINATOR = "coordinator"
    PROGRAMME_LEAD = "programme_lead"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Scope:
    """The partners and footprints a record belongs to, which of an event's attendees acts on it, and whose
    account keeps it."""

    partners: frozenset[int] = frozenset()
    footprints: frozenset[int] = frozenset()
    attendees: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()


class Scoped(Protocol):
    def scope(self) -> Scope: ...


ANY, PARTNER, FOOTPRINT = Over.ANYTHING, Over.OWN_PARTNER, Over.OWN_FOOTPRINT
_BOTH = {Role.PARTNER_MEMBER: PARTNER, Role.COORDINATOR: FOOTPRINT}
_COORDINATED = {Role.COORDINATOR: FOOTPRINT}
_EVENTS = {Role.COORDINATOR: FOOTPRINT, Role.PROGRAMME_LEAD: ANY}
_TABLE = {Role.PARTNER_MEMBER: PARTNER, Role.COORDINATOR: FOOTPRINT, Role.PROGRAMME_LEAD: ANY}
_LEADS = {Role.PROGRAMME_LEAD: ANY}
# Records that all partnerships share are kept by those who may do so for all, and by their owner.
_SHARED = {Role.PROGRAMME_LEAD: ANY, Role.ADMINISTRATOR: ANY}
_OFFER = {**_SHARED, **_BOTH, Role.SIGNED_IN: Over.OWN_RECORD}

PERMISSIONS: dict[str, dict[Role, Over]] = {
    "footprint.create": {Role.ADMINISTRATOR: ANY, Role.PROGRAMME_LEAD: ANY},
    "footprint.change": {**_COORDINATED, Role.ADMINISTRATOR: ANY, Role.PROGRAMME_LEAD: ANY},
    # Over the partnerships that cover any of the places: of several, all have to be one's own (`successions`).
    "place.succeed": {**_COORDINATED, Role.ADMINISTRATOR: ANY},
    # Who is responsible for the site, on its pages about itself.
    "installation.change": {Role.ADMINISTRATOR: ANY},
    "account.change": {Role.SIGNED_IN: ANY},
    # One's own, that of a member of partners one coordinates and nothing else, or anybody's.
    "account.close": {**_COORDINATED, Role.ADMINISTRATOR: ANY, Role.SIGNED_IN: Over.OWN_RECORD},
    "account.erase": {Role.ADMINISTRATOR: ANY},
    "account.reset_factor": {Role.ADMINISTRATOR: ANY},
    "account.give_data": {Role.ADMINISTRATOR: ANY},
    "account.invite": {**_COORDINATED, Role.ADMINISTRATOR: ANY},
    "role.grant": {Role.ADMINISTRATOR: ANY},
    "role.take_away": {**_COORDINATED, Role.ADMINISTRATOR: ANY},
    "dataset.import": {Role.ADMINISTRATOR: ANY},
    "dataset.withdraw": {Role.ADMINISTRATOR: ANY},
    "partner.add": _COORDINATED,
    "partner.change": _BOTH,
    "partner.confirm": _BOTH,
    "partner.succeed": {**_COORDINATED, Role.ADMINISTRATOR: ANY},
    # Of two records of one body, over the partnerships that both are in (`merges`).
    "partner.merge": {**_COORDINATED, Role.ADMINISTRATOR: ANY},
    "link.add": _BOTH,
    "ask.add": _BOTH,
    "ask.change": _BOTH,
    "initiative.add": _BOTH,
    "initiative.change": _BOTH,
    "initiative.confirm": _BOTH,
    "offer.add": {**_SHARED, **_COORDINATED},
    "offer.change": _OFFER,
    "offer.confirm": _OFFER,
    "offer.reopen": _OFFER,
    "offer.not_for_us": {Role.PARTNER_MEMBER: PARTNER},
    # A list of another installation: for all partnerships, or for one's own.
    "offer.bring_list": {**_SHARED, **_COORDINATED},
    "offer.correct": {Role.PARTNER_MEMBER: ANY, Role.COORDINATOR: ANY, **_SHARED},
    "commitment.update": _SHARED,
    "commitment.evidence": _COORDINATED,
    "cluster.scan": {**_COORDINATED, Role.ADMINISTRATOR: ANY},
    "cluster.settle": _BOTH,
    "cluster.follow": {**_BOTH, Role.PROGRAMME_LEAD: ANY},
    "opportunity.spot": {Role.SIGNED_IN: ANY},
    "opportunity.answer": {Role.PARTNER_MEMBER: PARTNER},
    "opportunity.take_up": _COORDINATED,
    "opportunity.dismiss": _COORDINATED,
    "opportunity.snooze": _COORDINATED,
    "opportunity.assign": _COORDINATED,
    "opportunity.ask": _COORDINATED,
    "opportunity.choose": _COORDINATED,
    "opportunity.weigh": _COORDINATED,
    "opportunity.publish": _COORDINATED,
    "opportunity.refresh": {**_COORDINATED, Role.ADMINISTRATOR: ANY},
    "programme.plan": _LEADS,
    "venue.keep": _EVENTS,
    "event.add": _EVENTS,
    "event.change": _EVENTS,
    "event.invite": _EVENTS,
    "event.plan": _EVENTS,
    "event.see_attendees": _EVENTS,
    "event.check_in": _EVENTS,
    "event.vouch": _EVENTS,
    "event.announce": _EVENTS,
    "event.publish": _EVENTS,
    "survey.answer": {Role.PUBLIC: ANY},
    "topic.choose": _EVENTS,
    "topic.propose": _TABLE,
    "event.register": {Role.PUBLIC: ANY},
    "agreement.record": {**_TABLE, Role.PARTICIPANT: Over.OWN_TABLE},
    "agreement.change": _TABLE,
    "agreement.start": _TABLE,
    "agreement.report": _TABLE,
    "agreement.chase": _EVENTS,
    "agreement.answer": {Role.PARTNER_MEMBER: PARTNER},
    "agreement.confirm": _EVENTS,
    # By the coordinator, or by a member of the body that takes over or of one that the agreement names.
    "agreement.take_over": _TABLE,
    "agreement.mark": {Role.PUBLIC: ANY},
    "response.write": _EVENTS,
    "response.answer": {Role.PARTNER_MEMBER: PARTNER},
    "visit.keep": _EVENTS,
    "practice.add": _TABLE,
    "practice.change": _TABLE,
    "conversation.open": _EVENTS,
    "contribution.give": {Role.PUBLIC: ANY},
    "contribution.moderate": _COORDINATED,
    "contribution.make_topic": _EVENTS,
    # What a partner says to something young people asked for.
    "contribution.reply": _COORDINATED,
    # A mail that did not arrive; administrators see those of no partnership.
    "mail.settle": {**_COORDINATED, Role.ADMINISTRATOR: ANY},
    "spreadsheet.bring": _COORDINATED,
    "spreadsheet.undo": _COORDINATED,
}


def may(person: Person, action: str, on: Scoped | Scope | None = None) -> bool:
    """Whether `person` may do `action` (a key of PERMISSIONS) to `on`; without `on`, to anything at all."""
    granted = PERMISSIONS[action]
    if person.is_operator or Role.PUBLIC in granted:
        return True
    if person.attendee_id is not None and Role.PARTICIPANT in granted:
        record = on if isinstance(on, Scope) or on is None else on.scope()
        return record is not None and person.attendee_id in record.attendees
    if not person.is_signed_in:
        return False
    if granted.get(Role.SIGNED_IN) is ANY:
        return True
    scope = on if isinstance(on, Scope) or on is None else on.scope()
    if granted.get(Role.SIGNED_IN) is Over.OWN_RECORD and scope and person.user_id in scope.owners:
        return True
    for role, over in granted.items():
        if role not in person.roles:
            continue
        if over is ANY or scope is None:
            return True
        if over is PARTNER and scope.partners & person.partner_ids:
            return True
        if over is FOOTPRINT and scope.footprints & person.coordinated_ids:
            return True
    return False


# Whom to ask if no coordinator can help.
_KEPT_FOR_ALL = (
    "All partnerships share this record, so it is kept by the administrators of this site and by those who added it. "
    "Ask an administrator, or send them a correction from its page."
)
_ASK = dict.fromkeys(("offer.change", "offer.confirm", "offer.reopen", "commitment.update"), _KEPT_FOR_ALL)


def require(person: Person, action: str, on: Scoped | Scope | None = None) -> None:
    """Raise PermissionDenied, with a sentence fit to show, unless `person` may do `action` to `on`."""
    if not may(person, action, on):
        generic = "You may not do this. Ask the coordinator of the partnership if you should."
        raise PermissionDenied(_ASK.get(action, generic))
