"""Bring a list of support that another installation shared: keep it to look at, accept what is ticked, undo, drop."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from joinedup.accounts import audit
from joinedup.accounts.models import AuditEntry
from joinedup.accounts.permissions import Scope, require
from joinedup.accounts.person import Person
from joinedup.partners.models import Partner
from joinedup.places.models import Footprint
from joinedup.privacy.retention import UPLOADS
from joinedup.spreadsheets.headers import read_file
from joinedup.spreadsheets.intake.made_records import take_back, what_stands_in_the_way
from joinedup.spreadsheets.offer_lists import (
    MOST_ROWS,
    NEEDED,
    ListedRow,
    Verdict,
    as_stored,
    held_facts,
    preview,
)
from joinedup.spreadsheets.parse import Unreadable
from joinedup.spreadsheets.people import refuse_people
from joinedup.support.actions import ListedFacts, add_offer, change_offer
from joinedup.support.models import Offer, OfferList
from joinedup.support.queries import CSV_HEADER

_DAYS = ("opens", "closes", "reopens", "last_checked", "check_by")
State = OfferList.State


@transaction.atomic
def bring_list(*, by: Person, footprint: Footprint | None, content: bytes, file_name: str) -> OfferList:
    """Read a list and keep its rows until somebody accepts or drops them. Raises PermissionDenied, or ValidationError
    with one sentence, and then stores nothing."""
    require(by, "offer.bring_list", on=Scope(footprints=frozenset({footprint.pk} if footprint else ())))
    sheet = read_file(content, CSV_HEADER)
    given = {" ".join(each.casefold().split()) for each in sheet.header}
    for heading in NEEDED:
        if heading.casefold() not in given:
            raise Unreadable(
                _("This is no list of support as JoinedUp writes it: it has no column “%(name)s”.")
                % {"name": heading}
            )
    if sum(any(row) for row in sheet.rows) > MOST_ROWS:
        raise Unreadable(_("There are more than %(number)s rows: bring it in parts.") % {"number": MOST_ROWS})
    refuse_people(sheet)
    brought = OfferList.objects.create(
        footprint=footprint,
        file_name=(file_name or _("A list"))[:200],
        header=sheet.header,
        rows=sheet.rows,
        by=by.name[:160],
        user_id=by.user_id,
    )
    audit.record(by=by, action="offer.bring_list", on=brought)
    return brought


@transaction.atomic
def accept_list(*, by: Person, brought: OfferList, rows: Collection[int]) -> tuple[int, int]:
    """Make what is new and change what differs in the ticked rows, or nothing at all. Returns how many of each.

    `rows`: numbers of rows as the preview counts them. ValidationError names the row that cannot stand."""
    require(by, "offer.bring_list", on=brought)
    # Locked, so that a second click finds it accepted.
    brought = OfferList.objects.select_for_update(of=("self",)).select_related("footprint").get(pk=brought.pk)
    if brought.state != State.WAITING:
        raise ValidationError(_("This list was finished already: bring it in anew."))
    ticked = [each for each in preview(by, brought).rows if each.number in rows and each.can_be_ticked]
    if not ticked:
        raise ValidationError(_("Nothing is ticked."))
    before = audit.snapshot(brought)
    for each in ticked:
        _take(by, brought, each)
    brought.rows, brought.header, brought.state = [], [], State.ACCEPTED
    brought.save(update_fields=["rows", "header", "state", "made", "changed"])
    audit.record(by=by, action="offer.accept_list", on=brought, before=before)
    return len(brought.made), len(brought.changed)


def _take(by: Person, brought: OfferList, row: ListedRow) -> None:
    assert row.facts is not None
    try:
        if row.verdict == Verdict.NEW:
            brought.made.append(add_offer(by=by, facts=row.facts, footprint=brought.footprint).pk)
        elif row.held is not None:
            earlier = as_stored(held_facts(row.held))
            change_offer(by=by, offer=row.held, facts=row.facts)
            brought.changed[str(row.held.pk)] = {"facts": earlier, "entry": _last_entry(row.held)}
    except ValidationError as error:
        sentence = _("Row %(number)s (%(name)s): %(why)s")
        words = {"number": row.number, "name": row.name, "why": error.messages[0]}
        raise ValidationError(sentence % words) from error


def _last_entry(offer: Offer) -> int:
    found = AuditEntry.objects.filter(record="support.offer", record_id=str(offer.pk))
    return max(found.values_list("pk", flat=True), default=0)


@transaction.atomic
def undo_list(*, by: Person, brought: OfferList) -> tuple[int, int]:
    """Remove what the list made and put back what it changed. Returns how many of each.

    ValidationError, naming one, if somebody changed or used any of them since; then nothing is undone."""
    require(by, "offer.bring_list", on=brought)
    brought = OfferList.objects.select_for_update().get(pk=brought.pk)
    if brought.state != State.ACCEPTED:
        raise ValidationError(_("Only what was accepted can be undone."))
    made = [["support.Offer", pk] for pk in brought.made]
    changed = {int(pk): each for pk, each in brought.changed.items()}
    in_the_way = [*what_stands_in_the_way(made), *_changed_since(changed)]
    if in_the_way:
        raise ValidationError(_("It cannot be undone any more: %(why)s") % {"why": in_the_way[0]})
    before = audit.snapshot(brought)
    take_back(by, made)
    for offer in Offer.objects.filter(pk__in=changed):
        change_offer(by=by, offer=offer, facts=_as_it_was(changed[offer.pk]["facts"]))
    brought.state, brought.made, brought.changed = State.UNDONE, [], {}
    brought.save(update_fields=["state", "made", "changed"])
    audit.record(by=by, action="offer.undo_list", on=brought, before=before)
    return len(made), len(changed)


def _changed_since(changed: dict[int, Any]) -> list[str]:
    there = Offer.objects.in_bulk(changed)
    found = [_("some of what it changed has been removed since.")] if len(there) < len(changed) else []
    entries = AuditEntry.objects.filter(record="support.offer", record_id__in=[str(pk) for pk in changed])
    for pk, record_id in entries.exclude(action="offer.remind").order_by("pk").values_list("pk", "record_id"):
        if pk > changed[int(record_id)]["entry"]:
            found.append(_("“%(name)s” was changed since.") % {"name": there.get(int(record_id), "")})
    return found


def _as_it_was(stored: dict[str, Any]) -> ListedFacts:
    values = dict(stored)
    for name in _DAYS:
        values[name] = datetime.date.fromisoformat(values[name]) if values[name] else None
    values["provider_partner"] = Partner.objects.filter(pk=values["provider_partner"]).first()
    return ListedFacts(**values)


@transaction.atomic
def drop_list(*, by: Person, brought: OfferList) -> None:
    """Delete a list that was not accepted, with all its rows."""
    require(by, "offer.bring_list", on=brought)
    if brought.state != State.WAITING:
        raise ValidationError(_("This list was finished already: bring it in anew."))
    audit.record(by=by, action="offer.drop_list", on=brought, before=audit.snapshot(brought), after={})
    brought.delete()


@transaction.atomic
def forget_lists(now: datetime.datetime) -> int:
    """Delete lists that nobody accepted in time; returns how many."""
    old = list(OfferList.objects.filter(state=State.WAITING, at__lt=now - UPLOADS.length).select_for_update())
    for each in old:
        audit.record(
            by=Person.operator(), action="offer.drop_list", on=each, before=audit.snapshot(each), after={}
        )
        each.delete()
    return len(old)
